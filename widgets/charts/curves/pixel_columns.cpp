// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/pixel_columns.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include <algorithm>

#if defined(__x86_64__) && defined(__GNUC__)
#define TRAINDECK_AVX2  // compiled here, used where the processor has it
#endif

namespace widgets {
namespace {

/// Where there is much to draw, spans taller than this are filled without regard to their slices.
constexpr float kTallSpan = 6;
/// Two slices that reach over no more rows than this are weighed row by row.
constexpr float kFewRows = 12;
/// Rows are blended four at a time, the last few of them beyond the picture.
constexpr std::size_t kSpareRows = 4;

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

void blendShare(std::uint32_t& pixel, std::uint32_t color, float share) {
  blendPixel(pixel, scaledPixel(color, rounded(share * 256.F)));
}

#ifdef __SSE2__

/// Source over the pixels four at a time, as far as they go; returns how many were done.
int blendFours(std::uint32_t* pixels, int count, std::uint32_t color) {
  const __m128i zero = _mm_setzero_si128();
  const __m128i keep = _mm_set1_epi16(static_cast<short>(256U - (color >> 24U)));
  const __m128i added = _mm_set1_epi32(static_cast<int>(color));
  int i = 0;
  for (; i + 4 <= count; i += 4) {
    auto* at = reinterpret_cast<__m128i*>(pixels + i);
    const __m128i four = _mm_loadu_si128(at);
    // Channels in the upper bytes: the upper half of the product is then a 256th of it.
    const __m128i low = _mm_mulhi_epu16(_mm_unpacklo_epi8(zero, four), keep);
    const __m128i high = _mm_mulhi_epu16(_mm_unpackhi_epi8(zero, four), keep);
    _mm_storeu_si128(at, _mm_add_epi8(added, _mm_packus_epi16(low, high)));
  }
  return i;
}

#endif

#ifdef TRAINDECK_AVX2

/// The same, eight at a time.
__attribute__((target("avx2"))) int blendEights(std::uint32_t* pixels, int count,
                                                std::uint32_t color) {
  const __m256i zero = _mm256_setzero_si256();
  const __m256i keep = _mm256_set1_epi16(static_cast<short>(256U - (color >> 24U)));
  const __m256i added = _mm256_set1_epi32(static_cast<int>(color));
  int i = 0;
  for (; i + 8 <= count; i += 8) {
    auto* at = reinterpret_cast<__m256i*>(pixels + i);
    const __m256i eight = _mm256_loadu_si256(at);
    const __m256i low = _mm256_mulhi_epu16(_mm256_unpacklo_epi8(zero, eight), keep);
    const __m256i high = _mm256_mulhi_epu16(_mm256_unpackhi_epi8(zero, eight), keep);
    _mm256_storeu_si256(at, _mm256_add_epi8(added, _mm256_packus_epi16(low, high)));
  }
  return i;
}

#endif

/// Source over a run of pixels.
void blendRun(std::uint32_t* pixels, int count, std::uint32_t color) {
  if (count <= 0) return;
  if (color >> 24U == 255U) {
    std::fill_n(pixels, count, color);
    return;
  }
  int i = 0;
#ifdef TRAINDECK_AVX2
  static const bool hasAvx2 = __builtin_cpu_supports("avx2");
  if (hasAvx2) i = blendEights(pixels, count, color);
#endif
#ifdef __SSE2__
  i += blendFours(pixels + i, count - i, color);
#endif
  for (; i < count; ++i) blendPixel(pixels[i], color);
}

#ifdef __SSE2__

/// Source over two pixels, each channel in 16 bits, with a share of the colour for each.
__m128i blendTwo(__m128i pixels, __m128i color, __m128i shares) {
  const __m128i source = _mm_srli_epi16(_mm_mullo_epi16(color, shares), 8);
  const __m128i alpha = _mm_shufflehi_epi16(_mm_shufflelo_epi16(source, _MM_SHUFFLE(3, 3, 3, 3)),
                                            _MM_SHUFFLE(3, 3, 3, 3));
  const __m128i keep = _mm_sub_epi16(_mm_set1_epi16(256), alpha);
  return _mm_add_epi16(source, _mm_srli_epi16(_mm_mullo_epi16(pixels, keep), 8));
}

/// Half of the rows' part that lies in [top, bottom), times 256.
__m128 halfCover(__m128 rows, float top, float bottom) {
  const __m128 from = _mm_max_ps(rows, _mm_set1_ps(top));
  const __m128 to = _mm_min_ps(_mm_add_ps(rows, _mm_set1_ps(1)), _mm_set1_ps(bottom));
  return _mm_mul_ps(_mm_max_ps(_mm_sub_ps(to, from), _mm_setzero_ps()), _mm_set1_ps(128));
}

struct Extent {
  float top;
  float bottom;
};

/// Two slices that reach over a few rows from `low` to `high`, each row weighed exactly.
void fillFewRows(std::uint32_t* pixels, Extent a, Extent b, float low, float high,
                 std::uint32_t color) {
  const __m128i zero = _mm_setzero_si128();
  const __m128i wide = _mm_unpacklo_epi8(_mm_set1_epi32(static_cast<int>(color)), zero);
  const int first = static_cast<int>(low);
  __m128 rows = _mm_add_ps(_mm_set1_ps(static_cast<float>(first)), _mm_setr_ps(0, 1, 2, 3));
  for (int row = first; static_cast<float>(row) < high; row += 4) {
    const __m128 cover =
        _mm_add_ps(halfCover(rows, a.top, a.bottom), halfCover(rows, b.top, b.bottom));
    const __m128i four = _mm_cvtps_epi32(cover);
    const __m128i packed = _mm_packs_epi32(four, four);
    const __m128i doubled = _mm_unpacklo_epi16(packed, packed);
    auto* at = reinterpret_cast<__m128i*>(pixels + row);
    const __m128i old = _mm_loadu_si128(at);
    const __m128i lower =
        blendTwo(_mm_unpacklo_epi8(old, zero), wide, _mm_unpacklo_epi32(doubled, doubled));
    const __m128i upper =
        blendTwo(_mm_unpackhi_epi8(old, zero), wide, _mm_unpackhi_epi32(doubled, doubled));
    _mm_storeu_si128(at, _mm_packus_epi16(lower, upper));
    rows = _mm_add_ps(rows, _mm_set1_ps(4));
  }
}

#endif

}  // namespace

/// The spans of one column that are not empty, cut to the picture.
struct PixelColumns::Spans {
  std::array<float, kMaxSlices> tops;
  std::array<float, kMaxSlices> bottoms;
  std::size_t count = 0;
  float shortest = 0;
  float highest = 0;
  float lowest = 0;

