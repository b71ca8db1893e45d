// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <thread>

#include "tests/support/temporary_folder.h"

namespace {

using namespace training;

TEST(RunFolder, FindsAFreeName) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "logs/conv_net");
  std::ofstream(folder / "logs/conv_net-2") << "a file";
  const auto made = makeRunFolder(folder / "logs", "conv_net");
  ASSERT_TRUE(made) << made.error().message.english();
  EXPECT_EQ(made->name, "conv_net-3");
  EXPECT_TRUE(std::filesystem::is_directory(made->path()));
  EXPECT_TRUE(made->logDirectory.is_absolute());
}

TEST(RunFolder, NoTwoCallersGetTheSame) {
  const TemporaryFolder folder;
  std::vector<std::string> names(20);
  std::vector<std::thread> threads;
  for (std::string& name : names) {
    threads.emplace_back([&] { name = makeRunFolder(folder.path(), "run")->name; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());
}

TEST(RunFolder, SaysWhyItCannotBeMade) {
  const TemporaryFolder folder;
  std::ofstream(folder / "file") << "x";
  const auto made = makeRunFolder(folder / "file/logs", "run");
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message.english(), testing::HasSubstr("file/logs"));
}

}  // namespace
