// SPDX-License-Identifier: GPL-3.0-or-later
// Going back where the state to go back to is spoilt, or none was saved.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <thread>

#include "engine_fixture.h"
#include "tests/training/conv_net_model.h"
#include "training/control/go_back_trial.h"
#include "training/snapshots/saved_states.h"

namespace {

using namespace training;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

/// Answers each question about values that are not finite; `answer` gets the question's number.
struct AnsweredRun : EngineRun {
  explicit AnsweredRun(std::function<NonFiniteAnswer(int)> answer) {
    m_user = std::thread([this, answer = std::move(answer)] {
      while (!m_over) {
        const std::uint64_t version = control.version();
        if (control.status().state == TrainerState::kNonFinite) {
          control.answerNonFinite(answer(questions++));
          // The loop may have asked again by now: its state alone does not tell.
          while (!m_over && control.version() == version) std::this_thread::yield();
        }
        std::this_thread::yield();
      }
    });
  }
  ~AnsweredRun() { finish(); }
  AnsweredRun(const AnsweredRun&) = delete;
  AnsweredRun& operator=(const AnsweredRun&) = delete;

  eventio::Result<TrainingOutcome> runToEnd() {
    auto outcome = run();
    finish();
    return outcome;
  }
  /// The rate of the first step after each return.
  [[nodiscard]] std::vector<double> ratesAfter(std::int64_t step) const {
    std::vector<double> rates;
    for (const StepRecord& record : recorder.steps) {
      if (record.step == step) rates.push_back(record.learningRate);
    }
    return rates;
  }

  std::atomic<int> questions{0};

 private:
  void finish() {
    m_over = true;
    if (m_user.joinable()) m_user.join();
  }
  std::atomic<bool> m_over{false};
  std::thread m_user;
};

NonFiniteAnswer alwaysBack(int /*question*/) {
  return NonFiniteAnswer::kGoBack;
}

TEST(Recovery, WithoutAGoodStateTheRunBeginsAnewWithALowerRate) {
  AnsweredRun run(alwaysBack);
  run.config.learningRate = 1e30;
  const auto outcome = run.runToEnd();
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  EXPECT_FALSE(outcome->stopped);
  ASSERT_FALSE(run.recorder.goneBack.empty());
  EXPECT_THAT(run.recorder.goneBack, testing::Each(Pair(testing::_, 0)));
  const std::vector<double> rates = run.ratesAfter(0);
  ASSERT_EQ(rates.size(), run.recorder.goneBack.size() + 1);
  for (std::size_t i = 1; i < rates.size(); ++i) {
    EXPECT_NEAR(rates[i] * 10 / rates[i - 1], 1, 1e-9);
  }
  // It equals a run that began with that rate.
  EngineRun fresh;
  fresh.config.learningRate = rates.back();
  ASSERT_TRUE(fresh.run());
  EXPECT_EQ(run.last()->parameters, fresh.last()->parameters);
  EXPECT_EQ(run.last()->optimiser, fresh.last()->optimiser);
}

TEST(Recovery, GoingBackLowersARateThatWasLoweredMeanwhile) {
  AnsweredRun run([](int question) {
    return question == 0 ? NonFiniteAnswer::kLowerRate : NonFiniteAnswer::kGoBack;
  });
  run.config.learningRate = 1e30;
  ASSERT_TRUE(run.runToEnd());
  const std::vector<double> rates = run.ratesAfter(0);
  ASSERT_GT(rates.size(), 1U);
  EXPECT_NEAR(rates[1] / 1e28, 1, 1e-9);  // a tenth of the lowered one, not of the first
}

TEST(Recovery, StepZeroIsOfferedFromTheFirstStepOn) {
  EngineRun run;
  TrainerStatus first;
  run.recorder.onStep = [&](const StepRecord& step) {
    if (step.step == 0) first = run.control.status();
  };
  ASSERT_TRUE(run.run());
  EXPECT_EQ(first.goBackStep, 0);
  ASSERT_EQ(first.savedStates.size(), 1U);
  EXPECT_EQ(first.savedStates[0].kind, SavedState::Kind::kInitial);
}

/// The rate explodes after step 24; a change after step 25 saves the parameters that it ruined.
void spoilASavedState(EngineRun& run) {
  run.recorder.onStep = [&run, done = false](const StepRecord& step) mutable {
    if (step.step == 24 && !done) run.control.set(&LiveHyperParameters::learningRate, 1e30);
    if (step.step != 25 || std::exchange(done, true)) return;
    run.control.set(&LiveHyperParameters::momentum, 0.5);
  };
}

TEST(Recovery, ASpoiltStateGivesWayToAnOlderOne) {
  AnsweredRun run(alwaysBack);
  spoilASavedState(run);
  const auto outcome = run.runToEnd();
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  EXPECT_FALSE(outcome->diverged);
  EXPECT_THAT(run.recorder.goneBack, ElementsAre(Pair(26, 26), Pair(26, 25)));
  EXPECT_THAT(run.recorder.alerts, testing::Contains(HasSubstr("step 26 is spoilt")));
  EXPECT_DOUBLE_EQ(run.ratesAfter(25).back(), 0.001);
}

TEST(Recovery, ASpoiltStateIsNotWhatTheRunIsContinuedFrom) {
  AnsweredRun run([](int question) {
    return question == 0 ? NonFiniteAnswer::kGoBack : NonFiniteAnswer::kStop;
  });
  spoilASavedState(run);
  const auto outcome = run.runToEnd();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->diverged);
  const auto state = stateToContinue(run.folder.path(), &convNet());
  ASSERT_TRUE(state && state->has_value());
  EXPECT_EQ((*state)->step, 25);
}

