// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/heatmap_plot.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/heatmap_colors.h"
#include "widgets/theme.h"

namespace widgets {

QRect HeatmapPlot::plotArea() const {
  const int left = series() ? leftLabelWidth(series()->lower(), series()->upper()) : 0;
  return rect().adjusted(left, scaled(6), -scaled(8), -labelHeight() - scaled(10));
}

/// For each column of pixels the histogram whose step is nearest, so that the newest one shows,
/// too.
std::vector<std::size_t> HeatmapPlot::columns(int width) const {
  const auto& points = series()->points();
  const AxisRange steps = stepRange();
  std::vector<std::size_t> result(static_cast<std::size_t>(width), 0);
  std::vector<std::int64_t> best(result.size(), std::numeric_limits<std::int64_t>::min());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double share =
        (static_cast<double>(points[i].step) - steps.lower) / (steps.upper - steps.lower);
    const auto column = std::clamp(static_cast<int>(share * width), 0, width - 1);
    const auto at = static_cast<std::size_t>(column);
    if (points[i].step < best[at]) continue;
    best[at] = points[i].step;
    result[at] = i;
  }
  const auto isFilled = [](std::int64_t step) {
    return step != std::numeric_limits<std::int64_t>::min();
  };
  std::size_t before = 0;
  for (std::size_t i = 1; i < result.size(); ++i) {
    if (!isFilled(best[i])) continue;
    for (std::size_t gap = before + 1; gap < i; ++gap) {
      result[gap] = gap - before < i - gap ? result[before] : result[i];
    }
    before = i;
  }
  std::fill(result.begin() + static_cast<std::ptrdiff_t>(before), result.end(), result[before]);
  return result;
}

void HeatmapPlot::paintSeries(QPainter& painter, const QRect& area) {
  if (area.width() <= 0 || area.height() <= 0) return;
  const bool current = m_imageSeries == series() && m_imagePoints == series()->points().size() &&
                       m_imageLower == series()->lower() && m_imageUpper == series()->upper() &&
                       m_image.width() == area.width();
  if (!current) {
    m_image = QImage(area.width(), HistogramSeries::kBins, QImage::Format_RGB32);
    m_imageSeries = series();
    m_imagePoints = series()->points().size();
    m_imageLower = series()->lower();
    m_imageUpper = series()->upper();
    const auto indices = columns(area.width());
    for (int x = 0; x < area.width(); ++x) {
      const auto& bins = series()->bins(indices[static_cast<std::size_t>(x)]);
      const double largest = std::max(1e-300, *std::max_element(bins.begin(), bins.end()));
      for (int bin = 0; bin < HistogramSeries::kBins; ++bin) {
        m_image.setPixel(x, HistogramSeries::kBins - 1 - bin,
                         viridis(bins[static_cast<std::size_t>(bin)] / largest));
      }
    }
  }
  painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
  painter.drawImage(area, m_image);
  drawLeftAxis(painter, area, series()->lower(), series()->upper(), false);
  const AxisRange steps = stepRange();
  drawBottomAxis(painter, area, steps.lower, steps.upper);
  if (selected() + 1 < series()->points().size()) {
    const double step = static_cast<double>(series()->points()[selected()].step);
    const double x =
        area.left() + (step - steps.lower) / (steps.upper - steps.lower) * area.width();
    painter.setPen(QPen(QColor(255, 255, 255, 200), 1));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
  }
}

std::optional<HistogramPlot::Place> HeatmapPlot::placeAt(const QPoint& position) const {
  const QRect area = plotArea();
  if (!area.contains(position)) return std::nullopt;
  const auto column = static_cast<std::size_t>(position.x() - area.left());
  const int bin = (area.bottom() - position.y()) * HistogramSeries::kBins / area.height();
  return Place{columns(area.width())[column], std::clamp(bin, 0, HistogramSeries::kBins - 1)};
}

}  // namespace widgets
