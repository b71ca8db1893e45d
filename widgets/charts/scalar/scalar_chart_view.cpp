// SPDX-License-Identifier: GPL-3.0-or-later
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

#include "widgets/charts/scalar/chart_decor.h"
#include "widgets/charts/scalar/chart_link.h"
#include "widgets/charts/scalar/scalar_chart.h"

namespace widgets {
namespace {

/// Zooming further in than this part of the values' size only shows rounding.
constexpr double kSmallestRelativeRange = 1e-12;

AxisRange toRange(const QCPRange& range) {
  return {range.lower, range.upper};
}

bool isUsable(const AxisRange& range) {
  const double size = range.upper - range.lower;
  const double around = std::max(std::abs(range.lower), std::abs(range.upper));
  return std::isfinite(size) && size > around * kSmallestRelativeRange && size > 1e-280 &&
         size < 1e280;
}

}  // namespace

void ScalarChart::fit() {
  m_fitX = m_fitY = true;
  m_dirty = true;
  if (m_link) m_link->chooseRange(this, std::nullopt);
  refresh();
}

void ScalarChart::setStepOrigin(std::int64_t origin) {
  m_stepOrigin = origin;
  m_xTicker->origin = origin;
  for (const auto& curve : m_curves) curve->setStepOrigin(origin);
}

/// True when it is another one. What the user zoomed to stays where it is.
bool ScalarChart::updateStepOrigin() {
  std::optional<std::pair<std::int64_t, std::int64_t>> steps;
  const bool counts = m_options.xAxis == XAxis::kStep && m_options.xScale == AxisScale::kLinear;
  for (const auto& curve : m_curves) {
    const eventio::ScalarView& view = curve->view();
    if (!counts || view.empty()) continue;
    if (!steps) steps.emplace(view.minStep(), view.maxStep());
    steps->first = std::min(steps->first, view.minStep());
    steps->second = std::max(steps->second, view.maxStep());
  }
  if (counts && !steps) return false;
  const std::int64_t origin = steps ? widgets::stepOrigin(steps->first, steps->second) : 0;
  if (origin == m_stepOrigin) return false;
  const double shift = stepsFrom(origin, m_stepOrigin);
  const QCPRange range = m_plot->xAxis->range();
  m_plot->xAxis->setRange(range.lower + shift, range.upper + shift);
  m_overlay->cursor += shift;
  setStepOrigin(origin);
  return true;
}

AxisRange ScalarChart::xRange() const {
  return toRange(m_plot->xAxis->range());
}
AxisRange ScalarChart::yRange() const {
  return toRange(m_plot->yAxis->range());
}

void ScalarChart::setXRange(AxisRange range) {
  if (!isUsable(range)) return;
  showXRange(range);
  if (m_link) m_link->chooseRange(this, range);
}

void ScalarChart::setYRange(AxisRange range) {
  if (!isUsable(range)) return;
  m_fitY = false;
  m_plot->yAxis->setRange(range.lower, range.upper);
  m_dirty = true;
  refresh();
}

ScalarChart::View ScalarChart::view() const {
  View view;
  if (!m_fitX) view.x = xRange();
  view.stepOrigin = m_stepOrigin;
  if (!m_fitY) view.y = yRange();
  return view;
}

void ScalarChart::setView(const View& view) {
  m_fitX = !view.x;
  m_fitY = !view.y;
  setStepOrigin(view.stepOrigin);
  if (view.x) m_plot->xAxis->setRange(view.x->lower, view.x->upper);
  if (view.y) m_plot->yAxis->setRange(view.y->lower, view.y->upper);
  m_dirty = true;
}

void ScalarChart::showXRange(std::optional<AxisRange> range) {
  m_fitX = !range;
  m_fitY |= !range;
  if (range) m_plot->xAxis->setRange(range->lower, range->upper);
  m_dirty = true;
  refresh();
}

void ScalarChart::zoom(double xFactor, double yFactor, QPointF center) {
  const auto zoomed = [](AxisRange range, double factor, double at) {
    const double fixed = range.lower + (range.upper - range.lower) * at;
    return AxisRange{fixed - (fixed - range.lower) * factor,
                     fixed + (range.upper - fixed) * factor};
  };
  if (yFactor != 1) setYRange(zoomed(yRange(), yFactor, 1 - center.y()));
  if (xFactor != 1) setXRange(zoomed(xRange(), xFactor, center.x()));
}

void ScalarChart::pan(double xShare, double yShare) {
  const auto moved = [](AxisRange range, double share) {
    const double by = (range.upper - range.lower) * share;
    return AxisRange{range.lower + by, range.upper + by};
  };
  if (yShare != 0) setYRange(moved(yRange(), yShare));
  if (xShare != 0) setXRange(moved(xRange(), xShare));
}

}  // namespace widgets
