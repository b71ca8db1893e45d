// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/chart_link.h"

#include <algorithm>

#include "widgets/charts/scalar_chart.h"

namespace widgets {

ChartLink::ChartLink(QObject* parent) : QObject(parent) {}

void ChartLink::join(ScalarChart* chart) {
  m_charts.push_back(chart);
}

void ChartLink::leave(ScalarChart* chart) {
  std::erase(m_charts, chart);
}

std::optional<AxisRange> ChartLink::extent() const {
  std::optional<AxisRange> all;
  for (const ScalarChart* chart : m_charts) {
    if (!chart->isSeen()) continue;
    const auto extent = chart->xExtent();
    if (!extent) continue;
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
    if (chart != from) chart->showCursor(x);
  }
}

void ChartLink::chooseRange(ScalarChart* from, std::optional<AxisRange> range) {
  if (!m_rangeLinked) return;
  for (ScalarChart* chart : m_charts) {
    if (chart != from) chart->showXRange(range);
  }
}

}  // namespace widgets
