// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/another_value.h"
#include "training/settings/setting.h"

namespace {

using app::parseCommandLine;
using testing::ElementsAre;
using testing::HasSubstr;

app::Command parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "traindeck");
  return parseCommandLine(static_cast<int>(arguments.size()), arguments.data());
}

app::EarlyExit expectRefused(std::vector<const char*> arguments) {
  const app::Command command = parse(std::move(arguments));
  const auto* exit = std::get_if<app::EarlyExit>(&command);
  if (exit == nullptr) {
    ADD_FAILURE() << "was accepted";
    return {};
  }
  EXPECT_EQ(exit->status, 2);
  EXPECT_EQ(exit->output, "");
  EXPECT_EQ(std::count(exit->error.begin(), exit->error.end(), '\n'), 1) << exit->error;
  return *exit;
}

TEST(CommandLine, NothingOpensTheWindow) {
  const auto command = parse({});
  ASSERT_TRUE(std::holds_alternative<app::WindowOptions>(command));
  EXPECT_TRUE(std::get<app::WindowOptions>(command).logDirectories.empty());
}

TEST(CommandLine, FoldersOpenTheWindowOnThem) {
  const auto command = parse({"runs", "../old runs"});
  ASSERT_TRUE(std::holds_alternative<app::WindowOptions>(command));
  EXPECT_THAT(std::get<app::WindowOptions>(command).logDirectories,
              ElementsAre("runs", "../old runs"));
}

TEST(CommandLine, TrainWithoutOptionsIsTheReferenceJob) {
  const auto command = parse({"train"});
  ASSERT_TRUE(std::holds_alternative<app::TrainOptions>(command));
  const auto& config = std::get<app::TrainOptions>(command).config;
  EXPECT_EQ(config.epochs, 10);
  EXPECT_EQ(config.batchSize, 64);
  EXPECT_EQ(config.learningRate, 0.01);
  EXPECT_EQ(config.momentum, 0.9);
  EXPECT_EQ(config.fineTuneLearningRate, 0.001);
  EXPECT_EQ(config.logDirectory, "runs");
  EXPECT_EQ(config.runName, "conv_net");
}

TEST(CommandLine, RunAndFineTunedLayersAreNamedAfterTheModel) {
  const auto command = parse({"train", "--model", "mlp", "--hidden", "32,16,8"});
  ASSERT_TRUE(std::holds_alternative<app::TrainOptions>(command));
  const auto& options = std::get<app::TrainOptions>(command);
  EXPECT_EQ(options.config.runName, "mlp");
  EXPECT_THAT(options.config.fineTuneLayers, testing::ElementsAre("fc4"));
  EXPECT_THAT(options.given, testing::ElementsAre("model", "hidden"));
}

TEST(CommandLine, WidthsAreWholeNumbersWithCommasBetween) {
  for (const char* wrong : {"a,b", "10,,5", "10,", "", "1.5", "99999999999999999999"}) {
    EXPECT_THAT(expectRefused({"train", "--hidden", wrong}).error,
                testing::AllOf(HasSubstr("--hidden"), HasSubstr("is not a whole number")));
  }
}

TEST(CommandLine, AnUnknownOptionIsNamedWithTheOneThatWasMeant) {
  const std::string unknown = expectRefused({"train", "--optimizer", "adam"}).error;
  EXPECT_THAT(unknown, HasSubstr("no option --optimizer; did you mean --optimiser?"));
  EXPECT_THAT(expectRefused({"train", "--hist=5"}).error,
              HasSubstr("no option --hist; did you mean --histogram-interval?"));
  EXPECT_THAT(expectRefused({"inspect", "--jsn", "runs"}).error, HasSubstr("did you mean --json?"));
  const std::string strange = expectRefused({"train", "--quite-another-thing"}).error;
  EXPECT_THAT(strange, HasSubstr("no option --quite-another-thing"));
  EXPECT_THAT(strange, testing::Not(HasSubstr("did you mean")));
  EXPECT_THAT(expectRefused({"train", "more"}).error, HasSubstr("'more' is an argument too many"));
}

