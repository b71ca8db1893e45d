// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <thread>
#include <utility>

#include "engine_fixture.h"

namespace {

using namespace training;
using testing::ElementsAre;

template <class Condition>
bool comesTrue(const Condition& condition) {
  for (int i = 0; i < 10'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

std::vector<double> lossesOf(const KeepingRecorder& recorder) {
  std::vector<double> losses;
  for (const StepRecord& step : recorder.steps) losses.push_back(step.loss);
  return losses;
}

TEST(Engine, TellsWhatItOffers) {
  const EngineInfo info = TorchEngine().info();
  ASSERT_FALSE(info.devices.empty());
  EXPECT_EQ(info.devices.front(), "cpu");
  EXPECT_FALSE(info.torchVersion.empty());
}

TEST(Engine, GoesThroughBothPhases) {
  EngineRun run;
  const auto outcome = run.run();
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  EXPECT_FALSE(outcome->stopped);
  EXPECT_GT(outcome->samplesPerSecond, 0);
  ASSERT_EQ(run.recorder.steps.size(), 60U);
  for (std::size_t i = 0; i < 60; ++i) {
    const StepRecord& step = run.recorder.steps[i];
    EXPECT_EQ(step.step, static_cast<std::int64_t>(i));
    EXPECT_EQ(step.phase, i < 40 ? Phase::kTraining : Phase::kFineTuning);
    EXPECT_EQ(step.learningRate, i < 40 ? 0.01 : 0.001);
  }
  ASSERT_EQ(run.recorder.epochs.size(), 3U);
  EXPECT_EQ(run.recorder.epochs[1].step, 40);
  EXPECT_EQ(run.recorder.epochs[2].epoch, 0);
  EXPECT_EQ(run.recorder.epochs[2].phase, Phase::kFineTuning);
  EXPECT_EQ(outcome->metricAfterTraining, run.recorder.epochs[1].validationMetrics[0]);
  EXPECT_EQ(outcome->metricAfterFineTuning, run.recorder.epochs[2].validationMetrics[0]);
  ASSERT_EQ(run.recorder.begins.size(), 3U);
  EXPECT_EQ(run.recorder.begins[2].step, 40);
  EXPECT_TRUE(std::filesystem::exists(run.modelFile()));
  EXPECT_THAT(run.recorder.saves, ElementsAre(20, 40, 60));
}

TEST(Engine, AnEpochsMeanIsOverItsSamples) {
  EngineRun run;
  ASSERT_TRUE(run.run());
  double loss = 0;
  double correct = 0;
  for (std::size_t i = 0; i < 20; ++i) {
    const double samples = i < 19 ? 16 : 9;
    loss += run.recorder.steps[i].loss * samples;
    correct += run.recorder.steps[i].metrics[0] * samples;
  }
  EXPECT_NEAR(run.recorder.epochs[0].loss, loss / 313, 1e-9);
  EXPECT_NEAR(run.recorder.epochs[0].metrics[0], correct / 313, 1e-9);
}

TEST(Engine, EpochsAreJudgedOnTheValidationSetWhereThatIsAsked) {
  const SampleSet others = smallData(1, 20).test;
  EngineRun onTest;
  EngineRun onValidation;
  onValidation.config.validateOn = "validation";
  onValidation.data.validation = std::exchange(onValidation.data.test, others);
  const auto judged = onTest.run();
  const auto tested = onValidation.run();
  ASSERT_TRUE(judged && tested);
  ASSERT_EQ(onValidation.recorder.epochs.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const EpochRecord& expected = onTest.recorder.epochs[i];
    EXPECT_TRUE(onValidation.recorder.epochs[i].onValidationSet);
    EXPECT_FALSE(expected.onValidationSet);
    EXPECT_EQ(onValidation.recorder.epochs[i].validationLoss, expected.validationLoss);
    EXPECT_EQ(onValidation.recorder.epochs[i].validationMetrics, expected.validationMetrics);
  }
  EngineRun onOthers;  // the metrics after a phase are the test set's all the same
  onOthers.data.test = others;
  const auto expected = onOthers.run();
  ASSERT_TRUE(expected);
  EXPECT_EQ(tested->metricAfterTraining, expected->metricAfterTraining);
  EXPECT_EQ(tested->metricAfterFineTuning, expected->metricAfterFineTuning);
  EXPECT_NE(tested->metricAfterTraining, judged->metricAfterTraining);
}

TEST(Engine, DroppingTheLastBatchLeavesWholeBatchesAlone) {
  EngineRun whole;
  EngineRun dropped;
  dropped.config.dropLast = true;
  ASSERT_TRUE(whole.run() && dropped.run());
  ASSERT_EQ(whole.recorder.steps.size(), 3U * 20);  // 19 batches of 16 and one of 9
  ASSERT_EQ(dropped.recorder.steps.size(), 3U * 19);
  double loss = 0;
  for (std::size_t i = 0; i < 19; ++i) {
    EXPECT_EQ(dropped.recorder.steps[i].loss, whole.recorder.steps[i].loss);
    loss += dropped.recorder.steps[i].loss;
  }
  EXPECT_NEAR(dropped.recorder.epochs[0].loss, loss / 19, 1e-9);
}

TEST(Engine, Learns) {
  EngineRun run;
  run.config.epochs = 12;
  run.config.learningRate = 0.05;
  const auto outcome = run.run();
  ASSERT_TRUE(outcome);
  EXPECT_GT(outcome->metricAfterTraining, 0.95);
  EXPECT_GT(outcome->metricAfterFineTuning, 0.95);
}

TEST(Engine, LeavesFineTuningOut) {
  EngineRun run;
  run.config.fineTuneEpochs = 0;
  const auto outcome = run.run();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(run.recorder.steps.size(), 40U);
  EXPECT_LT(outcome->metricAfterFineTuning, 0);
  EXPECT_GE(outcome->metricAfterTraining, 0);
}

TEST(Engine, OneSeedOneResult) {
  for (const int threads : {1, 2, 3}) {
    EngineRun first;
    EngineRun second;
    EngineRun other;
    first.config.threads = second.config.threads = other.config.threads = threads;
    other.config.seed = 2;
    ASSERT_TRUE(first.run() && second.run() && other.run());
    EXPECT_EQ(lossesOf(first.recorder), lossesOf(second.recorder));
    EXPECT_EQ(first.recorder.histograms, second.recorder.histograms);
    EXPECT_NE(lossesOf(first.recorder), lossesOf(other.recorder));
  }
}

TEST(Engine, APauseChangesNothing) {
  EngineRun plain;
  ASSERT_TRUE(plain.run());
  EngineRun paused;
  paused.recorder.onStep = [&](const StepRecord& step) {
    if (step.step % 9 == 4) paused.control.pause();
  };
  std::atomic<bool> over{false};
  int pauses = 0;
  std::thread resumer([&] {
    while (!over) {
      if (paused.control.status().state == TrainerState::kPaused) {
        ++pauses;
        paused.control.resume();
      }
      std::this_thread::yield();
    }
  });
  const auto outcome = paused.run();
  over = true;
  resumer.join();
  ASSERT_TRUE(outcome);
  EXPECT_GE(pauses, 6);
  EXPECT_EQ(lossesOf(plain.recorder), lossesOf(paused.recorder));
  EXPECT_EQ(plain.recorder.histograms, paused.recorder.histograms);
}

TEST(Engine, StepsOneByOneAndStops) {
  EngineRun run;
  run.recorder.onStep = [&](const StepRecord& step) {
    if (step.step == 4) run.control.pause();
  };
  const auto pausedAfter = [&run](std::int64_t step) {
    const TrainerStatus status = run.control.status();
    return status.state == TrainerState::kPaused && status.step == step;
  };
  bool obeyed = true;
  std::thread user([&] {
    obeyed = comesTrue([&] { return pausedAfter(5); });
    run.control.set(&LiveHyperParameters::learningRate, 0.5);
    run.control.stepOnce();
    obeyed = comesTrue([&] { return pausedAfter(6); }) && obeyed;
    run.control.stepOnce();
    obeyed = comesTrue([&] { return pausedAfter(7); }) && obeyed;
    run.control.stopNow();
  });
  const auto outcome = run.run();
  user.join();
  EXPECT_TRUE(obeyed);
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->stopped);
  EXPECT_LT(outcome->metricAfterTraining, 0);
  ASSERT_EQ(run.recorder.steps.size(), 7U);
  EXPECT_EQ(run.recorder.steps[4].learningRate, 0.01);
  EXPECT_EQ(run.recorder.steps[5].learningRate, 0.5);
  ASSERT_EQ(run.recorder.changes.size(), 1U);
  EXPECT_EQ(run.recorder.changes[0].what, "learning rate");
  EXPECT_EQ(run.recorder.changes[0].from, 0.01);
  EXPECT_EQ(run.recorder.changes[0].to, 0.5);
  EXPECT_EQ(run.recorder.changes[0].step, 5);
  EXPECT_THAT(run.recorder.saves, ElementsAre(7));
}

TEST(Engine, StopsAfterTheEpoch) {
  EngineRun run;
  run.recorder.onStep = [&](const StepRecord& step) {
    if (step.step == 3) run.control.stopAfterEpoch();
  };
  const auto outcome = run.run();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->stopped);
  EXPECT_EQ(run.recorder.steps.size(), 20U);
  EXPECT_EQ(run.recorder.epochs.size(), 1U);
}

TEST(Engine, StopAfterTheLastEpochIsTheEnd) {
  EngineRun run;
  run.config.fineTuneEpochs = 0;
  run.recorder.onStep = [&](const StepRecord& step) {
    if (step.step == 25) run.control.stopAfterEpoch();
  };
  const auto outcome = run.run();
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->stopped);
}

