// SPDX-License-Identifier: GPL-3.0-or-later
// What a run does about files of its folder that somebody removes or moves away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "idx_files.h"
#include "tests/support/english.h"
#include "tests/support/temporary_folder.h"
#include "training/job/resumption.h"
#include "training/job/run_lock.h"
#include "training/job/run_settings.h"
#include "training/job/trainer.h"

namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using namespace training;

class ChangedRunFolder : public testing::Test {
 protected:
  ChangedRunFolder() {
    writeDataSet(m_folder / "digits", 320, 50);
    m_config.dataFolder = (m_folder / "digits").string();
    m_config.logDirectory = (m_folder / "runs").string();
    m_config.epochs = 100'000;
    m_config.fineTuneEpochs = 0;
    m_config.batchSize = 32;
    m_config.threads = 1;
  }
  void startAndWaitForModel(Trainer& trainer) {
    ASSERT_TRUE(trainer.start(m_config));
    ASSERT_TRUE(eventually([&] { return fs::exists(m_run / "model.safetensors"); }));
  }
  /// The run stands between two steps, so that nothing is saved.
  static void pause(Trainer& trainer) {
    trainer.control().pause();
    ASSERT_TRUE(
        eventually([&] { return trainer.control().status().state == TrainerState::kPaused; }));
  }
  void trainOnToNextModel(Trainer& trainer) {
    trainer.control().resume();
    ASSERT_TRUE(eventually([&] { return fs::exists(m_run / "model.safetensors"); }));
  }

