// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/batch_math.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace {

using namespace training;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

TEST(ShuffledOrder, IsAPermutationThatDependsOnSeedPhaseAndEpochAlone) {
  const std::vector<std::uint32_t> order = shuffledOrder(1000, 7, 0, 3);
  std::vector<std::uint32_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::uint32_t> all(1000);
  std::iota(all.begin(), all.end(), 0U);
  EXPECT_EQ(sorted, all);
  EXPECT_NE(order, all);
  EXPECT_EQ(order, shuffledOrder(1000, 7, 0, 3));
  EXPECT_NE(order, shuffledOrder(1000, 8, 0, 3));
  EXPECT_NE(order, shuffledOrder(1000, 7, 1, 3));
  EXPECT_NE(order, shuffledOrder(1000, 7, 0, 4));
}

TEST(ShuffledOrder, EverySampleComesFirstAboutEquallyOften) {
  std::array<int, 10> first{};
  for (std::uint64_t epoch = 0; epoch < 10'000; ++epoch) ++first[shuffledOrder(10, 1, 0, epoch)[0]];
  // Binomial with mean 1000 and standard deviation 30.
  for (const int count : first) EXPECT_NEAR(count, 1000, 150);
}

TEST(PartOf, CoversEverythingOnceInSharesThatDifferByOneAtMost) {
  for (std::size_t parts = 1; parts <= 7; ++parts) {
    std::size_t next = 0;
    for (std::size_t part = 0; part < parts; ++part) {
      const Part share = partOf(23, part, parts);
      EXPECT_EQ(share.first, next);
      EXPECT_GE(share.size, 23 / parts);
      EXPECT_LE(share.size, 23 / parts + 1);
      next += share.size;
    }
    EXPECT_EQ(next, 23U);
  }
}

TEST(SumGradients, AddsInOrderAndSeesWhatIsNotFinite) {
  std::vector<float> a = {1, 2, 3};
  std::vector<float> b = {10, 20, 30};
  std::vector<float> c = {100, 200, kInfinity};
  const std::array<float*, 3> all = {a.data(), b.data(), c.data()};
  EXPECT_TRUE(sumGradients(all, a.data(), {0, 2}));
  EXPECT_FALSE(sumGradients(all, a.data(), {2, 1}));
  EXPECT_EQ(a, (std::vector<float>{111, 222, kInfinity}));
  const std::array<float*, 1> one = {b.data()};
  std::vector<float> total(3);
  EXPECT_TRUE(sumGradients(one, total.data(), {0, 3}));
  EXPECT_EQ(total, b);
}

TEST(CountNonFinite, DistinguishesNaNFromInfinity) {
  const std::array<float, 5> values = {1, kNaN, -kInfinity, kInfinity, 0};
  const NonFiniteCount count = countNonFinite(values);
  EXPECT_EQ(count.nans, 1);
  EXPECT_EQ(count.infinities, 2);
}

}  // namespace
