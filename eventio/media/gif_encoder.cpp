// SPDX-License-Identifier: GPL-3.0-or-later
#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <unordered_map>
#include <vector>

#include "eventio/media/image_encoder.h"

namespace eventio {

namespace {

constexpr int kColors = 256;
constexpr int kMaxExtent = 65535;

struct MapFree {
  void operator()(ColorMapObject* map) const noexcept { GifFreeMapObject(map); }
};
using ColorMap = std::unique_ptr<ColorMapObject, MapFree>;

/// A frame as indices into its colours.
struct Indexed {
  ColorMap colors;
  std::vector<GifByteType> pixels;
};

int append(GifFileType* gif, const GifByteType* bytes, int count) {
  static_cast<std::string*>(gif->UserData)
      ->append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count));
  return count;
}

GifColorType colorAt(const Image& frame, std::size_t pixel) {
  if (frame.channels == 1) {
    const std::uint8_t grey = frame.pixels[pixel];
    return {grey, grey, grey};
  }
  const std::uint8_t* at = frame.pixels.data() + 3 * pixel;
  return {at[0], at[1], at[2]};
}

/// False when the frame has more than 256 colours.
bool indexExactly(const Image& frame, Indexed& out) {
  std::unordered_map<std::uint32_t, GifByteType> known;
  std::vector<GifColorType> colors;
  for (std::size_t i = 0; i < out.pixels.size(); ++i) {
    const GifColorType color = colorAt(frame, i);
    const std::uint32_t key = static_cast<std::uint32_t>(color.Red) << 16 |
                              static_cast<std::uint32_t>(color.Green) << 8 | color.Blue;
    auto found = known.find(key);
    if (found == known.end()) {
      if (colors.size() == kColors) return false;
      found = known.emplace(key, static_cast<GifByteType>(colors.size())).first;
      colors.push_back(color);
    }
    out.pixels[i] = found->second;
  }
  std::copy(colors.begin(), colors.end(), out.colors->Colors);
  return true;
}

bool indexNearly(const Image& frame, Indexed& out) {
  const std::size_t count = out.pixels.size();
  std::array<std::vector<GifByteType>, 3> planes;
  for (auto& plane : planes) plane.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const GifColorType color = colorAt(frame, i);
    planes[0][i] = color.Red;
    planes[1][i] = color.Green;
    planes[2][i] = color.Blue;
  }
  int colors = kColors;
  return GifQuantizeBuffer(static_cast<unsigned>(frame.width), static_cast<unsigned>(frame.height),
                           &colors, planes[0].data(), planes[1].data(), planes[2].data(),
                           out.pixels.data(), out.colors->Colors) == GIF_OK;
}

bool putLoop(GifFileType* gif) {
  constexpr std::array<GifByteType, 3> kForEver = {1, 0, 0};
  return EGifPutExtensionLeader(gif, APPLICATION_EXT_FUNC_CODE) == GIF_OK &&
         EGifPutExtensionBlock(gif, 11, "NETSCAPE2.0") == GIF_OK &&
         EGifPutExtensionBlock(gif, kForEver.size(), kForEver.data()) == GIF_OK &&
         EGifPutExtensionTrailer(gif) == GIF_OK;
}

bool putFrame(GifFileType* gif, const Image& frame, int delay) {
  GraphicsControlBlock control = {};
  control.DelayTime = delay;
  control.TransparentColor = NO_TRANSPARENT_COLOR;
  std::array<GifByteType, 4> extension = {};
  EGifGCBToExtension(&control, extension.data());
  Indexed indexed;
  indexed.colors.reset(GifMakeMapObject(kColors, nullptr));
  indexed.pixels.resize(static_cast<std::size_t>(frame.width) *
                        static_cast<std::size_t>(frame.height));
  if (indexed.colors == nullptr) return false;
  if (!indexExactly(frame, indexed) && !indexNearly(frame, indexed)) return false;
  if (EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, static_cast<int>(extension.size()),
                       extension.data()) != GIF_OK ||
      EGifPutImageDesc(gif, 0, 0, frame.width, frame.height, false, indexed.colors.get()) !=
          GIF_OK) {
    return false;
  }
  for (int y = 0; y < frame.height; ++y) {
    GifPixelType* row =
        indexed.pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(frame.width);
    if (EGifPutLine(gif, row, frame.width) != GIF_OK) return false;
  }
  return true;
}

bool putAll(GifFileType* gif, std::span<const Image> frames, int delay) {
  EGifSetGifVersion(gif, true);  // GIF89a: the extensions
  if (EGifPutScreenDesc(gif, frames[0].width, frames[0].height, 8, 0, nullptr) != GIF_OK ||
      !putLoop(gif)) {
    return false;
  }
  return std::all_of(frames.begin(), frames.end(),
                     [&](const Image& frame) { return putFrame(gif, frame, delay); });
}

Result<void> checkFrames(std::span<const Image> frames, double framesPerSecond) {
  const auto bad = [](MessageText<0> what) {
    return makeError(ErrorCode::kInvalidArgument, "a video cannot be written: %1", Message(what));
  };
  if (frames.empty()) return bad("it has no frame");
  if (!(framesPerSecond > 0) || !std::isfinite(framesPerSecond)) {
    return bad("its frames a second must be a number above 0");
  }
  for (const Image& frame : frames) {
    if (auto good = checkImage(frame); !good) return good;
    if (frame.channels != 1 && frame.channels != 3) return bad("its frames need 1 or 3 channels");
    if (frame.width != frames[0].width || frame.height != frames[0].height) {
      return bad("its frames are not of one size");
    }
  }
  if (frames[0].width > kMaxExtent || frames[0].height > kMaxExtent) {
    return bad("a GIF is at most 65535 pixels wide and high");
  }
  return {};
}

}  // namespace

Result<std::string> encodeGif(std::span<const Image> frames, double framesPerSecond) {
  if (const auto good = checkFrames(frames, framesPerSecond); !good) {
    return tl::unexpected<Error>(good.error());
  }
  const auto delay = static_cast<int>(std::clamp(std::round(100 / framesPerSecond), 2.0, 65535.0));
  std::string bytes;
  int error = 0;
  GifFileType* gif = EGifOpen(&bytes, append, &error);
  const bool put = gif != nullptr && putAll(gif, frames, delay);
  if (gif != nullptr) {
    if (!put) error = gif->Error;
    int closeError = 0;
    if (EGifCloseFile(gif, &closeError) != GIF_OK && error == 0) error = closeError;
  }
  if (!put || error != 0) {
    const char* reason = GifErrorString(error);
    if (reason == nullptr) {
      return makeError(ErrorCode::kInvalidArgument, "a video cannot be made a GIF: no memory");
    }
    return makeError(ErrorCode::kInvalidArgument, "a video cannot be made a GIF: %1", reason);
  }
  return bytes;
}

}  // namespace eventio
