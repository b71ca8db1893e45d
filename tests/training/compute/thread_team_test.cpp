// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/thread_team.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <set>
#include <stdexcept>
#include <system_error>
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

TEST(ThreadTeam, ThrowsWhereTheSystemHasNoMoreThreads) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer needs the address space that this test takes away";
#endif
  const pid_t child = fork();
  if (child == 0) {
    // Room for the stacks of a few threads, not of a thousand.
    const rlimit room = {rlim_t{2} << 30U, rlim_t{2} << 30U};
    if (setrlimit(RLIMIT_AS, &room) != 0) _exit(3);
    try {
      const ThreadTeam team(1000);
    } catch (const std::system_error&) {
      _exit(0);
    }
    _exit(2);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
