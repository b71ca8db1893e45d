// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/media/wav_encoder.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "eventio/records/record_format.h"

namespace eventio {

namespace {

constexpr std::uint32_t kHeaderBytes = 44;
constexpr std::uint32_t kSampleBytes = 2;
constexpr int kMaxChannels = 65535 / static_cast<int>(kSampleBytes);

template <class... Arguments>
tl::unexpected<Error> bad(MessageText<sizeof...(Arguments)> what, Arguments&&... arguments) {
  return makeError(ErrorCode::kInvalidArgument, "sound cannot be written: %1",
                   Message(what, std::forward<Arguments>(arguments)...));
}

Result<void> check(const AudioClip& clip) {
  if (clip.channels < 1 || clip.channels > kMaxChannels) {
    return bad("it has %1 channels, where 1 to %2 can be", clip.channels, kMaxChannels);
  }
  const double frameBytes = static_cast<double>(kSampleBytes) * clip.channels;
  constexpr double kMaxBytes = std::numeric_limits<std::uint32_t>::max();
  if (!(clip.sampleRate >= 1) || std::floor(clip.sampleRate) != clip.sampleRate ||
      clip.sampleRate * frameBytes > kMaxBytes) {
    return bad("its sample rate must be a whole number above 0, at most 2^32 bytes a second");
  }
  if (clip.samples.size() % static_cast<std::size_t>(clip.channels) != 0) {
    return bad("its %1 samples do not fill frames of %2 channels", clip.samples.size(),
               clip.channels);
  }
  if (clip.samples.size() > (kMaxRecordBytes - kHeaderBytes) / kSampleBytes) {
    return bad("it is longer than the 2 GB of a record");
  }
  const auto nan = std::find_if(clip.samples.begin(), clip.samples.end(),
                                [](float sample) { return std::isnan(sample); });
  if (nan != clip.samples.end()) {
    return bad("sample %1 is NaN", nan - clip.samples.begin());
  }
  return {};
}

template <class Number>
void put(std::string& out, Number number) {
  const std::size_t at = out.size();
  out.resize(at + sizeof number);
  storeNumber(out.data() + at, number);
}

void putHeader(std::string& out, const AudioClip& clip, std::uint32_t dataBytes) {
  const auto channels = static_cast<std::uint16_t>(clip.channels);
  const auto rate = static_cast<std::uint32_t>(clip.sampleRate);
  const auto frameBytes = static_cast<std::uint16_t>(kSampleBytes * channels);
  out += "RIFF";
  put<std::uint32_t>(out, kHeaderBytes - 8 + dataBytes);
  out += "WAVEfmt ";
  put<std::uint32_t>(out, 16);  // bytes of the format that follows
  put<std::uint16_t>(out, 1);   // PCM
  put(out, channels);
  put(out, rate);
  put<std::uint32_t>(out, rate * frameBytes);
  put(out, frameBytes);
  put<std::uint16_t>(out, 8 * kSampleBytes);
  out += "data";
  put(out, dataBytes);
}

}  // namespace

Result<WavFile> encodeWav(const AudioClip& clip) {
  if (const auto good = check(clip); !good) return tl::unexpected<Error>(good.error());
  WavFile file;
  const auto dataBytes = static_cast<std::uint32_t>(clip.samples.size() * kSampleBytes);
  file.bytes.reserve(kHeaderBytes + dataBytes);
  putHeader(file.bytes, clip, dataBytes);
  file.bytes.resize(kHeaderBytes + dataBytes);
  char* at = file.bytes.data() + kHeaderBytes;
  for (const float sample : clip.samples) {
    const float inside = std::clamp(sample, -1.0F, 1.0F);
    if (inside != sample) ++file.clipped;
    storeNumber(at, static_cast<std::int16_t>(std::lrint(inside * 32767.0F)));
    at += kSampleBytes;
  }
  return file;
}

}  // namespace eventio
