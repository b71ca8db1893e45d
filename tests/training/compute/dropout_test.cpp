// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/dropout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace {

using namespace training;

std::vector<float> maskOf(const StepKey& key, std::uint64_t layer, std::uint64_t position,
                          double probability = 0.25) {
  std::vector<float> mask(4000);
  dropoutMask(key, layer, position, probability, mask);
  return mask;
}

TEST(Dropout, KeepsTheExpectedShareAndScalesIt) {
  const std::vector<float> mask = maskOf({1, 0, 0, 0}, 0, 0);
  const auto zeros = std::count(mask.begin(), mask.end(), 0.0F);
  // Five standard deviations of a binomial distribution.
  EXPECT_NEAR(static_cast<double>(zeros), 1000, 5 * 27.4);
  EXPECT_EQ(std::count(mask.begin(), mask.end(), static_cast<float>(1 / 0.75)), 4000 - zeros);
}

TEST(Dropout, DependsOnStepLayerAndPositionAlone) {
  const StepKey key{7, 1, 2, 345};
  const std::vector<float> mask = maskOf(key, 3, 11);
  EXPECT_EQ(maskOf(key, 3, 11), mask);
  EXPECT_NE(maskOf(key, 3, 12), mask);
  EXPECT_NE(maskOf(key, 4, 11), mask);
  EXPECT_NE(maskOf({7, 1, 2, 346}, 3, 11), mask);
  EXPECT_NE(maskOf({7, 1, 3, 345}, 3, 11), mask);
  EXPECT_NE(maskOf({7, 0, 2, 345}, 3, 11), mask);
  EXPECT_NE(maskOf({8, 1, 2, 345}, 3, 11), mask);
}

}  // namespace
