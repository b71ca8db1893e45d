// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/data/histogram_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

namespace {

using eventio::buildHistogram;
using eventio::Histogram;
using eventio::HistogramLeftOut;
using testing::ElementsAre;

/// The edges written down from their definition.
std::vector<double> allEdges() {
  std::vector<double> positive;
  for (double edge = 1e-12; edge < 1e20; edge *= 1.1) positive.push_back(edge);
  std::vector<double> edges;
  for (auto edge = positive.rbegin(); edge != positive.rend(); ++edge) edges.push_back(-*edge);
  edges.push_back(0);
  edges.insert(edges.end(), positive.begin(), positive.end());
  return edges;
}

/// Counts by comparing every value with every pair of edges, untrimmed.
std::vector<double> plainCounts(const std::vector<double>& values) {
  const auto edges = allEdges();
  std::vector<double> counts(edges.size() - 1);
  for (const double value : values) {
    const auto above = std::upper_bound(edges.begin(), edges.end(), value);
    auto bin = above - edges.begin() - 1;
    if (value == edges.back()) --bin;
    if (bin >= 0 && bin < static_cast<std::ptrdiff_t>(counts.size())) {
      counts[static_cast<std::size_t>(bin)] += 1;
    }
  }
  return counts;
}

template <class Value>
void expectMatchesPlainCounting(const std::vector<Value>& values) {
  const Histogram histogram = buildHistogram(std::span<const Value>(values));
  const auto edges = allEdges();
  const auto counts = plainCounts({values.begin(), values.end()});
  const auto filled = [](double count) { return count > 0; };
  const auto first = std::find_if(counts.begin(), counts.end(), filled) - counts.begin();
  const auto last = counts.rend() - std::find_if(counts.rbegin(), counts.rend(), filled);
  std::vector<double> limits(edges.begin() + first, edges.begin() + last + 1);
  std::vector<double> expected = {0};
  expected.insert(expected.end(), counts.begin() + first, counts.begin() + last);
  EXPECT_EQ(histogram.limits, limits);
  EXPECT_EQ(histogram.counts, expected);
}

/// Every edge as a float, and the floats around it.
std::vector<float> floatsAroundEdges() {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> floats;
  for (const double edge : allEdges()) {
    float value = std::nextafter(std::nextafter(static_cast<float>(edge), -kInfinity), -kInfinity);
    for (int i = 0; i < 5; ++i) {
      floats.push_back(value);
      value = std::nextafter(value, kInfinity);
    }
  }
  return floats;
}

TEST(HistogramBuilder, HasThe1549EdgesOfTensorBoard) {
  EXPECT_EQ(allEdges().size(), 1549U);
}

TEST(HistogramBuilder, CountsAsPlainComparisonDoes) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> exponent(-14, 19.9);
  std::vector<double> values;
  for (int i = 0; i < 3000; ++i) values.push_back(normal(random));
  expectMatchesPlainCounting(values);
  values.clear();
  for (int i = 0; i < 3000; ++i) {
    values.push_back((i % 2 == 0 ? 1 : -1) * std::pow(10.0, exponent(random)));
  }
  expectMatchesPlainCounting(values);
}

TEST(HistogramBuilder, EdgesAndTheirNeighboursFallIntoHalfOpenBins) {
  for (const double edge : allEdges()) {
    std::vector<double> values = {edge, std::nextafter(edge, 1e300), std::nextafter(edge, -1e300)};
    std::erase_if(values, [&](double value) { return std::abs(value) > allEdges().back(); });
    expectMatchesPlainCounting(values);
  }
}

TEST(HistogramBuilder, FloatsAroundEdgesFallWhereComparisonInDoublePutsThem) {
  for (const float value : floatsAroundEdges()) {
    if (std::abs(static_cast<double>(value)) > allEdges().back()) continue;
    expectMatchesPlainCounting(std::vector<float>{value});
  }
  expectMatchesPlainCounting(floatsAroundEdges());
}

TEST(HistogramBuilder, CountsFloatsOfAllSizesAsPlainComparisonDoes) {
  std::vector<float> values;
  constexpr std::uint32_t kStride = 10007;  // a prime: mantissas of all sorts
  for (std::uint64_t bits = 0; bits <= 0xffffffffU; bits += kStride) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    if (std::isfinite(value)) values.push_back(value);
  }
  expectMatchesPlainCounting(values);
}

TEST(HistogramBuilder, TheSmallestAndLargestNumbersHaveTheirPlaces) {
  using Float = std::numeric_limits<float>;
  const std::vector<float> floats = {
      Float::denorm_min(), -Float::denorm_min(), Float::min(), -Float::min(),
      Float::max(),        Float::lowest(),      0.0F,         -0.0F};
  expectMatchesPlainCounting(floats);
  using Double = std::numeric_limits<double>;
  const std::vector<double> doubles = {
      Double::denorm_min(), -Double::denorm_min(), Double::min(), -Double::min(),
      Double::max(),        Double::lowest(),      0.0,           -0.0};
  expectMatchesPlainCounting(doubles);
}

TEST(HistogramBuilder, ZeroFallsIntoTheBinRightOfZero) {
  for (const double zero : {0.0, -0.0}) {
    const std::vector<double> values(7, zero);
    const Histogram histogram = buildHistogram(std::span<const double>(values));
    EXPECT_THAT(histogram.limits, ElementsAre(0.0, 1e-12));
    EXPECT_THAT(histogram.counts, ElementsAre(0, 7));
    EXPECT_EQ(histogram.num, 7);
    EXPECT_EQ(histogram.min, 0);
    EXPECT_EQ(histogram.max, 0);
  }
}

