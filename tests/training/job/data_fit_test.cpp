// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/data_fit.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace training {
namespace {

constexpr TargetKind kLabels = TargetKind::kLabels;
constexpr TargetKind kValues = TargetKind::kValues;
constexpr TargetKind kUnknown = TargetKind::kAuto;

DataDescription described(TargetKind targets, std::int64_t classes, const SampleShape& shape) {
  DataDescription data;
  data.name = "mine";
  data.path = "/somewhere/mine";
  data.targets = targets;
  data.classes = classes;
  data.shape = shape;
  return data;
}

TEST(DataFit, ATaskIsRefusedWhereTheTargetsAreKnownAlone) {
  TrainingConfig classify;
  TrainingConfig regress;
  regress.task = "regression";
  EXPECT_EQ(taskProblem(classify, described(kLabels, 0, {})).english(), "");
  EXPECT_NE(taskProblem(regress, described(kLabels, 0, {})).english(), "");
  EXPECT_EQ(taskProblem(classify, described(kUnknown, 0, {})).english(), "");
  EXPECT_EQ(taskProblem(regress, described(kUnknown, 0, {})).english(), "");
  EXPECT_NE(taskProblem(classify, described(kValues, 0, {})).english(), "");
  EXPECT_EQ(taskProblem(regress, described(kValues, 0, {})).english(), "");
  EXPECT_NE(taskProblem(regress, described(kLabels, 3, {})).english(), "");
  EXPECT_EQ(taskProblem(regress, described(kLabels, 0, {})).english().find("mine: its targets"),
            0U);
}

TEST(DataFit, AModelIsRefusedWhereTheShapeIsKnown) {
  const TrainingConfig convNet;
  EXPECT_EQ(modelProblem(convNet, described(kLabels, 2, {})).english(), "");
  EXPECT_EQ(modelProblem(convNet, described(kLabels, 0, {{1, 28, 28}})).english(), "");
  const std::string problem =
      modelProblem(convNet, described(kLabels, 10, {{3, 32, 32}})).english();
  EXPECT_EQ(problem.find("mine: samples of 3 x 32 x 32"), 0U) << problem;
}

TEST(DataFit, AModelThatIsTooLargeForAnyDataIsRefused) {
  TrainingConfig mlp;
  mlp.model = "mlp";
  mlp.hidden = {65'536, 65'536};
  const std::string problem = modelProblem(mlp, {}).english();
  EXPECT_NE(problem.find("parameters"), std::string::npos) << problem;
}

TEST(DataFit, LayersCountWhatTheDataDecide) {
  TrainingConfig mlp;
  mlp.model = "mlp";
  mlp.hidden = {5};
  const auto counts = [&](const DataDescription& data) {
    std::vector<std::int64_t> parameters;
    for (const LayerInfo& layer : layersFor(mlp, data)) parameters.push_back(layer.parameters);
    return parameters;
  };
  using Counts = std::vector<std::int64_t>;
  EXPECT_EQ(counts(described(kLabels, 4, {{3}})), (Counts{3 * 5 + 5, 5 * 4 + 4}));
  EXPECT_EQ(counts(described(kUnknown, 0, {{3}})), (Counts{3 * 5 + 5, 0}));
  EXPECT_EQ(counts(described(kLabels, 4, {})), (Counts{0, 0}));
  EXPECT_EQ(counts({}), (Counts{0, 0}));
  mlp.task = "regression";
  EXPECT_EQ(counts(described(kUnknown, 0, {{3}})), (Counts{3 * 5 + 5, 5 + 1}));
  mlp.hidden = {0};
  EXPECT_EQ(counts(described(kValues, 0, {{3}})), Counts());
}

TEST(DataFit, ASetToValidateOnAndAWholeBatchMustBeThere) {
  TrainingConfig config;
  DataDescription data = described(kLabels, 3, {{4}});
  EXPECT_TRUE(validationProblem(config, data).empty());
  config.validateOn = "validation";
  EXPECT_FALSE(validationProblem(config, data).empty());
  data.hasValidation = true;
  EXPECT_TRUE(validationProblem(config, data).empty());
  config.batchSize = 8;
  data.trainCount = 7;
  EXPECT_TRUE(batchProblem(config, data).empty());
  config.dropLast = true;
  EXPECT_EQ(batchProblem(config, data).english(),
            "the training set has 7 samples, fewer than one batch of 8, and incomplete batches are "
            "dropped; choose a smaller batch");
  data.trainCount = 8;
  EXPECT_TRUE(batchProblem(config, data).empty());
  data.trainCount = 0;  // not known yet
  EXPECT_TRUE(batchProblem(config, data).empty());
}

}  // namespace
}  // namespace training
