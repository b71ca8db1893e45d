// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/media/image_decoder.h"

#include <limits>
#include <utility>

#include "eventio/media/image_codecs.h"

namespace eventio {

const char* toString(ImageFormat format) noexcept {
  switch (format) {
    case ImageFormat::kPng:
      return "png";
    case ImageFormat::kJpeg:
      return "jpeg";
    case ImageFormat::kGif:
      return "gif";
    case ImageFormat::kUnknown:
      break;
  }
  return "";
}

ImageFormat imageFormat(std::string_view bytes) noexcept {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return ImageFormat::kPng;
  if (bytes.starts_with("\xff\xd8\xff")) return ImageFormat::kJpeg;
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return ImageFormat::kGif;
  return ImageFormat::kUnknown;
}

namespace {

tl::unexpected<Error> unknownFormat(std::string_view bytes) {
  if (bytes.empty()) return makeError(ErrorCode::kCorrupt, "the picture is empty");
  return makeError(ErrorCode::kUnsupported, "the picture is neither PNG nor JPEG nor GIF");
}

}  // namespace

Result<void> checkSize(std::uint64_t width, std::uint64_t height, std::size_t bytes,
                       std::uint64_t mostPixelsPerByte) {
  constexpr std::uint64_t kAlways = 65536;  // so little is not worth a reckoning
  if (width == 0 || height == 0) {
    return makeError(ErrorCode::kCorrupt, "the picture has no pixels: %1 x %2", width, height);
  }
  if (width > kMaxPixels || height > kMaxPixels || width * height > kMaxPixels) {
    return makeError(ErrorCode::kUnsupported,
                     "the picture is too large: %1 x %2, more than 2^27 pixels", width, height);
  }
  if (width * height > kAlways + bytes * mostPixelsPerByte) {
    return makeError(ErrorCode::kCorrupt,
                     "the picture's header lies: %1 bytes cannot hold %2 x %3 pixels", bytes, width,
                     height);
  }
  return {};
}

Result<ImageInfo> imageInfo(std::string_view bytes) {
  switch (imageFormat(bytes)) {
    case ImageFormat::kPng:
      return pngInfo(bytes);
    case ImageFormat::kJpeg:
      return jpegInfo(bytes);
    case ImageFormat::kGif:
      return gifInfo(bytes);
    case ImageFormat::kUnknown:
      break;
  }
  return unknownFormat(bytes);
}

Result<Image> decodeImage(std::string_view bytes) {
  switch (imageFormat(bytes)) {
    case ImageFormat::kPng:
      return decodePng(bytes);
    case ImageFormat::kJpeg:
      return decodeJpeg(bytes);
    case ImageFormat::kGif: {
      auto animation = decodeGif(bytes, 1);
      if (!animation) return tl::unexpected<Error>(animation.error());
      return std::move(animation->frames.front().image);
    }
    case ImageFormat::kUnknown:
      break;
  }
  return unknownFormat(bytes);
}

Result<GifAnimation> decodeGifFrames(std::string_view bytes) {
  if (imageFormat(bytes) != ImageFormat::kGif) {
    return makeError(ErrorCode::kUnsupported, "the picture is no GIF");
  }
  return decodeGif(bytes, std::numeric_limits<std::size_t>::max());
}

}  // namespace eventio
