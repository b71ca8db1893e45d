// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/chart_raster.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace widgets {
namespace {

/// Where there is much to draw, spans taller than this are filled without regard to their slices.
constexpr float kTallSpan = 6;
/// From here on the curves cover each other so much that finer edges are not seen.
constexpr std::size_t kManyVertices = 20000;
constexpr float kNothing = std::numeric_limits<float>::infinity();

/// All four channels of a premultiplied pixel times `share` / 256.
std::uint32_t scaledPixel(std::uint32_t pixel, std::uint32_t share) {
  const std::uint32_t odd = ((pixel >> 8U) & 0xff00ffU) * share;
  const std::uint32_t even = (pixel & 0xff00ffU) * share;
  return (odd & 0xff00ff00U) | ((even >> 8U) & 0xff00ffU);
}

/// lround() without the call: for small numbers that are not negative.
std::uint32_t rounded(float value) {
  constexpr float kHalf = 0.5F;
  const float shifted = value + kHalf;
  return static_cast<std::uint32_t>(shifted);
}

void blendPixel(std::uint32_t& pixel, std::uint32_t color) {
  pixel = color + scaledPixel(pixel, 256U - (color >> 24U));
}

/// Source over a run of pixels.
void blendRun(std::uint32_t* pixels, int count, std::uint32_t color) {
  const std::uint32_t alpha = color >> 24U;
  if (alpha == 255U) {
    std::fill_n(pixels, count, color);
    return;
  }
  int i = 0;
#ifdef __SSE2__
  const __m128i zero = _mm_setzero_si128();
  const __m128i keep = _mm_set1_epi16(static_cast<short>(256U - alpha));
  const __m128i added = _mm_set1_epi32(static_cast<int>(color));
  for (; i + 4 <= count; i += 4) {
    auto* at = reinterpret_cast<__m128i*>(pixels + i);
    const __m128i four = _mm_loadu_si128(at);
    const __m128i low = _mm_srli_epi16(_mm_mullo_epi16(_mm_unpacklo_epi8(four, zero), keep), 8);
    const __m128i high = _mm_srli_epi16(_mm_mullo_epi16(_mm_unpackhi_epi8(four, zero), keep), 8);
    _mm_storeu_si128(at, _mm_add_epi8(added, _mm_packus_epi16(low, high)));
  }
#endif
  for (; i < count; ++i) blendPixel(pixels[i], color);
}

}  // namespace

void CurveRaster::begin(int width, int height, double ratio) {
  m_width = std::max(width, 0);
  m_height = std::max(height, 0);
  m_ratio = ratio;
  m_layerCount = 0;  // the layers keep their memory
  m_tops.fill(kNothing);
  m_bottoms.fill(-kNothing);
}

std::vector<RasterVertex>& CurveRaster::addCurve(double penWidth, const QColor& color) {
  if (m_layerCount == m_layers.size()) m_layers.emplace_back();
  Layer& layer = m_layers[m_layerCount++];
  layer.penWidth = static_cast<float>(penWidth);
  layer.color = qPremultiply(color.rgba());
  layer.vertices.clear();
  return layer.vertices;
}

void CurveRaster::cutIntoPieces(Layer& layer) {
  layer.pieces.clear();
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= layer.vertices.size(); ++i) {
    if (i < layer.vertices.size() && !std::isnan(layer.vertices[i].top)) continue;
    if (i > begin) layer.pieces.push_back({begin, i, begin});
    begin = i + 1;
  }
}

const QImage& CurveRaster::finish() {
  if (m_image.width() != m_width || m_image.height() != m_height) {
    m_image = QImage(m_width, m_height, QImage::Format_ARGB32_Premultiplied);
  }
  if (m_image.isNull()) return m_image;
  m_image.setDevicePixelRatio(m_ratio);
  std::size_t vertices = 0;
  for (std::size_t i = 0; i < m_layerCount; ++i) {
    cutIntoPieces(m_layers[i]);
    vertices += m_layers[i].vertices.size();
  }
  m_slices = vertices > kManyVertices ? kMostSlices / 2 : kMostSlices;
  m_margin = kMarginColumns * m_slices;
  m_count = kBlockColumns * m_slices + 2 * m_margin;
  for (m_blockLeft = 0; m_blockLeft < m_width; m_blockLeft += kBlockColumns) {
    const int columns = std::min(kBlockColumns, m_width - m_blockLeft);
    m_pixels.assign(static_cast<std::size_t>(kBlockColumns) * static_cast<std::size_t>(m_height),
                    0);
    for (std::size_t i = 0; i < m_layerCount; ++i) drawLayer(m_layers[i]);
    copyBlock(columns);
  }
  return m_image;
}

