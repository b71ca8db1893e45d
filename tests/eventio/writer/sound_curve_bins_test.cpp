// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "eventio/data/histogram_bins.h"
#include "eventio/encode/pr_curve_builder.h"
#include "eventio/media/wav_encoder.h"

namespace {

using eventio::ErrorCode;
using eventio::HistogramBins;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

template <class Number>
Number at(const std::string& bytes, std::size_t offset) {
  Number number;
  std::memcpy(&number, bytes.data() + offset, sizeof number);
  return number;
}

TEST(Wav, HasTheHeaderOfPcm) {
  const eventio::AudioClip clip{
      .sampleRate = 22050, .channels = 2, .samples = {0, 1, -1, 0.5F, 2, -3}};
  const auto wav = eventio::encodeWav(clip);
  ASSERT_TRUE(wav) << wav.error().message.english();
  const std::string& bytes = wav->bytes;
  ASSERT_EQ(bytes.size(), 44U + 12);
  EXPECT_EQ(bytes.substr(0, 4), "RIFF");
  EXPECT_EQ(at<std::uint32_t>(bytes, 4), 36U + 12);
  EXPECT_EQ(bytes.substr(8, 8), "WAVEfmt ");
  EXPECT_EQ(at<std::uint32_t>(bytes, 16), 16U);
  EXPECT_EQ(at<std::uint16_t>(bytes, 20), 1U);  // PCM
  EXPECT_EQ(at<std::uint16_t>(bytes, 22), 2U);
  EXPECT_EQ(at<std::uint32_t>(bytes, 24), 22050U);
  EXPECT_EQ(at<std::uint32_t>(bytes, 28), 22050U * 4);
  EXPECT_EQ(at<std::uint16_t>(bytes, 32), 4U);
  EXPECT_EQ(at<std::uint16_t>(bytes, 34), 16U);
  EXPECT_EQ(bytes.substr(36, 4), "data");
  EXPECT_EQ(at<std::uint32_t>(bytes, 40), 12U);
  std::vector<int> samples;
  for (std::size_t i = 44; i < bytes.size(); i += 2) samples.push_back(at<std::int16_t>(bytes, i));
  EXPECT_THAT(samples, ElementsAre(0, 32767, -32767, 16384, 32767, -32767));
  EXPECT_EQ(wav->clipped, 2U);
}

TEST(Wav, RefusesWhatIsNoSound) {
  const float nan = std::nanf("");
  for (const eventio::AudioClip& clip :
       std::vector<eventio::AudioClip>{{.sampleRate = 8000, .channels = 0, .samples = {}},
                                       {.sampleRate = 8000, .channels = 70000, .samples = {}},
                                       {.sampleRate = 0, .channels = 1, .samples = {0}},
                                       {.sampleRate = 44.5, .channels = 1, .samples = {0}},
                                       {.sampleRate = std::nan(""), .channels = 1, .samples = {0}},
                                       {.sampleRate = 1e12, .channels = 1, .samples = {0}},
                                       {.sampleRate = 8000, .channels = 2, .samples = {0, 0, 0}},
                                       {.sampleRate = 8000, .channels = 1, .samples = {0, nan}}}) {
    const auto wav = eventio::encodeWav(clip);
    ASSERT_FALSE(wav);
    EXPECT_EQ(wav.error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_TRUE(eventio::encodeWav({.sampleRate = 8000, .channels = 1, .samples = {}}));
}

TEST(PrCurve, CountsByTheFormula) {
  const std::vector<std::uint8_t> labels = {1, 0, 1, 1, 0};
  const std::vector<float> predictions = {0.9F, 0.4F, 0.6F, 0.2F, 1.0F};
  // Bins floor(2 p): 1, 0, 1, 0, 2.
  const auto curve = eventio::buildPrCurve(labels, predictions, 3);
  ASSERT_TRUE(curve) << curve.error().message.english();
  EXPECT_THAT(curve->truePositives, ElementsAre(3, 2, 0));
  EXPECT_THAT(curve->falsePositives, ElementsAre(2, 1, 1));
  EXPECT_THAT(curve->trueNegatives, ElementsAre(0, 1, 1));
  EXPECT_THAT(curve->falseNegatives, ElementsAre(0, 1, 3));
  EXPECT_THAT(curve->precision, ElementsAre(DoubleEq(3.0 / 5), DoubleEq(2.0 / 3), 0));
  EXPECT_THAT(curve->recall, ElementsAre(1, DoubleEq(2.0 / 3), 0));
  const std::vector<float> weights = {2, 1, 0.5F, 1, 4};
  const auto weighted = eventio::buildPrCurve(labels, predictions, 3, weights);
  EXPECT_THAT(weighted->truePositives, ElementsAre(3.5, 2.5, 0));
  EXPECT_THAT(weighted->falsePositives, ElementsAre(5, 4, 4));
}

TEST(PrCurve, OfNothingIsAllZero) {
  const auto curve = eventio::buildPrCurve({}, {});
  ASSERT_TRUE(curve);
  EXPECT_THAT(curve->precision, testing::AllOf(testing::SizeIs(127), testing::Each(0)));
}

TEST(PrCurve, RefusesWhatHasNoPlace) {
  const std::vector<std::uint8_t> labels = {1, 0};
  const auto message = [&](std::vector<float> predictions, int thresholds,
                           std::vector<float> weights) {
    const auto curve = eventio::buildPrCurve(labels, predictions, thresholds, weights);
    return curve ? std::string("good") : curve.error().message.english();
  };
  EXPECT_EQ(message({0, 1}, 2, {}), "good");
  EXPECT_THAT(message({0.5F}, 127, {}), HasSubstr("2 labels, but 1 predictions"));
  EXPECT_THAT(message({0.5F, 1.5F}, 127, {}), HasSubstr("prediction 1"));
  EXPECT_THAT(message({-0.1F, 0}, 127, {}), HasSubstr("prediction 0"));
  EXPECT_THAT(message({0, std::nanf("")}, 127, {}), HasSubstr("prediction 1"));
  EXPECT_THAT(message({0, 1}, 1, {}), HasSubstr("thresholds"));
  EXPECT_THAT(message({0, 1}, 127, {1}), HasSubstr("1 weights"));
  EXPECT_THAT(message({0, 1}, 127, {1, INFINITY}), HasSubstr("weight 1"));
}

TEST(HistogramBins, SortsIntoGivenEdges) {
  const std::vector<double> values = {-5, 0, 0.5, 1, 1.5, 4, 4.5, std::nan(""), INFINITY};
  eventio::HistogramLeftOut out;
  const auto histogram =
      eventio::buildHistogram(values, HistogramBins{.edges = {-1, 0, 1, 2, 3, 4}}, &out);
  ASSERT_TRUE(histogram);
  // [-1, 0) is empty and goes before; [0, 1): 0, 0.5; [1, 2): 1, 1.5; [3, 4]: 4.
  EXPECT_THAT(histogram->limits, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(histogram->counts, ElementsAre(0, 2, 2, 0, 1));
  EXPECT_EQ(histogram->min, -5);
  EXPECT_EQ(histogram->max, 4.5);
  EXPECT_EQ(histogram->num, 7);
  EXPECT_EQ(histogram->sum, 6.5);
  EXPECT_EQ(out.nans, 1U);
  EXPECT_EQ(out.infinities, 1U);
  EXPECT_EQ(out.pastEdges, 2U);
}

TEST(HistogramBins, JoinsNeighbours) {
  const std::vector<double> values = {0, 1, 2, 3, 4, 5, 6};
  // 7 bins into at most 3: two together, so 4 are left, the last one of a single bin.
  const auto histogram = eventio::buildHistogram(
      values, HistogramBins{.edges = {0, 1, 2, 3, 4, 5, 6, 7}, .maxBins = 3});
  ASSERT_TRUE(histogram);
  EXPECT_THAT(histogram->limits, ElementsAre(0, 2, 4, 6, 7));
  EXPECT_THAT(histogram->counts, ElementsAre(0, 2, 2, 2, 1));
}

TEST(HistogramBins, DefaultEdgesAreThoseOfTheFastWay) {
  std::vector<double> values;
  for (int i = 0; i < 2000; ++i) values.push_back(std::pow(-1.1, i % 300) * (i % 7));
  const auto general = eventio::buildHistogram(values, HistogramBins{.maxBins = 100000});
  const auto fast = eventio::buildHistogram(values);
  ASSERT_TRUE(general);
  EXPECT_EQ(general->limits, fast.limits);
  EXPECT_EQ(general->counts, fast.counts);
}

TEST(HistogramBins, EdgesOfEqualWidthCoverTheValues) {
  const std::vector<double> values = {2, std::nan(""), -1, 5, INFINITY};
  EXPECT_THAT(eventio::equalEdges(values, 3), ElementsAre(-1, 1, 3, 5));
  EXPECT_THAT(eventio::equalEdges(std::vector<double>{4, 4}, 2), ElementsAre(3.5, 4, 4.5));
  EXPECT_THAT(eventio::equalEdges({}, 1), ElementsAre(0, 1));
  EXPECT_THAT(eventio::equalEdges(std::vector<double>{4, 4}, eventio::BinRule::kAuto),
              ElementsAre(3.5, 4.5));
  EXPECT_THAT(eventio::equalEdges({}, eventio::BinRule::kScott), ElementsAre(0, 1));
}

TEST(HistogramBins, RefusesEdgesThatAreNone) {
  const std::vector<double> values = {1};
  for (const HistogramBins& bins : std::vector<HistogramBins>{{.edges = {1}},
                                                              {.edges = {1, 1}},
                                                              {.edges = {2, 1}},
                                                              {.edges = {1, std::nan("")}},
                                                              {.edges = {1, INFINITY}},
                                                              {.edges = {}, .maxBins = 0}}) {
    const auto histogram = eventio::buildHistogram(values, bins);
    ASSERT_FALSE(histogram);
    EXPECT_EQ(histogram.error().code, ErrorCode::kInvalidArgument);
  }
  const auto empty = eventio::buildHistogram(std::vector<double>{9}, {.edges = {1, 2}});
  ASSERT_TRUE(empty);
  EXPECT_THAT(empty->counts, testing::IsEmpty());
  EXPECT_EQ(empty->num, 1);
}

}  // namespace
