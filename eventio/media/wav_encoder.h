// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "eventio/base/result.h"
#include "eventio/data/values.h"

namespace eventio {

struct WavFile {
  std::string bytes;
  std::uint64_t clipped = 0;  ///< samples that lay outside -1..1
};

/// A WAV file of 16-bit PCM: a sample is round(32767 x), halves to the even number, as libsndfile
/// does for tensorboardX; samples outside -1..1 are clipped. kInvalidArgument for no channel, a
/// sample rate that is not a whole number above 0, samples that do not fill the last frame, NaN.
[[nodiscard]] Result<WavFile> encodeWav(const AudioClip& clip);

}  // namespace eventio