TEST(CommandLine, AnOptionTakesOneValue) {
  EXPECT_THAT(expectRefused({"train", "--lr", "0.1", "--lr", "0.2"}).error,
              HasSubstr("--lr is given 2 times; give it once"));
  EXPECT_THAT(expectRefused({"train", "--continue"}).error,
              HasSubstr("--continue needs a value, RUN"));
  EXPECT_THAT(expectRefused({"train", "--epochs", "3", "--lr"}).error,
              HasSubstr("--lr needs a value"));
}

TEST(CommandLine, TrainTakesEachOption) {
  const auto command = parse({"train",
                              "--data",
                              "d",
                              "--epochs",
                              "3",
                              "--batch-size",
                              "128",
                              "--lr",
                              "0.05",
                              "--momentum",
                              "0.5",
                              "--seed",
                              "7",
                              "--fine-tune-epochs",
                              "0",
                              "--fine-tune-lr",
                              "1e-4",
                              "--quiet",
                              "--fine-tune-layers",
                              "conv2,fc2",
                              "--threads",
                              "1",
                              "--device",
                              "cuda",
                              "--logdir",
                              "logs",
                              "--name",
                              "a run"});
  ASSERT_TRUE(std::holds_alternative<app::TrainOptions>(command));
  const auto& options = std::get<app::TrainOptions>(command);
  EXPECT_TRUE(options.quiet);
  EXPECT_EQ(options.config.dataFolder, "d");
  EXPECT_EQ(options.config.epochs, 3);
  EXPECT_EQ(options.config.batchSize, 128);
  EXPECT_EQ(options.config.learningRate, 0.05);
  EXPECT_EQ(options.config.momentum, 0.5);
  EXPECT_EQ(options.config.seed, 7U);
  EXPECT_EQ(options.config.fineTuneEpochs, 0);
  EXPECT_EQ(options.config.fineTuneLearningRate, 1e-4);
  EXPECT_THAT(options.config.fineTuneLayers, ElementsAre("conv2", "fc2"));
  EXPECT_EQ(options.config.threads, 1);
  EXPECT_EQ(options.config.device, "cuda");
  EXPECT_EQ(options.config.logDirectory, "logs");
  EXPECT_EQ(options.config.runName, "a run");
}

TEST(CommandLine, WrongArgumentsGetOneLineAndStatusTwo) {
  EXPECT_THAT(expectRefused({"--bogus"}).error, HasSubstr("--bogus"));
  EXPECT_THAT(expectRefused({"train", "--bogus"}).error, HasSubstr("--bogus"));
  EXPECT_THAT(expectRefused({"train", "--epochs", "0"}).error, HasSubstr("at least 1"));
  EXPECT_THAT(expectRefused({"train", "--epochs", "1.5"}).error, HasSubstr("1.5"));
  EXPECT_THAT(expectRefused({"train", "--epochs", "99999999999999999999"}).error,
              HasSubstr("out of range"));
  EXPECT_THAT(expectRefused({"train", "--fine-tune-epochs=-1"}).error, HasSubstr("at least 0"));
  EXPECT_THAT(expectRefused({"train", "--lr", "fast"}).error, HasSubstr("fast"));
  EXPECT_THAT(expectRefused({"train", "--lr", "nan"}).error, HasSubstr("finite"));
  EXPECT_THAT(expectRefused({"train", "--seed", "-1"}).error, HasSubstr("--seed"));
  EXPECT_THAT(expectRefused({"train", "--epochs"}).error, HasSubstr("--epochs"));
  EXPECT_THAT(expectRefused({"inspect"}).error, HasSubstr("LOGDIR"));
  EXPECT_THAT(expectRefused({"inspect", "a", "b"}).error, HasSubstr("b"));
  EXPECT_THAT(expectRefused({"export", "a", "-o", ""}).error, HasSubstr("name is empty"));
  EXPECT_THAT(expectRefused({"export", "a", "--media", ""}).error, HasSubstr("name is empty"));
  EXPECT_THAT(expectRefused({"export", ""}).error, HasSubstr("name is empty"));
  EXPECT_THAT(expectRefused({"inspect", ""}).error, HasSubstr("name is empty"));
  EXPECT_THAT(expectRefused({"export", "a", "--run", "("}).error, HasSubstr("regular expression"));
  EXPECT_THAT(expectRefused({"export", "a", "--tag", "["}).error, HasSubstr("regular expression"));
  EXPECT_THAT(expectRefused({"export", "a", "--kind", "video"}).error, HasSubstr("video"));
  EXPECT_THAT(expectRefused({"export", "a", "--format", "xml"}).error, HasSubstr("xml"));
}

