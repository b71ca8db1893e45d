// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>

#include "app/commands.h"
#include "eventio/load_runs.h"
#include "tests/training/idx_files.h"
#include "tests/training/temporary_folder.h"

namespace {

using testing::HasSubstr;
using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;

class TrainCommand : public testing::Test {
 protected:
  TrainCommand() {
    writeDataSet(m_folder / "digits", 320, 50);
    m_options.config.dataFolder = (m_folder / "digits").string();
    m_options.config.logDirectory = (m_folder / "runs").string();
    m_options.config.epochs = 2;
    m_options.config.fineTuneEpochs = 1;
    m_options.config.batchSize = 32;
  }

  int run() {
    CaptureStdout();
    CaptureStderr();
    const int status = app::runTrain(m_options);
    m_output = GetCapturedStdout();
    m_errors = GetCapturedStderr();
    return status;
  }

  TemporaryFolder m_folder;
  app::TrainOptions m_options;
  std::string m_output;
  std::string m_errors;
};

TEST_F(TrainCommand, ClosesWithItsFiveLines) {
  ASSERT_EQ(run(), 0) << m_errors;
  const std::string run = (m_folder / "runs/conv_net").string();
  EXPECT_TRUE(
      std::regex_match(m_output, std::regex("test accuracy after training: [01]\\.[0-9]{4}\n"
                                            "test accuracy after fine-tuning: [01]\\.[0-9]{4}\n"
                                            "samples/s: [0-9]+\n"
                                            "log: " +
                                            run +
                                            "\n"
                                            "model: " +
                                            run + "/model.pt\n")))
      << m_output;
  EXPECT_TRUE(std::filesystem::exists(run + "/model.pt"));
}

TEST_F(TrainCommand, LeavesFineTuningOut) {
  m_options.config.fineTuneEpochs = 0;
  m_options.quiet = true;
  ASSERT_EQ(run(), 0) << m_errors;
  EXPECT_THAT(m_output, testing::Not(HasSubstr("fine-tuning")));
  EXPECT_EQ(m_errors, "");
}

TEST_F(TrainCommand, WritesTheScriptsTagsIntoItsRun) {
  ASSERT_EQ(run(), 0) << m_errors;
  const auto loaded = eventio::loadRuns(m_folder / "runs");
  ASSERT_TRUE(loaded) << loaded.error().message;
  const auto& runs = loaded->runs;
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0]->name(), "conv_net");
  EXPECT_EQ(runs[0]->scalars("Training Loss").size(), 2U);
  EXPECT_EQ(runs[0]->scalars("Training Accuracy").size(), 2U);
  EXPECT_EQ(runs[0]->scalars("Fine-tuning Loss").size(), 1U);
  EXPECT_EQ(runs[0]->scalars("Fine-tuning Accuracy").size(), 1U);
  EXPECT_EQ(runs[0]->scalars("train/loss").size(), 30U);  // 3 epochs of 320 / 32 steps
}

TEST_F(TrainCommand, RefusesALayerThatIsNotThere) {
  m_options.config.fineTuneLayers = {"fc9"};
  EXPECT_EQ(run(), 2);
  EXPECT_THAT(m_errors, HasSubstr("fc9"));
  EXPECT_EQ(std::count(m_errors.begin(), m_errors.end(), '\n'), 1) << m_errors;
}

TEST_F(TrainCommand, RefusesADeviceThatIsNotThere) {
  m_options.config.device = "abacus";
  EXPECT_EQ(run(), 2);
  EXPECT_THAT(m_errors, HasSubstr("abacus"));
}

TEST_F(TrainCommand, FailsWithoutData) {
  m_options.config.dataFolder = (m_folder / "nothing").string();
  EXPECT_NE(run(), 0);
  EXPECT_THAT(m_errors, HasSubstr("nothing"));
}

}  // namespace
