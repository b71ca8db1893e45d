// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <regex>

#include "app/cli/commands.h"
#include "eventio/sources/load_runs.h"
#include "tests/support/temporary_folder.h"
#include "tests/training/idx_files.h"

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

TEST_F(TrainCommand, ClosesWithItsSixLines) {
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
                                            run +
                                            "/model.safetensors\n"
                                            "best model: " +
                                            run + "/model-best.safetensors\n")))
      << m_output;
  EXPECT_TRUE(std::filesystem::exists(run + "/model.safetensors"));
}

TEST_F(TrainCommand, PrintsALineForEachEpoch) {
  ASSERT_EQ(run(), 0) << m_errors;
  const std::string numbers =
      ": loss [0-9.]+, accuracy [01]\\.[0-9]{4}, test accuracy [01]\\.[0-9]{4}, [1-9][0-9]* "
      "samples/s\n";
  EXPECT_TRUE(
      std::regex_match(m_errors, std::regex("training epoch 1" + numbers + "training epoch 2" +
                                            numbers + "fine-tuning epoch 1" + numbers)))
      << m_errors;
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
  ASSERT_TRUE(loaded) << loaded.error().message.english();
  const auto& runs = loaded->runs;
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0]->name(), "conv_net");
  EXPECT_EQ(runs[0]->scalars("Training Loss").size(), 2U);
  EXPECT_EQ(runs[0]->scalars("Training Accuracy").size(), 2U);
  EXPECT_EQ(runs[0]->scalars("Fine-tuning Loss").size(), 1U);
  EXPECT_EQ(runs[0]->scalars("Fine-tuning Accuracy").size(), 1U);
  EXPECT_EQ(runs[0]->scalars("train/loss").size(), 30U);  // 3 epochs of 320 / 32 steps
}

TEST_F(TrainCommand, SaysThatASettingHasNoEffectInTheRun) {
  m_options.quiet = true;
  m_options.given = {"beta1", "momentum", "fineTuneLayers", "tolerance"};
  m_options.config.fineTuneEpochs = 0;
  m_options.config.fineTuneLayers = {"fc9"};
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(m_errors,
            "traindeck: --beta1 has no effect in this run; it goes with Adam and AdamW\n"
            "traindeck: --fine-tune-layers has no effect in this run; it goes with fine-tuning of "
            "at least one epoch\n"
            "traindeck: --tolerance has no effect in this run; it goes with the task regression\n");
}

TEST_F(TrainCommand, RegressionTakesWholeNumbersOfATable) {
  std::string table = "a,b,target\n";
  for (int i = 0; i < 60; ++i) {
    table += std::to_string(i % 7) + "," + std::to_string(i % 5) + "," + std::to_string(i % 3 - 1) +
             "\n";
  }
  std::ofstream(m_folder / "t.csv") << table;
  m_options.config.dataFolder = (m_folder / "t.csv").string();
  m_options.config.model = "mlp";
  m_options.config.task = "regression";
  m_options.config.fineTuneLayers = {"fc3"};
  EXPECT_EQ(run(), 0) << m_errors;
  EXPECT_THAT(m_output, HasSubstr("test RMSE after training: "));
}

TEST_F(TrainCommand, RefusesALayerThatIsNotThere) {
  m_options.config.fineTuneLayers = {"fc9"};
  EXPECT_EQ(run(), 2);
  EXPECT_THAT(m_errors, HasSubstr("fc9"));
  EXPECT_EQ(std::count(m_errors.begin(), m_errors.end(), '\n'), 1) << m_errors;
}

TEST_F(TrainCommand, TakesTheFormatOfTheDataAndListsThoseThereAre) {
  m_options.config.dataFormat = "parquet";
  EXPECT_EQ(run(), 2);
  EXPECT_THAT(m_errors,
              HasSubstr("--data-format: there is no 'parquet'; choose one of auto, idx, cifar, "
                        "npz, csv, images"));
  m_options.config.dataFormat = "npz";  // and the folder holds IDX files
  EXPECT_NE(run(), 0);
  m_options.config.dataFormat = "idx";
  EXPECT_EQ(run(), 0) << m_errors;
}

