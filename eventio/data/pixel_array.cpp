// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/data/pixel_array.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace eventio {

namespace {

constexpr std::string_view kLetters = "NTCHW";
enum Axis : std::size_t { kN, kT, kC, kH, kW };
constexpr std::int64_t kPicturesInARow = 8;

/// Extent and distance in memory of each axis; an axis that the layout lacks has extent 1.
struct Geometry {
  std::array<std::int64_t, kLetters.size()> extent{1, 1, 1, 1, 1};
  std::array<std::int64_t, kLetters.size()> stride{};
};

/// Where the pictures of one canvas go.
struct Grid {
  std::int64_t rows = 1;
  std::int64_t columns = 1;
};

std::string shapeText(const PixelArray& pixels) {
  std::string text = "[";
  for (const std::int64_t extent : pixels.shape) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(extent);
  }
  return text + "]";
}

template <class... Arguments>
tl::unexpected<Error> bad(const PixelArray& pixels, MessageText<sizeof...(Arguments)> what,
                          Arguments&&... arguments) {
  return makeError(ErrorCode::kInvalidArgument, "pixels of shape %1 in layout '%2': %3",
                   shapeText(pixels), pixels.layout,
                   Message(what, std::forward<Arguments>(arguments)...));
}

std::size_t countOf(const PixelArray& pixels) {
  return std::visit([](const auto& values) { return values.size(); }, pixels.values);
}

Result<Geometry> geometryOf(const PixelArray& pixels, std::string_view allowed) {
  if (pixels.shape.size() != pixels.layout.size()) {
    return bad(pixels, "the layout must have one letter for each dimension");
  }
  Geometry geometry;
  std::uint64_t count = 1;
  std::uint32_t seen = 0;
  for (std::size_t i = pixels.shape.size(); i-- > 0;) {
    const char letter = static_cast<char>(pixels.layout[i] & ~0x20);  // upper case
    const std::size_t axis = kLetters.find(letter);
    if (allowed.find(letter) == std::string_view::npos || (seen >> axis & 1U) != 0) {
      return bad(pixels, "the layout must be an order of '%1', N and C may be left out", allowed);
    }
    seen |= 1U << axis;
    const std::int64_t extent = pixels.shape[i];
    if (extent < 1) return bad(pixels, "every extent must be at least 1");
    if (extent > std::numeric_limits<std::int32_t>::max() || count > std::uint64_t{1} << 31) {
      return bad(pixels, "this is too large for a picture");
    }
    geometry.extent[axis] = extent;
    geometry.stride[axis] = static_cast<std::int64_t>(count);
    count *= static_cast<std::uint64_t>(extent);
  }
  for (const Axis axis : {kH, kW}) {
    if ((seen >> axis & 1U) == 0) return bad(pixels, "the layout must have H and W");
  }
  if (geometry.extent[kC] > 4) {
    return bad(pixels, "a picture has 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGBA) channels");
  }
  if (count != countOf(pixels)) {
    return bad(pixels, "there are %1 values instead of %2", countOf(pixels), count);
  }
  return geometry;
}

std::uint8_t toByte(std::uint8_t value) noexcept {
  return value;
}

template <class Number>
std::uint8_t toByte(Number value) noexcept {
  return static_cast<std::uint8_t>(std::clamp(value * Number{255}, Number{0}, Number{255}));
}

template <class Number>
bool isNan(Number value) noexcept {
  if constexpr (std::is_floating_point_v<Number>) return std::isnan(value);
  return false;
}

