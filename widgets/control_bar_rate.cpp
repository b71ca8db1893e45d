// SPDX-License-Identifier: GPL-3.0-or-later
// The learning rate's field of the control bar.
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <cmath>

#include "widgets/control_bar.h"
#include "widgets/style_field.h"
#include "widgets/theme.h"

namespace widgets {
namespace {

/// Products of decimal rates come out as one would write them: 0.1 * 0.1 is 0.01.
double rounded(double rate) {
  return QString::number(rate, 'g', 12).toDouble();
}

}  // namespace

QString rateText(double rate) {
  return QString::number(rate, 'g', 10);
}

void ControlBar::setRateCheck(std::function<QString(double)> check) {
  m_rateCheck = std::move(check);
  checkRate();
}

void ControlBar::scaleRate(double factor) {
  const double rate = rounded(m_state.learningRate * factor);
  const QString reason = m_rateCheck ? m_rateCheck(rate) : QString();
  if (reason.isEmpty()) {
    emit learningRateRequested(rate);
    return;
  }
  m_rate->setText(rateText(rate));
  checkRate();
}

void ControlBar::checkRate() {
  bool isNumber = false;
  const double rate = m_rate->text().trimmed().toDouble(&isNumber);
  QString reason;
  if (!isNumber || !std::isfinite(rate)) {
    reason = tr("Must be a number, such as 0.01");
  } else if (m_rateCheck) {
    reason = m_rateCheck(rate);
  }
  setFieldBad(m_rate, !reason.isEmpty());
  m_rate->setAccessibleDescription(reason);
  m_rate->setToolTip(
      reason.isEmpty()
          ? tr("Learning rate; Enter applies it before the next step (%1)")
                .arg(action(Command::kEditRate)->shortcut().toString(QKeySequence::NativeText))
          : reason);
  if (reason.isEmpty()) {
    delete m_rateReason;
    m_rateReason = nullptr;
    return;
  }
  if (!m_rateReason) {
    m_rateReason = new QLabel(window());
    m_rateReason->setObjectName(QStringLiteral("rateReason"));
  }
  m_rateReason->setText(reason);
  placeRateReason();
}

void ControlBar::placeRateReason() {
  if (!m_rateReason) return;
  m_rateReason->adjustSize();
  m_rateReason->move(m_rate->mapTo(window(), QPoint(0, m_rate->height() + scaled(6))));
  m_rateReason->show();
  m_rateReason->raise();
}

void ControlBar::commitRate() {
  if (!m_rate->isModified()) return;
  checkRate();
  if (m_rate->property("bad").toBool()) return;
  m_rate->setModified(false);
  const double rate = m_rate->text().trimmed().toDouble();
  if (rate == m_state.learningRate) return;
  // Taken as granted until the next state says otherwise: the field must not flicker.
  m_state.learningRate = rate;
  resetRateText();
  emit learningRateRequested(rate);
}

void ControlBar::resetRateText() {
  m_rate->setText(rateText(m_state.learningRate));
  m_rate->setModified(false);
  checkRate();
}

bool ControlBar::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_rate && event->type() == QEvent::KeyPress &&
      static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    resetRateText();
    m_rate->selectAll();
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace widgets