void CurveRaster::drawLayer(Layer& layer) {
  m_first = m_count;
  m_last = -1;
  float lastX = -kNothing;
  for (Piece& piece : layer.pieces) {
    // Widened spans of two pieces in one slice would be filled as one, gap and all.
    if (layer.vertices[piece.first].x < lastX + layer.penWidth + 1) flush(layer);
    lastX = layer.vertices[piece.last - 1].x;
    addPiece(layer, piece);
  }
  flush(layer);
}

void CurveRaster::addPiece(const Layer& layer, Piece& piece) {
  constexpr auto kBeside = static_cast<float>(kMarginColumns);
  const float left = static_cast<float>(m_blockLeft) - kBeside;
  const float right = static_cast<float>(m_blockLeft + kBlockColumns) + kBeside;
  const auto& vertices = layer.vertices;
  if (piece.last - piece.first == 1) {
    addSegment(vertices[piece.first], vertices[piece.first]);
    return;
  }
  while (piece.next + 2 < piece.last && vertices[piece.next + 1].x < left) ++piece.next;
  for (std::size_t i = piece.next; i + 1 < piece.last && vertices[i].x <= right; ++i) {
    addSegment(vertices[i], vertices[i + 1]);
  }
}

void CurveRaster::addSegment(const RasterVertex& a, const RasterVertex& b) {
  const float origin = static_cast<float>(m_blockLeft * m_slices - m_margin);
  const float from = a.x * static_cast<float>(m_slices) - origin;
  const float to = b.x * static_cast<float>(m_slices) - origin;
  if (to < 0 || from >= static_cast<float>(m_count)) return;
  const int first = from > 0 ? static_cast<int>(from) : 0;
  const int last = std::min(m_count - 1, static_cast<int>(to));
  m_first = std::min(m_first, first);
  m_last = std::max(m_last, last);
  const float length = to - from;
  const float topSlope = length > 0 ? (b.top - a.top) / length : 0;
  const float bottomSlope = length > 0 ? (b.bottom - a.bottom) / length : 0;
  const float begun = std::max(from, static_cast<float>(first)) - from;
  float top = a.top + topSlope * begun;
  float bottom = a.bottom + bottomSlope * begun;
  for (int i = first; i <= last; ++i) {
    const bool isEnd = static_cast<float>(i + 1) >= to;
    const float along = static_cast<float>(i + 1) - from;
    const float nextTop = isEnd ? b.top : a.top + topSlope * along;
    const float nextBottom = isEnd ? b.bottom : a.bottom + bottomSlope * along;
    const auto at = static_cast<std::size_t>(i);
    m_tops[at] = std::min(m_tops[at], std::min(top, nextTop));
    m_bottoms[at] = std::max(m_bottoms[at], std::max(bottom, nextBottom));
    top = nextTop;
    bottom = nextBottom;
  }
}

void CurveRaster::flush(const Layer& layer) {
  if (m_last >= m_first) {
    widen(layer.penWidth / 2);
    fill(layer.color);
  }
  m_first = m_count;
  m_last = -1;
}

/// Minkowski sum with the pen's disc: the union of the spans nearby, each grown by the disc's
/// height at that distance. Leaves the curve's own extent empty again.
void CurveRaster::widen(float radius) {
  const int reach = std::min(
      m_margin - 1, static_cast<int>(std::ceil(radius * static_cast<float>(m_slices) - 1e-6F)));
  const int from = std::max(0, m_first - reach);
  const int to = std::min(m_count - 1, m_last + reach);
  const int count = to - from + 1;
  std::fill_n(m_spanTops.begin() + from, count, kNothing);
  std::fill_n(m_spanBottoms.begin() + from, count, -kNothing);
  for (int shift = -reach; shift <= reach; ++shift) {
    const float along = static_cast<float>(std::abs(shift)) / static_cast<float>(m_slices);
    if (along > radius) continue;
    const float height = std::sqrt(radius * radius - along * along);
    const int begin = std::max(from, m_first + shift);
    const int end = std::min(to, m_last + shift);
    const float* tops = m_tops.data();
    const float* bottoms = m_bottoms.data();
    float* spanTops = m_spanTops.data();
    float* spanBottoms = m_spanBottoms.data();
    for (int i = begin; i <= end; ++i) {
      const float top = tops[i - shift] - height;
      const float bottom = bottoms[i - shift] + height;
      spanTops[i] = spanTops[i] < top ? spanTops[i] : top;
      spanBottoms[i] = spanBottoms[i] > bottom ? spanBottoms[i] : bottom;
    }
  }
  const int touched = m_last - m_first + 1;
  std::fill_n(m_tops.begin() + m_first, touched, kNothing);
  std::fill_n(m_bottoms.begin() + m_first, touched, -kNothing);
  m_first = from;
  m_last = to;
}

