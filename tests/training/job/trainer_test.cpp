// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <future>
#include <thread>

#include "eventio/media/image_encoder.h"
#include "idx_files.h"
#include "tests/support/english.h"
#include "tests/support/temporary_folder.h"

namespace {

using eventio::ErrorCode;
using eventio::RunStore;
using testing::HasSubstr;
using namespace training;

template <class Condition>
bool comesTrue(const Condition& condition) {
  for (int i = 0; i < 20'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

class TrainerTest : public testing::Test {
 protected:
  TrainerTest() {
    writeDataSet(m_folder / "digits", 320, 50);
    m_config.dataFolder = (m_folder / "digits").string();
    m_config.logDirectory = (m_folder / "runs").string();
    m_config.epochs = 2;
    m_config.fineTuneEpochs = 1;
    m_config.batchSize = 32;
    m_config.threads = 2;
  }
  [[nodiscard]] std::string runPath(const std::string& name) const {
    return (m_folder / "runs" / name).string();
  }

  TemporaryFolder m_folder;
  TrainingConfig m_config;
  std::shared_ptr<RunStore> m_store = std::make_shared<RunStore>();
};

TEST_F(TrainerTest, LoadsTheEngineOnce) {
  const auto engine = loadEngine();
  ASSERT_TRUE(engine) << engine.error().message.english();
  EXPECT_EQ((*engine)->info().devices.front(), "cpu");
  EXPECT_EQ(*loadEngine(), *engine);
}

TEST_F(TrainerTest, RunsFromStartToEnd) {
  Trainer trainer(m_store);
  std::promise<void> ended;
  trainer.onEnded([&ended] { ended.set_value(); });
  EXPECT_EQ(trainer.control().status().state, TrainerState::kIdle);
  ASSERT_TRUE(trainer.start(m_config));
  const auto outcome = trainer.wait();
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  EXPECT_EQ(ended.get_future().wait_for(std::chrono::seconds(5)), std::future_status::ready);
  EXPECT_FALSE(trainer.isRunning());
  const TrainerStatus status = trainer.control().status();
  EXPECT_EQ(status.state, TrainerState::kFinished);
  EXPECT_EQ(status.runName, "conv_net");
  EXPECT_EQ(status.runPath, runPath("conv_net"));
  EXPECT_EQ(status.dataName, "digits");
  EXPECT_EQ(status.step, 30);
  EXPECT_EQ(status.stepsInAll, 30);
  EXPECT_EQ(*status.metricAfterFineTuning, outcome->metricAfterFineTuning);
  EXPECT_EQ(trainer.loggingFailure().english(), "");
  EXPECT_GT(trainer.loggedBytes(), 1000U);
  EXPECT_EQ(outcome->modelFile, runPath("conv_net") + "/model.safetensors");
  EXPECT_TRUE(std::filesystem::exists(outcome->modelFile));

  const auto run = m_store->find((m_folder / "runs").string(), "conv_net");
  ASSERT_NE(run, nullptr);
  EXPECT_FALSE(run->isLive());
  EXPECT_EQ(run->scalars("train/loss").size(), 30U);
  EXPECT_EQ(run->scalars("Training Loss").size(), 2U);
  const auto saved = readSavedRun(runPath("conv_net"));
  ASSERT_TRUE(saved);
  EXPECT_TRUE(saved->finished);
  EXPECT_TRUE(saved->endedCleanly);
  EXPECT_EQ(saved->config.batchSize, 32);
}

TEST_F(TrainerTest, ASecondRunGetsANameOfItsOwn) {
  m_config.epochs = 1;
  m_config.fineTuneEpochs = 0;
  Trainer trainer(nullptr);
  for (const char* name : {"conv_net", "conv_net-2"}) {
    ASSERT_TRUE(trainer.start(m_config));
    ASSERT_TRUE(trainer.wait());
    EXPECT_EQ(trainer.control().status().runName, name);
  }
}

TEST_F(TrainerTest, OnlyOneRunAtATime) {
  Trainer trainer(m_store);
  ASSERT_TRUE(trainer.start(m_config));
  trainer.control().pause();
  const auto second = trainer.start(m_config);
  trainer.control().stopNow();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kInvalidArgument);
  ASSERT_TRUE(trainer.wait());
}

TEST_F(TrainerTest, RefusesABadConfigurationAtOnce) {
  Trainer trainer(m_store);
  m_config.batchSize = 0;
  const auto started = trainer.start(m_config);
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message.english(), HasSubstr("batchSize"));
  EXPECT_FALSE(trainer.isRunning());
}

TEST_F(TrainerTest, FailsWithAReasonAndLeavesNoFolder) {
  Trainer trainer(m_store);
  m_config.dataFolder = (m_folder / "nothing").string();
  ASSERT_TRUE(trainer.start(m_config));
  const auto outcome = trainer.wait();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(trainer.control().status().state, TrainerState::kFailed);
  EXPECT_THAT(trainer.control().status().message.english(), HasSubstr("nothing"));
  EXPECT_FALSE(std::filesystem::exists(runPath("conv_net")));
}

TEST_F(TrainerTest, AValidationSetThatIsNotThereIsRefused) {
  Trainer trainer(m_store);
  m_config.validateOn = "validation";
  ASSERT_TRUE(trainer.start(m_config));
  ASSERT_FALSE(trainer.wait());
  EXPECT_THAT(trainer.control().status().message.english(), HasSubstr("have no validation set"));
  EXPECT_FALSE(std::filesystem::exists(runPath("conv_net")));
}

TEST_F(TrainerTest, DataWithoutAWholeBatchAreRefusedWhereTheLastIsDropped) {
  Trainer trainer(m_store);
  m_config.dropLast = true;
  m_config.batchSize = 100'000;
  ASSERT_TRUE(trainer.start(m_config));
  ASSERT_FALSE(trainer.wait());
  EXPECT_THAT(trainer.control().status().message.english(), HasSubstr("choose a smaller batch"));
  EXPECT_FALSE(std::filesystem::exists(runPath("conv_net")));
}

TEST_F(TrainerTest, StopsAndGoesOnInTheSameFolder) {
  m_config.epochs = 3;
  {
    Trainer whole(nullptr);
    m_config.runName = "whole";
    ASSERT_TRUE(whole.start(m_config));
    ASSERT_TRUE(whole.wait());
  }
  m_config.runName = "broken";
  {
    Trainer trainer(nullptr);
    ASSERT_TRUE(trainer.start(m_config));
    trainer.control().pause();
    ASSERT_TRUE(
        comesTrue([&] { return trainer.control().status().state == TrainerState::kPaused; }));
    while (trainer.control().status().step < 13) {
      const std::int64_t step = trainer.control().status().step;
      trainer.control().stepOnce();
      ASSERT_TRUE(comesTrue([&] { return trainer.control().status().step > step; }));
    }
    trainer.control().stopNow();
    const auto outcome = trainer.wait();
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->stopped);
    EXPECT_EQ(trainer.control().status().state, TrainerState::kStopped);
    EXPECT_FALSE(readSavedRun(runPath("broken"))->finished);
    EXPECT_TRUE(readSavedRun(runPath("broken"))->endedCleanly);
  }
  Trainer trainer(m_store);
  TrainingConfig go;
  go.continueRun = runPath("broken");
  ASSERT_TRUE(trainer.start(go));
  const auto outcome = trainer.wait();
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  EXPECT_FALSE(outcome->stopped);
  EXPECT_TRUE(readSavedRun(runPath("broken"))->finished);
  const auto run = m_store->find((m_folder / "runs").string(), "broken");
  ASSERT_NE(run, nullptr);
  const eventio::ScalarView losses = run->scalars("train/loss");
  ASSERT_EQ(losses.size(), 27U);
  EXPECT_EQ(losses.step(0), 13);

