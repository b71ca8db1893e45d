// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <string>
#include <string_view>

#include "eventio/base/result.h"
#include "eventio/data/values.h"

/// Sound from the bytes of a WAV file (RIFF WAVE). Any thread.
namespace eventio {

struct WavInfo {
  double sampleRate = 0;
  int channels = 0;
  std::size_t frames = 0;  ///< whole frames that are there
  int bits = 0;            ///< of one sample
  bool isFloat = false;
  /// What is wrong with a file that can be read all the same: fewer samples than its header says.
  Message problem;
};

/// Reads no samples. An Error for what is no WAV file, and for encodings other than decodeWav()
/// knows.
[[nodiscard]] Result<WavInfo> wavInfo(std::string_view bytes);

struct WavSound {
  AudioClip clip;
  Message problem;  ///< as WavInfo's
};

/// PCM of 8 (unsigned), 16, 24 and 32 bits and floats of 32 and 64 bits, with the plain or the
/// extensible header, of any number of channels. PCM is scaled to -1 to below 1, floats are taken
/// as they are. Where the file ends before its samples do, those that are there are given back, and
/// `problem` says so.
[[nodiscard]] Result<WavSound> decodeWav(std::string_view bytes);

}  // namespace eventio