TEST(Engine, StopGoesBeforeEvaluation) {
  EngineRun run;
  run.recorder.onStep = [&](const StepRecord& step) {
    if (step.step == 19) run.control.stopNow();
  };
  const auto outcome = run.run();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->stopped);
  EXPECT_EQ(run.recorder.epochs.size(), 0U);
  EXPECT_THAT(run.recorder.saves, ElementsAre(20));
}

TEST(Engine, WritesHistogramsAtTheirIntervalAndAtTheEnd) {
  EngineRun run;
  run.recorder.onStep = [&](const StepRecord& step) {
    if (step.step == 21) run.control.set(&LiveHyperParameters::histogramInterval, 16);
  };
  ASSERT_TRUE(run.run());
  std::vector<std::int64_t> steps;
  for (const auto& [step, values] : run.recorder.histograms.at("conv1/weight")) {
    EXPECT_EQ(values.size(), 250U);
    steps.push_back(step);
  }
  EXPECT_THAT(steps, ElementsAre(0, 7, 14, 21, 32, 48, 59));
  std::set<std::string> tags;
  for (const auto& [tag, points] : run.recorder.histograms) tags.insert(tag);
  EXPECT_THAT(tags,
              ElementsAre("conv1/bias", "conv1/bias.grad", "conv1/weight", "conv1/weight.grad",
                          "conv2/bias", "conv2/bias.grad", "conv2/weight", "conv2/weight.grad",
                          "fc1/bias", "fc1/bias.grad", "fc1/weight", "fc1/weight.grad", "fc2/bias",
                          "fc2/bias.grad", "fc2/weight", "fc2/weight.grad"));
}

