// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/histogram_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
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

void expectMatchesPlainCounting(const std::vector<double>& values) {
  const Histogram histogram = buildHistogram(std::span<const double>(values));
  const auto edges = allEdges();
  const auto counts = plainCounts(values);
  const auto filled = [](double count) { return count > 0; };
  const auto first = std::find_if(counts.begin(), counts.end(), filled) - counts.begin();
  const auto last = counts.rend() - std::find_if(counts.rbegin(), counts.rend(), filled);
  std::vector<double> limits(edges.begin() + first, edges.begin() + last + 1);
  std::vector<double> expected = {0};
  expected.insert(expected.end(), counts.begin() + first, counts.begin() + last);
  EXPECT_EQ(histogram.limits, limits);
  EXPECT_EQ(histogram.counts, expected);
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

TEST(HistogramBuilder, NothingFiniteGivesAnEmptyHistogram) {
  const std::vector<float> values = {std::numeric_limits<float>::quiet_NaN()};
  for (const auto& histogram : {buildHistogram(values), buildHistogram(std::span<const float>())}) {
    EXPECT_EQ(histogram.num, 0);
    EXPECT_TRUE(histogram.limits.empty());
    EXPECT_TRUE(histogram.counts.empty());
  }
}

}  // namespace