/// Copies one picture to its place on the canvas; false when a value is NaN.
template <class Number>
bool copyPicture(std::span<const Number> values, const Geometry& geometry, std::int64_t first,
                 Image& canvas, std::int64_t top, std::int64_t left) {
  const auto& [extent, stride] = geometry;
  for (std::int64_t y = 0; y < extent[kH]; ++y) {
    auto out = static_cast<std::size_t>(((top + y) * canvas.width + left) * canvas.channels);
    for (std::int64_t x = 0; x < extent[kW]; ++x) {
      std::int64_t at = first + y * stride[kH] + x * stride[kW];
      for (std::int64_t c = 0; c < extent[kC]; ++c, at += stride[kC]) {
        const Number value = values[static_cast<std::size_t>(at)];
        if (isNan(value)) return false;
        canvas.pixels[out++] = toByte(value);
      }
    }
  }
  return true;
}

Result<Image> emptyCanvas(const PixelArray& pixels, const Geometry& geometry, const Grid& grid) {
  const std::int64_t width = grid.columns * geometry.extent[kW];
  const std::int64_t height = grid.rows * geometry.extent[kH];
  constexpr std::int64_t kMaxSize = std::numeric_limits<std::int32_t>::max();
  if (width > kMaxSize || height > kMaxSize || width * height > kMaxSize) {
    return bad(pixels, "this is too large for a picture");
  }
  Image canvas;
  canvas.width = static_cast<int>(width);
  canvas.height = static_cast<int>(height);
  canvas.channels = static_cast<int>(geometry.extent[kC]);
  canvas.pixels.resize(static_cast<std::size_t>(width * height * geometry.extent[kC]));
  return canvas;
}

/// All pictures of one frame.
Result<Image> drawFrame(const PixelArray& pixels, const Geometry& geometry, const Grid& grid,
                        std::int64_t frame) {
  Result<Image> canvas = emptyCanvas(pixels, geometry, grid);
  if (!canvas) return canvas;
  for (std::int64_t n = 0; n < geometry.extent[kN]; ++n) {
    const std::int64_t first = n * geometry.stride[kN] + frame * geometry.stride[kT];
    const std::int64_t top = n / grid.columns * geometry.extent[kH];
    const std::int64_t left = n % grid.columns * geometry.extent[kW];
    const bool drawn = std::visit(
        [&](const auto& values) {
          return copyPicture(values, geometry, first, *canvas, top, left);
        },
        pixels.values);
    if (!drawn) return bad(pixels, "a value is NaN, which has no colour");
  }
  return canvas;
}

int bitLength(std::int64_t number) {
  int bits = 0;
  for (; number > 0; number >>= 1) ++bits;
  return bits;
}

}  // namespace

Result<Image> makeImage(const PixelArray& pixels) {
  return makeImageGrid(pixels, kPicturesInARow);
}

Result<Image> makeImageGrid(const PixelArray& pixels, std::int64_t columns) {
  const Result<Geometry> geometry = geometryOf(pixels, "NCHW");
  if (!geometry) return tl::unexpected<Error>(geometry.error());
  const std::int64_t count = geometry->extent[kN];
  Grid grid;
  grid.columns = std::clamp<std::int64_t>(columns, 1, count);
  grid.rows = (count + grid.columns - 1) / grid.columns;
  return drawFrame(pixels, *geometry, grid, 0);
}

Result<std::vector<Image>> makeFrames(const PixelArray& pixels) {
  const Result<Geometry> geometry = geometryOf(pixels, "NTCHW");
  if (!geometry) return tl::unexpected<Error>(geometry.error());
  const std::int64_t count = geometry->extent[kN];
  const int bits = bitLength(count);
  const std::int64_t places = (count & (count - 1)) == 0 ? count : std::int64_t{1} << bits;
  Grid grid;
  grid.rows = std::int64_t{1} << (bits - 1) / 2;
  grid.columns = places / grid.rows;
  std::vector<Image> frames;
  for (std::int64_t t = 0; t < geometry->extent[kT]; ++t) {
    Result<Image> frame = drawFrame(pixels, *geometry, grid, t);
    if (!frame) return tl::unexpected<Error>(frame.error());
    frames.push_back(std::move(*frame));
  }
  return frames;
}

}  // namespace eventio
