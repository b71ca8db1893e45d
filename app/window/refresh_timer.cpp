// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/refresh_timer.h"

#include <QCoreApplication>
#include <QEvent>
#include <algorithm>

namespace app {
namespace {

constexpr double kShareWhileTraining = 0.02;
constexpr double kShareOtherwise = 0.4;
constexpr int kShortestWhileTraining = 33;

/// Comes back when the event loop has done everything that was due, painting included.
const QEvent::Type kWorkDone = static_cast<QEvent::Type>(QEvent::registerEventType());

}  // namespace

RefreshTimer::RefreshTimer(QObject* parent) : QObject(parent) {
  m_timer.setSingleShot(true);
  m_timer.setTimerType(Qt::PreciseTimer);
  connect(&m_timer, &QTimer::timeout, this, &RefreshTimer::tick);
}

void RefreshTimer::start() {
  m_timer.start(kShortestMilliseconds);
}

int RefreshTimer::intervalFor(double busyMilliseconds, bool training) {
  const double share = training ? kShareWhileTraining : kShareOtherwise;
  const int shortest = training ? kShortestWhileTraining : kShortestMilliseconds;
  return std::clamp(static_cast<int>(busyMilliseconds / share), shortest, kLongestMilliseconds);
}

void RefreshTimer::tick() {
  m_busy.start();
  emit timeout();
  QCoreApplication::postEvent(this, new QEvent(kWorkDone), Qt::LowEventPriority - 1);
}

bool RefreshTimer::event(QEvent* event) {
  if (event->type() != kWorkDone) return QObject::event(event);
  const double busy = static_cast<double>(m_busy.nsecsElapsed()) / 1e6;
  // One slow frame makes the interval longer at once, it takes several quick ones to shorten it.
  m_smoothedBusy = busy > m_smoothedBusy ? busy : m_smoothedBusy * 0.7 + busy * 0.3;
  m_timer.start(intervalFor(m_smoothedBusy, m_training));
  return true;
}

}  // namespace app
