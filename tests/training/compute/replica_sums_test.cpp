// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/replica_sums.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "training/compute/thread_team.h"

namespace {

using namespace training;

TEST(ReplicaSums, AddUpInEveryRoundWhateverTheTiming) {
  ThreadTeam team(4);
  ReplicaSums sums(4);
  const std::vector<std::uint8_t> members = {1, 0, 1, 1};
  for (int pass = 0; pass < 5; ++pass) {
    sums.begin(members);
    std::vector<int> wrong(4);
    team.run([&](int member) {
      if (members[static_cast<std::size_t>(member)] == 0) return;
      for (int round = 0; round < 10; ++round) {
        std::vector<double> values = {static_cast<double>(member + round), 1};
        sums.join(member, values);
        if (values[0] != 0 + 2 + 3 + 3 * round || values[1] != 3) {
          ++wrong[static_cast<std::size_t>(member)];
        }
      }
    });
    EXPECT_EQ(wrong, std::vector<int>(4));
  }
}

TEST(ReplicaSums, AFailureOfOneEndsTheWaitOfTheOthers) {
  ThreadTeam team(3);
  ReplicaSums sums(3);
  const std::vector<std::uint8_t> all = {1, 1, 1};
  for (int pass = 0; pass < 3; ++pass) {
    sums.begin(all);
    const auto work = [&](int member) {
      std::vector<double> values = {1};
      sums.join(member, values);
      if (member == 2) {
        sums.abort(std::make_exception_ptr(std::runtime_error("the cause")));
        return;
      }
      sums.join(member, values);
    };
    try {
      team.run(work);
      FAIL() << "nobody waited";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "the cause");
    }
  }
  sums.begin(all);
  team.run([&](int member) {
    std::vector<double> values = {1};
    sums.join(member, values);
    EXPECT_EQ(values[0], 3);
  });
}

}  // namespace
