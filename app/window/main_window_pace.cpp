// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window_pace.h"

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

RefreshPace::RefreshPace(QObject* parent) : QObject(parent) {
  m_timer.setSingleShot(true);
  m_timer.setTimerType(Qt::PreciseTimer);
  connect(&m_timer, &QTimer::timeout, this, &RefreshPace::tick);
}

void RefreshPace::start() {
  m_timer.start(kShortestMilliseconds);
}

int RefreshPace::intervalFor(double busyMilliseconds, bool training) {
  const double share = training ? kShareWhileTraining : kShareOtherwise;
  const int shortest = training ? kShortestWhileTraining : kShortestMilliseconds;
  return std::clamp(static_cast<int>(busyMilliseconds / share), shortest, kLongestMilliseconds);
}

void RefreshPace::tick() {
  m_busy.start();
  emit beat();
  QCoreApplication::postEvent(this, new QEvent(kWorkDone), Qt::LowEventPriority - 1);
}

bool RefreshPace::event(QEvent* event) {
  if (event->type() != kWorkDone) return QObject::event(event);
  const double busy = static_cast<double>(m_busy.nsecsElapsed()) / 1e6;
  // One slow frame slows the pace at once, it takes several quick ones to speed it up again.
  m_smoothedBusy = busy > m_smoothedBusy ? busy : m_smoothedBusy * 0.7 + busy * 0.3;
  m_timer.start(intervalFor(m_smoothedBusy, m_training));
  return true;
}

}  // namespace app