TEST(HistogramBuilder, KeepsTheMoments) {
  const std::vector<float> values = {1, -2, 3.5F, 0.25F};
  const Histogram histogram = buildHistogram(values);
  EXPECT_EQ(histogram.min, -2);
  EXPECT_EQ(histogram.max, 3.5);
  EXPECT_EQ(histogram.num, 4);
  EXPECT_EQ(histogram.sum, 2.75);
  EXPECT_EQ(histogram.sumSquares, 1 + 4 + 12.25 + 0.0625);
  EXPECT_EQ(std::accumulate(histogram.counts.begin(), histogram.counts.end(), 0.0), 4);
  EXPECT_EQ(histogram.limits.size(), histogram.counts.size());
  EXPECT_LE(histogram.limits.front(), -2);
  EXPECT_GT(histogram.limits.back(), 3.5);
}

TEST(HistogramBuilder, SumsAreAsExactAsPromised) {
  std::mt19937_64 random(2);
  std::normal_distribution<float> normal(0, 3);
  for (const std::size_t count : {1U, 3U, 7U, 1023U, 1025U, 5001U, 100000U}) {
    std::vector<float> values(count);
    for (float& value : values) value = normal(random);
    long double sum = 0;
    long double size = 0;
    long double squares = 0;
    for (const float value : values) {
      sum += value;
      size += std::abs(value);
      squares += static_cast<long double>(value) * value;
    }
    const Histogram histogram = buildHistogram(values);
    const double allowed = (static_cast<double>(count) / 1024 + 260) * std::ldexp(1.0, -53);
    EXPECT_LE(std::abs(histogram.sum - static_cast<double>(sum)), allowed * size) << count;
    EXPECT_LE(std::abs(histogram.sumSquares - static_cast<double>(squares)), allowed * squares);
    EXPECT_EQ(histogram.min, *std::min_element(values.begin(), values.end()));
    EXPECT_EQ(histogram.max, *std::max_element(values.begin(), values.end()));
    EXPECT_EQ(histogram.num, static_cast<double>(count));
  }
}

TEST(HistogramBuilder, WhatIsNotFiniteLeavesTheRestAlone) {
  std::mt19937_64 random(3);
  std::normal_distribution<float> normal;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  std::vector<float> finite;
  std::vector<float> mixed;
  for (int i = 0; i < 5000; ++i) {
    finite.push_back(normal(random));
    if (i % 1500 == 7) mixed.insert(mixed.end(), {nan, -inf, inf, -nan});
    mixed.push_back(finite.back());
  }
  HistogramLeftOut out;
  const Histogram expected = buildHistogram(finite);
  const Histogram histogram = buildHistogram(mixed, &out);
  EXPECT_EQ(out.nans, 8U);
  EXPECT_EQ(out.infinities, 8U);
  EXPECT_EQ(histogram.counts, expected.counts);
  EXPECT_EQ(histogram.limits, expected.limits);
  EXPECT_EQ(histogram.min, expected.min);
  EXPECT_EQ(histogram.max, expected.max);
  EXPECT_EQ(histogram.num, 5000);
  EXPECT_NEAR(histogram.sum, expected.sum, 1e-10);
  EXPECT_NEAR(histogram.sumSquares, expected.sumSquares, 1e-9);
}

TEST(HistogramBuilder, CountsWhatItCannotHold) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<double> values = {nan, inf, -inf, nan, 1, 1e30, -1e25, nan};
  HistogramLeftOut out;
  const Histogram histogram = buildHistogram(std::span<const double>(values), &out);
  EXPECT_EQ(out.nans, 3U);
  EXPECT_EQ(out.infinities, 2U);
  EXPECT_EQ(out.pastEdges, 2U);
  EXPECT_EQ(histogram.num, 3);
  EXPECT_EQ(histogram.min, -1e25);
  EXPECT_EQ(histogram.max, 1e30);
  EXPECT_EQ(std::accumulate(histogram.counts.begin(), histogram.counts.end(), 0.0), 1);
}

TEST(HistogramBuilder, ValuesPastTheEdgesAloneFillNoBin) {
  for (const std::vector<float>& values :
       {std::vector<float>{1e30F, 2e30F}, {-2e30F}, {-1e30F, 1e30F}}) {
    const Histogram histogram = buildHistogram(values);
    EXPECT_EQ(histogram.num, static_cast<double>(values.size()));
    EXPECT_EQ(histogram.min, values.front());
    EXPECT_EQ(histogram.max, values.back());
    EXPECT_TRUE(histogram.limits.empty());
    EXPECT_TRUE(histogram.counts.empty());
  }
}

TEST(HistogramBuilder, NothingFiniteGivesAnEmptyHistogram) {
  const std::vector<float> values = {std::numeric_limits<float>::quiet_NaN()};
  for (const auto& histogram : {buildHistogram(values), buildHistogram(std::span<const float>())}) {
    EXPECT_EQ(histogram.num, 0);
    EXPECT_TRUE(histogram.limits.empty());
    EXPECT_TRUE(histogram.counts.empty());
  }
}

}  // namespace
