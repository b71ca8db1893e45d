// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/settings/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace {

using training::ConfigProblem;
using training::LayerInfo;
using training::TrainingConfig;

TEST(CheckConfig, TheDefaultsAreFine) {
  EXPECT_TRUE(training::checkConfig({}).empty());
}

struct WrongCase {
  const char* field;
  std::function<void(TrainingConfig&)> spoil;
};

class WrongField : public testing::TestWithParam<WrongCase> {};

TEST_P(WrongField, IsNamed) {
  TrainingConfig config;
  GetParam().spoil(config);
  const std::vector<ConfigProblem> problems = training::checkConfig(config);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].field, GetParam().field);
  EXPECT_FALSE(problems[0].message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    CheckConfig, WrongField,
    testing::Values(
        WrongCase{"dataFolder", [](auto& c) { c.dataFolder = ""; }},
        WrongCase{"epochs", [](auto& c) { c.epochs = 0; }},
        WrongCase{"batchSize", [](auto& c) { c.batchSize = 0; }},
        WrongCase{"learningRate", [](auto& c) { c.learningRate = 0; }},
        WrongCase{"learningRate", [](auto& c) { c.learningRate = std::nan(""); }},
        WrongCase{"learningRate", [](auto& c) { c.learningRate = 1e300; }},
        WrongCase{"learningRate", [](auto& c) { c.learningRate = 1e-300; }},
        WrongCase{"weightDecay", [](auto& c) { c.weightDecay = 1e300; }},
        WrongCase{"fineTuneLearningRate", [](auto& c) { c.fineTuneLearningRate = 1e300; }},
        WrongCase{"momentum", [](auto& c) { c.momentum = 1; }},
        WrongCase{"momentum", [](auto& c) { c.momentum = std::nan(""); }},
        WrongCase{"weightDecay", [](auto& c) { c.weightDecay = -1; }},
        WrongCase{"fineTuneEpochs", [](auto& c) { c.fineTuneEpochs = -1; }},
        WrongCase{"fineTuneLearningRate", [](auto& c) { c.fineTuneLearningRate = -0.1; }},
        WrongCase{"fineTuneLayers", [](auto& c) { c.fineTuneLayers = {}; }},
        WrongCase{"fineTuneLayers",
                  [](auto& c) {
                    c.fineTuneLayers = {"fc1", "fc1"};
                  }},
        WrongCase{"threads", [](auto& c) { c.threads = -1; }},
        WrongCase{"histogramInterval", [](auto& c) { c.histogramInterval = -1; }},
        WrongCase{"logDirectory", [](auto& c) { c.logDirectory = ""; }},
        WrongCase{"runName", [](auto& c) { c.runName = ""; }},
        WrongCase{"runName", [](auto& c) { c.runName = ".."; }},
        WrongCase{"runName", [](auto& c) { c.runName = "a/b"; }}));

TEST(CheckConfig, WidthsHaveTheBoundOfTheModel) {
  TrainingConfig config;
  config.model = "mlp";
  config.hidden = {65'536};
  EXPECT_THAT(checkConfig(config), testing::IsEmpty());
  config.hidden = {65'537};
  ASSERT_EQ(checkConfig(config).size(), 1U);
  EXPECT_EQ(checkConfig(config)[0].field, "hidden");
  EXPECT_THAT(checkConfig(config)[0].message.english(), testing::HasSubstr("from 1 to 65536"));
}

TEST(CheckConfig, NamesTheLayersThatThereAre) {
  const std::vector<LayerInfo> layers = {{"conv1", 260}, {"fc1", 16050}};
  TrainingConfig config;
  config.fineTuneLayers = {"fc1", "fc9"};
  const auto problems = training::checkConfig(config, layers);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].message.english(),
              testing::AllOf(testing::HasSubstr("'fc9'"), testing::HasSubstr("conv1, fc1")));
}

TEST(CheckConfig, LeavesFineTuningAloneWhenItIsLeftOut) {
  TrainingConfig config;
  config.fineTuneEpochs = 0;
  config.fineTuneLayers = {};
  config.fineTuneLearningRate = 0;
  EXPECT_TRUE(training::checkConfig(config).empty());
}

TEST(CheckConfig, KnowsTheDevices) {
  const std::vector<std::string> devices = {"cpu"};
  TrainingConfig config;
  EXPECT_TRUE(training::checkConfig(config, {}, devices).empty());
  config.device = "cuda:0";
  const auto problems = training::checkConfig(config, {}, devices);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].field, "device");
}

TEST(CheckConfig, TakesADeviceWithoutItsNumberForTheFirst) {
  const std::vector<std::string> devices = {"cpu", "cuda:0", "cuda:1", "mps"};
  TrainingConfig config;
  for (const char* device : {"cuda", "cuda:1", "mps"}) {
    config.device = device;
    EXPECT_TRUE(training::checkConfig(config, {}, devices).empty()) << device;
  }
  for (const char* device : {"cuda:2", "xpu", "cud", "", ":0"}) {
    config.device = device;
    EXPECT_EQ(training::checkConfig(config, {}, devices).size(), 1U) << device;
  }
}

TEST(CheckConfig, AProblemIsDescribedWithASmallLetterAfterTheColon) {
  EXPECT_EQ(training::describe("--epochs", {"epochs", eventio::Message("The run has 2")}).english(),
            "--epochs: the run has 2");
}

}  // namespace
