// SPDX-License-Identifier: GPL-3.0-or-later
#include <png.h>

#include <array>
#include <limits>

#include "eventio/media/image_encoder.h"

namespace eventio {

Result<void> checkImage(const Image& image) {
  if (image.width < 1 || image.height < 1 || image.channels < 1 || image.channels > 4) {
    return makeError(
        ErrorCode::kInvalidArgument,
        "a picture of %1 x %2 pixels of %3 channels cannot be written: it needs at least "
        "1 x 1 pixels of 1 to 4 channels",
        image.width, image.height, image.channels);
  }
  const auto needed = static_cast<std::uint64_t>(image.width) *
                      static_cast<std::uint64_t>(image.height) *
                      static_cast<std::uint64_t>(image.channels);
  if (needed != image.pixels.size()) {
    return makeError(ErrorCode::kInvalidArgument,
                     "a picture of %1 x %2 pixels of %3 channels has %4 bytes instead of %5",
                     image.width, image.height, image.channels, image.pixels.size(), needed);
  }
  return {};
}

Result<std::string> encodePng(const Image& image) {
  if (const auto good = checkImage(image); !good) return tl::unexpected<Error>(good.error());
  static constexpr std::array<png_uint_32, 4> kFormats = {PNG_FORMAT_GRAY, PNG_FORMAT_GA,
                                                          PNG_FORMAT_RGB, PNG_FORMAT_RGBA};
  png_image png = {};
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(image.width);
  png.height = static_cast<png_uint_32>(image.height);
  png.format = kFormats[static_cast<std::size_t>(image.channels - 1)];
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
  std::string bytes(size, '\0');
  if (png_image_write_to_memory(&png, bytes.data(), &size, 0, image.pixels.data(), 0, nullptr) ==
      0) {
    return makeError(ErrorCode::kInvalidArgument, "a picture cannot be made a PNG: %1",
                     png.message);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace eventio
