// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/image_transforms.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace training {
namespace {

using eventio::Image;

std::size_t area(const Image& image) {
  return static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
}

/// The weights of the source's pixels from `first` on for one pixel of the result.
struct Filter {
  std::size_t first = 0;
  std::vector<double> weights;
};

std::vector<Filter> triangleFilters(int from, int to) {
  const double scale = static_cast<double>(from) / to;
  const double support = std::max(1.0, scale);
  std::vector<Filter> filters(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(std::lround(centre - support)));
    const int last = std::min(from, static_cast<int>(std::lround(centre + support)));
    Filter& filter = filters[static_cast<std::size_t>(i)];
    filter.first = static_cast<std::size_t>(first);
    double sum = 0;
    for (int at = first; at < last; ++at) {
      filter.weights.push_back(std::max(0.0, 1 - std::abs((at - centre + 0.5) / support)));
      sum += filter.weights.back();
    }
    for (double& weight : filter.weights) weight /= sum;
  }
  return filters;
}

/// Resizes `lines` lines of pixels; `step` bytes lie between two pixels, `line` between lines.
struct Layout {
  std::size_t lines;
  std::size_t line;
  std::size_t step;
};

void resizeLines(const std::vector<std::uint8_t>& from, const Layout& source,
                 std::vector<std::uint8_t>& to, const Layout& target, std::size_t channels,
                 const std::vector<Filter>& filters) {
  for (std::size_t line = 0; line < source.lines; ++line) {
    for (std::size_t i = 0; i < filters.size(); ++i) {
      const Filter& filter = filters[i];
      for (std::size_t channel = 0; channel < channels; ++channel) {
        double sum = 0;
        std::size_t place = line * source.line + filter.first * source.step + channel;
        for (const double weight : filter.weights) {
          sum += weight * from[place];
          place += source.step;
        }
        to[line * target.line + i * target.step + channel] =
            static_cast<std::uint8_t>(std::clamp(sum + 0.5, 0.0, 255.0));
      }
    }
  }
}

}  // namespace

Image resizeImage(const Image& image, int width, int height) {
  Image result = image;
  const auto channels = static_cast<std::size_t>(image.channels);
  if (width != image.width) {
    const std::size_t before = static_cast<std::size_t>(result.width) * channels;
    const std::size_t after = static_cast<std::size_t>(width) * channels;
    const auto lines = static_cast<std::size_t>(result.height);
    std::vector<std::uint8_t> pixels(lines * after);
    resizeLines(result.pixels, {lines, before, channels}, pixels, {lines, after, channels},
                channels, triangleFilters(result.width, width));
    result.pixels = std::move(pixels);
    result.width = width;
  }
  if (height != image.height) {
    const std::size_t row = static_cast<std::size_t>(width) * channels;
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(height) * row);
    const Layout columns{static_cast<std::size_t>(width), channels, row};
    resizeLines(result.pixels, columns, pixels, columns, channels,
                triangleFilters(image.height, height));
    result.pixels = std::move(pixels);
    result.height = height;
  }
  return result;
}

Image withChannels(const Image& image, int channels) {
  if (image.channels == channels) return image;
  const auto before = static_cast<std::size_t>(image.channels);
  const auto after = static_cast<std::size_t>(channels);
  const bool colour = before >= 3;
  Image result{image.width, image.height, channels, {}};
  result.pixels.resize(area(image) * after);
  for (std::size_t i = 0; i < area(image); ++i) {
    const std::uint8_t* from = image.pixels.data() + i * before;
    std::uint8_t* to = result.pixels.data() + i * after;
    if (after == 1 && colour) {
      // In 16-bit fixed point, as Pillow.
      *to = static_cast<std::uint8_t>(
          (from[0] * 19595U + from[1] * 38470U + from[2] * 7471U + 0x8000U) >> 16U);
    } else {
      for (std::size_t channel = 0; channel < after; ++channel) {
        to[channel] = from[colour ? channel : 0];
      }
    }
  }
  return result;
}

Image orientImage(const Image& image, int orientation) {
  if (orientation < 2 || orientation > 8) return image;
  const bool swapped = orientation >= 5;
  Image result = image;
  if (swapped) std::swap(result.width, result.height);
  const auto channels = static_cast<std::size_t>(image.channels);
  for (int y = 0; y < result.height; ++y) {
    for (int x = 0; x < result.width; ++x) {
      int fromX = swapped ? y : x;
      int fromY = swapped ? x : y;
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) {
        fromX = image.width - 1 - fromX;
      }
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) {
        fromY = image.height - 1 - fromY;
      }
      const auto from = static_cast<std::size_t>(fromY) * static_cast<std::size_t>(image.width) +
                        static_cast<std::size_t>(fromX);
      const auto to = static_cast<std::size_t>(y) * static_cast<std::size_t>(result.width) +
                      static_cast<std::size_t>(x);
      std::copy_n(image.pixels.begin() + static_cast<std::ptrdiff_t>(from * channels), channels,
                  result.pixels.begin() + static_cast<std::ptrdiff_t>(to * channels));
    }
  }
  return result;
}

}  // namespace training
