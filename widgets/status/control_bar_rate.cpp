// SPDX-License-Identifier: GPL-3.0-or-later
// The learning rate's field of the control bar.
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QTimer>

#include "widgets/status/control_bar.h"
#include "widgets/style/field_text.h"
#include "widgets/style/number_text.h"
#include "widgets/style/style_field.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr int kReasonMilliseconds = 8000;

/// Products of decimal rates come out as one would write them: 0.1 * 0.1 is 0.01.
double rounded(double rate) {
  return QString::number(rate, 'g', 12).toDouble();
}

}  // namespace

QString rateText(double rate) {
  return fieldText(rate);
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
  } else {
    refuseRate(rateText(rate), reason);
  }
}

QString ControlBar::rateProblem() const {
  const std::optional<double> rate = parseNumber(m_rate->text());
  if (!rate) return tr("Must be a number, such as 0.01");
  return m_rateCheck ? m_rateCheck(*rate) : QString();
}

void ControlBar::checkRate() {
  const QString reason = rateProblem();
  setFieldBad(m_rate, !reason.isEmpty());
  m_rate->setAccessibleDescription(reason);
  showRateReason(reason);
  showPendingRate();
}

void ControlBar::showPendingRate() {
  const bool pending = m_state.appliedRate.has_value();
  setFieldPending(m_rate, pending);
  setTone(m_rateCaption, pending ? "warn" : "muted");
  m_rateCaption->setText(pending ? tr("Learning rate\npending") : tr("Learning rate"));
  QString tip = rateProblem();
  if (tip.isEmpty() && pending) {
    tip = tr("Pending: applied before the next step; %1 until then")
              .arg(rateText(*m_state.appliedRate));
  } else if (tip.isEmpty()) {
    tip = tr("Learning rate; Enter applies it before the next step (%1)")
              .arg(action(Command::kEditRate)->shortcut().toString(QKeySequence::NativeText));
  }
  m_rate->setToolTip(tip);
}

void ControlBar::showRateReason(const QString& reason) {
  m_reasonTimer->stop();
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
  QPoint place = m_rate->mapTo(window(), QPoint(0, m_rate->height() + scaled(6)));
  place.setX(std::max(0, std::min(place.x(), window()->width() - m_rateReason->width())));
  m_rateReason->move(place);
  m_rateReason->show();
  m_rateReason->raise();
}

/// Says for a while why a rate was not taken; the field shows the one in force.
void ControlBar::refuseRate(const QString& text, const QString& reason) {
  resetRateText();
  showRateReason(tr("%1 was not applied: %2").arg(text, reason));
  m_reasonTimer->start(kReasonMilliseconds);
}

void ControlBar::commitRate() {
  if (!m_rate->isModified()) return;
  checkRate();
  const QString reason = rateProblem();
  if (!reason.isEmpty()) {
    // After Enter it stays to be corrected; who leaves the field gets the rate in force back.
    if (!m_rate->hasFocus()) refuseRate(tr("\"%1\"").arg(m_rate->text().trimmed()), reason);
    return;
  }
  m_rate->setModified(false);
  const double rate = parseNumber(m_rate->text()).value_or(m_state.learningRate);
  if (rate == m_state.learningRate) {
    resetRateText();
    return;
  }
  // Taken as granted until the next state says otherwise: the field must not flicker.
  m_state.learningRate = rate;
  resetRateText();
  emit learningRateRequested(rate);
}

void ControlBar::resetRateText() {
  m_rate->setText(rateText(m_state.learningRate));
  m_rate->setCursorPosition(0);
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
