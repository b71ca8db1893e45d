// SPDX-License-Identifier: GPL-3.0-or-later
// Training on a file system that is full, and on one that a folder blocks.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "eventio/sources/load_runs.h"
#include "tests/support/temporary_folder.h"
#include "tests/training/conv_net_model.h"
#include "tests/training/idx_files.h"
#include "training/job/trainer.h"
#include "training/snapshots/checkpoint.h"

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

/// `traindeck train` with what it prints in files.
class Training {
 public:
  Training(const std::vector<std::string>& arguments, const fs::path& folder)
      : m_output(folder / "output"), m_errors(folder / "errors") {
    m_child = ::fork();
    if (m_child != 0) return;
    std::vector<std::string> words{TRAINDECK_PROGRAM, "train"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::dup2(::open(m_output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666), STDOUT_FILENO);
    ::dup2(::open(m_errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666), STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  int wait() {
    int status = 0;
    ::waitpid(m_child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  void interrupt() const { ::kill(m_child, SIGINT); }
  [[nodiscard]] std::string output() const { return readFile(m_output); }
  [[nodiscard]] std::string errors() const { return readFile(m_errors); }

 private:
  fs::path m_output;
  fs::path m_errors;
  pid_t m_child = 0;
};

std::size_t countOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

class UnwritablePlaces : public testing::Test {
 protected:
  UnwritablePlaces() { writeDataSet(m_folder / "digits", 1000, 100); }
  [[nodiscard]] std::vector<std::string> arguments(const fs::path& logDirectory, int epochs,
                                                   const std::vector<std::string>& more) const {
    std::vector<std::string> words{"--data",
                                   (m_folder / "digits").string(),
                                   "--logdir",
                                   logDirectory.string(),
                                   "--threads",
                                   "1",
                                   "--epochs",
                                   std::to_string(epochs),
                                   "--fine-tune-epochs",
                                   "0"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  TemporaryFolder m_folder;
};

/// A file system of one megabyte in memory.
class SmallDisk {
 public:
  explicit SmallDisk(fs::path folder) : m_folder(std::move(folder)) {
    fs::create_directories(m_folder);
    m_mounted = ::mount("tmpfs", m_folder.c_str(), "tmpfs", 0, "size=1m") == 0;
  }
  ~SmallDisk() {
    if (m_mounted) ::umount2(m_folder.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] bool isThere() const { return m_mounted; }
  /// Leaves `bytes` free.
  void fill(std::uintmax_t bytes) const {
    const std::uintmax_t free = fs::space(m_folder).available;
    if (free > bytes) writeFile(m_folder / "filler", std::string(free - bytes, 'x'));
  }
  void empty() const { fs::remove(m_folder / "filler"); }

 private:
  fs::path m_folder;
  bool m_mounted = false;
};

TEST_F(UnwritablePlaces, OnceADiskHasSpaceAgainTheModelIsSaved) {
  const SmallDisk disk(m_folder / "disk");
  if (!disk.isThere()) GTEST_SKIP() << "a file system can be mounted by root alone";
  const auto words = arguments(m_folder / "disk" / "runs", 60,
                               {"--histogram-interval", "0", "--batch-size", "100"});
  disk.fill(100'000);  // enough to begin with
  Training training(words, m_folder.path());
  ASSERT_TRUE(eventually([&] {
    const std::string errors = training.errors();
    return errors.find("the log cannot be written") != std::string::npos ||
           errors.find("the model could not be saved") != std::string::npos;
  })) << training.errors();
  disk.empty();
  EXPECT_EQ(training.wait(), 0) << training.errors();
  const fs::path run = m_folder / "disk" / "runs" / "conv_net";
  EXPECT_THAT(training.output(), HasSubstr("model: " + (run / "model.safetensors").string()));
  EXPECT_EQ(countOf(training.errors(), "the model could not be saved"),
            countOf(training.errors(), "the model is saved again"))
      << training.errors();
  EXPECT_EQ(countOf(training.errors(), "the log cannot be written"),
            countOf(training.errors(), "the log is written again"))
      << training.errors();
  const auto state = training::loadCheckpoint(run / "checkpoints" / "last.safetensors", convNet());
  ASSERT_TRUE(state) << state.error().message.english();
  EXPECT_EQ(state->step, 600);
  const auto saved = training::readSavedRun(run.string());
  ASSERT_TRUE(saved);
  EXPECT_TRUE(saved->finished);
  const auto loaded = eventio::loadRuns(run);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->runs.at(0)->scalars("train/loss").size(), 600U);
}

TEST_F(UnwritablePlaces, ADiskThatStaysFullEndsWithStatusOneAndCanBeContinued) {
  const SmallDisk disk(m_folder / "disk");
  if (!disk.isThere()) GTEST_SKIP() << "a file system can be mounted by root alone";
  const auto words =
      arguments(m_folder / "disk" / "runs", 5, {"--histogram-interval", "1", "--batch-size", "10"});
  disk.fill(60'000);
  Training training(words, m_folder.path());
  EXPECT_EQ(training.wait(), 1);
  EXPECT_THAT(training.output(), Not(HasSubstr("model:")));
  EXPECT_THAT(training.errors(), HasSubstr("not everything of the run is saved"));
  EXPECT_EQ(countOf(training.errors(), "the model could not be saved"), 1U) << training.errors();
  disk.empty();
  const fs::path run = m_folder / "disk" / "runs" / "conv_net";
  EXPECT_FALSE(training::readSavedRun(run.string())->finished);
}

TEST_F(UnwritablePlaces, AFolderInTheModelsPlaceIsReportedAtOnceAndTheRunCanBeContinued) {
  const fs::path run = m_folder / "runs" / "conv_net";
  Training training(arguments(m_folder / "runs", 60, {"--batch-size", "10"}), m_folder.path());
  ASSERT_TRUE(eventually([&] { return fs::exists(run / "checkpoints" / "last.safetensors"); }));
  fs::remove(run / "model.safetensors");
  fs::create_directories(run / "model.safetensors" / "x");
  EXPECT_EQ(training.wait(), 1);
  EXPECT_THAT(training.output(), Not(HasSubstr("\nmodel:")));
  EXPECT_THAT(training.errors(), HasSubstr((run / "model.safetensors").string()));
  EXPECT_EQ(countOf(training.errors(), "the model could not be saved"), 1U) << training.errors();
  EXPECT_FALSE(training::readSavedRun(run.string())->finished);

  fs::remove_all(run / "model.safetensors");
  Training again({"--continue", run.string()}, m_folder.path());
  EXPECT_EQ(again.wait(), 0) << again.errors();
  EXPECT_TRUE(fs::is_regular_file(run / "model.safetensors"));
  EXPECT_TRUE(training::readSavedRun(run.string())->finished);
}

}  // namespace
