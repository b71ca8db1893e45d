// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "engine_fixture.h"
#include "tests/training/conv_net_model.h"
#include "training/snapshots/saved_states.h"

namespace {

using namespace training;
using testing::HasSubstr;

/// A run whose learning rate explodes after a step, and a user who gives the same answer each time.
struct ExplodingRun : EngineRun {
  explicit ExplodingRun(NonFiniteAnswer answer, std::int64_t lastGoodStep = 4) {
    recorder.onStep = [this, lastGoodStep](const StepRecord& step) {
      if (step.step == lastGoodStep) control.set(&LiveHyperParameters::learningRate, 1e30);
    };
    m_user = std::thread([this, answer] {
      while (!m_over) {
        const TrainerStatus status = control.status();
        if (status.nonFinite &&
            (reports.empty() || reports.back().step != status.nonFinite->step)) {
          reports.push_back(*status.nonFinite);
          control.answerNonFinite(answer);
        }
        std::this_thread::yield();
      }
    });
  }
  ~ExplodingRun() { finish(); }
  ExplodingRun(const ExplodingRun&) = delete;
  ExplodingRun& operator=(const ExplodingRun&) = delete;

  eventio::Result<TrainingOutcome> runToEnd() {
    auto outcome = run();
    finish();
    return outcome;
  }

  std::vector<NonFiniteReport> reports;  // after runToEnd()

 private:
  void finish() {
    m_over = true;
    if (m_user.joinable()) m_user.join();
  }
  std::atomic<bool> m_over{false};
  std::thread m_user;
};

bool allFinite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

TEST(NonFinite, StopNamesStepAndLayerAndKeepsTheLastFiniteState) {
  ExplodingRun run(NonFiniteAnswer::kStop);
  const auto outcome = run.runToEnd();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->stopped);
  ASSERT_EQ(run.reports.size(), 1U);
  // Step 5 makes weights of about 1e28; step 6 multiplies them: conv2 is the first to overflow.
  EXPECT_EQ(run.reports[0].step, 6);
  EXPECT_EQ(run.reports[0].layer, "conv2");
  EXPECT_THAT(run.reports[0].what.english(), HasSubstr("output of conv2"));
  ASSERT_EQ(run.recorder.alerts.size(), 1U);
  EXPECT_THAT(run.recorder.alerts[0], HasSubstr("output of conv2"));
  EXPECT_FALSE(std::isfinite(run.recorder.steps.back().loss));
  const auto saved = run.last();
  ASSERT_TRUE(saved);
  EXPECT_EQ(saved->step, 6);
  EXPECT_TRUE(allFinite(saved->parameters));
  EXPECT_TRUE(allFinite(saved->optimiser.buffers.front()));
}

TEST(NonFinite, ALossThatTheLogCannotHoldIsNotFinite) {
  // Squared errors of 1e64 are finite sums of doubles; the log keeps 32-bit floats.
  ExplodingRun run(NonFiniteAnswer::kStop, 1'000'000);
  run.config.task = "regression";
  run.data.description.classes = 0;
  for (SampleSet* set : {&run.data.train, &run.data.test}) {
    set->targets = std::vector<float>(static_cast<std::size_t>(set->count), 1e32F);
  }
  const auto outcome = run.runToEnd();
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  EXPECT_TRUE(outcome->diverged);
  ASSERT_EQ(run.reports.size(), 1U);
  EXPECT_EQ(run.reports[0].step, 0);
  EXPECT_EQ(run.reports[0].what.english(), "the loss is infinite");
}

TEST(NonFinite, GoingOnLeavesTheUpdateOut) {
  ExplodingRun run(NonFiniteAnswer::kGoOn, 30);
  run.config.histogramInterval = 1;
  run.config.fineTuneEpochs = 0;
  const auto outcome = run.runToEnd();
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->stopped);
  EXPECT_EQ(run.recorder.steps.size(), 40U);
  EXPECT_EQ(run.reports.size(), 1U);  // asked again only after a hundred steps
  const auto& weights = run.recorder.histograms.at("fc1/weight");
  EXPECT_NE(weights.at(30), weights.at(31));
  EXPECT_EQ(weights.at(31), weights.at(39));
  EXPECT_EQ(run.control.live().learningRate, 1e30);
  // The epoch's mean is over the batches that counted.
  EXPECT_TRUE(std::isfinite(run.recorder.epochs[1].loss));
  // Steps 32 to 39: less than half of the epoch.
  EXPECT_EQ(outcome->skippedBatches, 8);
  EXPECT_EQ(outcome->batches, 40);
  EXPECT_THAT(run.recorder.alerts,
              testing::Contains(HasSubstr("8 of 20 batches of training epoch 2 were left out")));
}