  // The model is that of the run that was never stopped.
  const auto bytes = [](const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  const std::string model = bytes(runPath("whole") + "/model.safetensors");
  EXPECT_FALSE(model.empty());
  EXPECT_EQ(bytes(runPath("broken") + "/model.safetensors"), model);

  const auto again = trainer.start(go);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message.english(), HasSubstr("end"));
}

TEST_F(TrainerTest, GoesOnOnlyFromARun) {
  Trainer trainer(m_store);
  m_config.continueRun = (m_folder / "digits").string();
  const auto started = trainer.start(m_config);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::kNotFound);
}

TEST_F(TrainerTest, ItsEndStopsTheRun) {
  m_config.epochs = 100'000;
  {
    Trainer trainer(m_store);
    ASSERT_TRUE(trainer.start(m_config));
    ASSERT_TRUE(comesTrue([&] { return trainer.control().status().step > 0; }));
  }
  const auto saved = readSavedRun(runPath("conv_net"));
  ASSERT_TRUE(saved);
  EXPECT_FALSE(saved->finished);
  EXPECT_FALSE(saved->running);
  EXPECT_FALSE(saved->modelFile.empty());
}

TEST_F(TrainerTest, ReportsFilesThatAreNoPictures) {
  const auto pictures = m_folder / "pictures";
  const eventio::Image grey{28, 28, 1, std::vector<std::uint8_t>(28 * 28, 7)};
  for (const char* split : {"train", "test"}) {
    for (const char* name : {"a/1.png", "b/1.png"}) {
      const auto bytes = eventio::encodePng(grey);
      ASSERT_TRUE(bytes);
      writeFile(pictures / split / name, *bytes);
    }
  }
  ASSERT_EQ(::mkfifo((pictures / "train/a/2.png").c_str(), 0600), 0);
  m_config.dataFolder = pictures.string();
  m_config.epochs = 1;
  m_config.fineTuneEpochs = 0;
  Trainer trainer(nullptr);
  ASSERT_TRUE(trainer.start(m_config));
  const auto outcome = trainer.wait();
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  EXPECT_THAT(english(trainer.control().status().warnings),
              testing::ElementsAre(HasSubstr("pictures: 1 file is left out")));
}

}  // namespace
