// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/data/run_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <thread>
#include <vector>

namespace {

using eventio::Histogram;
using eventio::RunStore;
using eventio::TagInfo;
using eventio::TagKind;
using testing::ElementsAre;
using testing::Field;

std::shared_ptr<const Histogram> someHistogram() {
  auto histogram = std::make_shared<Histogram>();
  histogram->limits = {0, 1, 2};
  histogram->counts = {0, 3, 4};
  histogram->num = 7;
  return histogram;
}

TEST(RunStore, OpensARunOnce) {
  RunStore store;
  const auto first = store.openRun("/logs", "a");
  EXPECT_EQ(store.openRun("/logs", "a"), first);
  EXPECT_NE(store.openRun("/other", "a"), first);
  EXPECT_EQ(store.find("/logs", "a"), first);
  EXPECT_EQ(store.find("/logs", "b"), nullptr);
  EXPECT_EQ(store.runs().size(), 2U);
  EXPECT_EQ(first->path(), "/logs/a");
  EXPECT_EQ(store.openRun("/logs", ".")->path(), "/logs");
}

TEST(RunStore, VersionsGrowWithChanges) {
  RunStore store;
  const auto runs = store.runsVersion();
  const auto run = store.openRun("/logs", "a");
  EXPECT_GT(store.runsVersion(), runs);
  const auto runVersion = run->version();
  const auto tags = run->tagsVersion();
  run->appendScalar("loss", 0, 1, 2);
  EXPECT_GT(run->version(), runVersion);
  EXPECT_GT(run->tagsVersion(), tags);
  const auto tagsAfter = run->tagsVersion();
  const auto runsAfter = store.runsVersion();
  run->appendScalar("loss", 1, 1, 2);
  EXPECT_EQ(run->tagsVersion(), tagsAfter);
  EXPECT_EQ(store.runsVersion(), runsAfter);
}

TEST(RunStore, ForgetsALogDirectoryButNotLiveRuns) {
  RunStore store;
  const auto loaded = store.openRun("/logs", "old");
  const auto live = store.openRun("/logs", "live");
  const auto other = store.openRun("/other", "old");
  live->setLive(true);
  loaded->appendScalar("loss", 0, 1, 2);
  store.removeRuns("/logs");
  EXPECT_THAT(store.runs(), ElementsAre(live, other));
  EXPECT_EQ(store.find("/logs", "old"), nullptr);
  EXPECT_EQ(loaded->scalars("loss").size(), 1U);
  EXPECT_NE(store.openRun("/logs", "old"), loaded);
}

TEST(RunStore, RunOutlivesTheStore) {
  auto store = std::make_unique<RunStore>();
  const auto run = store->openRun("/logs", "a");
  store.reset();
  run->appendScalar("loss", 0, 1, 2);
  EXPECT_EQ(run->scalars("loss").size(), 1U);
}

TEST(RunStore, KnowsItsOwnFiles) {
  RunStore store;
  EXPECT_FALSE(store.isOwnFile("/logs/a/events"));
  store.addOwnFile("/logs/a/events");
  EXPECT_TRUE(store.isOwnFile("/logs/a/events"));
  EXPECT_FALSE(store.isOwnFile("/logs/a/event"));
}

TEST(RunStore, ForgetsTheOwnFilesOfRunsItRemoves) {
  RunStore store;
  const auto ended = store.openRun("/logs", "a");
  const auto live = store.openRun("/logs", "b");
  live->setLive(true);
  for (const char* file : {"/logs/a/events", "/logs/a/below/events", "/logs/b/events"}) {
    store.addOwnFile(file);
  }
  store.removeRuns("/logs");
  EXPECT_FALSE(store.isOwnFile("/logs/a/events"));
  EXPECT_TRUE(store.isOwnFile("/logs/a/below/events"));
  EXPECT_TRUE(store.isOwnFile("/logs/b/events"));
}

TEST(Run, ListsItsTagsInOrderOfAppearance) {
  eventio::Run run("/logs", "a");
  run.appendScalar("b", 3, 10, 0.5);
  run.appendHistogram("a", {7, 11, someHistogram()});
  run.appendScalar("b", 4, 12, 0.25);
  run.appendText("note", {1, 13, {"x", "y"}});
  run.appendStored("img", TagKind::kImage, {.step = 2, .wallTime = 14});
  run.appendStored("img", TagKind::kImage, {.step = 5, .wallTime = 15});
  const std::vector<TagInfo> tags = run.tags();
  ASSERT_THAT(tags, ElementsAre(Field(&TagInfo::tag, "b"), Field(&TagInfo::tag, "a"),
                                Field(&TagInfo::tag, "note"), Field(&TagInfo::tag, "img")));
  EXPECT_EQ(tags[0].kind, TagKind::kScalar);
  EXPECT_EQ(tags[0].count, 2U);
  EXPECT_EQ(tags[0].firstStep, 3);
  EXPECT_EQ(tags[0].lastStep, 4);
  EXPECT_EQ(tags[0].firstWallTime, 10);
  EXPECT_EQ(tags[0].lastWallTime, 12);
  EXPECT_EQ(tags[0].lastValue, 0.25);
  EXPECT_EQ(tags[1].kind, TagKind::kHistogram);
  EXPECT_EQ(tags[1].lastStep, 7);
  EXPECT_EQ(tags[2].kind, TagKind::kText);
  EXPECT_EQ(tags[3].kind, TagKind::kImage);
  EXPECT_EQ(tags[3].count, 2U);
  EXPECT_EQ(tags[3].lastStep, 5);
  EXPECT_EQ(run.firstWallTime(), 10);
  EXPECT_EQ(run.tag("nowhere"), std::nullopt);
  EXPECT_THAT(run.texts("note")[0].value, ElementsAre("x", "y"));
  EXPECT_EQ(run.histograms("a")[0].value->num, 7);
  EXPECT_TRUE(run.histograms("a", 1).empty());
  EXPECT_TRUE(run.histograms("a", 9).empty());
}

TEST(Run, TagKeepsTheKindOfItsFirstValue) {
  eventio::Run run("/logs", "a");
  run.appendScalar("x", 0, 1, 2);
  run.appendHistogram("x", {1, 2, someHistogram()});
  run.appendText("x", {1, 2, {"t"}});
  EXPECT_EQ(run.tags().size(), 1U);
  EXPECT_EQ(run.tag("x")->count, 1U);
  EXPECT_TRUE(run.histograms("x").empty());
  EXPECT_TRUE(run.scalars("nowhere").empty());
  run.appendText("t", {1, 2, {"t"}});
  EXPECT_TRUE(run.scalars("t").empty());
}

TEST(Run, FirstMetadataHoldsEvenBeforeTheFirstValue) {
  eventio::Run run("/logs", "a");
  run.setMetadata("x", "scalars", "The x", "what it is");
  run.setMetadata("x", "other", "no", "no");
  EXPECT_EQ(run.tag("x"), std::nullopt);
  run.appendScalar("x", 0, 1, 2);
  run.setMetadata("x", "third", "no", "no");
  EXPECT_EQ(run.tag("x")->plugin, "scalars");
  EXPECT_EQ(run.tag("x")->displayName, "The x");
  EXPECT_EQ(run.tag("x")->description, "what it is");
  run.appendScalar("y", 0, 1, 2);
  run.setMetadata("y", "scalars", "The y", "");
  EXPECT_EQ(run.tag("y")->displayName, "The y");
}

TEST(Run, PurgeReachesEveryTag) {
  eventio::Run run("/logs", "a");
  for (int step = 0; step < 10; ++step) {
    run.appendScalar("s", step, 100 + step, step);
    run.appendHistogram("h", {step, 1, someHistogram()});
    run.appendText("t", {step, 1, {"t"}});
    run.appendStored("i", TagKind::kImage, {.step = step, .wallTime = 1});
  }
  run.appendScalar("early", 1, 1, 1);
  const auto tags = run.tagsVersion();
  const auto generation = run.scalars("s").generation();
  run.purgeFrom(6);
  EXPECT_GT(run.tagsVersion(), tags);
  EXPECT_NE(run.scalars("s").generation(), generation);
  for (const char* tag : {"s", "h", "t", "i"}) {
    EXPECT_EQ(run.tag(tag)->count, 6U) << tag;
    EXPECT_EQ(run.tag(tag)->lastStep, 5) << tag;
  }
  EXPECT_EQ(run.tag("s")->lastValue, 5);
  EXPECT_EQ(run.tag("early")->count, 1U);
  const auto version = run.version();
  run.purgeFrom(6);
  EXPECT_EQ(run.version(), version);
}

TEST(Run, TagsThatCountOtherStepsGoBackWithTheirNextPoint) {
  eventio::Run run("/logs", "a");
  for (int step = 0; step < 100; ++step) run.appendScalar("batch", step, 100 + step, step);
  for (int epoch = 0; epoch < 4; ++epoch) {
    run.appendScalar("loss by epoch", epoch, 100, epoch);
    run.appendHistogram("h by epoch", {epoch, 1, someHistogram()});
  }
  run.appendStored("_hparams_/session_start_info", TagKind::kHparams, {.step = 0, .wallTime = 1});
  run.appendScalar("untouched", 3, 1, 1);
  run.purgeFrom(60);
  EXPECT_EQ(run.tag("loss by epoch")->count, 4U);
  const std::vector<eventio::Run::NamedScalar> values = {{"batch", 60.0}, {"new", 1.0}};
  run.appendScalars(60, 200, values);
  run.appendScalar("loss by epoch", 2, 200, 20);
  run.appendScalar("loss by epoch", 3, 200, 30);
  run.appendScalar("loss by epoch", 1, 200, 10);  // falling steps as such stay
  run.appendHistogram("h by epoch", {0, 2, someHistogram()});
  run.appendStored("_hparams_/session_start_info", TagKind::kHparams, {.step = 0, .wallTime = 2});
  EXPECT_EQ(run.tag("batch")->count, 61U);
  const auto epochs = run.scalars("loss by epoch");
  std::vector<double> found(epochs.size());
  epochs.copyValues(0, found);
  EXPECT_THAT(found, testing::ElementsAre(0, 1, 20, 30, 10));
  EXPECT_EQ(run.tag("h by epoch")->count, 1U);
  EXPECT_EQ(run.tag("_hparams_/session_start_info")->count, 2U);
  EXPECT_EQ(run.tag("untouched")->count, 1U);
  EXPECT_TRUE(run.damage().empty());  // nothing to report: the run itself went back
}

TEST(Run, NoticeOfARestartNamesAFewTagsAndCountsTheOthers) {
  eventio::Run run("/logs", "a");
  for (int tag = 0; tag < 9; ++tag) {
    const std::string name = "tag" + std::to_string(tag);
    for (int step = 0; step < 10; ++step) run.appendScalar(name, step, 100, step);
  }
  run.purgeFrom({.file = "/logs/a/tfevents",
                 .offset = 77,
                 .step = 8,
                 .wallTime = 100,
                 .isOwnTag = [](std::string_view tag) { return tag != "tag0"; },
                 .tagsRestart = true});
  EXPECT_EQ(run.tag("tag0")->count, 10U);  // another's, and no older than the announcement
  run.appendScalar("tag8", 5, 200, 5);
  const auto damage = run.damage();
  ASSERT_EQ(damage.size(), 1U);
  EXPECT_EQ(damage[0].offset, 77U);
  EXPECT_THAT(damage[0].what.english(), testing::HasSubstr("from step 8: 19 points"));
  EXPECT_THAT(damage[0].what.english(), testing::HasSubstr("'tag1' (2 from step 8)"));
  EXPECT_THAT(damage[0].what.english(), testing::EndsWith(" and 3 other tags"));
}

TEST(Run, ValuesOfOneStepAreSeenTogetherOrNotAtAll) {
  RunStore store;
  const auto run = store.openRun("/logs", "a");
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done.load()) {
      const std::vector<TagInfo> tags = run->tags();
      if (tags.empty()) continue;
      EXPECT_EQ(tags.size(), 2U);
      EXPECT_EQ(tags[0].count, tags[1].count);
      EXPECT_EQ(tags[0].lastValue, -tags[1].lastValue);
    }
  });
  std::thread viewer([&] {
    std::size_t seen = 0;
    while (!done.load()) {
      const auto view = run->scalars("plus");
      EXPECT_GE(view.size(), seen);
      seen = view.size();
      if (seen == 0) continue;
      EXPECT_EQ(view.range(0, seen).max, static_cast<double>(seen - 1));
    }
  });
  for (int step = 0; step < 20000; ++step) {
    const std::vector<eventio::Run::NamedScalar> values = {{"plus", static_cast<double>(step)},
                                                           {"minus", static_cast<double>(-step)}};
    run->appendScalars(step, step, values);
  }
  done = true;
  reader.join();
  viewer.join();
  EXPECT_EQ(run->scalars("minus").size(), 20000U);
}

TEST(RunStore, WallTimesThatCannotBeDoNotCountForTheStart) {
  const auto start = [](std::initializer_list<double> times) {
    eventio::RunStore store;
    const auto run = store.openRun("/logs", "a");
    std::int64_t step = 0;
    for (const double time : times) run->appendScalar("tag", step++, time, 1);
    return run->firstWallTime();
  };
  EXPECT_EQ(start({1.7e9, -1e300, 1.6e9, 5.0, 1e-300}), 1.6e9);
  EXPECT_EQ(start({5.0, 1.7e9, 1.8e9}), 1.7e9);
  EXPECT_EQ(start({-1e300, 1.7e9}), 1.7e9);
  EXPECT_EQ(start({3.0, 2.0, 4.0}), 2.0);  // counted from the run's start
}

}  // namespace
