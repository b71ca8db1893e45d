// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"
#include "eventio/data/values.h"

/// Pictures from their files' bytes: PNG, JPEG and GIF. Any thread.
namespace eventio {

enum class ImageFormat { kUnknown, kPng, kJpeg, kGif };

/// "png", "jpeg", "gif", or "" for kUnknown.
[[nodiscard]] const char* toString(ImageFormat format) noexcept;

/// What the first bytes say.
[[nodiscard]] ImageFormat imageFormat(std::string_view bytes) noexcept;

/// A picture of more pixels is refused; of an animation the frames' pixels count together, and what
/// comes after is left out.
inline constexpr std::uint64_t kMaxPixels = std::uint64_t{1} << 27;

struct ImageInfo {
  ImageFormat format = ImageFormat::kUnknown;
  int width = 0;
  int height = 0;
};

/// Format and size as the picture's own header states them; reads no pixels. An Error for bytes
/// that are no such picture, or lack their header.
[[nodiscard]] Result<ImageInfo> imageInfo(std::string_view bytes);

/// The picture with 8 bits a channel; of a GIF its first frame.
///
/// PNG: palettes and fewer bits are expanded, 16 bits rounded to 8, interlacing resolved, colour
/// profiles left alone. JPEG: grey stays grey, all else becomes RGB, CMYK without a profile. An
/// Error for damaged pictures, those that end early, and headers that name more pixels than
/// kMaxPixels or than the bytes can hold.
[[nodiscard]] Result<Image> decodeImage(std::string_view bytes);

struct GifFrame {
  Image image;      ///< RGBA, the whole canvas as it looks with this frame
  int delayMs = 0;  ///< how long it is shown
};

struct GifAnimation {
  std::vector<GifFrame> frames;  ///< at least one
  Message problem;               ///< why frames are missing at the end; empty when none are
};

/// All frames of a GIF. Where it is damaged, those before the damage.
[[nodiscard]] Result<GifAnimation> decodeGifFrames(std::string_view bytes);

}  // namespace eventio