TEST(Recovery, ParametersOfAStepThatWasNotFiniteAreNotGoneBackTo) {
  AnsweredRun run([](int question) {
    return question == 0 ? NonFiniteAnswer::kLowerRate : NonFiniteAnswer::kGoBack;
  });
  run.config.learningRate = 1e30;
  ASSERT_TRUE(run.runToEnd());
  // The state before the rate was lowered was saved at step 2.
  ASSERT_FALSE(run.recorder.goneBack.empty());
  EXPECT_THAT(run.recorder.goneBack, testing::Each(Pair(testing::_, 0)));
}

TEST(Recovery, GoingBackFromFineTuningLowersItsRate) {
  AnsweredRun run(alwaysBack);
  run.config.fineTuneLearningRate = 1e30;
  const auto outcome = run.runToEnd();
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  EXPECT_FALSE(outcome->stopped);
  EXPECT_THAT(run.recorder.goneBack, testing::Each(Pair(testing::_, 40)));
  const std::vector<double> rates = run.ratesAfter(40);
  ASSERT_GT(rates.size(), 1U);
  for (std::size_t i = 1; i < rates.size(); ++i) {
    EXPECT_NEAR(rates[i] * 10 / rates[i - 1], 1, 1e-9);
  }
  EXPECT_EQ(run.last()->step, 60);
}

TEST(Recovery, AContinuedRunsRateIsTheOneOfFineTuningThatBegins) {
  AnsweredRun run([](int) { return NonFiniteAnswer::kStop; });
  run.config.fineTuneLearningRate = 1e30;
  const auto stopped = run.runToEnd();
  ASSERT_TRUE(stopped);
  EXPECT_TRUE(stopped->diverged);
  EXPECT_EQ(stopped->divergedRate, 1e30);
  const std::size_t before = run.recorder.steps.size();
  run.config.continueRun = run.folder.path().string();
  run.config.changes.set("learningRate", 0.002);
  const auto outcome = run.run();
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  EXPECT_FALSE(outcome->diverged);
  EXPECT_EQ(run.recorder.steps.at(before).step, 40);
  EXPECT_EQ(run.recorder.steps.at(before).learningRate, 0.002);
}

TEST(GoBackTrial, TakesAStateForSpoiltAtItsFirstStepOrAfterThreeAttempts) {
  GoBackTrial trial;
  EXPECT_FALSE(trial.isSpoilt(0));
  trial.begin(20, Phase::kTraining, 0.1, false);
  EXPECT_TRUE(trial.isSpoilt(20));
  EXPECT_FALSE(trial.isSpoilt(21));
  trial.begin(20, Phase::kTraining, 0.01, false);
  EXPECT_FALSE(trial.isSpoilt(21));
  trial.begin(20, Phase::kTraining, 0.001, false);
  EXPECT_TRUE(trial.isSpoilt(21));
  trial.begin(10, Phase::kTraining, 0.001, false);
  EXPECT_FALSE(trial.isSpoilt(11));
}

TEST(GoBackTrial, AnEvaluatedStateIsSpoiltAtItsFirstStepAlone) {
  GoBackTrial trial;
  for (int i = 0; i < 5; ++i) trial.begin(20, Phase::kTraining, 0.1, true);
  EXPECT_FALSE(trial.isSpoilt(21));
  EXPECT_TRUE(trial.isSpoilt(20));
}

TEST(GoBackTrial, EndsAfterAHundredStepsOrWithAHigherRate) {
  GoBackTrial trial;
  trial.begin(20, Phase::kTraining, 0.1, false);
  EXPECT_EQ(trial.limited(1, Phase::kTraining), 0.1);
  EXPECT_EQ(trial.limited(0.01, Phase::kTraining), 0.01);
  EXPECT_EQ(trial.limited(1, Phase::kFineTuning), 1);
  trial.beforeStep(119, 0.1);
  EXPECT_EQ(trial.limited(1, Phase::kTraining), 0.1);
  trial.beforeStep(120, 0.1);
  EXPECT_EQ(trial.limited(1, Phase::kTraining), 1);
  trial.begin(20, Phase::kTraining, 0.1, false);
  trial.beforeStep(21, 0.2);
  EXPECT_FALSE(trial.isSpoilt(20));
}

}  // namespace
