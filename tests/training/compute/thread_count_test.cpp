// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/thread_count.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include "tests/support/temporary_folder.h"
#include "training/base/machine.h"

namespace {

using namespace training;

int affinity() {
  cpu_set_t mask;
  EXPECT_EQ(sched_getaffinity(0, sizeof mask, &mask), 0);
  return CPU_COUNT(&mask);
}

TEST(AvailableCores, AreThoseOfTheAffinityMask) {
  const TemporaryFolder noGroups;
  EXPECT_EQ(availableCores(noGroups.path()), affinity());

  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(availableCores(noGroups.path()), 1);
  TrainingConfig config;
  config.threads = 0;
  EXPECT_EQ(threadsFor(config), 1);
  EXPECT_THAT(threadsAdvice(32).english(), testing::HasSubstr("32 threads on 1 core "));
  EXPECT_TRUE(threadsAdvice(1).empty());
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
}

class CpuQuota : public testing::Test {
 protected:
  [[nodiscard]] int cores() const { return availableCores(m_root.path()); }
  void write(const std::string& file, const std::string& text) { writeFile(m_root / file, text); }

  TemporaryFolder m_root;
};

TEST_F(CpuQuota, OfVersionTwoRoundsDownButNotBelowOne) {
  write("proc/self/cgroup", "0::/user.slice/job\n");
  write("sys/fs/cgroup/user.slice/job/cpu.max", "150000 100000\n");
  EXPECT_EQ(cores(), 1);
  write("sys/fs/cgroup/user.slice/job/cpu.max", "50000 100000\n");
  EXPECT_EQ(cores(), 1);
  write("sys/fs/cgroup/user.slice/job/cpu.max", "max 100000\n");
  EXPECT_EQ(cores(), affinity());
}

TEST_F(CpuQuota, OfAGroupAboveCountsToo) {
  write("proc/self/cgroup", "0::/user.slice/job\n");
  write("sys/fs/cgroup/user.slice/job/cpu.max", "max 100000\n");
  write("sys/fs/cgroup/user.slice/cpu.max", "100000 100000\n");
  EXPECT_EQ(cores(), 1);
}

TEST_F(CpuQuota, OfVersionOne) {
  write("proc/self/cgroup", "11:memory:/job\n4:cpu,cpuacct:/job\n");
  write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "100000\n");
  write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cores(), 1);
  write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(cores(), affinity());
}

TEST_F(CpuQuota, OfAContainerStandsAtTheMountsRoot) {
  write("proc/self/cgroup", "4:cpuacct,cpu:/docker/0123abcd\n");
  write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n");
  write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cores(), 1);
}

TEST_F(CpuQuota, IsIgnoredWhereItCannotBeRead) {
  for (const char* text : {"", "0::/a\n", "garbage", "0::/../../..\n", "4:cpu:\n"}) {
    write("proc/self/cgroup", text);
    write("sys/fs/cgroup/a/cpu.max", "many few");
    EXPECT_EQ(cores(), affinity()) << text;
  }
}

TEST(AvailableMemory, IsTheLeastOfWhatIsFreeAndAllowed) {
  const TemporaryFolder root;
  EXPECT_EQ(availableMemory(root.path()), UINT64_MAX);
  writeFile(root / "proc/meminfo",
            "MemTotal:  9000 kB\nMemAvailable:  3000 kB\nHugePages_Free: 7\nSwapFree: 1000 kB\n");
  EXPECT_EQ(availableMemory(root.path()), 4000U * 1024);
  writeFile(root / "proc/self/cgroup", "0::/job\n");
  writeFile(root / "sys/fs/cgroup/job/memory.max", "1000000\n");
  EXPECT_EQ(availableMemory(root.path()), 1'000'000U);
  writeFile(root / "sys/fs/cgroup/job/memory.max", "max\n");
  EXPECT_EQ(availableMemory(root.path()), 4000U * 1024);
}

TEST(ThreadsFor, LeavesNoThreadWithAHandfulOfSamples) {
  TrainingConfig config;
  config.batchSize = 8;
  EXPECT_EQ(threadsFor(config), 1);
  config.threads = 3;
  EXPECT_EQ(threadsFor(config), 3);
  config.batchSize = 2;
  EXPECT_EQ(threadsFor(config), 2);
  config.device = "cuda:0";
  EXPECT_EQ(threadsFor(config), 1);
}

}  // namespace