TEST_F(TrainCommand, RefusesADeviceThatIsNotThere) {
  m_options.config.device = "abacus";
  EXPECT_EQ(run(), 2);
  EXPECT_THAT(m_errors, HasSubstr("abacus"));
}

TEST_F(TrainCommand, StopsAtANonFiniteLossWhereNobodyCanBeAsked) {
  m_options.config.learningRate = 1e30;
  m_options.quiet = true;
  EXPECT_EQ(run(), 1);
  EXPECT_TRUE(std::regex_search(m_errors, std::regex("not finite at step [0-9]+: ."))) << m_errors;
  EXPECT_THAT(m_errors, testing::Not(HasSubstr("?")));
  EXPECT_TRUE(std::filesystem::exists(m_folder / "runs/conv_net/model.safetensors"));
}

TEST_F(TrainCommand, AnswersNonFiniteValuesAsConfigured) {
  m_options.config.learningRate = 1e30;
  m_options.quiet = true;
  m_options.onNonFinite = training::NonFiniteAnswer::kLowerRate;
  run();
  EXPECT_THAT(m_errors, HasSubstr("with a tenth of "));
  EXPECT_THAT(m_errors, testing::Not(HasSubstr("?")));
  m_options.onNonFinite = training::NonFiniteAnswer::kGoOn;
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(m_errors, HasSubstr("; the batch is left out"));
  EXPECT_THAT(m_errors, testing::Not(HasSubstr("?")));
  // Step 0 makes weights that overflow: all others of the epoch's ten batches are left out.
  EXPECT_THAT(m_errors, HasSubstr("the run diverged: 9 of 10 batches of training epoch 1 were"));
  EXPECT_THAT(m_output, HasSubstr("\nbatches left out, not finite: 9 of 10\n"));
  EXPECT_THAT(m_output, HasSubstr(" --lr 1e+29 --on-non-finite skip\n"));
}

TEST_F(TrainCommand, GoesBackToStepZeroWhereNoStateIsGood) {
  m_options.config.learningRate = 1e4;
  m_options.config.fineTuneEpochs = 0;
  m_options.onNonFinite = training::NonFiniteAnswer::kLowerRate;
  run();
  EXPECT_THAT(m_errors, HasSubstr("; goes on with a tenth of the learning rate"));
  EXPECT_THAT(m_errors, HasSubstr("; goes back to step 0 with a tenth of its learning rate"));
  EXPECT_THAT(m_errors, testing::Not(HasSubstr("given up")));
  const auto loaded = eventio::loadRuns(m_folder / "runs");
  ASSERT_TRUE(loaded);
  const auto rates = loaded->runs.at(0)->scalars("train/learning_rate");
  ASSERT_EQ(rates.size(), 20U);
  EXPECT_LT(rates.value(0), 1e4);
  EXPECT_TRUE(loaded->runs[0]->hparams().has_value());
}

TEST_F(TrainCommand, GivesUpAfterTwentyAnswersInARow) {
  m_options.config.learningRate = 1e30;
  m_options.onNonFinite = training::NonFiniteAnswer::kLowerRate;
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(m_errors, HasSubstr("; given up after 20 answers in a row"));
}

TEST_F(TrainCommand, SuggestsATenthOfTheRateOfThePhaseThatDiverged) {
  m_options.config.fineTuneLearningRate = 1e25;
  m_options.quiet = true;
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(m_output, HasSubstr(" --lr 1e+24\n"));
  // Continued with the defaults of the command line, as `train --continue RUN --lr 1e20` does it.
  app::TrainOptions again;
  again.quiet = true;
  again.config.continueRun = (m_folder / "runs/conv_net").string();
  again.config.learningRate = 1e20;
  again.config.changes.set("learningRate", 1e20);
  m_options = again;
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(m_output, HasSubstr(" --lr 1e+19\n"));
}

TEST_F(TrainCommand, SaysHowToContinueARunThatDiverged) {
  m_options.config.learningRate = 1e30;
  m_options.quiet = true;
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(m_output, HasSubstr("\ncontinue: traindeck train --continue " +
                                  (m_folder / "runs/conv_net").string() + " --lr 1e+29\n"));
}

