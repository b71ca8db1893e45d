// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/scalar/chart_link.h"

#include <algorithm>

#include "widgets/charts/scalar/scalar_chart.h"

namespace widgets {
namespace {

/// What is to be added to a position on the axis of one chart to have it on that of the other.
double shiftBetween(const ScalarChart& from, const ScalarChart& to) {
  return stepsFrom(to.stepOrigin(), from.stepOrigin());
}

}  // namespace

ChartLink::ChartLink(QObject* parent) : QObject(parent) {}

void ChartLink::join(ScalarChart* chart) {
  m_charts.push_back(chart);
}

void ChartLink::leave(ScalarChart* chart) {
  std::erase(m_charts, chart);
}

std::optional<AxisRange> ChartLink::extent(const ScalarChart& of) const {
  std::optional<AxisRange> all;
  for (const ScalarChart* chart : m_charts) {
    if (!chart->isSeen()) continue;
    auto extent = chart->xExtent();
    if (!extent) continue;
    const double shift = shiftBetween(*chart, of);
    extent->lower += shift;
    extent->upper += shift;
    if (all) {
      all->lower = std::min(all->lower, extent->lower);
      all->upper = std::max(all->upper, extent->upper);
    } else {
      all = extent;
    }
  }
  return all;
}

int ChartLink::leftMargin() const {
  int margin = 0;
  for (const ScalarChart* chart : m_charts) {
    if (chart->isSeen()) margin = std::max(margin, chart->neededLeftMargin());
  }
  return margin;
}

void ChartLink::moveCursor(ScalarChart* from, double x) {
  for (ScalarChart* chart : m_charts) {
    if (chart != from) chart->showCursor(x + shiftBetween(*from, *chart));
  }
}

void ChartLink::chooseRange(ScalarChart* from, std::optional<AxisRange> range) {
  if (!m_rangeLinked) return;
  for (ScalarChart* chart : m_charts) {
    if (chart == from) continue;
    const double shift = shiftBetween(*from, *chart);
    chart->showXRange(range ? std::optional(AxisRange{range->lower + shift, range->upper + shift})
                            : std::nullopt);
  }
}

}  // namespace widgets
