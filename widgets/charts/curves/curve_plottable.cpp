// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/curve_plottable.h"

#include <algorithm>
#include <cmath>

#include "widgets/charts/curves/curve_dashes.h"
#include "widgets/charts/curves/curve_dots.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kRawOpacity = 0.22;
/// Of a column's extent where the values themselves are the line.
constexpr double kBandOpacity = 0.4;
constexpr double kRawWidth = 1;
constexpr double kLineWidth = 2;
constexpr double kEmphasizedWidth = 3.2;
/// A line along the upper or lower edge is drawn whole, so much beyond it.
constexpr int kOverhang = 2;
constexpr double kCircleRadius = 4;
constexpr double kDotRadius = 3.5;
constexpr double kNonFiniteSize = 3.5;
/// Circles closer than this on average would run into each other: a line shows more.
constexpr int kPixelsPerCircle = 10;
/// Keeps pixel coordinates in what single precision holds well.
constexpr double kFarAway = 1e6;

QColor lineColor(const CurveData& curve) {
  return seriesColor(curve.series().colorIndex, curve.series().shade);
}

double lineWidth(const CurveData& curve) {
  return curve.series().isEmphasized ? kEmphasizedWidth : kLineWidth;
}

/// The plot and so much around it that a point on its edge is drawn whole.
QRectF wholeMarks(const QRect& plot, double radius) {
  return QRectF(plot).adjusted(-radius, -radius, radius, radius);
}

QColor bandColor(const CurveData& curve) {
  QColor color = lineColor(curve);
  color.setAlphaF(static_cast<float>(curve.isSmoothed() ? kRawOpacity : kBandOpacity));
  return color;
}

}  // namespace

struct CurvePlottable::Frame {
  QRect rect;
  QCPRange x, y;
  double xFactor = rect.width() / x.size();
  double yFactor = rect.height() / y.size();

  [[nodiscard]] double toX(double position) const { return (position - x.lower) * xFactor; }
  [[nodiscard]] double toY(double position) const { return (y.upper - position) * yFactor; }
};

CurvePlottable::CurvePlottable(QCPAxis* keyAxis, QCPAxis* valueAxis)
    : QCPAbstractPlottable(keyAxis, valueAxis) {
  setSelectable(QCP::stNone);
}

void CurvePlottable::setCurves(std::vector<CurveData*> curves) {
  m_curves = std::move(curves);
  m_key = {};
}

double CurvePlottable::selectTest(const QPointF&, bool, QVariant*) const {
  return -1;
}

QCPRange CurvePlottable::getKeyRange(bool& found, QCP::SignDomain) const {
  found = false;
  QCPRange range;
  for (const CurveData* curve : m_curves) {
    const auto extent = curve->xExtent();
    if (!extent) continue;
    if (found) {
      range.expand(QCPRange(extent->lower, extent->upper));
    } else {
      range = QCPRange(extent->lower, extent->upper);
    }
    found = true;
  }
  return range;
}

QCPRange CurvePlottable::getValueRange(bool& found, QCP::SignDomain,
                                       const QCPRange& keyRange) const {
  eventio::ValueRange range;
  const bool all = keyRange == QCPRange();
  for (const CurveData* curve : m_curves) {
    mergeRange(range, all ? curve->source().range(0, curve->view().size())
                          : curve->valuesIn(keyRange.lower, keyRange.upper));
  }
  found = !range.empty();
  return found ? QCPRange(toAxis(m_valueScale, range.min), toAxis(m_valueScale, range.max))
               : QCPRange();
}

void CurvePlottable::drawLegendIcon(QCPPainter*, const QRectF&) const {}

CurvePlottable::Frame CurvePlottable::frame() const {
  return {keyAxis()->axisRect()->rect(), keyAxis()->range(), valueAxis()->range()};
}

QRect CurvePlottable::clipRect() const {
  // QCustomPlot clips a pixel higher.
  return keyAxis()->axisRect()->rect().adjusted(0, 1 - kOverhang, 0, 1 + kOverhang);
}

CurvePlottable::ImageKey CurvePlottable::imageKey(const Frame& frame) const {
  ImageKey key{frame.rect,
               mParentPlot->bufferDevicePixelRatio(),
               frame.x,
               frame.y,
               m_valueScale,
               theme().dark,
               {}};
  for (const CurveData* curve : m_curves) key.curves.emplace_back(curve, curve->revision());
  return key;
}

void CurvePlottable::draw(QCPPainter* painter) {
  const Frame at = frame();
  if (at.rect.isEmpty() || !(at.x.size() > 0) || !(at.y.size() > 0)) return;
  const auto modes = painter->modes();
  if (modes.testFlag(QCPPainter::pmVectorized) || modes.testFlag(QCPPainter::pmNoCaching)) {
    drawVectors(painter, at);
  } else {
    ImageKey key = imageKey(at);
    if (!(key == m_key)) {
      rasterize(at);
      m_key = std::move(key);
    }
    painter->drawImage(at.rect.topLeft() - QPoint(0, kOverhang), m_raster.image());
  }
  drawDots(painter, at);
  drawCircles(painter, at);
  drawNonFinite(painter, at);
}