  Spans(const float* allTops, const float* allBottoms, int slices, float height) {
    for (int k = 0; k < slices; ++k) {
      const float top = std::max(allTops[k], 0.F);
      const float bottom = std::min(allBottoms[k], height);
      if (!(top < bottom)) continue;
      shortest = count == 0 ? bottom - top : std::min(shortest, bottom - top);
      highest = count == 0 ? top : std::min(highest, top);
      lowest = count == 0 ? bottom : std::max(lowest, bottom);
      tops[count] = top;
      bottoms[count] = bottom;
      ++count;
    }
  }
};

PixelColumns::Ink::Ink(std::uint32_t inkColor, int slices) : color(inkColor) {
  const auto all = static_cast<std::uint32_t>(slices);
  for (std::uint32_t covered = 0; covered <= all; ++covered) {
    shades[covered] = scaledPixel(color, covered * 256U / all);
  }
}

void PixelColumns::begin(int height) {
  m_height = height;
  m_stride = static_cast<std::size_t>(height) + kSpareRows;
  m_pixels.assign(m_stride * kColumns, 0);
}

void PixelColumns::fill(int column, const float* tops, const float* bottoms, int slices,
                        const Ink& ink) {
  std::uint32_t* pixels = m_pixels.data() + static_cast<std::size_t>(column) * m_stride;
  const auto height = static_cast<float>(m_height);
  if (slices == 1) {
    fillSpan(pixels, std::max(tops[0], 0.F), std::min(bottoms[0], height), ink);
    return;
  }
#ifdef __SSE2__
  if (slices == 2) {
    const Extent a{std::max(tops[0], 0.F), std::min(bottoms[0], height)};
    const Extent b{std::max(tops[1], 0.F), std::min(bottoms[1], height)};
    const float low = std::min(a.top, b.top);
    const float high = std::max(a.bottom, b.bottom);
    if (!(low < high)) return;
    if (high - low <= kFewRows) {
      fillFewRows(pixels, a, b, low, high, ink.color);
      return;
    }
  }
#endif
  const Spans spans(tops, bottoms, slices, height);
  if (spans.count == 0) return;
  const bool isWhole = spans.count == static_cast<std::size_t>(slices);
  if (slices < kMaxSlices && isWhole && spans.shortest > kTallSpan) {
    fillSpan(pixels, spans.highest, spans.lowest, ink);
  } else {
    fillSlices(pixels, spans, slices, ink);
  }
}

void PixelColumns::fillSpan(std::uint32_t* pixels, float top, float bottom, const Ink& ink) const {
  if (!(top < bottom)) return;
  const int first = static_cast<int>(top);
  const int last = static_cast<int>(bottom);
  if (first == last) {
    blendShare(pixels[first], ink.color, bottom - top);
    return;
  }
  blendShare(pixels[first], ink.color, static_cast<float>(first + 1) - top);
  blendRun(pixels + first + 1, last - first - 1, ink.color);
  if (last < m_height) blendShare(pixels[last], ink.color, bottom - static_cast<float>(last));
}

/// Rows in which one of the slices begins or ends are weighed exactly; between them the number of
/// slices that cover a row does not change.
void PixelColumns::fillSlices(std::uint32_t* pixels, const Spans& spans, int slices,
                              const Ink& ink) const {
  std::array<int, 2 * kMaxSlices> boundaries;
  std::size_t count = 0;
  for (std::size_t k = 0; k < spans.count; ++k) {
    for (const int row : {static_cast<int>(spans.tops[k]),
                          std::min(static_cast<int>(spans.bottoms[k]), m_height - 1)}) {
      std::size_t at = count++;
      for (; at > 0 && boundaries[at - 1] > row; --at) boundaries[at] = boundaries[at - 1];
      boundaries[at] = row;
    }
  }
  int row = boundaries[0];
  for (std::size_t i = 0; i < count; ++i) {
    const int boundary = boundaries[i];
    if (boundary < row) continue;
    if (boundary > row) {
      std::size_t covering = 0;
      for (std::size_t k = 0; k < spans.count; ++k) {
        covering += static_cast<std::size_t>(spans.tops[k] <= static_cast<float>(row) &&
                                             spans.bottoms[k] >= static_cast<float>(boundary));
      }
      if (covering > 0) blendRun(pixels + row, boundary - row, ink.shades[covering]);
    }
    const auto y = static_cast<float>(boundary);
    float covered = 0;
    for (std::size_t k = 0; k < spans.count; ++k) {
      covered += std::max(0.F, std::min(spans.bottoms[k], y + 1) - std::max(spans.tops[k], y));
    }
    blendShare(pixels[boundary], ink.color, covered / static_cast<float>(slices));
    row = boundary + 1;
  }
}

void PixelColumns::moveTo(QImage& image, int left, int columns) {
  const auto stride = static_cast<std::size_t>(image.bytesPerLine()) / sizeof(std::uint32_t);
  auto* bits = reinterpret_cast<std::uint32_t*>(image.bits()) + left;
  const auto copy = [&](int firstRow, int firstColumn, int lastColumn) {
    for (int y = firstRow; y < m_height; ++y) {
      for (int x = firstColumn; x < lastColumn; ++x) {
        bits[static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x)] =
            m_pixels[static_cast<std::size_t>(x) * m_stride + static_cast<std::size_t>(y)];
      }
    }
  };
  int rows = 0;
  int done = 0;
#ifdef __SSE2__
  // Four columns and four rows at a time are turned in registers.
  done = columns / 4 * 4;
  for (; rows + 4 <= m_height; rows += 4) {
    std::uint32_t* to = bits + static_cast<std::size_t>(rows) * stride;
    const std::uint32_t* from = m_pixels.data() + rows;
    for (int x = 0; x < done; x += 4, to += 4, from += 4 * m_stride) {
      const auto load = [from, this](std::size_t column) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + column * m_stride));
      };
      const auto store = [to, stride](std::size_t row, __m128i four) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + row * stride), four);
      };
      const __m128i a = load(0), b = load(1), c = load(2), d = load(3);
      const __m128i upper = _mm_unpacklo_epi32(a, b), upperRight = _mm_unpacklo_epi32(c, d);
      const __m128i lower = _mm_unpackhi_epi32(a, b), lowerRight = _mm_unpackhi_epi32(c, d);
      store(0, _mm_unpacklo_epi64(upper, upperRight));
      store(1, _mm_unpackhi_epi64(upper, upperRight));
      store(2, _mm_unpacklo_epi64(lower, lowerRight));
      store(3, _mm_unpackhi_epi64(lower, lowerRight));
    }
  }
#endif
  copy(0, done, columns);
  copy(rows, 0, done);
  std::fill(m_pixels.begin(), m_pixels.end(), 0U);
}

}  // namespace widgets
