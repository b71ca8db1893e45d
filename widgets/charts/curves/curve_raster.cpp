// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/curve_raster.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace widgets {
namespace {

/// From here on the curves cover each other so much that finer edges are not seen.
constexpr std::size_t kManyVertices = 20000;
constexpr float kNothing = std::numeric_limits<float>::infinity();

int slicesFor(float penWidth, std::size_t vertices) {
  if (vertices <= kManyVertices) return PixelColumns::kMaxSlices;
  return penWidth <= 1 ? 1 : 2;
}

}  // namespace

void CurveRaster::begin(int width, int height, double ratio) {
  m_width = std::max(width, 0);
  m_height = std::max(height, 0);
  m_ratio = ratio;
  m_layerCount = 0;  // the layers keep their memory
}

std::vector<RasterVertex>& CurveRaster::addCurve(double penWidth, const QColor& color) {
  if (m_layerCount == m_layers.size()) m_layers.emplace_back();
  Layer& layer = m_layers[m_layerCount++];
  layer.penWidth = static_cast<float>(penWidth);
  layer.color = qPremultiply(color.rgba());
  layer.vertices.clear();
  return layer.vertices;
}

const QImage& CurveRaster::finish() {
  if (m_image.width() != m_width || m_image.height() != m_height) {
    m_image = QImage(m_width, m_height, QImage::Format_ARGB32_Premultiplied);
  }
  if (m_image.isNull()) return m_image;
  m_image.setDevicePixelRatio(m_ratio);
  std::size_t vertices = 0;
  for (std::size_t i = 0; i < m_layerCount; ++i) vertices += m_layers[i].vertices.size();
  const auto most = static_cast<std::size_t>(m_width + 2 * kMarginColumns) *
                    static_cast<std::size_t>(PixelColumns::kMaxSlices);
  m_tops.assign(most, kNothing);
  m_bottoms.assign(most, -kNothing);
  m_spans.clear();
  m_spanTops.clear();
  m_spanBottoms.clear();
  for (std::size_t i = 0; i < m_layerCount; ++i) {
    m_slices = slicesFor(m_layers[i].penWidth, vertices);
    addLayer(m_layers[i]);
  }
  paint();
  return m_image;
}

void CurveRaster::addLayer(const Layer& layer) {
  const auto& vertices = layer.vertices;
  m_first = static_cast<int>(m_tops.size());
  m_last = -1;
  float lastX = -kNothing;
  std::size_t begin = 0;
  for (std::size_t end = 0; end <= vertices.size(); ++end) {
    if (end < vertices.size() && vertices[end].top == vertices[end].top) continue;
    if (end > begin) {
      // Widened spans of two pieces in one slice would be filled as one, gap and all.
      if (vertices[begin].x < lastX + layer.penWidth + 1) flush(layer);
      lastX = vertices[end - 1].x;
      if (end - begin == 1) addSegment(vertices[begin], vertices[begin]);
      for (std::size_t i = begin; i + 1 < end; ++i) addSegment(vertices[i], vertices[i + 1]);
    }
    begin = end + 1;
  }
  flush(layer);
}

inline void CurveRaster::extend(int slice, float top, float bottom) {
  const auto at = static_cast<std::size_t>(slice);
  m_tops[at] = std::min(m_tops[at], top);
  m_bottoms[at] = std::max(m_bottoms[at], bottom);
}