/// Curve vertices to pixels: their bands, and the line, which runs through the smoothed values or,
/// for an unsmoothed curve, through the middles of the bands. A far neighbour is brought near along
/// its line: its pixel coordinates would be beyond single precision. y counts from `above` pixels
/// above the plot.
void CurvePlottable::mapVertices(const Frame& frame, double ratio, int above, bool smoothed,
                                 std::vector<RasterVertex>& bands,
                                 std::vector<RasterVertex>& line) const {
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  const std::size_t count = m_vertices.size();
  bands.resize(count);
  line.resize(count);
  const double left = -frame.rect.width();
  const double right = 2.0 * frame.rect.width();
  const bool isLinear = m_valueScale == AxisScale::kLinear;
  const auto toY = [&](double value) {
    return above + frame.toY(isLinear ? value : toAxis(m_valueScale, value));
  };
  const auto pixel = [ratio](double v) {
    return static_cast<float>(std::clamp(v * ratio, -kFarAway, kFarAway));
  };
  for (std::size_t i = 0; i < count; ++i) {
    const CurveVertex& v = m_vertices[i];
    if (v.isBreak()) {
      bands[i] = line[i] = {0, kNone, kNone};
      continue;
    }
    double x = frame.toX(v.x);
    double low = toY(v.low);
    double high = v.high == v.low ? low : toY(v.high);
    double middle = smoothed ? toY(v.smoothed) : (low + high) / 2;
    const bool before = x < left;
    if (before || x > right) {
      const std::size_t other = before ? i + 1 : i - 1;  // wraps for the first: then out of range
      const double edge = before ? left : right;
      if (other < count && !m_vertices[other].isBreak()) {
        const CurveVertex& w = m_vertices[other];
        const double along = std::clamp((edge - x) / (frame.toX(w.x) - x), 0.0, 1.0);
        low += (toY(w.low) - low) * along;
        high += (toY(w.high) - high) * along;
        middle = smoothed ? middle + (toY(w.smoothed) - middle) * along : (low + high) / 2;
      }
      x = edge;
    }
    const float at = pixel(x);
    bands[i] = {at, pixel(high), pixel(low)};
    line[i] = std::isnan(middle) ? RasterVertex{0, kNone, kNone}
                                 : RasterVertex{at, pixel(middle), pixel(middle)};
  }
}

template <class Use>
void CurvePlottable::forEachLine(const Frame& frame, double ratio, const Use& use) {
  const int columns = static_cast<int>(std::ceil(frame.rect.width() * ratio));
  std::vector<std::size_t> points;
  for (CurveData* curve : m_curves) {
    if (curve->view().empty() || asCircles(*curve, frame, points)) continue;
    m_vertices.clear();
    curve->downsampler().collect(frame.x.lower, frame.x.upper, columns, m_vertices);
    use(*curve);
  }
}

/// All faint bands first, so that no run's noise hides another's line.
void CurvePlottable::rasterize(const Frame& frame) {
  const double ratio = mParentPlot->bufferDevicePixelRatio();
  m_raster.begin(static_cast<int>(std::ceil(frame.rect.width() * ratio)),
                 static_cast<int>(std::ceil((frame.rect.height() + 2 * kOverhang) * ratio)), ratio);
  std::vector<std::vector<RasterVertex>*> bands;
  std::vector<std::vector<RasterVertex>*> lines;
  bands.reserve(m_curves.size());
  lines.reserve(m_curves.size());
  for (const CurveData* curve : m_curves)
    bands.push_back(&m_raster.addCurve(kRawWidth * ratio, bandColor(*curve)));
  for (const CurveData* curve : m_curves)
    lines.push_back(&m_raster.addCurve(lineWidth(*curve) * ratio, lineColor(*curve)));
  std::size_t next = 0;
  std::vector<Dot> lineDots;
  m_dots.clear();
  forEachLine(frame, ratio, [&](const CurveData& curve) {
    while (m_curves[next] != &curve) ++next;
    mapVertices(frame, ratio, kOverhang, curve.isSmoothed(), *bands[next], *lines[next]);
    if (curve.isSmoothed()) addDots(*bands[next], ratio, kOverhang, bandColor(curve), m_dots);
    addDots(*lines[next], ratio, kOverhang, lineColor(curve), lineDots);
    cutIntoDashes(*lines[next], runDashes(curve.series().colorIndex), ratio);
  });
  m_dots.insert(m_dots.end(), lineDots.begin(), lineDots.end());
  m_raster.finish();
}

