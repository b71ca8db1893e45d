// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histogram_slider.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <algorithm>

#include "widgets/axis_scale.h"
#include "widgets/theme.h"

namespace widgets {

HistogramSlider::HistogramSlider(QWidget* parent)
    : QWidget(parent), m_slider(new QSlider(Qt::Horizontal)), m_label(new QLabel) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(scaled(8));
  layout->addWidget(m_slider, 1);
  layout->addWidget(m_label);
  m_label->setFont(themeFont(11));
  m_label->setProperty("tone", "muted");
  m_slider->setMinimumHeight(scaled(20));
  m_slider->setRange(0, 0);
  m_slider->setEnabled(false);
  m_slider->setAccessibleName(tr("Step"));
  m_slider->setToolTip(tr("The step shown in front; at the right end it follows the newest (End)"));
  connect(m_slider, &QSlider::valueChanged, this, &HistogramSlider::moved);
}

void HistogramSlider::setPoints(const std::vector<eventio::HistogramPoint>& points) {
  const std::size_t before = selected();
  m_steps.clear();
  for (const auto& point : points) m_steps.push_back(point.step);
  const int last = std::max(0, static_cast<int>(m_steps.size()) - 1);
  {
    const QSignalBlocker blocker(m_slider);
    m_slider->setEnabled(last > 0);
    m_slider->setRange(0, last);
    if (m_following) m_slider->setValue(last);
  }
  m_label->setText(m_steps.empty() ? QString() : tr("step %1").arg(stepText(m_steps[selected()])));
  if (selected() != before) emit selectedChanged(selected());
}

std::size_t HistogramSlider::selected() const {
  return static_cast<std::size_t>(std::max(0, m_slider->value()));
}

void HistogramSlider::setLeftMargin(int pixels) {
  layout()->setContentsMargins(pixels, 0, 0, 0);
}

void HistogramSlider::moved(int value) {
  m_following = value == m_slider->maximum();
  if (!m_steps.empty()) {
    m_label->setText(tr("step %1").arg(stepText(m_steps[static_cast<std::size_t>(value)])));
  }
  emit selectedChanged(selected());
}

}  // namespace widgets