/// The program, beside this test, on a terminal of its own.
class OnTerminal {
 public:
  explicit OnTerminal(std::vector<std::string> arguments) {
    const auto program =
        std::filesystem::read_symlink("/proc/self/exe").parent_path() / "traindeck";
    arguments.insert(arguments.begin(), program.string());
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    m_child = forkpty(&m_terminal, nullptr, nullptr, nullptr);
    if (m_child != 0) return;
    execv(argv[0], argv.data());
    _exit(127);
  }
  ~OnTerminal() { close(m_terminal); }

  /// Reads on until `text` has appeared once more, or the program is at its end.
  bool waitFor(const std::string& text) {
    const std::size_t from = m_seen.size();
    std::array<char, 1024> buffer{};
    while (m_seen.find(text, from) == std::string::npos) {
      const ssize_t count = read(m_terminal, buffer.data(), buffer.size());
      if (count <= 0) return false;
      m_seen.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return true;
  }
  void type(const std::string& text) const {
    ASSERT_EQ(write(m_terminal, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  /// Exit status, or minus the signal that ended it, after all output was read.
  int finish() {
    waitFor("\x1a never said");
    int status = 0;
    waitpid(m_child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  [[nodiscard]] const std::string& seen() const { return m_seen; }

 private:
  int m_terminal = -1;
  pid_t m_child = -1;
  std::string m_seen;
};

TEST_F(TrainCommand, AsksOnATerminalWhatToDoAboutANonFiniteLoss) {
  OnTerminal program({"train", "--data", m_options.config.dataFolder, "--logdir",
                      m_options.config.logDirectory, "--lr", "1e30", "--epochs", "20",
                      "--fine-tune-epochs", "0", "--batch-size", "2"});
  ASSERT_TRUE(program.waitFor("to 1e+29 and go on, or [s]top? ")) << program.seen();
  EXPECT_TRUE(std::regex_search(
      program.seen(), std::regex("Step [0-9]+: (the loss is (NaN|infinite)|\\w+ of \\w+[.\\w]* )")))
      << program.seen();
  program.type("what\n");  // no answer: asked again
  ASSERT_TRUE(program.waitFor("to 1e+29 and go on")) << program.seen();
  program.type("l\n");
  ASSERT_TRUE(program.waitFor("to 1e+28 and go on")) << program.seen();
  program.type("g\n");
  ASSERT_TRUE(program.waitFor("to 1e+28 and go on")) << program.seen();
  program.type("s\n");
  EXPECT_EQ(program.finish(), 1);
  EXPECT_THAT(program.seen(), HasSubstr("not finite at step"));
  EXPECT_THAT(program.seen(), HasSubstr("model: "));
  EXPECT_THAT(program.seen(), HasSubstr(" stopped epoch 1/20 "));
  EXPECT_THAT(program.seen(), testing::Not(HasSubstr("preparing epoch")));
  EXPECT_THAT(program.seen(), testing::Not(HasSubstr("-nan")));
}

TEST_F(TrainCommand, AnInterruptAnswersTheQuestionWithStop) {
  OnTerminal program({"train", "--data", m_options.config.dataFolder, "--logdir",
                      m_options.config.logDirectory, "--lr", "1e30", "--fine-tune-epochs", "0",
                      "--batch-size", "32"});
  ASSERT_TRUE(program.waitFor("or [s]top? ")) << program.seen();
  program.type("\x03");
  EXPECT_EQ(program.finish(), -SIGINT);
  EXPECT_THAT(program.seen(), HasSubstr("not finite at step"));
  EXPECT_TRUE(std::filesystem::exists(m_folder / "runs/conv_net/model.safetensors"));
}

TEST_F(TrainCommand, FailsWithoutData) {
  m_options.config.dataFolder = (m_folder / "nothing").string();
  EXPECT_NE(run(), 0);
  EXPECT_THAT(m_errors, HasSubstr("nothing"));
}

}  // namespace
