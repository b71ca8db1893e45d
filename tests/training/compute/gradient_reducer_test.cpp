// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/gradient_reducer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>

#include "training/compute/thread_gradient_reducer.h"
#include "training/compute/thread_team.h"
#include "two_process_reducer.h"

namespace {

using namespace training;

const std::array<Part, 2> kRanges{{{0, 5}, {8, 2}}};

std::vector<float> tenOf(float value) {
  return std::vector<float>(10, value);
}

TEST(ThreadGradientReducer, SumsTheRangesInOrderAndChecksEachPartOnce) {
  ThreadTeam team(3);
  ThreadGradientReducer reducer;
  EXPECT_EQ(reducer.rank(), 0);
  EXPECT_EQ(reducer.worldSize(), 1);
  // (1e8 + 3) - 1e8 is 0 in floats, the other orders give something else.
  std::vector<float> a = tenOf(1e8F);
  std::vector<float> b = tenOf(3);
  std::vector<float> c = tenOf(-1e8F);
  const std::array<float*, 3> gradients{a.data(), b.data(), c.data()};
  std::array<std::atomic<int>, 10> checks{};
  EXPECT_TRUE(reducer.sumGradients(team, gradients, kRanges, [&](Part part) {
    for (std::size_t i = part.first; i < part.first + part.size; ++i) {
      EXPECT_EQ(a[i], (1e8F + 3.0F) - 1e8F);
      ++checks[i];
    }
    return true;
  }));
  for (std::size_t i = 0; i < 10; ++i) {
    const bool inside = i < 5 || i >= 8;
    EXPECT_EQ(checks[i], inside ? 1 : 0) << i;
    EXPECT_EQ(a[i], inside ? 0.0F : 1e8F) << i;
  }
  std::array<double, 2> sums{1, 2};
  reducer.sum(sums);
  EXPECT_EQ(sums, (std::array<double, 2>{1, 2}));
}

TEST(ThreadGradientReducer, RefusesWhatIsNotFiniteAndWhatACheckRefuses) {
  ThreadTeam team(2);
  ThreadGradientReducer reducer;
  const auto sums = [&](float last, bool answer) {
    std::vector<float> a = tenOf(1);
    std::vector<float> b = tenOf(2);
    b.back() = last;
    const std::array<float*, 2> gradients{a.data(), b.data()};
    return reducer.sumGradients(team, gradients, kRanges,
                                [&](Part part) { return answer || part.first != 0; });
  };
  EXPECT_TRUE(sums(2, true));
  EXPECT_FALSE(sums(INFINITY, true));
  EXPECT_FALSE(sums(NAN, true));
  EXPECT_FALSE(sums(2, false));
}

TEST(TwoProcessReducer, BothRanksGetTheSumsAndOneVerdict) {
  // Of each rank: verdicts of three sums, then the totals, then a sum of doubles.
  const SharedValues shared(2 * 14);
  ASSERT_TRUE(runTwoRanks([&](std::unique_ptr<TwoProcessReducer> reducer) {
    const int rank = reducer->rank();
    const std::span<double> out = shared.values().subspan(rank == 0 ? 0 : 14, 14);
    ThreadTeam team(1);
    const auto sums = [&](float value, bool answer, std::vector<float>& gradient) {
      gradient = tenOf(value);
      const std::array<float*, 1> gradients{gradient.data()};
      return reducer->sumGradients(team, gradients, kRanges, [&](Part) { return answer; });
    };
    std::vector<float> gradient;
    out[0] = sums(rank == 1 ? NAN : 1.0F, true, gradient) ? 1 : 0;
    out[1] = sums(1, rank == 0, gradient) ? 1 : 0;
    out[2] = sums(rank == 0 ? 0.1F : 0.2F, true, gradient) ? 1 : 0;
    std::copy(gradient.begin(), gradient.end(), out.begin() + 3);
    std::array<double, 1> number{rank == 0 ? 0.1 : 0.2};
    reducer->sum(number);
    out[13] = number[0];
  }));
  for (std::size_t rank = 0; rank < 2; ++rank) {
    const std::span<double> got = shared.values().subspan(rank * 14, 14);
    EXPECT_EQ(got[0], 0) << "a sum of rank 1 was not finite";
    EXPECT_EQ(got[1], 0) << "rank 1 refused the sums";
    EXPECT_EQ(got[2], 1);
    const float own = rank == 0 ? 0.1F : 0.2F;
    for (std::size_t i = 0; i < 10; ++i) {
      const float expected = i < 5 || i >= 8 ? 0.1F + 0.2F : own;
      EXPECT_EQ(got[3 + i], static_cast<double>(expected)) << i;
    }
    EXPECT_EQ(got[13], 0.1 + 0.2);
  }
}

TEST(TwoProcessReducer, ALostRankEndsTheOther) {
  EXPECT_FALSE(runTwoRanks([](std::unique_ptr<TwoProcessReducer> reducer) {
    std::array<double, 1> number{1};
    if (reducer->rank() == 0) reducer->sum(number);
  }));
}

}  // namespace
