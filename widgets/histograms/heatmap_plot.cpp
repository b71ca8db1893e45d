// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histograms/heatmap_plot.h"

#include <QPainter>
#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/style/heatmap_colors.h"
#include "widgets/style/theme.h"

namespace widgets {

QRect HeatmapPlot::plotArea() const {
  return rect().adjusted(leftLabelWidth(), scaled(6), -scaled(8), -labelHeight() - scaled(10));
}

/// For each column of pixels the histogram whose step is nearest, so that the newest one shows,
/// too. Those that are still to be read are left out.
std::vector<std::size_t> HeatmapPlot::columns(int width) const {
  constexpr auto kNone = std::numeric_limits<std::int64_t>::min();
  std::vector<std::size_t> result(static_cast<std::size_t>(width), 0);
  std::vector<std::int64_t> best(result.size(), kNone);
  const QRect area(0, 0, width, 1);
  for (const std::size_t i : series()->shown()) {
    if (series()->bins(i) == nullptr) continue;
    const std::int64_t step = series()->points()[i].step;
    const auto column = static_cast<int>(std::clamp(stepX(area, step), 0.0, width - 1.0));
    const auto at = static_cast<std::size_t>(column);
    if (step < best[at]) continue;
    best[at] = step;
    result[at] = i;
  }
  const auto isFilled = [](std::int64_t step) { return step != kNone; };
  const auto first = std::find_if(best.begin(), best.end(), isFilled);
  if (first == best.end()) return {};
  auto before = static_cast<std::size_t>(first - best.begin());
  std::fill(result.begin(), result.begin() + static_cast<std::ptrdiff_t>(before), result[before]);
  for (std::size_t i = before + 1; i < result.size(); ++i) {
    if (!isFilled(best[i])) continue;
    for (std::size_t gap = before + 1; gap < i; ++gap) {
      result[gap] = gap - before < i - gap ? result[before] : result[i];
    }
    before = i;
  }
  std::fill(result.begin() + static_cast<std::ptrdiff_t>(before), result.end(), result[before]);
  return result;
}

void HeatmapPlot::updateImage(int width) {
  const bool isCurrent = m_imageSeries == series() && m_imageRevision == series()->revision() &&
                         m_image.width() == width;
  if (isCurrent) return;
  m_imageSeries = series();
  m_imageRevision = series()->revision();
  m_image = QImage(width, HistogramAxis::kSlots, QImage::Format_RGB32);
  m_image.fill(theme().panel);
  const auto indices = columns(width);
  for (int x = 0; x < static_cast<int>(indices.size()); ++x) {
    const BinnedHistogram& bins = *series()->bins(indices[static_cast<std::size_t>(x)]);
    const double largest =
        std::max(1e-300, *std::max_element(bins.counts.begin(), bins.counts.end()));
    for (int row = 0; row < HistogramAxis::kSlots; ++row) {
      const double count = countIn(bins, HistogramAxis::kPlusInfinity - row);
      m_image.setPixel(x, row, viridis(count / largest));
    }
  }
}

void HeatmapPlot::paintSeries(QPainter& painter, const QRect& area) {
  if (area.width() <= 0 || area.height() <= 0) return;
  updateImage(area.width());
  painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
  painter.setRenderHint(QPainter::Antialiasing, false);
  const HistogramAxis& axis = series()->axis();
  const auto draw = [&](const AxisRange& part, int highest, int rows) {
    const QRectF target(QPointF(area.left(), valueY(area, part.upper)),
                        QPointF(area.right() + 1, valueY(area, part.lower)));
    painter.drawImage(target, m_image,
                      QRectF(0, HistogramAxis::kPlusInfinity - highest, area.width(), rows));
  };
  draw(axis.finite(), HistogramAxis::kBins - 1, HistogramAxis::kBins);
  for (const auto& [slot, label] : axis.endLabels()) draw(*axis.slot(slot), slot, 1);
  painter.setRenderHint(QPainter::Antialiasing);
  drawValuesLeft(painter, area, false);
  drawSteps(painter, area, QColor(255, 255, 255, 200));
}

std::optional<HistogramPlot::Place> HeatmapPlot::placeAt(const QPoint& position) const {
  const QRect area = plotArea();
  if (!area.contains(position)) return std::nullopt;
  const auto indices = columns(area.width());
  const double share = static_cast<double>(area.bottom() + 1 - position.y()) / area.height();
  const auto slot = series()->axis().slotAt(share);
  if (indices.empty() || !slot) return std::nullopt;
  return Place{indices[static_cast<std::size_t>(position.x() - area.left())], *slot};
}

}  // namespace widgets
