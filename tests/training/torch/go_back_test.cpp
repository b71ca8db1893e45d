// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "engine_fixture.h"
#include "tests/training/conv_net_model.h"
#include "training/snapshots/checkpoint.h"

namespace {

using namespace training;
using testing::HasSubstr;
using Kind = SavedState::Kind;

/// Goes back to `to` once, after step `at`.
void goBackOnce(EngineRun& run, std::int64_t at, std::int64_t to, double factor) {
  run.recorder.onStep = [&run, at, to, factor, done = false](const StepRecord& step) mutable {
    if (step.step != at || std::exchange(done, true)) return;
    EXPECT_EQ(run.control.goBack(to, factor).kind, ChangeAnswer::Kind::kApplied);
  };
}

class GoneBack : public testing::TestWithParam<std::pair<std::int64_t, std::int64_t>> {};

// Within the phase, at an epoch's last step, from fine-tuning into training, at the last step.
INSTANTIATE_TEST_SUITE_P(FromTo, GoneBack,
                         testing::Values(std::pair(30, 20), std::pair(39, 20), std::pair(47, 40),
                                         std::pair(59, 40)));

TEST_P(GoneBack, EqualsARunThatNeverWentOn) {
  EngineRun whole;
  ASSERT_TRUE(whole.run());
  EngineRun run;
  const auto [from, to] = GetParam();
  goBackOnce(run, from, to, 1);
  const auto outcome = run.run();
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->stopped);
  ASSERT_EQ(run.recorder.goneBack.size(), 1U);
  EXPECT_EQ(run.recorder.goneBack[0].second, to);
  EXPECT_EQ(run.recorder.epochsDoneBack[0], to == 40 ? 0 : 1);  // step 40 begins fine-tuning
  EXPECT_EQ(run.last()->parameters, whole.last()->parameters);
  EXPECT_EQ(run.last()->optimiser, whole.last()->optimiser);
  EXPECT_EQ(outcome->metricAfterFineTuning, whole.recorder.epochs.back().validationMetrics[0]);
}

TEST(GoBack, MultipliesTheRateOfTheSavedState) {
  EngineRun run;
  goBackOnce(run, 25, 20, 0.1);
  ASSERT_TRUE(run.run());
  const StepRecord& again = run.recorder.steps.at(26);  // steps 0 to 25, then 20 once more
  EXPECT_EQ(again.step, 20);
  EXPECT_DOUBLE_EQ(again.learningRate, 0.001);
  ASSERT_EQ(run.recorder.changes.size(), 1U);
  EXPECT_EQ(run.recorder.changes[0].step, 20);
}

TEST(GoBack, AStateIsSavedBeforeEachLiveChange) {
  EngineRun run;
  run.recorder.onStep = [&](const StepRecord& step) {
    if (step.step == 8) run.control.set(&LiveHyperParameters::learningRate, 0.02);
    if (step.step == 33) run.control.set(&LiveHyperParameters::momentum, 0.5);
  };
  ASSERT_TRUE(run.run());
  const auto before = loadCheckpoint(run.folder / "checkpoints" / "step-9.safetensors", convNet());
  ASSERT_TRUE(before) << before.error().message.english();
  EXPECT_EQ(before->step, 9);
  EXPECT_EQ(before->live.learningRate, 0.01);
  const auto second = loadCheckpoint(run.folder / "checkpoints" / "step-34.safetensors", convNet());
  ASSERT_TRUE(second) << second.error().message.english();
  EXPECT_EQ(second->live.momentum, 0.9);
}

TEST(GoBack, AStateThatIsGoneLeavesTheRunAsItIs) {
  EngineRun run;
  run.recorder.onStep = [&](const StepRecord& step) {
    if (step.step != 30) return;
    std::filesystem::remove_all(run.folder / "checkpoints");
    run.control.goBack(20, 1);
  };
  const auto outcome = run.run();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(run.recorder.goneBack.empty());
  EXPECT_EQ(run.recorder.steps.size(), 60U);
  ASSERT_FALSE(run.recorder.alerts.empty());
  EXPECT_THAT(run.recorder.alerts[0], HasSubstr("Cannot go back to step 20"));
}

/// Learns well, then its rate is set so high that the model falls back to chance.
struct DivergingRun : EngineRun {
  DivergingRun() {
    config.epochs = 12;
    config.fineTuneEpochs = 0;
    config.learningRate = 0.05;
    recorder.onStep = [this](const StepRecord& step) {
      if (step.step == 150) control.set(&LiveHyperParameters::learningRate, 20);
      if (step.step == 235) atTheEnd = control.status();
    };
  }
  TrainerStatus atTheEnd;
};

TEST(Divergence, IsAnAlertAndKeepsTheBestModel) {
  DivergingRun run;
  const auto outcome = run.run();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->diverged);
  EXPECT_THAT(run.recorder.alerts, testing::Contains(HasSubstr("diverged: the smoothed loss")));
  ASSERT_TRUE(run.atTheEnd.divergence.has_value());
  EXPECT_GT(run.atTheEnd.divergence->step, 150);
  EXPECT_GT(run.atTheEnd.divergence->loss, 4 * run.atTheEnd.divergence->bestLoss);
  EXPECT_EQ(run.atTheEnd.goBackStep, 151);

  const auto best = loadCheckpoint(run.folder / "checkpoints" / "best.safetensors", convNet());
  ASSERT_TRUE(best);
  EXPECT_LE(best->step, 151);
  double bestAccuracy = 0;
  for (const EpochRecord& epoch : run.recorder.epochs) {
    bestAccuracy = std::max(bestAccuracy, epoch.validationMetrics[0]);
  }
  EXPECT_EQ(best->validationMetric, bestAccuracy);
  EXPECT_GT(bestAccuracy, run.recorder.epochs.back().validationMetrics[0]);
  EXPECT_EQ(outcome->bestModelFile, (run.folder / "model-best.safetensors").string());
}

TEST(Divergence, GoingBackEndsIt) {
  DivergingRun run;
  run.recorder.onStep = [&run, done = false](const StepRecord& step) mutable {
    if (step.step == 150 && !done) run.control.set(&LiveHyperParameters::learningRate, 20);
    if (step.step != 200 || std::exchange(done, true)) return;
    EXPECT_TRUE(run.control.status().divergence.has_value());
    run.control.goBack(*run.control.status().goBackStep, 0.1);
  };
  const auto outcome = run.run();
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->diverged);
  EXPECT_FALSE(run.control.status().divergence.has_value());
  ASSERT_EQ(run.recorder.whyBack.size(), 1U);
  EXPECT_THAT(run.recorder.whyBack[0], HasSubstr("diverged"));
  EXPECT_LT(run.recorder.steps.back().loss, 0.5);
}

}  // namespace
