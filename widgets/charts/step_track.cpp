// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/step_track.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/style/theme.h"

namespace widgets {

StepTrack::StepTrack(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
  setMinimumHeight(scaled(20));
}

void StepTrack::setSteps(std::vector<std::int64_t> steps) {
  m_steps = std::move(steps);
  update();
}

void StepTrack::setAxis(int left, int right, const AxisRange& steps) {
  if (m_left == left && m_right == right && m_axis == steps) return;
  m_left = left;
  m_right = std::max(left + 1, right);
  m_axis = steps;
  update();
}

double StepTrack::xOf(int index) const {
  if (index < 0 || static_cast<std::size_t>(index) >= m_steps.size()) return m_right;
  const auto step = static_cast<double>(m_steps[static_cast<std::size_t>(index)]);
  const double width = m_axis.upper - m_axis.lower;
  if (!(width > 0)) return m_right;
  const double share = (step - m_axis.lower) / width;
  return std::clamp(m_left + share * (m_right - m_left), static_cast<double>(m_left),
                    static_cast<double>(m_right));
}

int StepTrack::indexAt(double x) const {
  const double share = (x - m_left) / (m_right - m_left);
  const double step = m_axis.lower + share * (m_axis.upper - m_axis.lower);
  std::size_t nearest = 0;
  for (std::size_t i = 0; i < m_steps.size(); ++i) {
    // Of equal steps the last one.
    if (std::abs(static_cast<double>(m_steps[i]) - step) <=
        std::abs(static_cast<double>(m_steps[nearest]) - step)) {
      nearest = i;
    }
  }
  return static_cast<int>(nearest);
}

void StepTrack::paintEvent(QPaintEvent*) {
  if (m_steps.empty()) return;  // nothing to choose from
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const double middle = height() / 2.0;
  const double half = scaled(4) / 2.0;
  const double x = xOf(value());
  const auto groove = [&](double from, double to, const QColor& color) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRoundedRect(QRectF(QPointF(from, middle - half), QPointF(to, middle + half)), half,
                            half);
  };
  groove(m_left, m_right, theme().line);
  if (isEnabled()) groove(m_left, x, theme().accent);
  painter.setPen(QPen(isEnabled() ? theme().accent : theme().line, 2));
  painter.setBrush(!isEnabled()   ? theme().panel
                   : hasFocus()   ? theme().accent
                   : underMouse() ? theme().selection
                                  : theme().panel);
  painter.drawEllipse(QPointF(x, middle), scaled(6), scaled(6));
}

void StepTrack::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  setSliderDown(true);
  setValue(indexAt(event->position().x()));
}

void StepTrack::mouseMoveEvent(QMouseEvent* event) {
  if (isSliderDown()) setValue(indexAt(event->position().x()));
}

void StepTrack::mouseReleaseEvent(QMouseEvent*) {
  setSliderDown(false);
}

}  // namespace widgets
