// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "tests/support/temporary_folder.h"
#include "training/process_identity.h"
#include "training/trainer.h"

namespace {

using namespace training;

TEST(RunFolder, FindsAFreeName) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "logs/conv_net");
  std::ofstream(folder / "logs/conv_net-2") << "a file";
  const auto made = makeRunFolder(folder / "logs", "conv_net");
  ASSERT_TRUE(made) << made.error().message;
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
  EXPECT_THAT(made.error().message, testing::HasSubstr("file/logs"));
}

TEST(SavedRun, ReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  const RunFolder run = *makeRunFolder(folder.path(), "run");
  TrainingConfig config;
  config.epochs = 7;
  config.learningRate = 0.1;
  config.seed = UINT64_MAX;
  config.fineTuneLayers = {"conv2"};
  config.dataFolder = "/somewhere";
  ASSERT_TRUE(writeRunSettings(run, config, RunState::kStopped));
  const auto saved = readSavedRun(run.path().string());
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_EQ(saved->config.epochs, 7);
  EXPECT_EQ(saved->config.learningRate, 0.1);
  EXPECT_EQ(saved->config.seed, UINT64_MAX);
  EXPECT_EQ(saved->config.fineTuneLayers, std::vector<std::string>{"conv2"});
  EXPECT_EQ(saved->config.dataFolder, "/somewhere");
  EXPECT_EQ(saved->config.logDirectory, run.logDirectory.string());
  EXPECT_EQ(saved->config.runName, "run");
  EXPECT_FALSE(saved->finished);
  EXPECT_TRUE(saved->endedCleanly);
  EXPECT_TRUE(saved->modelFile.empty());

  std::ofstream(run.modelFile()) << "x";
  ASSERT_TRUE(writeRunSettings(run, config, RunState::kFinished));
  const auto finished = readSavedRun(run.path().string() + "/");
  ASSERT_TRUE(finished);
  EXPECT_TRUE(finished->finished);
  EXPECT_EQ(finished->modelFile, run.modelFile().string());
}

TEST(SavedRun, TellsThatARunDiverged) {
  const TemporaryFolder folder;
  const RunFolder run = *makeRunFolder(folder.path(), "run");
  ASSERT_TRUE(writeRunSettings(run, {}, RunState::kDiverged));
  const auto saved = readSavedRun(run.path().string());
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_TRUE(saved->diverged);
  EXPECT_FALSE(saved->finished);
  EXPECT_TRUE(saved->endedCleanly);
}

TEST(SavedRun, KnowsWhenItsProcessDied) {
  const TemporaryFolder folder;
  const RunFolder run = *makeRunFolder(folder.path(), "run");
  ASSERT_TRUE(writeRunSettings(run, {}, RunState::kRunning));
  EXPECT_TRUE(readSavedRun(run.path().string())->running);
  EXPECT_TRUE(readSavedRun(run.path().string())->endedCleanly);

  const pid_t child = fork();
  if (child == 0) _exit(writeRunSettings(run, {}, RunState::kRunning) ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  EXPECT_FALSE(readSavedRun(run.path().string())->running);
  EXPECT_FALSE(readSavedRun(run.path().string())->endedCleanly);
}

TEST(SavedRun, TellsForeignFoldersFromDamagedOnes) {
  const TemporaryFolder folder;
  EXPECT_EQ(readSavedRun(folder.path().string()).error().code, eventio::ErrorCode::kNotFound);
  for (const char* text : {"", "{", "[1]", "{\"format\": 3}", "{\"format\": \"TrainDeck run 1\"}",
                           "{\"format\": \"TrainDeck run 1\", \"state\": 4, \"settings\": {}}"}) {
    std::ofstream(folder / "traindeck.json") << text;
    const auto saved = readSavedRun(folder.path().string());
    ASSERT_FALSE(saved) << text;
    EXPECT_EQ(saved.error().code, eventio::ErrorCode::kCorrupt) << text;
  }
}

TEST(ProcessIdentity, IsNotThatOfAnotherProcessWithTheSameNumber) {
  const std::string own = ownProcessIdentity();
  EXPECT_TRUE(processRuns(own));
  std::istringstream parts(own);
  std::string pid;
  std::string start;
  std::string boot;
  parts >> pid >> start >> boot;
  EXPECT_FALSE(processRuns(pid + " 1 " + boot));
  EXPECT_FALSE(processRuns(pid + " " + start + " another-boot"));
  EXPECT_FALSE(processRuns(""));
  EXPECT_FALSE(processRuns("../../etc 1 2"));
}

}  // namespace
