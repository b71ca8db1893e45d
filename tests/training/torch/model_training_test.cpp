// SPDX-License-Identifier: GPL-3.0-or-later
// The training loop with each model of the catalogue.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine_fixture.h"
#include "training/models/models.h"
#include "training/snapshots/checkpoint.h"
#include "training/tasks/classification.h"
#include "training/torch/replica.h"
#include "training/torch/training_loop.h"

namespace {

using namespace training;

struct ModelRun : EngineRun {
  explicit ModelRun(const ModelSettings& settings)
      : model(modelFor(settings, data.description, 10).value()) {
    config.fineTuneEpochs = 0;
    config.learningRate = 0.05;
    config.histogramInterval = 0;
    useOneTorchThread();
  }
  eventio::Result<TrainingOutcome> trained() {
    control.begin(
        {config.learningRate, config.momentum, config.weightDecay, config.histogramInterval});
    OptimiserSettings optimiser;
    return TrainingLoop(config, optimiser, {classification(), {}}, model, data,
                        folder.path().string(), control, recorder)
        .run();
  }
  [[nodiscard]] eventio::Result<TrainingState> lastState() const {
    return loadCheckpoint(folder / "checkpoints" / "last.safetensors", model);
  }

  const Model model;
};

class EveryModel : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Models, EveryModel,
                         testing::Values("conv_net", "lenet5", "linear", "mlp", "resnet"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST_P(EveryModel, LearnsBars) {
  ModelSettings settings;
  settings.name = GetParam();
  settings.dropout = 0.1;
  ModelRun run(settings);
  run.config.epochs = 6;
  const auto outcome = run.trained();
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  EXPECT_GT(outcome->metricAfterTraining, 0.6);  // by chance: 0.1
}

class EveryModelContinued : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Models, EveryModelContinued, testing::Values("mlp", "resnet"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST_P(EveryModelContinued, EqualsARunThatWasNeverStopped) {
  ModelSettings settings;
  settings.name = GetParam();
  settings.dropout = 0.3;
  ModelRun whole(settings);
  ASSERT_TRUE(whole.trained());

  ModelRun broken(settings);
  broken.recorder.onStep = [&](const StepRecord& step) {
    if (step.step == 23) broken.control.stopNow();
  };
  ASSERT_TRUE(broken.trained());
  broken.recorder.onStep = nullptr;
  broken.config.continueRun = broken.folder.path().string();
  const auto second = broken.trained();
  ASSERT_TRUE(second) << second.error().message.english();
  ASSERT_EQ(broken.recorder.steps.size(), whole.recorder.steps.size());
  for (std::size_t i = 0; i < whole.recorder.steps.size(); ++i) {
    EXPECT_EQ(broken.recorder.steps[i].loss, whole.recorder.steps[i].loss) << "step " << i;
  }
  const auto state = broken.lastState();
  const auto expected = whole.lastState();
  ASSERT_TRUE(state && expected);
  EXPECT_EQ(state->parameters, expected->parameters);
  EXPECT_EQ(state->buffers, expected->buffers);
  EXPECT_EQ(state->metricAfterTraining, expected->metricAfterTraining);
}

TEST(ModelTraining, GoingBackRestoresTheRunningStatistics) {
  ModelSettings settings;
  settings.name = "resnet";
  ModelRun run(settings);
  bool back = false;
  std::vector<double> losses;
  run.recorder.onStep = [&](const StepRecord& step) {
    if (step.step >= 20 && step.step < 25) losses.push_back(step.loss);
    if (step.step == 24 && !back) {
      back = true;
      static_cast<void>(run.control.goBack(20, 1));
    }
  };
  ASSERT_TRUE(run.trained());
  ASSERT_EQ(losses.size(), 10U);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(losses[i], losses[i + 5]);
}

TEST(ModelTraining, ACheckpointOfAnotherModelIsRefused) {
  ModelSettings settings;
  settings.name = "mlp";
  settings.hidden = {8};
  ModelRun run(settings);
  run.config.epochs = 1;
  ASSERT_TRUE(run.trained());
  settings.name = "lenet5";
  const Model other = modelFor(settings, run.data.description, 10).value();
  const auto read = loadCheckpoint(run.folder / "checkpoints" / "last.safetensors", other);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message.english(),
              testing::HasSubstr("of another model: of 'mlp for 1 x 28 x 28, 10 outputs', not of "
                                 "lenet5 for 1 x 28 x 28, 10 outputs"));
  EXPECT_EQ(loadPosition(run.folder / "checkpoints" / "last.safetensors")->step, 20);
}

}  // namespace
