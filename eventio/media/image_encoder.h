// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

#include "eventio/base/result.h"
#include "eventio/data/values.h"

/// Pictures as files, in memory.
namespace eventio {

/// True when extents, channels and pixels go together; otherwise a kInvalidArgument that says what
/// does not.
[[nodiscard]] Result<void> checkImage(const Image& image);

/// A PNG file of 8 bits a channel; nothing is lost.
[[nodiscard]] Result<std::string> encodePng(const Image& image);

/// An animated GIF that runs for ever. All frames have one size and 1 or 3 channels, for a GIF has
/// no half-transparent pixels. A frame of up to 256 colours keeps them exactly, one of more gets
/// the 256 that suit it best. Time counts in hundredths of a second in a GIF and viewers refuse the
/// shortest: a frame stays 0.02 s at least, 655 s at most.
[[nodiscard]] Result<std::string> encodeGif(std::span<const Image> frames, double framesPerSecond);

}  // namespace eventio
