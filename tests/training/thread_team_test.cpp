// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/thread_team.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <stdexcept>
#include <vector>

namespace {

using training::ThreadTeam;

class Team : public testing::TestWithParam<int> {};

TEST_P(Team, EachMemberWorksOnceARunOnItsOwnThread) {
  ThreadTeam team(GetParam());
  const auto size = static_cast<std::size_t>(GetParam());
  std::vector<int> calls(size);
  std::vector<std::thread::id> threads(size);
  // No locks: the team has to order the runs.
  for (int round = 0; round < 3000; ++round) {
    team.run([&](int member) {
      ++calls[static_cast<std::size_t>(member)];
      threads[static_cast<std::size_t>(member)] = std::this_thread::get_id();
    });
    for (const int count : calls) ASSERT_EQ(count, round + 1);
  }
  EXPECT_EQ(std::set(threads.begin(), threads.end()).size(), size);
  EXPECT_EQ(threads[0], std::this_thread::get_id());
}

INSTANTIATE_TEST_SUITE_P(Sizes, Team, testing::Values(1, 2, 3, 5));

TEST(ThreadTeam, WakesUpAfterSleeping) {
  ThreadTeam team(2);
  int sum = 0;
  for (int round = 0; round < 3; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    team.run([&sum](int member) {
      if (member == 1) ++sum;
    });
  }
  EXPECT_EQ(sum, 3);
}

TEST(ThreadTeam, HandsOnWhatAMemberThrewAndGoesOn) {
  ThreadTeam team(3);
  const auto failing = [](int member) {
    if (member == 2) throw std::runtime_error("two");
    if (member == 1) throw std::runtime_error("one");
  };
  try {
    team.run(failing);
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "one");
  }
  int calls = 0;
  team.run([&calls](int member) {
    if (member == 0) ++calls;
  });
  EXPECT_EQ(calls, 1);
}

TEST(ThreadTeam, PreparesTheThreadsThatItAdds) {
  std::atomic<int> prepared{0};
  {
    ThreadTeam team(4, [&prepared] { ++prepared; });
    team.run([](int) {});
  }
  EXPECT_EQ(prepared, 3);
}

}  // namespace
