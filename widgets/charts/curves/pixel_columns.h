// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace widgets {

/// A few columns of a picture, each a run of memory, so that a vertical span is one and all of them
/// stay in the processor's nearest cache while curve after curve is blended into them.
///
/// A column is cut into 1, 2 or 4 slices, and covered as far as its slices are. Rows count in
/// pixels from the top.
class PixelColumns {
 public:
  static constexpr int kColumns = 16;
  static constexpr int kMaxSlices = 4;

  /// A colour in what the blending needs.
  struct Ink {
    Ink() = default;
    /// `color` is premultiplied.
    Ink(std::uint32_t color, int slices);

    std::uint32_t color = 0;
    std::array<std::uint32_t, kMaxSlices + 1> shades{};  // color by slices covered
  };

  /// Empty (transparent) columns of that many rows.
  void begin(int height);
  /// Blends the spans [tops[i], bottoms[i]) of a column's slices over it; an empty one has
  /// top > bottom. `slices` is what the ink was made for.
  void fill(int column, const float* tops, const float* bottoms, int slices, const Ink& ink);
  /// Writes the first `columns` of them into the picture, from its column `left` on, and leaves
  /// them empty.
  void moveTo(QImage& image, int left, int columns);

 private:
  struct Spans;
  void fillSpan(std::uint32_t* pixels, float top, float bottom, const Ink& ink) const;
  void fillSlices(std::uint32_t* pixels, const Spans& spans, int slices, const Ink& ink) const;

  int m_height = 0;
  std::size_t m_stride = 0;
  std::vector<std::uint32_t> m_pixels;
};

}  // namespace widgets
