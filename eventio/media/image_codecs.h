// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "eventio/base/result.h"
#include "eventio/data/values.h"
#include "eventio/media/image_decoder.h"

/// One function a format and purpose, for image_decoder.cpp.
namespace eventio {

[[nodiscard]] Result<ImageInfo> pngInfo(std::string_view bytes);
[[nodiscard]] Result<ImageInfo> jpegInfo(std::string_view bytes);
[[nodiscard]] Result<ImageInfo> gifInfo(std::string_view bytes);
[[nodiscard]] Result<Image> decodePng(std::string_view bytes);
[[nodiscard]] Result<Image> decodeJpeg(std::string_view bytes);
/// Stops after `mostFrames`.
[[nodiscard]] Result<GifAnimation> decodeGif(std::string_view bytes, std::size_t mostFrames);

/// An Error when a picture of this size has more than kMaxPixels, or more pixels than `bytes`
/// bytes can hold at `mostPixelsPerByte`, the greatest compression of its format.
[[nodiscard]] Result<void> checkSize(std::uint64_t width, std::uint64_t height, std::size_t bytes,
                                     std::uint64_t mostPixelsPerByte);

}  // namespace eventio