  void trainAndStop() {
    Trainer trainer(nullptr);
    startAndWaitForModel(trainer);
    trainer.control().stopNow();
    ASSERT_TRUE(trainer.wait());
  }
  std::vector<std::string> warningsOfContinuing() {
    m_config.continueRun = m_run.string();
    Trainer trainer(nullptr);
    EXPECT_TRUE(trainer.start(m_config));
    EXPECT_TRUE(eventually([&] { return !trainer.control().status().warnings.empty(); }));
    return english(trainer.control().status().warnings);
  }
  static std::string contentOf(const fs::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  TemporaryFolder m_folder;
  fs::path m_run = m_folder / "runs/conv_net";
  TrainingConfig m_config;
};

TEST_F(ChangedRunFolder, ARemovedFolderCanBeContinuedAfterTheNextSave) {
  Trainer trainer(nullptr);
  startAndWaitForModel(trainer);
  pause(trainer);
  fs::remove_all(m_run);
  trainOnToNextModel(trainer);
  EXPECT_TRUE(RunLock::isHeld(m_run));
  EXPECT_TRUE(fs::exists(m_run / "run.lock"));
  const auto saved = readSavedRun(m_run.string());
  ASSERT_TRUE(saved) << saved.error().message.english();
  EXPECT_TRUE(saved->running);
  EXPECT_TRUE(checkContinuable(m_run.string()));
  trainer.control().stopNow();
  const auto outcome = trainer.wait();
  ASSERT_TRUE(outcome);
  EXPECT_THAT(outcome->logFailure.english(), HasSubstr("was removed"));
  EXPECT_EQ(outcome->modelFile, (m_run / "model.safetensors").string());
}

TEST_F(ChangedRunFolder, AMovedOneIsMadeAgainAndTheOldOneGivenFree) {
  Trainer trainer(nullptr);
  startAndWaitForModel(trainer);
  pause(trainer);
  fs::rename(m_run, m_folder / "moved");
  trainOnToNextModel(trainer);
  EXPECT_TRUE(RunLock::isHeld(m_run));
  EXPECT_FALSE(RunLock::isHeld(m_folder / "moved"));
  EXPECT_TRUE(checkContinuable(m_run.string()));
  EXPECT_TRUE(checkContinuable((m_folder / "moved").string()));
}

TEST_F(ChangedRunFolder, SettingsThatCannotBePutBackAreReportedOnce) {
  Trainer trainer(nullptr);
  startAndWaitForModel(trainer);
  pause(trainer);
  fs::remove(m_run / "run.json");
  fs::create_directory(m_run / "run.json");
  fs::remove(m_run / "model.safetensors");
  trainOnToNextModel(trainer);
  ASSERT_TRUE(eventually([&] { return trainer.control().status().epoch > 10; }));
  EXPECT_THAT(english(trainer.control().status().warnings),
              testing::ElementsAre(HasSubstr("run.json")));
  EXPECT_FALSE(checkContinuable(m_run.string()));
}

TEST_F(ChangedRunFolder, FilesRemovedAfterTheLastSaveAreWrittenAtTheEnd) {
  Trainer trainer(nullptr);
  ASSERT_TRUE(trainer.start(m_config));
  pause(trainer);
  const auto step = [&] { return trainer.control().status().step; };
  while (step() == 0 || step() % 10 != 0) {  // where an epoch ends
    const std::int64_t before = step();
    trainer.control().stepOnce();
    ASSERT_TRUE(eventually([&] { return step() > before; }));
  }
  pause(trainer);
  fs::remove_all(m_run);
  trainer.control().stopNow();
  ASSERT_TRUE(trainer.wait());
  EXPECT_TRUE(fs::exists(m_run / "model.safetensors"));
  EXPECT_TRUE(checkContinuable(m_run.string()));
}

TEST_F(ChangedRunFolder, AMissingLastStateIsReportedWhenTheRunGoesOn) {
  trainAndStop();
  fs::remove(m_run / "checkpoints/last.safetensors");
  EXPECT_THAT(warningsOfContinuing(),
              Contains(testing::AllOf(HasSubstr("last.safetensors: is missing; the run goes on "),
                                      HasSubstr("the newest good state"))));
}

TEST_F(ChangedRunFolder, ADamagedBestStateBesideAWholeLastOneCostsNoPoints) {
  trainAndStop();
  fs::resize_file(m_run / "checkpoints/best.safetensors", 100);
  EXPECT_THAT(warningsOfContinuing(),
              testing::ElementsAre(testing::AllOf(HasSubstr("best.safetensors"),
                                                  HasSubstr("goes on from its last state"),
                                                  testing::Not(HasSubstr("dropped")))));
}

TEST_F(ChangedRunFolder, ASettingThatSomebodyChangedIsReportedWhenTheRunGoesOn) {
  m_config.labelSmoothing = 0.1;
  trainAndStop();
  std::string text = contentOf(m_run / "run.json");
  const std::string before = "\"label_smoothing\": 0.1";
  ASSERT_NE(text.find(before), std::string::npos) << text;
  text.replace(text.find(before), before.size(), "\"label_smoothing\": 0.2");
  std::ofstream(m_run / "run.json") << text;
  EXPECT_THAT(warningsOfContinuing(), testing::ElementsAre(HasSubstr("run.json was changed")));
}

TEST_F(ChangedRunFolder, SettingsThatAreLaidOutAnewAreTheSame) {
  trainAndStop();
  std::string text = contentOf(m_run / "run.json");
  std::erase(text, '\n');
  std::ofstream(m_run / "run.json") << text;
  const auto saved = readSavedRun(m_run.string());
  ASSERT_TRUE(saved) << saved.error().message.english();
  EXPECT_FALSE(saved->changedByOthers);
}

TEST_F(ChangedRunFolder, TheReasonOfAStopStandsInTheLog) {
  const auto store = std::make_shared<eventio::RunStore>();
  Trainer trainer(store);
  startAndWaitForModel(trainer);
  trainer.stopBecause("the display was lost");
  ASSERT_TRUE(trainer.wait());
  const auto run = store->find((m_folder / "runs").string(), "conv_net");
  ASSERT_NE(run, nullptr);
  const auto texts = run->texts("traindeck/phases/text_summary");
  ASSERT_FALSE(texts.empty());
  EXPECT_EQ(texts.back().value, std::vector<std::string>{"stopped: the display was lost"});
}

}  // namespace
