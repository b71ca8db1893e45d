// SPDX-License-Identifier: GPL-3.0-or-later
// Runs with each optimiser of the catalogue.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conv_net_model.h"
#include "engine_fixture.h"
#include "training/optimisers/optimisers.h"
#include "training/tasks/classification.h"
#include "training/torch/replica.h"
#include "training/torch/training_loop.h"

namespace {

using namespace training;

/// EngineRun's data and configuration with this optimiser.
struct OptimiserRun : EngineRun {
  explicit OptimiserRun(std::string_view name) {
    settings.name = name;
    config.learningRate = name == "sgd" ? 0.05 : 0.003;
  }
  eventio::Result<TrainingOutcome> run() {
    useOneTorchThread();
    control.begin({.learningRate = config.learningRate,
                   .momentum = config.momentum,
                   .weightDecay = config.weightDecay,
                   .histogramInterval = config.histogramInterval});
    return TrainingLoop(config, settings, {classification(), {}}, convNet(), data,
                        folder.path().string(), control, recorder)
        .run();
  }
  void stopAfter(std::int64_t step) {
    recorder.onStep = [this, step](const StepRecord& record) {
      if (record.step == step) control.stopNow();
    };
  }
  eventio::Result<TrainingOutcome> goOn() {
    recorder.onStep = nullptr;
    config.continueRun = folder.path().string();
    return run();
  }

  OptimiserSettings settings;
};

class OptimiserRuns : public testing::TestWithParam<const Optimiser*> {};

INSTANTIATE_TEST_SUITE_P(Catalogue, OptimiserRuns,
                         testing::ValuesIn(optimisers().begin(), optimisers().end()),
                         [](const auto& instance) { return std::string(instance.param->name()); });

TEST_P(OptimiserRuns, ContinueBitByBit) {
  OptimiserRun whole(GetParam()->name());
  ASSERT_TRUE(whole.run());
  // Within an epoch, before the step that an epoch's evaluation follows, and in fine-tuning.
  for (const std::int64_t step : {4, 19, 47}) {
    OptimiserRun broken(GetParam()->name());
    broken.stopAfter(step);
    ASSERT_TRUE(broken.run());
    EXPECT_EQ(broken.last()->step, step + 1);
    const auto second = broken.goOn();
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(broken.last()->parameters, whole.last()->parameters) << step;
    EXPECT_EQ(broken.last()->optimiser, whole.last()->optimiser) << step;
  }
}

TEST_P(OptimiserRuns, LearnsTheBars) {
  OptimiserRun run(GetParam()->name());
  run.config.epochs = 4;
  ASSERT_TRUE(run.run());
  EXPECT_LT(run.recorder.epochs.back().loss, run.recorder.epochs.front().loss / 2);
}

TEST_P(OptimiserRuns, BeginFineTuningWithANewState) {
  OptimiserRun run(GetParam()->name());
  run.config.epochs = 1;
  run.stopAfter(20);
  ASSERT_TRUE(run.run());
  const TrainingState state = run.last().value();
  EXPECT_EQ(state.phase, Phase::kFineTuning);
  EXPECT_EQ(state.step, 21);
  EXPECT_EQ(state.optimiser.steps, 1);
  // conv1 is frozen: what training had left in its buffers is gone.
  const ParameterPlace& frozen = convNet().parameters.front();
  for (const std::vector<float>& buffer : state.optimiser.buffers) {
    for (std::size_t i = frozen.offset; i < frozen.offset + frozen.size; ++i) {
      ASSERT_EQ(buffer[i], 0);
    }
  }
}

TEST(OptimiserChoice, RefusesTheStateOfAnotherOptimiser) {
  OptimiserRun run("sgd");
  run.stopAfter(3);
  ASSERT_TRUE(run.run());
  run.settings.name = "adam";
  const auto refused = run.goOn();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, eventio::ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message,
              testing::HasSubstr("saved with the optimiser 'sgd', but the run's settings name "
                                 "'adam'"));
}

}  // namespace