TEST(Engine, FrozenLayersStayAsTheyAreBitForBit) {
  EngineRun run;
  run.config.fineTuneLayers = {"conv2", "fc2"};
  run.config.weightDecay = 0.1;
  run.config.histogramInterval = 1;
  ASSERT_TRUE(run.run());
  const auto changedInFineTuning = [&run](const std::string& tag) {
    const auto& points = run.recorder.histograms.at(tag);
    return points.at(39) != points.at(59);
  };
  for (const char* frozen : {"conv1/weight", "conv1/bias", "fc1/weight", "fc1/bias"}) {
    EXPECT_FALSE(changedInFineTuning(frozen)) << frozen;
    EXPECT_EQ(run.recorder.histograms.at(std::string(frozen) + ".grad").count(45), 0U);
  }
  for (const char* trained : {"conv2/weight", "conv2/bias", "fc2/weight", "fc2/bias"}) {
    EXPECT_TRUE(changedInFineTuning(trained)) << trained;
    EXPECT_EQ(run.recorder.histograms.at(std::string(trained) + ".grad").count(45), 1U);
  }
}

TEST(Engine, ABatchLargerThanTheDataIsTheWholeOfIt) {
  EngineRun run;
  run.data = smallData(5, 3);
  run.config.batchSize = 1000;
  run.config.threads = 8;
  const auto outcome = run.run();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(run.recorder.steps.size(), 3U);
}

TEST(Engine, RefusesWhatItDoesNotHave) {
  EngineRun layer;
  layer.config.fineTuneLayers = {"fc7"};
  EXPECT_EQ(layer.run().error().code, eventio::ErrorCode::kInvalidArgument);
  EngineRun device;
  device.config.device = "quantum";
  EXPECT_EQ(device.run().error().code, eventio::ErrorCode::kInvalidArgument);
}

TEST(Engine, AModelThatCannotBeSavedIsToldOnceAndFailsTheRun) {
  EngineRun run;
  std::filesystem::create_directories(run.modelFile());
  const auto outcome = run.run();
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  EXPECT_EQ(run.recorder.steps.size(), 60U);
  ASSERT_EQ(run.recorder.alerts.size(), 1U);
  EXPECT_THAT(run.recorder.alerts[0], testing::HasSubstr(run.modelFile()));
  EXPECT_THAT(outcome->saveFailure.english(), testing::HasSubstr(run.modelFile()));
  EXPECT_EQ(outcome->modelFile, "");
  EXPECT_EQ(run.control.status().saveFailure.english(), outcome->saveFailure.english());
}

}  // namespace
