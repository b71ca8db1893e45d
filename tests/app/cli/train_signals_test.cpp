// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/app/cli/program.h"
#include "tests/support/temporary_folder.h"
#include "tests/training/idx_files.h"
#include "training/job/run_lock.h"
#include "training/job/run_settings.h"

namespace {

using testing::HasSubstr;

class TrainSignals : public testing::Test {
 protected:
  TrainSignals() { writeDataSet(m_folder / "digits", 320, 50); }

  [[nodiscard]] std::vector<std::string> arguments(const char* epochs) const {
    return {"train",
            "--data",
            (m_folder / "digits").string(),
            "--logdir",
            (m_folder / "a run's logs").string(),
            "--epochs",
            epochs,
            "--fine-tune-epochs",
            "0",
            "--threads",
            "1"};
  }
  [[nodiscard]] std::string runFolder() const {
    return (m_folder / "a run's logs/conv_net").string();
  }
  [[nodiscard]] bool trains() const {
    std::error_code ignored;
    return std::filesystem::exists(m_folder / "a run's logs/conv_net/model.safetensors", ignored);
  }
  void expectSavedAndStopped(Program& program, int signal) const {
    EXPECT_EQ(program.finish(), -signal) << readFile(program.errFile());
    const auto saved = training::readSavedRun(runFolder());
    ASSERT_TRUE(saved) << saved.error().message.english();
    EXPECT_TRUE(saved->endedCleanly);
    EXPECT_FALSE(saved->running);
    EXPECT_FALSE(saved->finished);
    EXPECT_FALSE(saved->modelFile.empty());
  }

  TemporaryFolder m_folder;
};

class StopSignal : public TrainSignals, public testing::WithParamInterface<int> {};

INSTANTIATE_TEST_SUITE_P(All, StopSignal,
                         testing::Values(SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU));

TEST_P(StopSignal, SavesAndEndsTheProcessOfIt) {
  Program program(m_folder.path(), arguments("100000"));
  ASSERT_TRUE(eventually([&] { return trains(); })) << readFile(program.errFile());
  program.send(GetParam());
  expectSavedAndStopped(program, GetParam());
  EXPECT_THAT(readFile(program.outFile()), HasSubstr("\ncontinue: "));
}

TEST_F(TrainSignals, ARepeatedHangupStillSaves) {
  Program program(m_folder.path(), arguments("100000"));
  ASSERT_TRUE(eventually([&] { return trains(); }));
  for (int i = 0; i < 3; ++i) program.send(SIGHUP);
  program.send(SIGTERM);
  // One of them is the first; pending signals are delivered in the order of their numbers.
  const int status = program.finish();
  EXPECT_TRUE(status == -SIGHUP || status == -SIGTERM) << status;
  const auto saved = training::readSavedRun(runFolder());
  ASSERT_TRUE(saved);
  EXPECT_TRUE(saved->endedCleanly);
}

// timeout(1) sends its signal to the program and then to its group.
TEST_F(TrainSignals, AnInterruptThatIsRepeatedAtOnceStillSaves) {
  Program program(m_folder.path(), arguments("100000"));
  ASSERT_TRUE(eventually([&] { return trains(); }));
  program.send(SIGINT);
  program.send(SIGINT);
  expectSavedAndStopped(program, SIGINT);
}

TEST_F(TrainSignals, AnIgnoredHangupStaysIgnored) {
  Program program(m_folder.path(), arguments("100000"), [] { std::signal(SIGHUP, SIG_IGN); });
  ASSERT_TRUE(eventually([&] { return trains(); }));
  program.send(SIGHUP);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_FALSE(program.hasEnded());
  program.send(SIGTERM);
  expectSavedAndStopped(program, SIGTERM);
}

TEST_F(TrainSignals, TheLastLineIsTheCommandThatContinues) {
  Program program(m_folder.path(), arguments("100000"));
  ASSERT_TRUE(eventually([&] { return trains(); }));
  program.send(SIGINT);
  expectSavedAndStopped(program, SIGINT);
  const std::string out = readFile(program.outFile());
  const std::size_t at = out.rfind("continue: ");
  ASSERT_NE(at, std::string::npos) << out;
  EXPECT_EQ(std::count(out.begin() + static_cast<std::ptrdiff_t>(at), out.end(), '\n'), 1);
  const std::string command = out.substr(at + 10);
  EXPECT_THAT(command, HasSubstr("'\\''"));  // the folder's name needs quoting
  // It runs: as far as a run that somebody else trains.
  const auto lock = training::RunLock::acquire(runFolder());
  ASSERT_TRUE(lock);
  const std::string shell =
      command.substr(0, command.size() - 1) + " 2>'" + (m_folder / "said").string() + "'";
  EXPECT_EQ(WEXITSTATUS(std::system(shell.c_str())), 1);
  EXPECT_THAT(readFile(m_folder / "said"), HasSubstr("is being trained at this moment"));
}

/// Makes `descriptor` a pipe that nobody reads.
void breakPipe(int descriptor) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) _exit(126);
  dup2(ends[1], descriptor);
  close(ends[0]);
  close(ends[1]);
}

TEST_F(TrainSignals, AClosedPipeEndsNothing) {
  Program program(m_folder.path(), arguments("3"), [] {
    breakPipe(STDOUT_FILENO);
    breakPipe(STDERR_FILENO);
  });
  EXPECT_EQ(program.finish(), 0);
  EXPECT_TRUE(training::readSavedRun(runFolder())->finished);
}

TEST_F(TrainSignals, MissingStandardStreamsAreNotTheLog) {
  Program program(m_folder.path(), arguments("3"), [] {
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
  });
  EXPECT_EQ(program.finish(), 0);
  EXPECT_TRUE(training::readSavedRun(runFolder())->finished);
  for (const auto& entry : std::filesystem::directory_iterator(runFolder())) {
    if (entry.is_regular_file()) {
      EXPECT_THAT(readFile(entry.path()), testing::Not(HasSubstr("samples/s:"))) << entry.path();
    }
  }
}

TEST_F(TrainSignals, ClosingLinesThatCannotBeWrittenAreAFailure) {
  Program program(m_folder.path(), arguments("1"), [] {
    const int full = open("/dev/full", O_WRONLY);
    dup2(full, STDOUT_FILENO);
  });
  EXPECT_EQ(program.finish(), 1);
  EXPECT_THAT(readFile(program.errFile()), HasSubstr("could not be written"));
  EXPECT_TRUE(training::readSavedRun(runFolder())->finished);
}

}  // namespace
