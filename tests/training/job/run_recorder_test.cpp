// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/run_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "eventio/reader/log_directory.h"
#include "tests/support/english.h"
#include "tests/support/temporary_folder.h"

namespace {

using RunPointer = std::shared_ptr<eventio::Run>;
using eventio::RunStore;
using eventio::TagInfo;
using namespace training;

constexpr std::chrono::seconds kTimeout{20};

/// The same small course of events for every test.
void record(RunRecorder& recorder) {
  recorder.epochBegins(Phase::kTraining, 0, 0);
  for (std::int64_t step = 0; step < 3; ++step) {
    recorder.step(
        {Phase::kTraining, step, 2.1 / static_cast<double>(step + 1), {0.25}, 0.01, 1000});
  }
  recorder.changed("learning rate", 0.01, 0.005, 3);
  const std::vector<float> values = {-1, 0, 0.5F, 2};
  recorder.histogram("conv1/weight", values, 2);
  recorder.epoch({Phase::kTraining, 0, 3, 1.5, {0.5}, 1.25, {0.625}});
  recorder.checkpointSaved("/runs/run/model.pt", 3);
  recorder.epochBegins(Phase::kFineTuning, 0, 3);
  recorder.epoch({Phase::kFineTuning, 0, 6, 0.5, {0.75}, 0.4, {0.8}});
  recorder.alert(training::AlertAbout::kTraining, {"something"}, 5);
  recorder.ended("finished", eventio::SessionStatus::kSuccess);
}

TrainingConfig smallConfig() {
  TrainingConfig config;
  config.epochs = 1;
  config.fineTuneEpochs = 1;
  return config;
}

struct Recorded {
  TemporaryFolder folder;
  std::shared_ptr<RunStore> store = std::make_shared<RunStore>();
  RunFolder place = *makeRunFolder(folder.path(), "run");
  std::unique_ptr<RunRecorder> recorder = *RunRecorder::open(place, smallConfig(), store);
  RunPointer live = store->find(place.logDirectory.string(), "run");
};

RunPointer load(const RunFolder& place, const std::shared_ptr<RunStore>& store) {
  auto logs = eventio::LogDirectory::open(place.logDirectory, store, {.follow = false});
  if (!logs || !(*logs)->waitUntilLoaded(kTimeout)) return nullptr;
  return store->find(place.logDirectory.string(), place.name);
}

double onlyValue(const eventio::Run& run, const char* tag, std::int64_t step) {
  const eventio::ScalarView view = run.scalars(tag);
  EXPECT_EQ(view.size(), 1U) << tag;
  if (view.size() != 1) return -1;
  EXPECT_EQ(view.step(0), step) << tag;
  return view.value(0);
}

std::vector<std::string> textsOf(const eventio::Run& run, const char* tag) {
  std::vector<std::string> texts;
  for (const eventio::TextPoint& point : run.texts(tag)) texts.push_back(point.value.at(0));
  return texts;
}

TEST(RunRecorder, RecordsHowItsSessionEnded) {
  for (const auto status : {eventio::SessionStatus::kSuccess, eventio::SessionStatus::kFailure}) {
    Recorded run;
    run.recorder->ended("over", status);
    run.recorder->close();
    const RunPointer loaded = load(run.place, std::make_shared<RunStore>());
    ASSERT_NE(loaded, nullptr);
    ASSERT_TRUE(loaded->hparams().has_value());
    EXPECT_EQ(loaded->hparams()->status, status);
  }
}

TEST(RunRecorder, KeepsEverythingUnderItsTagAndStep) {
  const Recorded run;
  record(*run.recorder);
  ASSERT_NE(run.live, nullptr);
  EXPECT_TRUE(run.live->isLive());
  const eventio::ScalarView losses = run.live->scalars("train/loss");
  ASSERT_EQ(losses.size(), 3U);
  EXPECT_EQ(losses.value(2), static_cast<double>(static_cast<float>(2.1 / 3)));
  EXPECT_EQ(losses.step(2), 2);
  EXPECT_EQ(run.live->scalars("train/accuracy").size(), 3U);
  EXPECT_EQ(run.live->scalars("train/learning_rate").size(), 3U);
  EXPECT_EQ(run.live->scalars("train/samples_per_s").size(), 3U);
  EXPECT_EQ(onlyValue(*run.live, "Training Loss", 0), 1.5);
  EXPECT_EQ(onlyValue(*run.live, "Training Accuracy", 0), 0.5);
  EXPECT_EQ(onlyValue(*run.live, "Fine-tuning Loss", 0), 0.5);
  EXPECT_EQ(onlyValue(*run.live, "Fine-tuning Accuracy", 0), 0.75);
  const eventio::ScalarView tested = run.live->scalars("validation/loss");
  ASSERT_EQ(tested.size(), 2U);
  EXPECT_EQ(tested.step(0), 2);
  EXPECT_EQ(tested.step(1), 5);
  EXPECT_EQ(tested.value(0), 1.25);
  const eventio::ScalarView epochs = run.live->scalars("train/epoch");
  ASSERT_EQ(epochs.size(), 2U);
  EXPECT_EQ(epochs.step(1), 3);
  EXPECT_EQ(epochs.value(1), 2);
  EXPECT_EQ(textsOf(*run.live, "traindeck/changes/text_summary"),
            std::vector<std::string>{"learning rate 0.01 → 0.005"});
  EXPECT_EQ(
      textsOf(*run.live, "traindeck/phases/text_summary"),
      (std::vector<std::string>{"training begins", "fine-tuning of fc1, fc2 begins", "finished"}));
  const auto histograms = run.live->histograms("conv1/weight");
  ASSERT_EQ(histograms.size(), 1U);
  EXPECT_EQ(histograms[0].value->num, 4);
  EXPECT_EQ(histograms[0].value->max, 2);
  run.recorder->close();
  EXPECT_FALSE(run.live->isLive());
}

TEST(RunRecorder, TheFileHoldsWhatTheStoreHolds) {
  const Recorded run;
  record(*run.recorder);
  run.recorder->close();
  EXPECT_GT(run.recorder->bytes(), 0U);
  EXPECT_EQ(run.recorder->failure().english(), "");
  const RunPointer loaded = load(run.place, std::make_shared<RunStore>());
  ASSERT_NE(loaded, nullptr);
  std::size_t compared = 0;
  for (const TagInfo& tag : run.live->tags()) {
    const auto other = loaded->tag(tag.tag);
    ASSERT_TRUE(other.has_value()) << tag.tag;
    EXPECT_EQ(other->kind, tag.kind) << tag.tag;
    EXPECT_EQ(other->count, tag.count) << tag.tag;
    EXPECT_EQ(other->plugin, tag.plugin) << tag.tag;
    EXPECT_EQ(other->lastStep, tag.lastStep) << tag.tag;
    EXPECT_EQ(other->lastValue, tag.lastValue) << tag.tag;
    EXPECT_EQ(other->lastWallTime, tag.lastWallTime) << tag.tag;
    ++compared;
  }
  EXPECT_EQ(compared, 17U);
  eventio::RunNotes notes;
  static_cast<void>(notes.update(*loaded));
  using Kind = eventio::RunNote::Kind;
  std::vector<Kind> kinds;
  for (const eventio::RunNote& note : notes.notes()) kinds.push_back(note.kind);
  EXPECT_THAT(kinds, testing::ElementsAre(Kind::kPhaseBegins, Kind::kChanged, Kind::kSaved,
                                          Kind::kPhaseBegins, Kind::kAlert, Kind::kEnded));
  EXPECT_EQ(textsOf(*loaded, "traindeck/phases/text_summary"),
            textsOf(*run.live, "traindeck/phases/text_summary"));
  ASSERT_TRUE(loaded->hparams().has_value());
  EXPECT_EQ(std::get<double>(loaded->hparams()->values.at("learning_rate")), 0.01);
  EXPECT_THAT(
      loaded->hparams()->metrics,
      testing::ElementsAre(testing::Field(&eventio::HparamMetric::tag, "validation/accuracy"),
                           testing::Field(&eventio::HparamMetric::tag, "validation/loss")));
}

TEST(RunRecorder, ItsFileIsNotLoadedASecondTime) {
  const Recorded run;
  record(*run.recorder);
  run.recorder->close();
  const std::size_t before = run.live->scalars("train/loss").size();
  const RunPointer loaded = load(run.place, run.store);
  EXPECT_EQ(loaded, run.live);
  EXPECT_EQ(run.live->scalars("train/loss").size(), before);
}

TEST(RunRecorder, AResumedRunDropsTheStepsThatItRepeats) {
  const Recorded run;
  record(*run.recorder);
  run.recorder->close();
  const auto resumed = RunRecorder::open(run.place, smallConfig(), run.store, 2);
  ASSERT_TRUE(resumed) << resumed.error().message.english();
  (*resumed)->step({Phase::kTraining, 2, 0.5, 1, 0.01, 1000});
  (*resumed)->close();
  for (const RunPointer& view : {run.live, load(run.place, std::make_shared<RunStore>())}) {
    ASSERT_NE(view, nullptr);
    const eventio::ScalarView losses = view->scalars("train/loss");
    ASSERT_EQ(losses.size(), 3U);
    EXPECT_EQ(losses.step(2), 2);
    EXPECT_EQ(losses.value(2), 0.5);
    EXPECT_EQ(view->scalars("validation/loss").size(), 0U);
    EXPECT_EQ(view->scalars("Training Loss").size(), 1U);
  }
}

TEST(RunRecorder, AResumedRunNamesTheStepsThatItsLogLacks) {
  const Recorded run;
  record(*run.recorder);
  run.recorder->close();
  {
    const auto whole = RunRecorder::open(run.place, smallConfig(), nullptr, 3);
    ASSERT_TRUE(whole);
    EXPECT_THAT(english((*whole)->logGaps()), testing::IsEmpty());
  }
  for (const auto& entry : std::filesystem::directory_iterator(run.place.path())) {
    if (entry.path().filename().string().find("tfevents") != std::string::npos) {
      std::filesystem::resize_file(entry.path(), 0);
    }
  }
  const auto resumed = RunRecorder::open(run.place, smallConfig(), nullptr, 3);
  ASSERT_TRUE(resumed);
  EXPECT_THAT(english((*resumed)->logGaps()),
              testing::ElementsAre(testing::HasSubstr("steps 0 to 2 are")));
}

TEST(RunRecorder, ARemovedFileIsOneAlert) {
  const Recorded run;
  run.recorder->step({Phase::kTraining, 0, 2, 0.25, 0.01, 1000});
  ASSERT_TRUE(run.recorder->flush());
  std::filesystem::remove_all(run.place.path());
  for (std::int64_t step = 1; step < 4; ++step) {
    run.recorder->step({Phase::kTraining, step, 2, 0.25, 0.01, 1000});
    ASSERT_TRUE(run.recorder->flush());
  }
  run.recorder->close();
  const RunPointer loaded = load(run.place, std::make_shared<RunStore>());
  ASSERT_NE(loaded, nullptr);
  EXPECT_EQ(loaded->scalars("train/loss").size(), 3U);
  EXPECT_EQ(loaded->texts("traindeck/alerts/text_summary").size(), 1U);
}

TEST(RunRecorder, AFullDiskIsAnAlertAndNoEnd) {
  const Recorded run;
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {5000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::int64_t step = 0;
  const auto until = std::chrono::steady_clock::now() + kTimeout;
  const auto alerted = [&run] {
    return run.live->texts("traindeck/alerts/text_summary").size() == 1;
  };
  while (!alerted() && std::chrono::steady_clock::now() < until) {
    run.recorder->step({Phase::kTraining, step++, 1, 1, 0.01, 1000});
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const std::string failure = run.recorder->failure().english();
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_TRUE(alerted());
  EXPECT_THAT(failure, testing::HasSubstr("tfevents"));
  EXPECT_EQ(run.live->scalars("train/loss").size(), static_cast<std::size_t>(step));
  run.recorder->close();
  const RunPointer loaded = load(run.place, std::make_shared<RunStore>());
  ASSERT_NE(loaded, nullptr);
  EXPECT_EQ(loaded->scalars("train/loss").size(), static_cast<std::size_t>(step))
      << "what was queued while the disk was full must reach it later";
}

TEST(RunRecorder, SaysWhenItCannotBegin) {
  const TemporaryFolder folder;
  std::ofstream(folder / "run") << "a file where the folder should be";
  const RunFolder place{folder.path(), "run"};
  EXPECT_FALSE(RunRecorder::open(place, smallConfig(), nullptr));
}

std::vector<std::int64_t> stepsOf(const eventio::Run& run, const char* tag) {
  std::vector<std::int64_t> steps;
  const eventio::ScalarView view = run.scalars(tag);
  for (std::size_t i = 0; i < view.size(); ++i) steps.push_back(view.step(i));
  return steps;
}

TEST(RunRecorder, EpochsThatTheRunWentBackOverAreGoneAtOnce) {
  Recorded run;
  std::int64_t step = 0;
  for (const Phase phase : {Phase::kTraining, Phase::kFineTuning}) {
    for (std::int64_t epoch = 0; epoch < 3; ++epoch) {
      for (int i = 0; i < 10; ++i) run.recorder->step({phase, step++, 2.1, 0.25, 0.01, 1000});
      run.recorder->epoch({.phase = phase, .epoch = epoch, .step = step, .loss = 1.5});
    }
  }
  const auto expect = [&](std::vector<std::int64_t> training,
                          std::vector<std::int64_t> fineTuning) {
    ASSERT_TRUE(run.recorder->flush());
    const RunPointer loaded = load(run.place, std::make_shared<RunStore>());
    ASSERT_NE(loaded, nullptr);
    for (const RunPointer& seen : {run.live, loaded}) {
      EXPECT_EQ(stepsOf(*seen, "Training Loss"), training);
      EXPECT_EQ(stepsOf(*seen, "Training Accuracy"), training);
      EXPECT_EQ(stepsOf(*seen, "Fine-tuning Loss"), fineTuning);
    }
  };
  expect({0, 1, 2}, {0, 1, 2});
  run.recorder->wentBack(
      {.from = 60, .to = 50, .phase = Phase::kFineTuning, .epochsDone = 2, .why = {}});
  expect({0, 1, 2}, {0, 1});
  run.recorder->wentBack(
      {.from = 50, .to = 10, .phase = Phase::kTraining, .epochsDone = 1, .why = {}});
  EXPECT_EQ(stepsOf(*run.live, "Fine-tuning Loss"), std::vector<std::int64_t>());
  EXPECT_EQ(stepsOf(*run.live, "Training Loss"), std::vector<std::int64_t>{0});
  run.recorder->epoch({.phase = Phase::kTraining, .epoch = 1, .step = 20, .loss = 1.4});
  EXPECT_EQ(stepsOf(*run.live, "Training Loss"), (std::vector<std::int64_t>{0, 1}));
}

TEST(RunRecorder, ARunThatGoesBackToItsStartKeepsItsHyperParameters) {
  Recorded run;
  run.recorder->step({Phase::kTraining, 0, 2.1, 0.25, 1e30, 1000});
  run.recorder->wentBack({.from = 1, .to = 0, .why = {}});
  run.recorder->step({Phase::kTraining, 0, 2.1, 0.25, 0.01, 1000});
  run.recorder->close();
  const RunPointer loaded = load(run.place, std::make_shared<RunStore>());
  ASSERT_NE(loaded, nullptr);
  EXPECT_EQ(loaded->scalars("train/loss").size(), 1U);
  ASSERT_TRUE(loaded->hparams().has_value());
  EXPECT_EQ(loaded->stored("_hparams_/session_start_info").size(), 1U);
}

}  // namespace
