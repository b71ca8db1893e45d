// SPDX-License-Identifier: GPL-3.0-or-later
// Runs with each optimiser of the catalogue.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "conv_net_model.h"
#include "engine_fixture.h"
#include "training/optimisers/optimisers.h"
#include "training/snapshots/checkpoint.h"
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
    control.begin(liveHyperParameters(config));
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
    ASSERT_TRUE(second) << second.error().message.english();
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

/// The parameters of a run of 12 steps with Adam whose betas change before step 6.
std::vector<float> withOtherBetas(OptimiserRun& run, double beta1, double beta2) {
  run.recorder.onStep = [&run, beta1, beta2](const StepRecord& step) {
    if (step.step == 5) {
      EXPECT_EQ(run.control.set(&LiveHyperParameters::beta1, beta1).kind,
                ChangeAnswer::Kind::kApplied);
      EXPECT_EQ(run.control.set(&LiveHyperParameters::beta2, beta2).kind,
                ChangeAnswer::Kind::kApplied);
    }
    if (step.step == 11) run.control.stopNow();
  };
  EXPECT_TRUE(run.run());
  return run.last()->parameters;
}

TEST(LiveBetas, ChangeTheUpdateAreRecordedAndKept) {
  OptimiserRun same("adam");
  OptimiserRun first("adam");
  OptimiserRun second("adam");
  const std::vector<float> before = withOtherBetas(same, 0.9, 0.999);
  EXPECT_NE(withOtherBetas(first, 0.5, 0.999), before);
  EXPECT_NE(withOtherBetas(second, 0.9, 0.9), before);
  EXPECT_EQ(same.recorder.changes.size(), 0U);
  ASSERT_EQ(first.recorder.changes.size(), 1U);
  EXPECT_EQ(first.recorder.changes[0].what, "beta1");
  EXPECT_EQ(first.recorder.changes[0].step, 6);
  ASSERT_EQ(second.recorder.changes.size(), 1U);
  EXPECT_EQ(second.recorder.changes[0].what, "beta2");
  EXPECT_EQ(first.last()->live.beta1, 0.5);
  EXPECT_EQ(second.last()->live.beta2, 0.9);
  // A run that goes on does so with the value that was in force, or the one that is asked for.
  second.config.changes.set("beta1", 0.25);
  second.recorder.changes.clear();
  ASSERT_TRUE(second.goOn());
  EXPECT_EQ(second.last()->live.beta2, 0.9);
  EXPECT_EQ(second.last()->live.beta1, 0.25);
  ASSERT_EQ(second.recorder.changes.size(), 1U);
  EXPECT_EQ(second.recorder.changes[0].what, "beta1");
}

TEST(LiveBetas, OfAStateThatLacksThemAreTheSettings) {
  OptimiserRun run("adam");
  run.config.beta1 = 0.5;
  run.stopAfter(3);
  ASSERT_TRUE(run.run());
  const auto file = run.folder / "checkpoints" / "last.safetensors";
  TrainingState old = run.last().value();
  EXPECT_EQ(old.live.beta1, 0.5);
  old.live.beta1 = std::nan("");
  old.live.beta2 = std::nan("");
  ASSERT_TRUE(saveCheckpoint(file, old, convNet()));
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  EXPECT_EQ(bytes.str().find("beta"), std::string::npos);  // as the former version wrote it
  EXPECT_TRUE(std::isnan(run.last()->live.beta1));
  ASSERT_TRUE(run.goOn());
  EXPECT_EQ(run.last()->live.beta1, 0.5);
  EXPECT_EQ(run.last()->live.beta2, 0.999);
  EXPECT_EQ(run.recorder.changes.size(), 0U);
}

TEST(OptimiserChoice, RefusesTheStateOfAnotherOptimiser) {
  OptimiserRun run("sgd");
  run.stopAfter(3);
  ASSERT_TRUE(run.run());
  run.settings.name = "adam";
  const auto refused = run.goOn();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, eventio::ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message.english(),
              testing::HasSubstr("saved with the optimiser 'sgd', but the run's settings name "
                                 "'adam'"));
}

}  // namespace