TEST(CommandLine, TrainTakesEverySettingOfTheTable) {
  for (const training::Setting& setting : training::settingsTable()) {
    const training::TrainingConfig defaults;
    training::SettingValue value = anotherValue(setting.valueIn(defaults));
    if (setting.editor == training::Setting::Editor::kLayers) {
      value = std::vector<std::string>{"conv1", "fc1"};
    }
    const std::string text = training::settingText(value);
    const auto command = std::holds_alternative<bool>(value)
                             ? parse({"train", setting.option})
                             : parse({"train", setting.option, text.c_str()});
    ASSERT_TRUE(std::holds_alternative<app::TrainOptions>(command)) << setting.option;
    const auto& config = std::get<app::TrainOptions>(command).config;
    EXPECT_EQ(setting.valueIn(config), value) << setting.option;
    for (const training::Setting& other : training::settingsTable()) {
      if (&other == &setting) continue;
      EXPECT_EQ(other.valueIn(config), other.valueIn(defaults)) << setting.option;
    }
  }
}

TEST(CommandLine, HelpNamesEverySettingWithItsDefault) {
  const auto command = parse({"train", "--help"});
  const std::string help = std::get<app::EarlyExit>(command).output;
  for (const training::Setting& setting : training::settingsTable()) {
    EXPECT_THAT(help, HasSubstr(setting.option));
    const auto value = setting.valueIn(training::TrainingConfig{});
    if (std::holds_alternative<bool>(value)) continue;
    // CLI11 writes "=default" or " [default]", by its version.
    const std::string option = std::string(setting.option) + " " + setting.placeholder;
    const std::string text = setting.shownDefault();
    EXPECT_THAT(help, testing::AnyOf(HasSubstr(option + "=" + text),
                                     HasSubstr(option + " [" + text + "]")));
  }
}

TEST(CommandLine, ContinueTakesJustTheSettingsThatMayChange) {
  for (const training::Setting& setting : training::settingsTable()) {
    const auto value = setting.valueIn(training::TrainingConfig{});
    const std::string text = training::settingText(value);
    const auto command =
        std::holds_alternative<bool>(value)
            ? parse({"train", "--continue", "runs/a", setting.option})
            : parse({"train", "--continue", "runs/a", setting.option, text.c_str()});
    const bool fixed = setting.onContinue == training::Setting::OnContinue::kFixed;
    if (fixed) {
      ASSERT_TRUE(std::holds_alternative<app::EarlyExit>(command)) << setting.option;
      EXPECT_THAT(std::get<app::EarlyExit>(command).error, HasSubstr(setting.option));
      continue;
    }
    ASSERT_TRUE(std::holds_alternative<app::TrainOptions>(command)) << setting.option;
    const auto& changes = std::get<app::TrainOptions>(command).config.changes;
    EXPECT_EQ(changes.values(), (decltype(changes.values()){{setting.name, value}}));
  }
}

TEST(CommandLine, ContinueRefusesOptionsThatWouldDoNothing) {
  for (const char* option :
       {"--batch-size=8", "--seed=3", "--name=x", "--logdir=x", "--fine-tune-epochs=1",
        "--fine-tune-lr=1", "--fine-tune-layers=fc1"}) {
    const std::string name = std::string(option).substr(0, std::string(option).find('='));
    EXPECT_THAT(expectRefused({"train", "--continue", "runs/a", option}).error, HasSubstr(name));
  }
  EXPECT_THAT(expectRefused({"train", "--continue", ""}).error, HasSubstr("--continue"));
  EXPECT_THAT(expectRefused({"train", "--continue="}).error, HasSubstr("--continue"));
}

