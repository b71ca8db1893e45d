// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine_fixture.h"
#include "tests/training/conv_net_model.h"
#include "training/snapshots/checkpoint.h"
#include "training/snapshots/saved_states.h"

namespace {

using namespace training;
using testing::ElementsAre;
using testing::HasSubstr;

eventio::Result<void> fullDisk() {
  return eventio::makeError(eventio::ErrorCode::kIo, "the log's disk is full");
}

TEST(ModelSaving, TheLogIsFlushedBeforeAModelReplacesTheOldOne) {
  EngineRun run;
  std::vector<std::int64_t> onDisk;  // step of the saved model at each flush, -1 for none
  run.recorder.onFlush = [&]() -> eventio::Result<void> {
    const auto state = run.last();
    onDisk.push_back(state ? state->step : -1);
    EXPECT_EQ(run.recorder.steps.size() % 20, 0U);
    return {};
  };
  ASSERT_TRUE(run.run());
  // Each epoch's end saves the last state, and the best one where it is better.
  EXPECT_EQ(onDisk.front(), -1);
  EXPECT_THAT(onDisk, testing::Contains(20));
  EXPECT_THAT(onDisk, testing::Contains(40));
  EXPECT_THAT(onDisk, testing::Not(testing::Contains(60)));
}

TEST(ModelSaving, ALogThatCannotBeWrittenKeepsTheOldStateAndAtTheEndTheNewParameters) {
  EngineRun whole;
  ASSERT_TRUE(whole.run());
  EngineRun run;
  run.recorder.onFlush = [&]() -> eventio::Result<void> {
    return run.recorder.steps.size() < 40 ? eventio::Result<void>() : fullDisk();
  };
  std::int64_t atStep45 = -1;
  run.recorder.onStep = [&](const StepRecord& step) {
    if (step.step == 45) atStep45 = run.last()->step;
  };
  const auto outcome = run.run();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(atStep45, 20);
  // The run goes on from where its log is whole; the model at the end is there all the same.
  EXPECT_EQ(run.last()->step, 20);
  EXPECT_EQ(readFile(run.modelFile()), readFile(whole.modelFile()));
  EXPECT_EQ(outcome->saveFailure.english(), "");
  EXPECT_EQ(outcome->modelFile, run.modelFile());
}

TEST(ModelSaving, TellsOnceThatItFailsAndOnceThatItIsOver) {
  EngineRun run;
  run.config.epochs = 4;
  run.config.fineTuneEpochs = 0;
  std::vector<std::string> failures;
  run.recorder.onFlush = [&]() -> eventio::Result<void> {
    const std::size_t steps = run.recorder.steps.size();
    return steps == 20 || steps == 40 ? fullDisk() : eventio::Result<void>();
  };
  run.recorder.onStep = [&](const StepRecord& step) {
    if (step.step % 20 == 5) failures.push_back(run.control.status().saveFailure.english());
  };
  const auto outcome = run.run();
  ASSERT_TRUE(outcome);
  EXPECT_THAT(failures, ElementsAre("", HasSubstr("disk is full"), HasSubstr("disk is full"), ""));
  EXPECT_THAT(run.recorder.alerts,
              ElementsAre(HasSubstr("could not be saved"), HasSubstr("saved again")));
  EXPECT_EQ(outcome->saveFailure.english(), "");
}

TEST(ModelSaving, ABestModelThatCouldNotBeSavedIsSavedLater) {
  EngineRun run;
  run.config.epochs = 4;
  run.config.fineTuneEpochs = 0;
  run.config.learningRate = 0.05;
  std::int64_t bestStep = 0;
  double bestAccuracy = -1;
  const auto noteBest = [&] {
    for (const EpochRecord& epoch : run.recorder.epochs) {
      if (epoch.validationMetrics[0] <= bestAccuracy) continue;
      bestAccuracy = epoch.validationMetrics[0];
      bestStep = epoch.step;
    }
  };
  run.recorder.onFlush = [&]() -> eventio::Result<void> {
    return run.recorder.steps.size() < 80 ? fullDisk() : eventio::Result<void>();
  };
  ASSERT_TRUE(run.run());
  noteBest();
  const auto best = loadCheckpoint(run.folder / "checkpoints" / "best.safetensors", convNet());
  ASSERT_TRUE(best) << best.error().message.english();
  EXPECT_EQ(best->validationMetric, bestAccuracy);
}

TEST(ModelSaving, ARunWithoutASavedModelGoesOnFromItsStart) {
  EngineRun whole;
  ASSERT_TRUE(whole.run());
  EngineRun run;
  run.config.continueRun = run.folder.path().string();
  const auto outcome = run.run();
  ASSERT_TRUE(outcome) << outcome.error().message.english();
  EXPECT_EQ(run.recorder.steps.front().step, 0);
  EXPECT_EQ(run.last()->parameters, whole.last()->parameters);
}

TEST(ModelSaving, ADamagedStateIsAnErrorWhereNoOtherIsWholeAndChangesNothing) {
  EngineRun run;
  run.recorder.onStep = [&](const StepRecord& step) {
    if (step.step == 25) run.control.stopNow();
  };
  ASSERT_TRUE(run.run());
  const auto file = run.folder / "checkpoints" / "last.safetensors";
  std::filesystem::remove(run.folder / "checkpoints" / "best.safetensors");
  std::string bytes = readFile(file);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  writeFile(file, bytes);
  run.config.continueRun = run.folder.path().string();
  const auto outcome = run.run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, eventio::ErrorCode::kCorrupt);
  EXPECT_THAT(outcome.error().message.english(), HasSubstr(file.string()));
  EXPECT_EQ(run.recorder.steps.size(), 26U);
  EXPECT_EQ(readFile(file), bytes);
}

}  // namespace
