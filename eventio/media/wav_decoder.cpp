// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/media/wav_decoder.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "eventio/records/record_format.h"

namespace eventio {

namespace {

constexpr std::uint16_t kPcm = 1;
constexpr std::uint16_t kFloat = 3;
constexpr std::uint16_t kExtensible = 0xfffe;  // the encoding stands in the header's extension
constexpr std::size_t kFormatBytes = 16;
constexpr std::size_t kExtensionOffset = 24;  // of the encoding in an extensible header
constexpr std::size_t kChunkHeaderBytes = 8;

struct Wav {
  WavInfo info;
  std::string_view samples;  // whole frames
};

tl::unexpected<Error> damaged(MessageText<0> what) {
  return makeError(ErrorCode::kCorrupt, "the sound is damaged: %1", Message(what));
}

std::uint16_t number16(std::string_view bytes, std::size_t offset) {
  return loadNumber<std::uint16_t>(bytes.data() + offset);
}

Result<WavInfo> readFormat(std::string_view chunk) {
  if (chunk.size() < kFormatBytes) return damaged("its format is cut off");
  std::uint16_t encoding = number16(chunk, 0);
  WavInfo info;
  info.channels = number16(chunk, 2);
  info.sampleRate = loadNumber<std::uint32_t>(chunk.data() + 4);
  const int frameBytes = number16(chunk, 12);
  info.bits = number16(chunk, 14);
  if (encoding == kExtensible) {
    if (chunk.size() < kExtensionOffset + 2) return damaged("its format's extension is cut off");
    encoding = number16(chunk, kExtensionOffset);
  }
  info.isFloat = encoding == kFloat;
  const bool pcm =
      encoding == kPcm && (info.bits == 8 || info.bits == 16 || info.bits == 24 || info.bits == 32);
  const bool floats = info.isFloat && (info.bits == 32 || info.bits == 64);
  if (!pcm && !floats) {
    return makeError(
        ErrorCode::kUnsupported,
        "the sound has encoding %1 of %2 bits; PCM of 8, 16, 24 and 32 bits and floats "
        "can be played",
        encoding, info.bits);
  }
  if (info.channels == 0 || frameBytes != info.channels * info.bits / 8) {
    return damaged("its channels, bits and bytes a frame disagree");
  }
  return info;
}

/// Cuts the samples to whole frames; says so where some are missing.
void setSamples(Wav& wav, std::string_view there, std::uint32_t declared) {
  constexpr std::uint32_t kUntilTheEnd = 0xffffffff;  // of writers that cannot go back
  const std::size_t frameBytes =
      static_cast<std::size_t>(wav.info.channels) * static_cast<std::size_t>(wav.info.bits) / 8;
  wav.info.frames = there.size() / frameBytes;
  wav.samples = there.substr(0, wav.info.frames * frameBytes);
  if (there.size() < declared && declared != kUntilTheEnd) {
    wav.info.problem = {"the sound ends early: %1 of %2 bytes of samples are there", there.size(),
                        declared};
  }
}

Result<Wav> readWav(std::string_view bytes) {
  if (bytes.size() < 12 || !bytes.starts_with("RIFF") || bytes.substr(8, 4) != "WAVE") {
    return makeError(ErrorCode::kUnsupported, "the sound is no WAV file");
  }
  std::optional<Wav> wav;
  std::size_t position = 12;
  while (bytes.size() - position >= kChunkHeaderBytes) {
    const std::string_view name = bytes.substr(position, 4);
    const auto declared = loadNumber<std::uint32_t>(bytes.data() + position + 4);
    position += kChunkHeaderBytes;
    const std::string_view chunk = bytes.substr(position, declared);
    if (name == "fmt ") {
      auto info = readFormat(chunk);
      if (!info) return tl::unexpected<Error>(info.error());
      wav.emplace().info = std::move(*info);
    } else if (name == "data") {
      if (!wav) return damaged("its samples come before their format");
      setSamples(*wav, chunk, declared);
      return std::move(*wav);
    }
    const std::uint64_t next = position + std::uint64_t{declared} + declared % 2;
    position = static_cast<std::size_t>(std::min<std::uint64_t>(next, bytes.size()));
  }
  return damaged("it has no samples");
}

template <class Number>
void convert(std::string_view samples, double zero, double scale, std::vector<float>& out) {
  for (std::size_t i = 0; i < samples.size(); i += sizeof(Number)) {
    const auto number = static_cast<double>(loadNumber<Number>(samples.data() + i));
    out.push_back(static_cast<float>((number - zero) * scale));
  }
}

void convert24(std::string_view samples, std::vector<float>& out) {
  for (std::size_t i = 0; i < samples.size(); i += 3) {
    const auto low = static_cast<unsigned char>(samples[i]);
    const int high = loadNumber<std::int16_t>(samples.data() + i + 1);
    out.push_back(static_cast<float>(high * 256 + low) / 8388608.0F);
  }
}

}  // namespace

Result<WavInfo> wavInfo(std::string_view bytes) {
  auto wav = readWav(bytes);
  if (!wav) return tl::unexpected<Error>(wav.error());
  return std::move(wav->info);
}

Result<WavSound> decodeWav(std::string_view bytes) {
  auto wav = readWav(bytes);
  if (!wav) return tl::unexpected<Error>(wav.error());
  WavSound sound;
  sound.problem = std::move(wav->info.problem);
  sound.clip.sampleRate = wav->info.sampleRate;
  sound.clip.channels = wav->info.channels;
  std::vector<float>& out = sound.clip.samples;
  out.reserve(wav->info.frames * static_cast<std::size_t>(wav->info.channels));
  switch (wav->info.bits) {
    case 8:
      convert<std::uint8_t>(wav->samples, 128, 1.0 / 128, out);
      break;
    case 16:
      convert<std::int16_t>(wav->samples, 0, 1.0 / 32768, out);
      break;
    case 24:
      convert24(wav->samples, out);
      break;
    case 32:
      if (wav->info.isFloat) {
        convert<float>(wav->samples, 0, 1, out);
      } else {
        convert<std::int32_t>(wav->samples, 0, 1.0 / 2147483648.0, out);
      }
      break;
    default:
      convert<double>(wav->samples, 0, 1, out);
  }
  return sound;
}

}  // namespace eventio
