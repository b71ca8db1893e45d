// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histogram_ridges.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "widgets/theme.h"

namespace widgets {
namespace {

constexpr std::size_t kMostRows = 24;
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
  const std::size_t available = selected() + 1;
  const auto room = static_cast<std::size_t>(std::max(3, plotArea().height() / scaled(10)));
  const std::size_t count = std::min({available, room, kMostRows});
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.push_back(count == 1 ? selected() : i * (available - 1) / (count - 1));
  }
  return rows;
}

double HistogramRidges::largestCount(const std::vector<std::size_t>& rows) const {
  double largest = 0;
  for (const std::size_t index : rows) {
    const auto& bins = series()->bins(index);
    largest = std::max(largest, *std::max_element(bins.begin(), bins.end()));
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

QPainterPath HistogramRidges::curve(const Row& row, const std::vector<double>& bins) const {
  const double step = row.width / static_cast<double>(bins.size());
  std::vector<QPointF> points{row.origin};
  for (std::size_t i = 0; i < bins.size(); ++i) {
    points.push_back(row.origin +
                     QPointF((static_cast<double>(i) + 0.5) * step, -bins[i] * row.height));
  }
  points.push_back(row.origin + QPointF(row.width, 0));
  const auto slopes = monotoneSlopes(points);
  QPainterPath path(points.front());
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double third = (points[i].x() - points[i - 1].x()) / 3;
    path.cubicTo(points[i - 1] + QPointF(third, third * slopes[i - 1]),
                 points[i] - QPointF(third, third * slopes[i]), points[i]);
  }
  return path;
}

void HistogramRidges::paintSeries(QPainter& painter, const QRect& area) {
  const auto indices = rows();
  const double largest = largestCount(indices);
  const QColor color = runColor(colorIndex());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const bool isFront = i + 1 == indices.size();
    const double age =
        indices.size() > 1 ? static_cast<double>(i) / static_cast<double>(indices.size() - 1) : 1;
    QPainterPath path = curve(rowAt(i, indices.size(), largest), series()->bins(indices[i]));
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
  drawBottomAxis(painter,
                 QRect(static_cast<int>(front.origin.x()), area.top(),
                       static_cast<int>(front.width), area.height()),
                 series()->lower(), series()->upper());
}

std::optional<HistogramPlot::Place> HistogramRidges::placeAt(const QPoint& position) const {
  const auto indices = rows();
  const double largest = largestCount(indices);
  // Front to back: the first curve that reaches up to the mouse is the one it is on.
  for (std::size_t i = indices.size(); i-- > 0;) {
    const Row row = rowAt(i, indices.size(), largest);
    const double along = (position.x() - row.origin.x()) / row.width;
    if (along < 0 || along >= 1) continue;
    const int bin = static_cast<int>(along * HistogramSeries::kBins);
    const double count = series()->bins(indices[i])[static_cast<std::size_t>(bin)];
    const double top = row.origin.y() - count * row.height - scaled(3);
    if (position.y() >= top && position.y() <= row.origin.y() + scaled(3))
      return Place{indices[i], bin};
  }
  return std::nullopt;
}

}  // namespace widgets