void CurveRaster::addSegment(const RasterVertex& a, const RasterVertex& b) {
  const auto slices = static_cast<float>(m_slices);
  const int count = (m_width + 2 * kMarginColumns) * m_slices;
  const float from = (a.x + kMarginColumns) * slices;
  const float to = (b.x + kMarginColumns) * slices;
  if (to < 0 || from >= static_cast<float>(count)) return;
  const int first = from > 0 ? static_cast<int>(from) : 0;
  const int last = to < static_cast<float>(count) ? static_cast<int>(to) : count - 1;
  m_first = std::min(m_first, first);
  m_last = std::max(m_last, last);
  if (first == last && from >= 0) {
    extend(first, std::min(a.top, b.top), std::max(a.bottom, b.bottom));
    return;
  }
  const float share = to > from ? 1 / (to - from) : 0;
  const float topSlope = (b.top - a.top) * share;
  const float bottomSlope = (b.bottom - a.bottom) * share;
  const float begun = std::max(from, static_cast<float>(first)) - from;
  float top = a.top + topSlope * begun;
  float bottom = a.bottom + bottomSlope * begun;
  for (int i = first; i < last; ++i) {
    const float along = static_cast<float>(i + 1) - from;
    const float nextTop = a.top + topSlope * along;
    const float nextBottom = a.bottom + bottomSlope * along;
    extend(i, std::min(top, nextTop), std::max(bottom, nextBottom));
    top = nextTop;
    bottom = nextBottom;
  }
  extend(last, std::min(top, b.top), std::max(bottom, b.bottom));
}

/// Minkowski sum of what was added since the last time with the pen's disc: the union of the spans
/// nearby, each grown by the disc's height at that distance.
void CurveRaster::flush(const Layer& layer) {
  if (m_last < m_first) return;
  const float radius = layer.penWidth / 2;
  const int margin = kMarginColumns * m_slices;
  const int reach = std::min(
      margin - 1, static_cast<int>(std::ceil(radius * static_cast<float>(m_slices) - 1e-6F)));
  const int from = std::max(m_first - reach, margin);
  const int to = std::min(m_last + reach, margin + m_width * m_slices - 1);
  if (from <= to) {
    const Spans spans{(from - margin) / m_slices, (to - margin) / m_slices, m_slices,
                      m_spanTops.size(), PixelColumns::Ink(layer.color, m_slices)};
    const int origin = margin + spans.firstColumn * m_slices;
    const int columns = spans.lastColumn - spans.firstColumn + 1;
    const auto size = static_cast<std::size_t>(columns) * static_cast<std::size_t>(m_slices);
    m_spanTops.resize(spans.at + size, kNothing);
    m_spanBottoms.resize(spans.at + size, -kNothing);
    float* spanTops = m_spanTops.data() + spans.at;
    float* spanBottoms = m_spanBottoms.data() + spans.at;
    for (int shift = -reach; shift <= reach; ++shift) {
      const float along = static_cast<float>(std::abs(shift)) / static_cast<float>(m_slices);
      if (along > radius) continue;
      const float height = std::sqrt(radius * radius - along * along);
      const int begin = std::max(from, m_first + shift);
      const int count = std::min(to, m_last + shift) - begin + 1;
      const float* tops = m_tops.data() + begin - shift;
      const float* bottoms = m_bottoms.data() + begin - shift;
      float* toTops = spanTops + begin - origin;
      float* toBottoms = spanBottoms + begin - origin;
      for (int i = 0; i < count; ++i) {
        const float top = tops[i] - height;
        const float bottom = bottoms[i] + height;
        toTops[i] = toTops[i] < top ? toTops[i] : top;
        toBottoms[i] = toBottoms[i] > bottom ? toBottoms[i] : bottom;
      }
    }
    m_spans.push_back(spans);
  }
  const int touched = m_last - m_first + 1;
  std::fill_n(m_tops.begin() + m_first, touched, kNothing);
  std::fill_n(m_bottoms.begin() + m_first, touched, -kNothing);
  m_first = static_cast<int>(m_tops.size());
  m_last = -1;
}

void CurveRaster::paint() {
  m_columns.begin(m_height);
  for (int left = 0; left < m_width; left += PixelColumns::kColumns) {
    const int right = std::min(left + PixelColumns::kColumns, m_width) - 1;
    for (const Spans& spans : m_spans) {
      const int last = std::min(right, spans.lastColumn);
      for (int column = std::max(left, spans.firstColumn); column <= last; ++column) {
        const std::size_t at =
            spans.at + static_cast<std::size_t>((column - spans.firstColumn) * spans.slices);
        m_columns.fill(column - left, m_spanTops.data() + at, m_spanBottoms.data() + at,
                       spans.slices, spans.ink);
      }
    }
    m_columns.moveTo(m_image, left, right - left + 1);
  }
}

}  // namespace widgets