void CurvePlottable::drawVectors(QCPPainter* painter, const Frame& frame) {
  painter->setAntialiasing(true);
  const QPointF origin = frame.rect.topLeft();
  const auto draw = [&](const std::vector<RasterVertex>& vertices, const QColor& color,
                        double width) {
    painter->setPen(QPen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    QPolygonF line;
    const auto flush = [&] {
      if (line.size() == 1) line.append(line.first());
      if (!line.isEmpty()) painter->drawPolyline(line);
      line.clear();
    };
    for (const RasterVertex& v : vertices) {
      if (std::isnan(v.top)) {
        flush();
        continue;
      }
      line.append(origin + QPointF(v.x, v.top));
      if (v.bottom != v.top) line.append(origin + QPointF(v.x, v.bottom));
    }
    flush();
  };
  struct Line {
    QColor color;
    double width;
    std::vector<RasterVertex> vertices;
  };
  std::vector<Line> lines;
  m_dots.clear();
  m_key = {};  // these dots are not those of the image
  forEachLine(frame, 1, [&](const CurveData& curve) {
    std::vector<RasterVertex> bands;
    std::vector<RasterVertex> line;
    mapVertices(frame, 1, 0, curve.isSmoothed(), bands, line);
    if (curve.isSmoothed()) addDots(bands, 1, 0, bandColor(curve), m_dots);
    addDots(line, 1, 0, lineColor(curve), m_dots);
    draw(bands, bandColor(curve), kRawWidth);
    cutIntoDashes(line, runDashes(curve.series().colorIndex), 1);
    lines.push_back({lineColor(curve), lineWidth(curve), std::move(line)});
  });
  for (const Line& line : lines) draw(line.vertices, line.color, line.width);
}

bool CurvePlottable::asCircles(const CurveData& curve, const Frame& frame,
                               std::vector<std::size_t>& points) const {
  if (curve.isLine()) return false;
  const auto most = static_cast<std::size_t>(std::max(1, frame.rect.width() / kPixelsPerCircle));
  auto found = curve.pointsIn(frame.x.lower, frame.x.upper, most);
  if (found) points = std::move(*found);
  return found.has_value();
}

void CurvePlottable::addDots(const std::vector<RasterVertex>& line, double ratio, int above,
                             const QColor& color, std::vector<Dot>& dots) {
  for (const QPointF& point : lonePoints(line, ratio)) {
    dots.push_back({point / ratio - QPointF(0, above), color});
  }
}

void CurvePlottable::drawDots(QCPPainter* painter, const Frame& frame) const {
  painter->setAntialiasing(true);
  const QRectF area = wholeMarks(frame.rect, 0.5);
  painter->save();
  painter->setClipRect(wholeMarks(frame.rect, kDotRadius + 1));
  painter->setPen(Qt::NoPen);
  for (const Dot& dot : m_dots) {
    const QPointF center = frame.rect.topLeft() + dot.center;
    if (!area.contains(center)) continue;
    painter->setBrush(dot.color);
    painter->drawEllipse(center, kDotRadius, kDotRadius);
  }
  painter->restore();
}

void CurvePlottable::drawCircles(QCPPainter* painter, const Frame& frame) {
  std::vector<std::size_t> points;
  painter->setAntialiasing(true);
  const QRectF area = wholeMarks(frame.rect, 0.5);
  painter->save();
  painter->setClipRect(wholeMarks(frame.rect, kCircleRadius + kLineWidth));
  for (const CurveData* curve : m_curves) {
    if (!asCircles(*curve, frame, points)) continue;
    painter->setBrush(theme().panel);
    painter->setPen(QPen(lineColor(*curve), kLineWidth));
    for (const std::size_t index : points) {
      const QPointF center(frame.toX(curve->source().xPosition(index)),
                           frame.toY(toAxis(m_valueScale, curve->view().value(index))));
      if (!area.contains(frame.rect.topLeft() + center)) continue;
      painter->drawEllipse(frame.rect.topLeft() + center, kCircleRadius, kCircleRadius);
    }
  }
  painter->restore();
}

/// A cross at the lower edge for NaN, an arrow at the edge it went to for an infinity.
void CurvePlottable::drawNonFinite(QCPPainter* painter, const Frame& frame) {
  constexpr double kSize = kNonFiniteSize;
  std::vector<NonFinitePoint> points;
  painter->setAntialiasing(true);
  painter->save();
  painter->setClipRect(wholeMarks(frame.rect, kSize + kLineWidth));
  for (CurveData* curve : m_curves) {
    points.clear();
    curve->downsampler().collectNonFinite(
        frame.x.lower, frame.x.upper,
        static_cast<int>(std::ceil(frame.rect.width() * mParentPlot->bufferDevicePixelRatio())),
        points);
    const QColor color = lineColor(*curve);
    for (const NonFinitePoint& point : points) {
      const double x = frame.rect.left() + frame.toX(point.x);
      if (std::isnan(point.value)) {
        const double y = frame.rect.bottom() - kSize - 1;
        painter->setPen(QPen(color, kLineWidth));
        painter->drawLine(QPointF(x - kSize, y - kSize), QPointF(x + kSize, y + kSize));
        painter->drawLine(QPointF(x - kSize, y + kSize), QPointF(x + kSize, y - kSize));
        continue;
      }
      const bool up = point.value > 0;
      const double tip = up ? frame.rect.top() + 1 : frame.rect.bottom() - 1;
      const double base = up ? tip + 2 * kSize : tip - 2 * kSize;
      painter->setPen(Qt::NoPen);
      painter->setBrush(color);
      painter->drawPolygon(QPolygonF{{{x, tip}, {x + kSize, base}, {x - kSize, base}}});
    }
  }
  painter->restore();
}

}  // namespace widgets
