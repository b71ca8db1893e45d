// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/scalar/chart_refresher.h"

#include <QDeadlineTimer>

#include "widgets/charts/scalar/scalar_chart.h"

namespace widgets {
namespace {

constexpr int kSmoothingMs = 4;
constexpr double kDrawingMs = 12;

}  // namespace

void ChartRefresher::refresh(const std::vector<ScalarChart*>& charts) {
  const QDeadlineTimer deadline(kSmoothingMs);
  double cost = 0;
  for (std::size_t i = 0; i < charts.size(); ++i) {
    ScalarChart* chart = charts[(m_next + i) % charts.size()];
    if (chart->refresh(deadline)) cost += chart->drawingMs();
    if (cost < kDrawingMs) continue;
    m_next = (m_next + i + 1) % charts.size();
    return;
  }
}

}  // namespace widgets
