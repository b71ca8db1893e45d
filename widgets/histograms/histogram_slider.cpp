// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histograms/histogram_slider.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <algorithm>

#include "widgets/charts/step_track.h"

namespace widgets {
namespace {

/// How far apart, without overflow.
std::uint64_t distance(std::int64_t a, std::int64_t b) {
  const auto difference = static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b);
  return a > b ? difference : 0 - difference;
}

}  // namespace

HistogramSlider::HistogramSlider(QWidget* parent) : QWidget(parent), m_track(new StepTrack) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(m_track);
  m_track->setRange(0, 0);
  m_track->setEnabled(false);
  m_track->setAccessibleName(tr("Step"));
  m_track->setToolTip(tr("The step shown in front; at the right end it follows the newest (End)"));
  connect(m_track, &QSlider::valueChanged, this, &HistogramSlider::moved);
}

void HistogramSlider::setPoints(const std::vector<eventio::HistogramPoint>& points) {
  m_steps.clear();
  m_steps.reserve(points.size());
  for (const auto& point : points) m_steps.push_back(point.step);
  const std::size_t before = selected();
  {
    const QSignalBlocker blocker(m_track);
    const int last = std::max(0, static_cast<int>(m_steps.size()) - 1);
    m_track->setEnabled(last > 0);
    m_track->setRange(0, last);
    m_track->setSteps(m_steps);
  }
  place();
  if (selected() != before) emit selectedChanged(selected());
}

void HistogramSlider::setAxis(int left, int right, const AxisRange& steps) {
  m_track->setAxis(left, right, steps);
}

void HistogramSlider::showStep(std::optional<std::int64_t> step) {
  m_wantedStep = step;
  const std::size_t before = selected();
  place();
  if (selected() != before) emit selectedChanged(selected());
}

void HistogramSlider::place() {
  const QSignalBlocker blocker(m_track);
  if (!m_wantedStep) {
    m_track->setValue(m_track->maximum());
    return;
  }
  if (m_steps.empty()) return;
  const auto at = static_cast<std::size_t>(m_track->value());
  if (at < m_steps.size() && m_steps[at] == *m_wantedStep) return;
  const auto nearest =
      std::min_element(m_steps.begin(), m_steps.end(), [this](std::int64_t a, std::int64_t b) {
        return distance(a, *m_wantedStep) < distance(b, *m_wantedStep);
      });
  m_track->setValue(static_cast<int>(nearest - m_steps.begin()));
}

std::size_t HistogramSlider::selected() const {
  return static_cast<std::size_t>(std::max(0, m_track->value()));
}

void HistogramSlider::moved(int value) {
  const auto index = static_cast<std::size_t>(std::max(0, value));
  m_wantedStep.reset();
  if (value < m_track->maximum() && index < m_steps.size()) m_wantedStep = m_steps[index];
  emit selectedChanged(selected());
  emit stepChosen(m_wantedStep);
}

}  // namespace widgets
