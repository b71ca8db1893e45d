// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histogram_distribution.h"

#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

#include "widgets/histogram_rebin.h"
#include "widgets/theme.h"

namespace widgets {
namespace {

constexpr std::array<double, 9> kPercents{0, 6.68, 15.87, 30.85, 50, 69.15, 84.13, 93.32, 100};
constexpr std::size_t kMedian = kPercents.size() / 2;

}  // namespace

QRect HistogramDistribution::plotArea() const {
  const int left = series() ? leftLabelWidth(series()->lower(), series()->upper()) : 0;
  return rect().adjusted(left, scaled(6), -scaled(8), -labelHeight() - scaled(10));
}

void HistogramDistribution::updateRows() {
  const auto& points = series()->points();
  if (m_rowsSeries != series() || m_rowsPoints > points.size()) m_rows.clear();
  m_rowsSeries = series();
  for (std::size_t i = m_rows.empty() ? 0 : m_rowsPoints; i < points.size(); ++i) {
    auto values = percentiles(*points[i].value, kPercents);
    if (!values.empty()) m_rows.push_back({points[i].step, std::move(values)});
  }
  m_rowsPoints = points.size();
  std::stable_sort(m_rows.begin(), m_rows.end(),
                   [](const Row& a, const Row& b) { return a.step < b.step; });
}

void HistogramDistribution::paintSeries(QPainter& painter, const QRect& area) {
  updateRows();
  const AxisRange steps = stepRange();
  const double lower = series()->lower();
  const double upper = series()->upper();
  drawLeftAxis(painter, area, lower, upper, true);
  drawBottomAxis(painter, area, steps.lower, steps.upper);
  const auto at = [&](const Row& row, std::size_t percentile) {
    return QPointF(
        area.left() + (static_cast<double>(row.step) - steps.lower) / (steps.upper - steps.lower) *
                          area.width(),
        area.bottom() - (row.values[percentile] - lower) / (upper - lower) * area.height());
  };
  QColor color = runColor(colorIndex());
  painter.setPen(Qt::NoPen);
  color.setAlphaF(0.2F);
  painter.setBrush(color);
  // The bands lie in each other, so that the middle is the darkest.
  for (std::size_t band = 0; band < kMedian; ++band) {
    QPolygonF outline;
    for (const Row& row : m_rows) outline.append(at(row, band));
    for (auto row = m_rows.rbegin(); row != m_rows.rend(); ++row) {
      outline.append(at(*row, kPercents.size() - 1 - band));
    }
    painter.drawPolygon(outline);
  }
  QPolygonF median;
  for (const Row& row : m_rows) median.append(at(row, kMedian));
  color.setAlphaF(1);
  painter.setPen(QPen(color, 2));
  painter.setBrush(Qt::NoBrush);
  painter.drawPolyline(median);
  if (selected() + 1 < series()->points().size()) {
    const double step = static_cast<double>(series()->points()[selected()].step);
    const double x =
        area.left() + (step - steps.lower) / (steps.upper - steps.lower) * area.width();
    painter.setPen(QPen(theme().faint, 1));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
  }
}

std::optional<HistogramPlot::Place> HistogramDistribution::placeAt(const QPoint& position) const {
  const QRect area = plotArea();
  if (!area.contains(position)) return std::nullopt;
  const AxisRange steps = stepRange();
  const double step = steps.lower + (steps.upper - steps.lower) * (position.x() - area.left()) /
                                        std::max(1, area.width());
  const auto& points = series()->points();
  const auto nearest =
      std::min_element(points.begin(), points.end(), [step](const auto& a, const auto& b) {
        return std::abs(static_cast<double>(a.step) - step) <
               std::abs(static_cast<double>(b.step) - step);
      });
  const int bin = (area.bottom() - position.y()) * HistogramSeries::kBins / area.height();
  return Place{static_cast<std::size_t>(nearest - points.begin()),
               std::clamp(bin, 0, HistogramSeries::kBins - 1)};
}

}  // namespace widgets
