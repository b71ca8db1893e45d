// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/saved_states.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/english.h"
#include "tests/support/temporary_folder.h"
#include "tests/training/conv_net_model.h"
#include "training/optimisers/sgd.h"
#include "training/snapshots/checkpoint.h"

namespace {

using namespace training;
using Kind = SavedState::Kind;

TrainingState stateAt(std::int64_t step, bool diverged = false) {
  TrainingState state;
  state.parameters.assign(flatSize(convNet().parameters), static_cast<float>(step));
  state.optimiser = newOptimiserState(sgd(), flatSize(convNet().parameters));
  state.step = step;
  state.batch = step;
  state.diverged = diverged ? 1 : 0;
  state.batchSize = 64;
  state.trainImages = 60000;
  return state;
}

std::vector<std::int64_t> stepsOf(const SavedStates& states) {
  std::vector<std::int64_t> steps;
  for (const SavedState& state : states.list()) steps.push_back(state.step);
  return steps;
}

std::int64_t continuedFrom(const TemporaryFolder& run) {
  const auto state = stateToContinue(run.path(), &convNet());
  EXPECT_TRUE(state) << state.error().message.english();
  return state && *state ? (*state)->step : -1;
}

TEST(SavedStates, AreFoundAgain) {
  TemporaryFolder run;
  SavedStates states(run.path(), &convNet());
  ASSERT_TRUE(states.saveLast(stateAt(30)));
  ASSERT_TRUE(states.saveBest(stateAt(20)));
  ASSERT_TRUE(states.saveBeforeChange(stateAt(25)));
  SavedStates again(run.path(), &convNet());
  ASSERT_TRUE(again.scan());
  EXPECT_THAT(stepsOf(again), testing::ElementsAre(20, 25, 30));
  EXPECT_EQ(again.list()[0].kind, Kind::kBest);
  EXPECT_EQ(again.list()[1].kind, Kind::kBeforeChange);
  EXPECT_EQ(again.list()[2].kind, Kind::kLast);
  EXPECT_EQ(again.load(25)->parameters[0], 25.0F);
  EXPECT_EQ(again.load(26).error().code, eventio::ErrorCode::kNotFound);
  EXPECT_TRUE(std::filesystem::exists(run / "model.safetensors"));
  EXPECT_TRUE(std::filesystem::exists(run / "model-best.safetensors"));
}

TEST(SavedStates, OfThoseBeforeChangesTheNewestGoodOnesAreKept) {
  TemporaryFolder run;
  SavedStates states(run.path(), &convNet());
  ASSERT_TRUE(states.saveBeforeChange(stateAt(1)));
  for (std::int64_t step = 2; step < 12; ++step) {
    ASSERT_TRUE(states.saveBeforeChange(stateAt(step, true)));
  }
  EXPECT_EQ(states.list().size(), SavedStates::kMaxBeforeChange);
  EXPECT_EQ(states.newestGoodStep(), 1);
  for (std::int64_t step = 12; step < 22; ++step) {
    ASSERT_TRUE(states.saveBeforeChange(stateAt(step)));
  }
  EXPECT_THAT(stepsOf(states), testing::ElementsAre(14, 15, 16, 17, 18, 19, 20, 21));
  SavedStates again(run.path(), &convNet());
  ASSERT_TRUE(again.scan());
  EXPECT_EQ(stepsOf(again), stepsOf(states));
}

TEST(SavedStates, GoingBackForgetsWhatCameAfter) {
  TemporaryFolder run;
  SavedStates states(run.path(), &convNet());
  ASSERT_TRUE(states.saveBeforeChange(stateAt(10)));
  ASSERT_TRUE(states.saveBeforeChange(stateAt(20)));
  ASSERT_TRUE(states.saveBest(stateAt(25)));
  ASSERT_TRUE(states.saveLast(stateAt(30)));
  states.dropAfter(10);
  EXPECT_THAT(stepsOf(states), testing::ElementsAre(10));
  EXPECT_FALSE(std::filesystem::exists(run / "checkpoints" / "step-20.safetensors"));
  EXPECT_TRUE(std::filesystem::exists(run / "checkpoints" / "best.safetensors"));
}

TEST(StateToContinue, IsTheNewestFromBeforeTheRunDiverged) {
  TemporaryFolder run;
  EXPECT_EQ(continuedFrom(run), -1);
  SavedStates states(run.path(), &convNet());
  ASSERT_TRUE(states.saveBest(stateAt(40)));
  EXPECT_EQ(continuedFrom(run), 40);
  ASSERT_TRUE(states.saveLast(stateAt(30)));
  EXPECT_EQ(continuedFrom(run), 30);  // the best may be of steps that the run went back over
  ASSERT_TRUE(states.saveBeforeChange(stateAt(35)));
  EXPECT_EQ(continuedFrom(run), 35);
  ASSERT_TRUE(states.saveLast(stateAt(50, true)));
  EXPECT_EQ(continuedFrom(run), 35);
}

TEST(StateToContinue, IsTheStartWhereAllOfThemDiverged) {
  TemporaryFolder run;
  SavedStates states(run.path(), &convNet());
  ASSERT_TRUE(states.saveLast(stateAt(50, true)));
  EXPECT_EQ(continuedFrom(run), -1);
}

TEST(StateToContinue, PassesOverFilesThatAreNoStates) {
  TemporaryFolder run;
  writeFile(run / "checkpoints" / "step-12.safetensors.new-1-1", "x");
  writeFile(run / "checkpoints" / "step-.safetensors", "x");
  writeFile(run / "checkpoints" / "notes.txt", "x");
  EXPECT_EQ(continuedFrom(run), -1);
  writeFile(run / "checkpoints" / "step-7.safetensors", "x");
  EXPECT_EQ(stateToContinue(run.path(), &convNet()).error().code, eventio::ErrorCode::kCorrupt);
}

TEST(StateToContinue, IsTheNewestWholeOneAndTheDamagedFileIsNamed) {
  TemporaryFolder run;
  SavedStates states(run.path(), &convNet());
  ASSERT_TRUE(states.saveBeforeChange(stateAt(20)));
  ASSERT_TRUE(states.saveLast(stateAt(30)));
  const auto last = run / "checkpoints" / "last.safetensors";
  std::filesystem::resize_file(last, 100);
  StatesPassedOver passedOver;
  const auto state = stateToContinue(run.path(), &convNet(), &passedOver);
  ASSERT_TRUE(state) << state.error().message.english();
  ASSERT_TRUE(*state);
  EXPECT_EQ((*state)->step, 20);
  EXPECT_THAT(english(passedOver.why), testing::ElementsAre(testing::HasSubstr(last.string())));
}

TEST(StateToContinue, OfADivergedRunIsNamedWithTheStepThatIsLeft) {
  TemporaryFolder run;
  SavedStates states(run.path(), &convNet());
  ASSERT_TRUE(states.saveBeforeChange(stateAt(20)));
  ASSERT_TRUE(states.saveLast(stateAt(30, true)));
  StatesPassedOver passedOver;
  const auto state = stateToContinue(run.path(), &convNet(), &passedOver);
  ASSERT_TRUE(state && *state);
  EXPECT_EQ((*state)->step, 20);
  EXPECT_THAT(english(passedOver.why),
              testing::ElementsAre(
                  testing::AllOf(testing::HasSubstr("diverged"), testing::HasSubstr("step 30"))));
}

TEST(StateToContinue, IsNotTheStartWhereOnlyDamagedOnesHadNotDiverged) {
  TemporaryFolder run;
  SavedStates states(run.path(), &convNet());
  ASSERT_TRUE(states.saveBeforeChange(stateAt(20)));
  ASSERT_TRUE(states.saveLast(stateAt(30, true)));
  writeFile(run / "checkpoints" / "step-20.safetensors", "x");
  const auto state = stateToContinue(run.path(), &convNet());
  ASSERT_FALSE(state);
  EXPECT_THAT(state.error().message.english(), testing::HasSubstr("step-20.safetensors"));
}

TEST(StateToContinue, ReportsThatTheCheckpointsOfASavedRunAreGone) {
  TemporaryFolder run;
  SavedStates states(run.path(), &convNet());
  ASSERT_TRUE(states.saveLast(stateAt(30)));
  for (const auto& entry : std::filesystem::directory_iterator(run / "checkpoints")) {
    std::filesystem::remove(entry.path());
  }
  EXPECT_EQ(stateToContinue(run.path(), &convNet()).error().code, eventio::ErrorCode::kNotFound);
  std::filesystem::remove(run / "checkpoints");
  const auto gone = stateToContinue(run.path(), &convNet());
  ASSERT_FALSE(gone);
  EXPECT_THAT(gone.error().message.english(), testing::HasSubstr("checkpoints are missing"));
}

TEST(StateToContinue, ReportsThatCheckpointsIsNoFolder) {
  TemporaryFolder run;
  writeFile(run / "checkpoints", "x");
  EXPECT_THAT(stateToContinue(run.path(), &convNet()).error().message.english(),
              testing::HasSubstr("is not a folder"));
  std::filesystem::remove(run / "checkpoints");
  ASSERT_EQ(::mkfifo((run / "checkpoints").c_str(), 0600), 0);
  EXPECT_THAT(stateToContinue(run.path(), &convNet()).error().message.english(),
              testing::HasSubstr("is not a folder"));
  SavedStates states(run.path(), &convNet());
  EXPECT_FALSE(states.saveLast(stateAt(1)));
}

TEST(StateToContinue, IsTheStartWhereParametersAloneWereSaved) {
  TemporaryFolder run;
  SavedStates states(run.path(), &convNet());
  ASSERT_TRUE(states.saveLastParameters(stateAt(30)));
  const auto state = stateToContinue(run.path(), &convNet());
  ASSERT_TRUE(state) << state.error().message.english();
  EXPECT_FALSE(*state);
  ASSERT_TRUE(states.saveLast(stateAt(30)));
  std::filesystem::remove(run / "checkpoints" / "last.safetensors");
  EXPECT_FALSE(stateToContinue(run.path(), &convNet()));  // saved since, and removed by somebody
}

TEST(SavedStates, ParametersAreSavedWhereTheirStateCannotBe) {
  TemporaryFolder run;
  writeFile(run / "checkpoints", "a file");
  SavedStates states(run.path(), &convNet());
  EXPECT_FALSE(states.saveLast(stateAt(30)));
  EXPECT_FALSE(states.saveBest(stateAt(30)));
  EXPECT_TRUE(std::filesystem::is_regular_file(run / "model.safetensors"));
  EXPECT_TRUE(std::filesystem::is_regular_file(run / "model-best.safetensors"));
  EXPECT_TRUE(states.holdsModel());
  EXPECT_FALSE(states.holdsLast());
  std::filesystem::remove(run / "model.safetensors");
  EXPECT_FALSE(states.saveLastParameters(stateAt(30)));  // there is no place for the mark either
  EXPECT_TRUE(states.holdsModel());
}

TEST(SavedStates, ParametersAreSavedBesideAPipeInTheStatesPlace) {
  TemporaryFolder run;
  std::filesystem::create_directories(run / "checkpoints");
  ASSERT_EQ(::mkfifo((run / "checkpoints/last.safetensors").c_str(), 0600), 0);
  SavedStates states(run.path(), &convNet());
  const auto saved = states.saveLast(stateAt(30));
  ASSERT_FALSE(saved);
  EXPECT_THAT(saved.error().message.english(), testing::HasSubstr("last.safetensors"));
  EXPECT_TRUE(states.holdsModel());
}

TEST(SavedStates, NothingIsWrittenThroughALink) {
  TemporaryFolder run;
  TemporaryFolder outside;
  std::filesystem::create_directories(run / "checkpoints");
  for (const char* name : {"checkpoints/last.safetensors", "model.safetensors"}) {
    std::filesystem::create_symlink(outside / "target", run / name);
  }
  SavedStates states(run.path(), &convNet());
  ASSERT_TRUE(states.saveLast(stateAt(30)));
  EXPECT_TRUE(std::filesystem::is_empty(outside.path()));
  EXPECT_TRUE(states.holdsLast());
  EXPECT_EQ(continuedFrom(run), 30);
}

TEST(SavedStates, AMissingLastStateIsReported) {
  TemporaryFolder run;
  SavedStates states(run.path(), &convNet());
  ASSERT_TRUE(states.saveBest(stateAt(20)));
  StatesPassedOver passedOver;
  ASSERT_TRUE(stateToContinue(run.path(), &convNet(), &passedOver));
  EXPECT_TRUE(passedOver.why.empty());  // a crash before the first one was saved
  ASSERT_TRUE(states.saveLast(stateAt(30)));
  std::filesystem::remove(run / "checkpoints/last.safetensors");
  EXPECT_EQ(continuedFrom(run), 20);
  ASSERT_TRUE(stateToContinue(run.path(), &convNet(), &passedOver));
  EXPECT_THAT(english(passedOver.why),
              testing::ElementsAre(testing::EndsWith("last.safetensors: is missing")));
}

}  // namespace
