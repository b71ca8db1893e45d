// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "engine_fixture.h"

namespace {

using namespace training;

bool same(const TrainingState& a, const TrainingState& b) {
  return a.parameters == b.parameters && a.optimiser == b.optimiser && a.phase == b.phase &&
         a.epoch == b.epoch && a.batch == b.batch && a.step == b.step && a.lossSum == b.lossSum &&
         a.live == b.live && a.lossHistory == b.lossHistory &&
         a.metricAfterTraining == b.metricAfterTraining &&
         a.metricAfterFineTuning == b.metricAfterFineTuning;
}

class Continued : public testing::TestWithParam<std::int64_t> {};

// Mid-epoch, at the last step of an epoch (evaluation is left), in either phase.
INSTANTIATE_TEST_SUITE_P(StoppedAfterStep, Continued, testing::Values(0, 4, 19, 20, 39, 40, 47));

TEST_P(Continued, EqualsARunThatWasNeverStopped) {
  EngineRun whole;
  ASSERT_TRUE(whole.run());

  EngineRun broken;
  broken.recorder.onStep = [&](const StepRecord& step) {
    if (step.step == GetParam()) broken.control.stopNow();
  };
  const auto first = broken.run();
  ASSERT_TRUE(first);
  ASSERT_TRUE(first->stopped);
  EXPECT_EQ(broken.last()->step, GetParam() + 1);

  broken.recorder.onStep = nullptr;
  broken.config.continueRun = broken.folder.path().string();
  const auto second = broken.run();
  ASSERT_TRUE(second) << second.error().message.english();
  EXPECT_FALSE(second->stopped);

  ASSERT_EQ(broken.recorder.steps.size(), whole.recorder.steps.size());
  for (std::size_t i = 0; i < whole.recorder.steps.size(); ++i) {
    EXPECT_EQ(broken.recorder.steps[i].step, whole.recorder.steps[i].step);
    EXPECT_EQ(broken.recorder.steps[i].loss, whole.recorder.steps[i].loss) << "step " << i;
  }
  ASSERT_EQ(broken.recorder.epochs.size(), whole.recorder.epochs.size());
  for (std::size_t i = 0; i < whole.recorder.epochs.size(); ++i) {
    EXPECT_EQ(broken.recorder.epochs[i].loss, whole.recorder.epochs[i].loss);
    EXPECT_EQ(broken.recorder.epochs[i].metrics[0], whole.recorder.epochs[i].metrics[0]);
    EXPECT_EQ(broken.recorder.epochs[i].validationLoss, whole.recorder.epochs[i].validationLoss);
  }
  EXPECT_EQ(broken.recorder.begins.size(), whole.recorder.begins.size());
  EXPECT_EQ(broken.recorder.histograms, whole.recorder.histograms);
  EXPECT_TRUE(same(*broken.last(), *whole.last()));
}

TEST(Continue, KeepsTheLiveHyperParameters) {
  EngineRun run;
  run.recorder.onStep = [&](const StepRecord& step) {
    if (step.step == 2) run.control.set(&LiveHyperParameters::learningRate, 0.25);
    if (step.step == 5) run.control.stopNow();
  };
  ASSERT_TRUE(run.run());
  run.recorder.onStep = nullptr;
  run.config.continueRun = run.folder.path().string();
  ASSERT_TRUE(run.run());
  EXPECT_EQ(run.recorder.steps[6].step, 6);
  EXPECT_EQ(run.recorder.steps[6].learningRate, 0.25);
  EXPECT_EQ(run.recorder.changes.size(), 1U);
}

TEST(Continue, RefusesAnotherDataSetOrBatchSize) {
  EngineRun run;
  run.recorder.onStep = [&](const StepRecord&) { run.control.stopNow(); };
  ASSERT_TRUE(run.run());
  run.config.continueRun = run.folder.path().string();
  run.config.batchSize = 17;
  EXPECT_EQ(run.run().error().code, eventio::ErrorCode::kInvalidArgument);
  run.config.batchSize = 16;
  run.data = smallData(312, 50);
  EXPECT_EQ(run.run().error().code, eventio::ErrorCode::kInvalidArgument);
}

}  // namespace
