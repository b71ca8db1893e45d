// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/run_lock.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>

#include "tests/support/temporary_folder.h"

namespace {

using training::RunLock;

TEST(RunLock, HasOneHolderInThisProcessToo) {
  const TemporaryFolder folder;
  EXPECT_FALSE(RunLock::isHeld(folder.path()));
  {
    auto lock = RunLock::acquire(folder.path());
    ASSERT_TRUE(lock) << lock.error().message.english();
    EXPECT_TRUE(lock->isExclusive());
    const RunLock moved = std::move(*lock);
    EXPECT_TRUE(RunLock::isHeld(folder.path()));
    const auto second = RunLock::acquire(folder.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, eventio::ErrorCode::kInvalidArgument);
    EXPECT_THAT(second.error().message.english(), testing::HasSubstr(folder.path().string()));
    EXPECT_TRUE(RunLock::isHeld(folder.path()));  // the refused one released nothing
  }
  EXPECT_FALSE(RunLock::isHeld(folder.path()));
  EXPECT_TRUE(RunLock::acquire(folder.path()));
}

/// Another process that holds the lock until it is killed.
class Holder {
 public:
  explicit Holder(const std::filesystem::path& folder) {
    int ready[2] = {-1, -1};
    EXPECT_EQ(pipe(ready), 0);
    m_child = fork();
    if (m_child == 0) {
      const auto lock = RunLock::acquire(folder);
      const char byte = lock ? 'y' : 'n';
      if (write(ready[1], &byte, 1) == 1) pause();
      _exit(1);
    }
    close(ready[1]);
    char byte = 0;
    EXPECT_EQ(read(ready[0], &byte, 1), 1);
    EXPECT_EQ(byte, 'y');
    close(ready[0]);
  }
  ~Holder() { kill(); }
  void kill() {
    if (m_child <= 0) return;
    ::kill(m_child, SIGKILL);
    waitpid(m_child, nullptr, 0);
    m_child = -1;
  }

 private:
  pid_t m_child = -1;
};

TEST(RunLock, ExcludesOtherProcessesAndEndsWithTheirs) {
  const TemporaryFolder folder;
  Holder holder(folder.path());
  EXPECT_TRUE(RunLock::isHeld(folder.path()));
  EXPECT_FALSE(RunLock::acquire(folder.path()));
  holder.kill();
  EXPECT_FALSE(RunLock::isHeld(folder.path()));
  EXPECT_TRUE(RunLock::acquire(folder.path()));
}

TEST(RunLock, HoldsWhenItsFileIsRemovedOrReplaced) {
  const TemporaryFolder folder;
  Holder holder(folder.path());
  ASSERT_TRUE(std::filesystem::remove(folder / "run.lock"));
  EXPECT_TRUE(RunLock::isHeld(folder.path()));
  EXPECT_FALSE(RunLock::acquire(folder.path()));
  writeFile(folder / "run.lock", "");
  EXPECT_TRUE(RunLock::isHeld(folder.path()));
  const auto second = RunLock::acquire(folder.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, eventio::ErrorCode::kInvalidArgument);
  holder.kill();
  EXPECT_FALSE(RunLock::isHeld(folder.path()));
  EXPECT_TRUE(RunLock::acquire(folder.path()));
}

TEST(RunLock, ExcludesAnOlderVersionThatLocksTheFileAlone) {
  const TemporaryFolder folder;
  const int file = open((folder / "run.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(file, 0);
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  ASSERT_EQ(fcntl(file, F_OFD_SETLK, &lock), 0);
  EXPECT_TRUE(RunLock::isHeld(folder.path()));
  EXPECT_FALSE(RunLock::acquire(folder.path()));
  close(file);
  EXPECT_TRUE(RunLock::acquire(folder.path()));
}

TEST(RunLock, IsTakenAnewInAFolderThatWasMadeAgain) {
  const TemporaryFolder folder;
  const auto run = folder / "run";
  std::filesystem::create_directory(run);
  auto lock = RunLock::acquire(run);
  ASSERT_TRUE(lock);
  std::filesystem::rename(run, folder / "moved");
  EXPECT_FALSE(lock->renew(run));  // there is no folder
  EXPECT_TRUE(RunLock::isHeld(folder / "moved"));
  std::filesystem::create_directory(run);
  ASSERT_TRUE(lock->renew(run));
  EXPECT_TRUE(RunLock::isHeld(run));
  EXPECT_FALSE(RunLock::isHeld(folder / "moved"));
  EXPECT_FALSE(RunLock::acquire(run));

  std::filesystem::remove(run / "run.lock");
  ASSERT_TRUE(lock->renew(run));
  EXPECT_TRUE(std::filesystem::exists(run / "run.lock"));
  EXPECT_FALSE(RunLock::acquire(run));
}

TEST(RunLock, IsNotTakenAnewFromAnotherHolder) {
  const TemporaryFolder folder;
  const auto run = folder / "run";
  std::filesystem::create_directory(run);
  auto lock = RunLock::acquire(run);
  ASSERT_TRUE(lock);
  std::filesystem::rename(run, folder / "moved");
  std::filesystem::create_directory(run);
  const auto other = RunLock::acquire(run);
  ASSERT_TRUE(other);
  const auto renewed = lock->renew(run);
  ASSERT_FALSE(renewed);
  EXPECT_EQ(renewed.error().code, eventio::ErrorCode::kInvalidArgument);
  EXPECT_TRUE(RunLock::isHeld(folder / "moved"));
}

TEST(RunLock, LookingMakesNoFile) {
  const TemporaryFolder folder;
  EXPECT_FALSE(RunLock::isHeld(folder.path()));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(RunLock, SaysWhatCannotBeLocked) {
  const TemporaryFolder folder;
  const auto lock = RunLock::acquire(folder / "nothing");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, eventio::ErrorCode::kIo);
  std::filesystem::create_directory(folder / "run.lock");
  EXPECT_FALSE(RunLock::acquire(folder.path()));
  EXPECT_FALSE(RunLock::isHeld(folder.path()));
}

}  // namespace