TEST(CommandLine, ContinueTakesWhatMayChange) {
  const auto plain = parse({"train", "--continue", "runs/a", "--quiet"});
  ASSERT_TRUE(std::holds_alternative<app::TrainOptions>(plain));
  const auto& kept = std::get<app::TrainOptions>(plain).config;
  EXPECT_EQ(kept.continueRun, "runs/a");
  EXPECT_TRUE(kept.changes.values().empty());

  const auto command =
      parse({"train", "--continue", "runs/a", "--data", "d", "--device", "cuda", "--threads", "3",
             "--epochs", "20", "--lr", "0.1", "--momentum", "0.5", "--on-non-finite", "lower"});
  ASSERT_TRUE(std::holds_alternative<app::TrainOptions>(command));
  const auto& options = std::get<app::TrainOptions>(command);
  EXPECT_EQ(options.config.changes.get<std::string>("dataFolder"), "d");
  EXPECT_EQ(options.config.changes.get<std::string>("device"), "cuda");
  EXPECT_EQ(options.config.changes.get<int>("threads"), 3);
  EXPECT_EQ(options.config.changes.get<std::int64_t>("epochs"), 20);
  EXPECT_EQ(options.config.changes.get<double>("learningRate"), 0.1);
  EXPECT_EQ(options.config.changes.get<double>("momentum"), 0.5);
  EXPECT_EQ(options.onNonFinite, training::NonFiniteAnswer::kLowerRate);
}

TEST(CommandLine, TrainTakesAnAnswerToNonFiniteValues) {
  const auto answer = [](const char* word) {
    const auto command = parse({"train", "--on-non-finite", word});
    return std::get<app::TrainOptions>(command).onNonFinite;
  };
  EXPECT_EQ(answer("stop"), training::NonFiniteAnswer::kStop);
  EXPECT_EQ(answer("skip"), training::NonFiniteAnswer::kGoOn);
  EXPECT_EQ(std::get<app::TrainOptions>(parse({"train"})).onNonFinite, std::nullopt);
  EXPECT_THAT(expectRefused({"train", "--on-non-finite", "pray"}).error, HasSubstr("pray"));
}

TEST(CommandLine, ExportTakesEachOption) {
  const auto command =
      parse({"export", "logs", "--run", "lr.*", "--tag", "loss", "--kind", "histogram", "--format",
             "csv", "-o", "out.csv", "--media", "pictures"});
  ASSERT_TRUE(std::holds_alternative<app::ExportOptions>(command));
  const auto& options = std::get<app::ExportOptions>(command);
  EXPECT_EQ(options.path, "logs");
  EXPECT_EQ(options.runPattern, "lr.*");
  EXPECT_EQ(options.tagPattern, "loss");
  EXPECT_EQ(options.kind, "histogram");
  EXPECT_EQ(options.format, app::ExportOptions::Format::kCsv);
  EXPECT_EQ(options.outputFile, "out.csv");
  EXPECT_EQ(options.mediaFolder, "pictures");
  for (const char* kind : {"scalar", "histogram", "text", "hparam", "image", "audio", "pr_curve",
                           "mesh", "layout", "graph", "embedding", "other"}) {
    const auto one = parse({"export", "logs", "--kind", kind});
    ASSERT_TRUE(std::holds_alternative<app::ExportOptions>(one)) << kind;
    EXPECT_EQ(std::get<app::ExportOptions>(one).kind, kind);
  }
}

TEST(CommandLine, HelpExplainsEachSubcommand) {
  for (const char* subcommand : {"train", "inspect", "export"}) {
    const auto command = parse({subcommand, "--help"});
    ASSERT_TRUE(std::holds_alternative<app::EarlyExit>(command));
    EXPECT_EQ(std::get<app::EarlyExit>(command).status, 0);
    EXPECT_THAT(std::get<app::EarlyExit>(command).output, HasSubstr(subcommand));
  }
  const auto command = parse({"--help"});
  ASSERT_TRUE(std::holds_alternative<app::EarlyExit>(command));
  EXPECT_THAT(std::get<app::EarlyExit>(command).output, HasSubstr("inspect"));
}

}  // namespace