void CurveRaster::fill(std::uint32_t color) {
  if (m_last < m_margin) return;
  m_color = color;
  const auto slices = static_cast<std::uint32_t>(m_slices);
  for (std::uint32_t covered = 0; covered <= slices; ++covered) {
    m_shades[covered] = scaledPixel(color, covered * 256U / slices);
  }
  const int first = std::max(0, (m_first - m_margin) / m_slices);
  const int last = std::min(kBlockColumns - 1, (m_last - m_margin) / m_slices);
  for (int column = first; column <= last; ++column) {
    // Slices beyond the touched ones hold what an earlier curve left.
    const int begin = column * m_slices + m_margin;
    for (int i = begin; i < begin + m_slices; ++i) {
      if (i >= m_first && i <= m_last) continue;
      m_spanTops[static_cast<std::size_t>(i)] = kNothing;
      m_spanBottoms[static_cast<std::size_t>(i)] = -kNothing;
    }
    fillColumn(column);
  }
}

/// Rows in which one of the slices begins or ends are weighed exactly; between them the number of
/// slices that cover a row does not change.
void CurveRaster::fillColumn(int column) {
  const float* spanTops = m_spanTops.data() + m_margin + column * m_slices;
  const float* spanBottoms = m_spanBottoms.data() + m_margin + column * m_slices;
  const auto height = static_cast<float>(m_height);
  std::array<float, kMostSlices> tops{};
  std::array<float, kMostSlices> bottoms{};
  std::array<int, 2 * kMostSlices> boundaries;
  std::size_t spans = 0;
  float shortest = kNothing;
  float highest = kNothing;
  float lowest = -kNothing;
  for (int k = 0; k < m_slices; ++k) {
    const float top = std::max(spanTops[k], 0.F);
    const float bottom = std::min(spanBottoms[k], height);
    if (!(top < bottom)) continue;
    tops[spans] = top;
    bottoms[spans] = bottom;
    shortest = std::min(shortest, bottom - top);
    highest = std::min(highest, top);
    lowest = std::max(lowest, bottom);
    ++spans;
  }
  const bool isWhole = spans == static_cast<std::size_t>(m_slices);
  if (m_slices < kMostSlices && isWhole && shortest > kTallSpan) {
    fillTallColumn(column, highest, lowest);
    return;
  }
  std::size_t count = 0;
  for (std::size_t k = 0; k < spans; ++k) {
    for (const int row :
         {static_cast<int>(tops[k]), std::min(static_cast<int>(bottoms[k]), m_height - 1)}) {
      std::size_t at = count++;
      for (; at > 0 && boundaries[at - 1] > row; --at) boundaries[at] = boundaries[at - 1];
      boundaries[at] = row;
    }
  }
  std::uint32_t* pixels =
      &m_pixels[static_cast<std::size_t>(column) * static_cast<std::size_t>(m_height)];
  int row = count > 0 ? boundaries[0] : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const int boundary = boundaries[i];
    if (boundary < row) continue;
    if (boundary > row) {
      std::uint32_t covering = 0;
      for (std::size_t k = 0; k < spans; ++k) {
        covering +=
            tops[k] <= static_cast<float>(row) && bottoms[k] >= static_cast<float>(boundary);
      }
      if (covering > 0) blendRun(pixels + row, boundary - row, m_shades[covering]);
    }
    const auto y = static_cast<float>(boundary);
    float covered = 0;
    for (std::size_t k = 0; k < spans; ++k) {
      covered += std::max(0.F, std::min(bottoms[k], y + 1) - std::max(tops[k], y));
    }
    const auto share = rounded(covered * (256.F / static_cast<float>(m_slices)));
    blendPixel(pixels[boundary], scaledPixel(m_color, share));
    row = boundary + 1;
  }
}

void CurveRaster::fillTallColumn(int column, float top, float bottom) {
  std::uint32_t* pixels =
      &m_pixels[static_cast<std::size_t>(column) * static_cast<std::size_t>(m_height)];
  const int first = static_cast<int>(top);
  const int last = static_cast<int>(bottom);
  const auto shade = [this](float share) { return scaledPixel(m_color, rounded(share * 256.F)); };
  blendPixel(pixels[first], shade(static_cast<float>(first + 1) - top));
  blendRun(pixels + first + 1, last - first - 1, m_color);
  if (last < m_height) blendPixel(pixels[last], shade(bottom - static_cast<float>(last)));
}

/// Columns of the block become rows of the picture.
void CurveRaster::copyBlock(int columns) {
  constexpr int kRows = 16;
  const auto height = static_cast<std::size_t>(m_height);
  const auto stride = static_cast<std::size_t>(m_image.bytesPerLine()) / sizeof(std::uint32_t);
  auto* bits = reinterpret_cast<std::uint32_t*>(m_image.bits()) + m_blockLeft;
  for (int y0 = 0; y0 < m_height; y0 += kRows) {
    const int y1 = std::min(y0 + kRows, m_height);
    for (int y = y0; y < y1; ++y) {
      std::uint32_t* row = bits + static_cast<std::size_t>(y) * stride;
      const std::uint32_t* column = m_pixels.data() + y;
      for (int x = 0; x < columns; ++x, column += height) row[x] = *column;
    }
  }
}

}  // namespace widgets
