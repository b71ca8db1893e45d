// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histograms/histogram_distribution.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr std::size_t kPercentiles = eventio::kKeptPercents.size();
constexpr std::size_t kMedian = kPercentiles / 2;

}  // namespace

QRect HistogramDistribution::plotArea() const {
  return rect().adjusted(leftLabelWidth(), scaled(6), -scaled(8), -labelHeight() - scaled(10));
}

std::vector<HistogramDistribution::Row> HistogramDistribution::rows(const QRect& area) const {
  std::vector<Row> rows;
  const auto& points = series()->points();
  const AxisRange steps = series()->stepRange();
  const double around = steps.upper - steps.lower;  // so that bands reach the edges
  for (const eventio::HistogramPoint& point : points) {
    const auto step = static_cast<double>(point.step);
    if (std::isnan(point.percentiles[kMedian])) continue;
    if (step < steps.lower - around || step > steps.upper + around) continue;
    rows.push_back({stepX(area, point.step), point.percentiles});
  }
  const auto isLeft = [](const Row& a, const Row& b) { return a.x < b.x; };
  if (!std::is_sorted(rows.begin(), rows.end(), isLeft)) {
    std::stable_sort(rows.begin(), rows.end(), isLeft);
  }
  if (rows.size() <= static_cast<std::size_t>(std::max(1, area.width()))) return rows;
  std::vector<Row> columns;
  for (const Row& row : rows) {
    if (columns.empty() || std::floor(columns.back().x) != std::floor(row.x)) {
      columns.push_back(row);
      continue;
    }
    Row& column = columns.back();
    for (std::size_t i = 0; i < kPercentiles; ++i) {
      if (i < kMedian) column.values[i] = std::min(column.values[i], row.values[i]);
      if (i == kMedian) column.values[i] = row.values[i];
      if (i > kMedian) column.values[i] = std::max(column.values[i], row.values[i]);
    }
  }
  return columns;
}

void HistogramDistribution::paintSeries(QPainter& painter, const QRect& area) {
  drawValuesLeft(painter, area, true);
  const auto all = rows(area);
  const HistogramAxis& axis = series()->axis();
  const auto at = [&](const Row& row, std::size_t percentile) {
    return QPointF(row.x, valueY(area, axis.position(row.values[percentile])));
  };
  QColor color = runColor(colorIndex());
  color.setAlphaF(0.2F);
  painter.setClipRect(area.adjusted(0, 0, 1, 1));
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  // The bands lie in each other, so that the middle is the darkest.
  for (std::size_t band = 0; band < kMedian; ++band) {
    QPolygonF outline;
    for (const Row& row : all) outline.append(at(row, band));
    for (auto row = all.rbegin(); row != all.rend(); ++row) {
      outline.append(at(*row, kPercentiles - 1 - band));
    }
    painter.drawPolygon(outline);
  }
  QPolygonF median;
  for (const Row& row : all) median.append(at(row, kMedian));
  color.setAlphaF(1);
  painter.setPen(QPen(color, 2));
  painter.setBrush(Qt::NoBrush);
  painter.drawPolyline(median);
  painter.setClipping(false);
  drawSteps(painter, area, theme().faint);
}

std::optional<HistogramPlot::Place> HistogramDistribution::placeAt(const QPoint& position) const {
  const QRect area = plotArea();
  if (!area.contains(position)) return std::nullopt;
  const auto& points = series()->points();
  const auto distance = [&](const eventio::HistogramPoint& point) {
    return std::abs(stepX(area, point.step) - position.x());
  };
  const auto nearest =
      std::min_element(points.begin(), points.end(),
                       [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  return Place{static_cast<std::size_t>(nearest - points.begin()), 0};
}

std::vector<ChartTooltip::Row> HistogramDistribution::hoverRows(const Place& place) const {
  const auto& values = series()->points()[place.index].percentiles;
  std::vector<ChartTooltip::Row> rows;
  for (std::size_t i = kPercentiles; i-- > 0;) {
    QColor color = runColor(colorIndex());
    const std::size_t band = std::min(i, kPercentiles - 1 - i);
    color.setAlphaF(band == kMedian ? 1.0F : 0.2F * static_cast<float>(band + 1));
    const QString name = i == kMedian            ? tr("median")
                         : i == 0                ? tr("minimum")
                         : i + 1 == kPercentiles ? tr("maximum")
                                                 : tr("%1 %").arg(eventio::kKeptPercents[i]);
    rows.push_back({color, name, valueText(values[i]), {}, {}, {}});
  }
  return rows;
}

}  // namespace widgets
