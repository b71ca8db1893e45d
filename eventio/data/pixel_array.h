// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "eventio/base/result.h"
#include "eventio/data/values.h"

namespace eventio {

/// Pixels as they lie in the caller's memory, dense, in any order of dimensions.
///
/// Bytes are taken as they are. Floating-point values are scaled by 255, cut to a whole number and
/// clipped to 0..255, as tensorboardX and torch do; NaN cannot be shown.
struct PixelArray {
  std::variant<std::span<const std::uint8_t>, std::span<const float>, std::span<const double>>
      values{};
  std::vector<std::int64_t> shape{};  ///< extent of each dimension, outermost first
  /// One letter a dimension, in the order of `shape`: N pictures, T frames, C channels, H height,
  /// W width. tensorboardX's dataformats.
  std::string_view layout = "CHW";
};

/// One picture of 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGBA) channels. Layouts are the
/// orders of HW, CHW, NHW and NCHW; N pictures are laid out row by row, eight in a row, on black.
/// kInvalidArgument where shape, layout and values do not go together or a value is NaN.
[[nodiscard]] Result<Image> makeImage(const PixelArray& pixels);

/// The same with `columns` pictures in a row, fewer where there are fewer pictures.
[[nodiscard]] Result<Image> makeImageGrid(const PixelArray& pixels, std::int64_t columns);

/// The frames of videos, in any order of NTCHW; N and C may be left out. N videos run side by side:
/// their number is filled up with black ones to a power of two and laid out row by row as near to a
/// square as that allows, wider than high.
[[nodiscard]] Result<std::vector<Image>> makeFrames(const PixelArray& pixels);

}  // namespace eventio