TEST(NonFinite, ARunWhoseBatchesAreMostlyLeftOutEndsAsDiverged) {
  ExplodingRun run(NonFiniteAnswer::kGoOn, 7);
  const auto outcome = run.runToEnd();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->diverged);
  EXPECT_EQ(run.recorder.steps.size(), 20U);  // one epoch of 60 steps
  EXPECT_EQ(outcome->skippedBatches, 11);     // steps 9 to 19
  EXPECT_THAT(outcome->divergedWhy.english(), HasSubstr("11 of 20 batches of training epoch 1"));
  EXPECT_THAT(run.recorder.alerts, testing::Contains(HasSubstr("diverged: 11 of 20 batches")));
  EXPECT_EQ(outcome->divergedRate, 1e30);
  const auto state = stateToContinue(run.folder.path(), &convNet());
  ASSERT_TRUE(state && state->has_value());
  EXPECT_EQ((*state)->step, 8);
}

TEST(NonFinite, GoingOnAsksAgainAfterAHundredSteps) {
  ExplodingRun run(NonFiniteAnswer::kGoOn);
  run.config.batchSize = 1;
  run.config.epochs = 1;  // 313 steps
  run.config.fineTuneEpochs = 0;
  ASSERT_TRUE(run.runToEnd());
  ASSERT_EQ(run.reports.size(), 4U);
  EXPECT_EQ(run.reports[0].step, 6);
  EXPECT_EQ(run.reports[1].step, 106);
  EXPECT_EQ(run.reports[2].step, 206);
}

TEST(NonFinite, GoingBackRestoresTheStateBeforeTheChangeWithATenthOfItsRate) {
  ExplodingRun run(NonFiniteAnswer::kGoBack);
  const auto outcome = run.runToEnd();
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->stopped);
  EXPECT_FALSE(outcome->diverged);
  ASSERT_EQ(run.reports.size(), 1U);
  ASSERT_EQ(run.recorder.goneBack.size(), 1U);
  EXPECT_EQ(run.recorder.goneBack[0], (std::pair<std::int64_t, std::int64_t>(6, 5)));
  const StepRecord& again = run.recorder.steps.at(7);  // steps 0 to 6, then 5 once more
  EXPECT_EQ(again.step, 5);
  EXPECT_DOUBLE_EQ(again.learningRate, 0.001);
  EXPECT_EQ(run.recorder.steps.size(), 62U);
  EXPECT_TRUE(allFinite(run.last()->parameters));
}

TEST(NonFinite, ARunThatWasStoppedThereHasDivergedAndGoesOnFromBefore) {
  ExplodingRun run(NonFiniteAnswer::kStop);
  const auto outcome = run.runToEnd();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->diverged);
  const auto state = stateToContinue(run.folder.path(), &convNet());
  ASSERT_TRUE(state && state->has_value());
  EXPECT_EQ((*state)->step, 5);
  EXPECT_EQ((*state)->live.learningRate, 0.01);
}

TEST(NonFinite, LoweringDividesTheRateByTen) {
  ExplodingRun run(NonFiniteAnswer::kLowerRate);
  run.config.epochs = 1;
  run.config.fineTuneEpochs = 0;
  ASSERT_TRUE(run.runToEnd());
  ASSERT_EQ(run.reports.size(), 14U);
  EXPECT_NEAR(run.control.live().learningRate / 1e16, 1, 1e-9);
  ASSERT_GE(run.recorder.changes.size(), 2U);
  EXPECT_EQ(run.recorder.changes[1].what, "learning rate");
  EXPECT_EQ(run.recorder.changes[1].from, 1e30);
  EXPECT_NEAR(run.recorder.changes[1].to / 1e29, 1, 1e-9);
  EXPECT_EQ(run.recorder.changes[1].step, 7);
}

TEST(NonFinite, AnUpdateThatWouldOverflowIsNotMade) {
  EngineRun run;
  run.recorder.onStep = [&](const StepRecord& step) {
    // With float's largest rate the gradient is finite and the update is not. No user may ask for
    // such a rate.
    if (step.step == 4) run.control.adopt({1e300, 0.9, 0, 7});
  };
  NonFiniteReport report;
  std::thread user([&] {
    while (!run.control.stopRequested()) {
      const TrainerStatus status = run.control.status();
      if (status.nonFinite) {
        report = *status.nonFinite;
        run.control.stopNow();
      }
      std::this_thread::yield();
    }
  });
  const auto outcome = run.run();
  run.control.stopNow();
  user.join();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(report.step, 5);
  EXPECT_EQ(report.layer, "conv1");
  EXPECT_THAT(report.what.english(), HasSubstr("update of conv1.weight"));
  EXPECT_TRUE(allFinite(run.last()->parameters));
}

}  // namespace
