// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/base/file_replacement.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "tests/support/temporary_folder.h"

namespace {

std::string contentOf(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::size_t filesIn(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(FileReplacement, WritesAndReplaces) {
  const TemporaryFolder folder;
  ASSERT_TRUE(eventio::replaceFile(folder / "a", "first"));
  ASSERT_TRUE(eventio::replaceFile(folder / "a", std::string("se\0cond", 7)));
  EXPECT_EQ(contentOf(folder / "a"), std::string("se\0cond", 7));
  EXPECT_EQ(filesIn(folder.path()), 1U);
}

TEST(FileReplacement, SaysWhyItCannotBeMade) {
  const TemporaryFolder folder;
  const auto result = eventio::replaceFile(folder / "missing/a", "x");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, eventio::ErrorCode::kIo);
  EXPECT_NE(result.error().message.english().find("missing/a"), std::string::npos);
  EXPECT_NE(result.error().message.english().find("No such file"), std::string::npos);
}

TEST(FileReplacement, NamesTheFileAndNotTheTemporaryOne) {
  const TemporaryFolder folder;
  const auto old = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small = {1000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const auto result = eventio::replaceFile(folder / "a", std::string(2000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old);
  ASSERT_FALSE(result);
  EXPECT_EQ(
      result.error().message.english().rfind("'" + (folder / "a").string() + "' cannot be", 0), 0U)
      << result.error().message.english();
  EXPECT_EQ(filesIn(folder.path()), 0U);
}

TEST(FileReplacement, FollowsLinksAndKeepsThem) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "disk");
  writeFile(folder / "disk/target", "old");
  std::filesystem::create_symlink("disk/target", folder / "link");
  std::filesystem::create_symlink(folder / "link", folder / "chain");
  std::filesystem::create_symlink("disk/missing", folder / "dangling");
  std::filesystem::create_directory_symlink("disk", folder / "folder");
  ASSERT_TRUE(eventio::replaceFile(folder / "chain", "new"));
  ASSERT_TRUE(eventio::replaceFile(folder / "dangling", "made"));
  ASSERT_TRUE(eventio::replaceFile(folder / "folder/third", "third"));
  for (const char* name : {"link", "chain", "dangling", "folder"}) {
    EXPECT_TRUE(std::filesystem::is_symlink(folder / name)) << name;
  }
  EXPECT_EQ(contentOf(folder / "disk/target"), "new");
  EXPECT_EQ(contentOf(folder / "disk/missing"), "made");
  EXPECT_EQ(contentOf(folder / "disk/third"), "third");
  EXPECT_EQ(filesIn(folder / "disk"), 3U);
}

TEST(FileReplacement, ReplacesTheLinkItselfWhereThatIsAsked) {
  const TemporaryFolder folder;
  writeFile(folder / "elsewhere/target", "old");
  std::filesystem::create_symlink("elsewhere/target", folder / "link");
  std::filesystem::create_symlink("elsewhere/missing", folder / "dangling");
  std::filesystem::create_symlink("/dev/zero", folder / "device");
  for (const char* name : {"link", "dangling", "device"}) {
    const auto result = eventio::replaceFile(folder / name, "new", eventio::AtLink::kReplaceLink);
    ASSERT_TRUE(result) << result.error().message.english();
    EXPECT_TRUE(std::filesystem::is_regular_file(std::filesystem::symlink_status(folder / name)));
    EXPECT_EQ(contentOf(folder / name), "new");
  }
  EXPECT_EQ(contentOf(folder / "elsewhere/target"), "old");
  EXPECT_EQ(filesIn(folder / "elsewhere"), 1U);
}

TEST(FileReplacement, KeepsThePermissions) {
  const TemporaryFolder folder;
  ASSERT_TRUE(eventio::replaceFile(folder / "a", "old"));
  const auto permissions = [&] { return std::filesystem::status(folder / "a").permissions(); };
  for (const unsigned mode : {0600U, 0664U, 0755U}) {
    std::filesystem::permissions(folder / "a", static_cast<std::filesystem::perms>(mode));
    ASSERT_TRUE(eventio::replaceFile(folder / "a", "new"));
    EXPECT_EQ(permissions(), static_cast<std::filesystem::perms>(mode));
  }
}

TEST(FileReplacement, RefusesWhatIsNoRegularFile) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "folder");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (const char* name : {"folder", "pipe"}) {
    const auto result = eventio::replaceFile(folder / name, "x");
    ASSERT_FALSE(result) << name;
    EXPECT_NE(result.error().message.english().find("no regular file"), std::string::npos);
    EXPECT_NE(result.error().message.english().find(name), std::string::npos);
  }
  EXPECT_TRUE(std::filesystem::is_fifo(folder / "pipe"));
  std::filesystem::create_symlink("loop", folder / "loop");
  EXPECT_TRUE(eventio::replaceFile(folder / "loop", "x"));  // leads nowhere: it becomes a file
  EXPECT_EQ(contentOf(folder / "loop"), "x");
  EXPECT_EQ(filesIn(folder.path()), 3U);
}

TEST(FileReplacement, KeepsTheOldFileWhenTheNewOneDoesNotFit) {
  const TemporaryFolder folder;
  ASSERT_TRUE(eventio::replaceFile(folder / "a", "old"));
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {1000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const auto result = eventio::replaceFile(folder / "a", std::string(5000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(result);
  EXPECT_EQ(contentOf(folder / "a"), "old");
  EXPECT_EQ(filesIn(folder.path()), 1U) << "a temporary file was left behind";
}

TEST(FileReplacement, LeftOversOfACrashAreFound) {
  TemporaryFolder folder;
  writeFile(folder / "model.new-12-0", "half");
  writeFile(folder / "model.new-12-0.txt", "mine");
  writeFile(folder / "model.new-", "mine");
  writeFile(folder / ".new-1-1", "mine");
  writeFile(folder / "below" / "model.new-12-0", "other");
  eventio::removeAbandonedReplacements(folder.path());
  EXPECT_FALSE(std::filesystem::exists(folder / "model.new-12-0"));
  EXPECT_TRUE(std::filesystem::exists(folder / "model.new-12-0.txt"));
  EXPECT_TRUE(std::filesystem::exists(folder / "model.new-"));
  EXPECT_TRUE(std::filesystem::exists(folder / ".new-1-1"));
  EXPECT_TRUE(std::filesystem::exists(folder / "below" / "model.new-12-0"));
  eventio::removeAbandonedReplacements(folder / "missing");
}

}  // namespace
