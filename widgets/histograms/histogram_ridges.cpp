// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histograms/histogram_ridges.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr std::size_t kMaxRows = 24;
constexpr double kTallest = 0.42;  ///< of the plot's height

QColor mixed(const QColor& a, const QColor& b, double share) {
  const auto channel = [share](int x, int y) {
    return static_cast<int>(std::lround(x + (y - x) * share));
  };
  return {channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue())};
}

/// Slopes of a cubic through the points that nowhere overshoots them (Fritsch and Carlson): level
/// at peaks, the harmonic mean of both sides elsewhere.
std::vector<double> monotoneSlopes(const std::vector<QPointF>& points) {
  std::vector<double> slopes(points.size(), 0.0);
  for (std::size_t i = 1; i + 1 < points.size(); ++i) {
    const double before = (points[i].y() - points[i - 1].y()) / (points[i].x() - points[i - 1].x());
    const double after = (points[i + 1].y() - points[i].y()) / (points[i + 1].x() - points[i].x());
    if (before * after > 0) slopes[i] = 2 * before * after / (before + after);
  }
  return slopes;
}

}  // namespace

void HistogramRidges::setOverlay(bool overlay) {
  if (overlay == m_overlay) return;
  m_overlay = overlay;
  update();
}

QRect HistogramRidges::plotArea() const {
  return rect().adjusted(scaled(14), scaled(4), -scaled(8), -labelHeight() - scaled(10));
}

std::vector<std::size_t> HistogramRidges::rows() const {
  if (!series() || series()->empty()) return {};
  const std::int64_t lastStep = series()->points()[selected()].step;
  std::vector<std::size_t> available;
  for (const std::size_t index : series()->shown()) {
    const std::int64_t step = series()->points()[index].step;
    const bool isBehind = step < lastStep || (step == lastStep && index < selected());
    if (isBehind && series()->bins(index) != nullptr) available.push_back(index);
  }
  if (series()->bins(selected()) != nullptr) available.push_back(selected());
  const auto room = static_cast<std::size_t>(std::max(3, plotArea().height() / scaled(10)));
  const std::size_t count = std::min({available.size(), room, kMaxRows});
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.push_back(count == 1 ? available.back()
                              : available[i * (available.size() - 1) / (count - 1)]);
  }
  return rows;
}

double HistogramRidges::largestCount(const std::vector<std::size_t>& rows) const {
  double largest = 0;
  for (const std::size_t index : rows) {
    const auto& counts = series()->bins(index)->counts;
    largest = std::max(largest, *std::max_element(counts.begin(), counts.end()));
  }
  return largest > 0 ? largest : 1;
}

HistogramRidges::Row HistogramRidges::rowAt(std::size_t row, std::size_t count,
                                            double largest) const {
  const QRectF area = plotArea();
  if (m_overlay) return {area.bottomLeft(), area.width(), area.height() * 0.95 / largest};
  const double tallest = area.height() * kTallest;
  const double depth = area.height() - tallest;
  // The back is set off to the right, as if one looked at it from the side.
  const double slant = std::min<double>(scaled(28), area.width() * 0.1);
  const double back = count > 1 ? 1 - static_cast<double>(row) / static_cast<double>(count - 1) : 0;
  return {QPointF(area.left() + slant * back, area.bottom() - depth * back), area.width() - slant,
          tallest / largest};
}

/// The bins as a curve, and beside it a bar for each slot at the ends of the axis.
QPainterPath HistogramRidges::curve(const Row& row, const BinnedHistogram& bins,
                                    double largest) const {
  const HistogramAxis& axis = series()->axis();
  const auto x = [&row](double share) { return row.origin.x() + share * row.width; };
  const double base = row.origin.y();
  std::vector<QPointF> points{QPointF(x(axis.finite().lower), base)};
  for (int bin = 0; bin < HistogramAxis::kBins; ++bin) {
    const AxisRange part = *axis.slot(bin);
    points.emplace_back(x((part.lower + part.upper) / 2), base - countIn(bins, bin) * row.height);
  }
  points.emplace_back(x(axis.finite().upper), base);
  const auto slopes = monotoneSlopes(points);
  QPainterPath path(points.front());
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double third = (points[i].x() - points[i - 1].x()) / 3;
    path.cubicTo(points[i - 1] + QPointF(third, third * slopes[i - 1]),
                 points[i] - QPointF(third, third * slopes[i]), points[i]);
  }
  for (const auto& [slot, label] : axis.endLabels()) {
    const double count = std::min(countIn(bins, slot), largest);
    if (!(count > 0)) continue;
    const AxisRange part = *axis.slot(slot);
    path.addRect(QRectF(QPointF(x(part.lower), base - std::max(1.0, count * row.height)),
                        QPointF(x(part.upper), base)));
  }
  return path;
}

void HistogramRidges::paintSeries(QPainter& painter, const QRect& area) {
  const auto indices = rows();
  if (indices.empty()) {
    painter.setFont(themeFont(12));
    painter.setPen(theme().faint);
    painter.drawText(area, Qt::AlignCenter | Qt::TextWordWrap,
                     series()->failure().empty() ? tr("Reading …") : tr("Cannot be read"));
    return;
  }
  const double largest = largestCount(indices);
  const QColor color = runColor(colorIndex());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const bool isFront = i + 1 == indices.size();
    const double age =
        indices.size() > 1 ? static_cast<double>(i) / static_cast<double>(indices.size() - 1) : 1;
    QPainterPath path =
        curve(rowAt(i, indices.size(), largest), *series()->bins(indices[i]), largest);
    if (m_overlay) {
      painter.strokePath(path, QPen(mixed(theme().panel, color, 0.2 + 0.8 * age), isFront ? 2 : 1));
      continue;
    }
    QColor inside = mixed(theme().panel, color, 0.08 + 0.2 * age);
    inside.setAlphaF(0.85F);
    painter.fillPath(path, inside);
    painter.strokePath(path, QPen(color, isFront ? 2 : 1.2));
  }
  const Row front = rowAt(indices.size() - 1, indices.size(), largest);
  drawValuesBelow(painter, QRectF(front.origin.x(), area.top(), front.width, area.height()));
}

std::optional<HistogramPlot::Place> HistogramRidges::placeAt(const QPoint& position) const {
  const auto indices = rows();
  const double largest = largestCount(indices);
  // Front to back: the first curve that reaches up to the mouse is the one it is on.
  for (std::size_t i = indices.size(); i-- > 0;) {
    const Row row = rowAt(i, indices.size(), largest);
    const double along = (position.x() - row.origin.x()) / row.width;
    const auto bin = series()->axis().slotAt(along);
    if (!bin) continue;
    const double count = std::min(countIn(*series()->bins(indices[i]), *bin), largest);
    const double top = row.origin.y() - count * row.height - scaled(3);
    if (position.y() >= top && position.y() <= row.origin.y() + scaled(3))
      return Place{indices[i], *bin};
  }
  return std::nullopt;
}

}  // namespace widgets
