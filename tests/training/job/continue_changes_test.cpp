// SPDX-License-Identifier: GPL-3.0-or-later
// What a run that goes on takes over, what may change, and who may continue it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "idx_files.h"
#include "tests/support/english.h"
#include "tests/support/temporary_folder.h"
#include "training/compute/thread_count.h"
#include "training/job/run_lock.h"
#include "training/job/trainer.h"

namespace {

using eventio::ErrorCode;
using testing::AllOf;
using testing::HasSubstr;
using namespace training;

class ContinueChanged : public testing::Test {
 protected:
  ContinueChanged() {
    writeDataSet(m_folder / "digits", 320, 50);
    m_config.dataFolder = (m_folder / "digits").string();
    m_config.logDirectory = (m_folder / "runs").string();
    m_config.epochs = 2;
    m_config.fineTuneEpochs = 0;
    m_config.batchSize = 32;
    m_config.threads = 1;
    m_config.histogramInterval = 0;
  }

  [[nodiscard]] std::string runPath(const std::string& name = "conv_net") const {
    return (m_folder / "runs" / name).string();
  }
  void train() const {
    Trainer trainer(nullptr);
    ASSERT_TRUE(trainer.start(m_config));
    const auto outcome = trainer.wait();
    ASSERT_TRUE(outcome) << outcome.error().message.english();
  }
  /// Leaves a run that was stopped before its first step or soon after.
  void trainAndStop() const {
    Trainer trainer(nullptr);
    ASSERT_TRUE(trainer.start(m_config));
    trainer.control().pause();
    ASSERT_TRUE(
        eventually([&] { return trainer.control().status().state == TrainerState::kPaused; }));
    trainer.control().stopNow();
    ASSERT_TRUE(trainer.wait());
  }
  [[nodiscard]] eventio::Result<TrainingOutcome> goOn(
      const ContinueChanges& changes, const std::shared_ptr<eventio::RunStore>& store = nullptr) {
    TrainingConfig config;
    config.continueRun = runPath();
    config.changes = changes;
    Trainer trainer(store);
    if (const auto started = trainer.start(config); !started) {
      return tl::unexpected(started.error());
    }
    return trainer.wait();
  }
  [[nodiscard]] std::string settings() const { return readFile(runPath() + "/run.json"); }

  TemporaryFolder m_folder;
  TrainingConfig m_config;
};

TEST_F(ContinueChanged, OneAtATime) {
  trainAndStop();
  TrainingConfig config;
  config.continueRun = runPath();
  Trainer first(nullptr);
  ASSERT_TRUE(first.start(config));
  // Refused from the first moment, before the first one has read model or data.
  Trainer second(nullptr);
  const auto refused = second.start(config);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message.english(),
              AllOf(HasSubstr(runPath()), HasSubstr("being trained")));
  EXPECT_TRUE(RunLock::isHeld(runPath()));
  ASSERT_TRUE(first.wait());
  EXPECT_FALSE(RunLock::isHeld(runPath()));
  EXPECT_TRUE(readSavedRun(runPath())->finished);
}

TEST_F(ContinueChanged, TheBestModelIsWrittenAnewWhereItsFileIsNoLongerIt) {
  m_config.momentum = 0;
  train();
  const std::string file = runPath() + "/model-best.safetensors";
  const std::string best = readFile(file);
  writeFile(file, "something else");
  ContinueChanges changes;  // nothing better comes
  changes.set("epochs", std::int64_t{3});
  changes.set("learningRate", 1e-30);
  ASSERT_TRUE(goOn(changes));
  EXPECT_EQ(readFile(file), best);
}

TEST_F(ContinueChanged, ANewRunIsLockedToo) {
  Trainer trainer(nullptr);
  m_config.epochs = 100'000;
  ASSERT_TRUE(trainer.start(m_config));
  ASSERT_TRUE(eventually([&] { return trainer.control().status().step > 0; }));
  EXPECT_TRUE(readSavedRun(runPath())->running);
  EXPECT_FALSE(goOn({}));
  trainer.control().stopNow();
  ASSERT_TRUE(trainer.wait());
  EXPECT_FALSE(readSavedRun(runPath())->running);
}

