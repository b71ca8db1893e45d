// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/media/wav_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/eventio/event_bytes.h"

namespace {

using event_bytes::packed;
using event_bytes::raw;
using eventio::decodeWav;
using testing::ElementsAre;
using testing::FloatEq;
using testing::HasSubstr;

std::string chunk(const std::string& name, const std::string& data) {
  return name + raw(static_cast<std::uint32_t>(data.size())) + data +
         std::string(data.size() % 2, '\0');
}

std::string format(int encoding, int channels, int bits, const std::string& extension = {}) {
  const int frame = channels * bits / 8;
  return chunk("fmt ", raw(static_cast<std::uint16_t>(encoding)) +
                           raw(static_cast<std::uint16_t>(channels)) + raw<std::uint32_t>(8000) +
                           raw(static_cast<std::uint32_t>(8000 * frame)) +
                           raw(static_cast<std::uint16_t>(frame)) +
                           raw(static_cast<std::uint16_t>(bits)) + extension);
}

std::string wav(const std::string& chunks) {
  return "RIFF" + raw(static_cast<std::uint32_t>(chunks.size() + 4)) + "WAVE" + chunks;
}

std::vector<float> samplesOf(const std::string& file) {
  const auto sound = decodeWav(file);
  EXPECT_TRUE(sound) << sound.error().message.english();
  if (!sound) return {};
  EXPECT_EQ(sound->problem.english(), "");
  EXPECT_EQ(sound->clip.sampleRate, 8000);
  return sound->clip.samples;
}

TEST(WavDecoder, PcmOfEachWidthIsScaledToOne) {
  EXPECT_THAT(samplesOf(wav(format(1, 1, 8) + chunk("data", std::string("\x00\x80\xff", 3)))),
              ElementsAre(-1, 0, FloatEq(127.0F / 128)));
  EXPECT_THAT(samplesOf(wav(format(1, 2, 16) +
                            chunk("data", packed<std::int16_t>({-32768, 0, 16384, 32767})))),
              ElementsAre(-1, 0, 0.5F, FloatEq(32767.0F / 32768)));
  EXPECT_THAT(samplesOf(wav(format(1, 1, 24) +
                            chunk("data", std::string("\x00\x00\x80\x00\x00\x40\x01\x00\x00", 9)))),
              ElementsAre(-1, 0.5F, FloatEq(1.0F / 8388608)));
  EXPECT_THAT(
      samplesOf(wav(format(1, 1, 32) + chunk("data", packed<std::int32_t>({INT32_MIN, 1 << 30})))),
      ElementsAre(-1, 0.5F));
}

TEST(WavDecoder, FloatsAreTakenAsTheyAre) {
  EXPECT_THAT(samplesOf(wav(format(3, 1, 32) + chunk("data", packed<float>({0.25F, -3})))),
              ElementsAre(0.25F, -3));
  EXPECT_THAT(samplesOf(wav(format(3, 1, 64) + chunk("data", packed<double>({0.1, 2})))),
              ElementsAre(0.1F, 2));
}

TEST(WavDecoder, ExtensibleHeaderManyChannelsAndOtherChunks) {
  const std::string extension = raw<std::uint16_t>(22) + raw<std::uint16_t>(16) +
                                raw<std::uint32_t>(0) + raw<std::uint16_t>(1) +
                                std::string(14, 'g');
  const std::string file =
      wav(chunk("LIST", "odd") + format(0xfffe, 6, 16, extension) + chunk("fact", "1234") +
          chunk("data", packed<std::int16_t>({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})));
  const auto sound = decodeWav(file);
  ASSERT_TRUE(sound) << sound.error().message.english();
  EXPECT_EQ(sound->clip.channels, 6);
  EXPECT_EQ(sound->clip.frames(), 2U);
  EXPECT_EQ(sound->clip.samples[11], 12.0F / 32768);
}

TEST(WavDecoder, SamplesThatAreMissingAreReported) {
  std::string file = wav(format(1, 2, 16) + chunk("data", packed<std::int16_t>({1, 2, 3, 4})));
  file.resize(file.size() - 3);  // one whole frame and a byte of the next are left
  const auto sound = decodeWav(file);
  ASSERT_TRUE(sound);
  EXPECT_EQ(sound->clip.frames(), 1U);
  EXPECT_THAT(sound->problem.english(), HasSubstr("5 of 8 bytes"));
}

TEST(WavDecoder, SizesThatLieCostNothing) {
  std::string data = chunk("data", packed<std::int16_t>({1, 2}));
  data.replace(4, 4, "\xfe\xff\xff\xff");
  const auto lie = decodeWav(wav(format(1, 1, 16) + data));
  ASSERT_TRUE(lie);
  EXPECT_EQ(lie->clip.frames(), 2U);
  EXPECT_NE(lie->problem.english(), "");
  data.replace(4, 4, "\xff\xff\xff\xff");  // a writer that could not go back
  const auto stream = decodeWav(wav(format(1, 1, 16) + data));
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->problem.english(), "");
  std::string skipped = chunk("LIST", "abcd");
  skipped.replace(4, 4, "\xff\xff\xff\xff");
  EXPECT_FALSE(decodeWav(wav(skipped + format(1, 1, 16) + data)));
}

TEST(WavDecoder, WhatItCannotPlayIsAnError) {
  EXPECT_FALSE(decodeWav(""));
  EXPECT_FALSE(decodeWav("RIFF1234AVI "));
  EXPECT_FALSE(decodeWav(wav("")));
  EXPECT_FALSE(decodeWav(wav(chunk("data", "1234") + format(1, 1, 16))));
  EXPECT_FALSE(decodeWav(wav(format(1, 0, 16) + chunk("data", "1234"))));
  const auto law = decodeWav(wav(format(6, 1, 8) + chunk("data", "1234")));
  ASSERT_FALSE(law);
  EXPECT_EQ(law.error().code, eventio::ErrorCode::kUnsupported);
  EXPECT_THAT(law.error().message.english(), HasSubstr("encoding 6"));
}

}  // namespace