TEST_F(ContinueChanged, TakesTheSameDataFromAnotherFolderAndNoOther) {
  trainAndStop();
  const std::string before = settings();
  // The same sizes, one label differs.
  std::filesystem::copy(m_folder / "digits", m_folder / "other");
  const auto labels = m_folder / "other/train-labels-idx1-ubyte";
  std::string bytes = readFile(labels);
  bytes.back() = bytes.back() == 1 ? 2 : 1;
  writeFile(labels, bytes);
  ContinueChanges changes;
  changes.set("dataFolder", (m_folder / "other").string());
  const auto refused = goOn(changes);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message.english(),
              AllOf(HasSubstr((m_folder / "other").string()), HasSubstr("other data"),
                    HasSubstr(readSavedRun(runPath())->config.dataFingerprint)));
  EXPECT_EQ(settings(), before);

  std::filesystem::rename(m_folder / "digits", m_folder / "moved");
  const auto gone = goOn({});
  ASSERT_FALSE(gone);
  EXPECT_THAT(gone.error().message.english(), HasSubstr("--data"));
  EXPECT_EQ(settings(), before);

  changes.set("dataFolder", (m_folder / "moved").string());
  const auto outcome = goOn(changes);
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  EXPECT_EQ(readSavedRun(runPath())->config.dataFolder, (m_folder / "moved").string());
}

TEST_F(ContinueChanged, ARateHoldsFromTheNextStepAndIsRecorded) {
  trainAndStop();
  ContinueChanges changes;
  changes.set("learningRate", 0.5);
  const auto store = std::make_shared<eventio::RunStore>();
  ASSERT_TRUE(goOn(changes, store));
  const auto run = store->find((m_folder / "runs").string(), "conv_net");
  ASSERT_NE(run, nullptr);
  const eventio::ScalarView rates = run->scalars("train/learning_rate");
  ASSERT_GT(rates.size(), 0U);
  EXPECT_EQ(rates.value(0), 0.5);
  const auto texts = run->texts("traindeck/changes/text_summary");
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_THAT(texts.front().value.front(), HasSubstr("0.01 → 0.5"));
  changes.set("learningRate", -1.0);
  EXPECT_EQ(goOn(changes).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(ContinueChanged, MoreEpochsEqualARunThatHadThemFromTheStart) {
  train();
  m_config.epochs = 3;
  m_config.runName = "whole";
  train();
  EXPECT_THAT(goOn({}).error().message.english(), HasSubstr("to its end"));
  ContinueChanges changes;
  changes.set("epochs", std::int64_t{1});
  EXPECT_THAT(goOn(changes).error().message.english(), HasSubstr("only get more"));
  changes.set("epochs", std::int64_t{3});
  const auto outcome = goOn(changes);
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  const std::string model = readFile(runPath() + "/model.safetensors");
  ASSERT_FALSE(model.empty());
  EXPECT_EQ(model, readFile(runPath("whole") + "/model.safetensors"));
  EXPECT_EQ(readSavedRun(runPath())->config.epochs, 3);
}

TEST_F(ContinueChanged, NoMoreEpochsOnceFineTuningHasBegun) {
  m_config.fineTuneEpochs = 1;
  train();
  const std::string before = settings();
  ContinueChanges changes;
  changes.set("epochs", std::int64_t{3});
  EXPECT_THAT(goOn(changes).error().message.english(), HasSubstr("has begun fine-tuning"));
  EXPECT_EQ(settings(), before);
}

TEST_F(ContinueChanged, TheThreadsReallyUsedAreStoredAndTakenAgain) {
  m_config.threads = 0;
  trainAndStop();
  EXPECT_EQ(readSavedRun(runPath())->config.threads, threadsFor(m_config));
  ContinueChanges changes;
  changes.set("threads", 3);
  ASSERT_TRUE(goOn(changes));
  EXPECT_EQ(readSavedRun(runPath())->config.threads, 3);
}

TEST_F(ContinueChanged, WarnsOfADamagedStateAndOfStepsThatTheLogLacks) {
  train();
  std::filesystem::resize_file(runPath() + "/checkpoints/last.safetensors", 10);
  for (const auto& entry : std::filesystem::directory_iterator(runPath())) {
    if (entry.path().filename().string().find("tfevents") != std::string::npos) {
      std::filesystem::remove(entry.path());
    }
  }
  TrainingConfig config;
  config.continueRun = runPath();
  config.changes.set("epochs", std::int64_t{3});
  Trainer trainer(nullptr);
  ASSERT_TRUE(trainer.start(config));
  const auto outcome = trainer.wait();
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  EXPECT_THAT(english(trainer.control().status().warnings),
              testing::ElementsAre(AllOf(HasSubstr("last.safetensors"), HasSubstr("from step")),
                                   HasSubstr("steps 0 to ")));
}

}  // namespace
