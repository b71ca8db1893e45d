// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "eventio/data/histogram_buckets.h"
#include "eventio/data/written_places.h"
#include "eventio/decode/stored_values.h"
#include "eventio/sources/load_runs.h"
#include "eventio/writer/summary_writer.h"
#include "tests/eventio/event_bytes.h"
#include "tests/eventio/fake_disk.h"
#include "tests/support/temporary_folder.h"

namespace {

using eventio::Histogram;
using eventio::HistogramPoint;
using RunData = eventio::Run;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A histogram that only this number makes.
std::shared_ptr<const Histogram> numbered(std::int64_t number, std::size_t buckets = 64) {
  auto histogram = std::make_shared<Histogram>();
  const auto base = static_cast<double>(number);
  histogram->min = base;
  histogram->max = base + static_cast<double>(buckets);
  for (std::size_t i = 0; i < buckets; ++i) {
    histogram->limits.push_back(base + static_cast<double>(i) + 0.5);
    histogram->counts.push_back(static_cast<double>(i % 7 + 1));
    histogram->num += histogram->counts.back();
  }
  histogram->sum = base / 3;
  histogram->sumSquares = base * 7;
  return histogram;
}

bool isSame(const Histogram& a, const Histogram& b) {
  return a.min == b.min && a.max == b.max && a.num == b.num && a.sum == b.sum &&
         a.sumSquares == b.sumSquares && a.limits == b.limits && a.counts == b.counts;
}

/// A run that is written and shown at once, as a training does it.
class LiveRun {
 public:
  explicit LiveRun(const std::filesystem::path& folder,
                   eventio::SummaryWriterOptions options = {}) {
    options.onWritten = [this](const std::filesystem::path& file, std::uint64_t offset,
                               std::string_view records) {
      eventio::noteWrittenHistograms(*run, file.string(), offset, records);
    };
    auto made = eventio::SummaryWriter::create(folder, options);
    EXPECT_TRUE(made);
    writer = std::move(*made);
  }

  void add(const std::string& tag, std::int64_t step, std::shared_ptr<const Histogram> histogram,
           double wallTime) {
    run->appendHistogram(tag, {step, wallTime, histogram});
    static_cast<void>(writer->addHistogram(tag, *histogram, step, wallTime));
  }

  std::shared_ptr<RunData> run = std::make_shared<RunData>("/log", "run");
  std::unique_ptr<eventio::SummaryWriter> writer;
};

/// How many of the tag's histograms are not the ones of their steps.
std::size_t countWrong(const RunData& run, const std::string& tag) {
  std::size_t wrong = 0;
  for (const HistogramPoint& point : run.histograms(tag)) {
    const auto read = eventio::readHistogram(run, tag, point);
    wrong += !read || !isSame(**read, *numbered(point.step));
  }
  return wrong;
}

std::size_t inMemory(const RunData& run, const std::string& tag) {
  const auto points = run.histograms(tag);
  return static_cast<std::size_t>(std::count_if(
      points.begin(), points.end(), [](const HistogramPoint& point) { return point.value; }));
}

TEST(HistogramPlaces, ALiveRunOfManyHistogramsStaysSmallAndKeepsEachOne) {
  constexpr std::int64_t kSteps = 25'000;
  constexpr std::size_t kMemory = RunData::kKeptHistogramBytes + 100'000 * 300;
  const TemporaryFolder folder;
  LiveRun live(folder.path());
  const std::vector<std::string> tags{"a", "b", "c", "d"};
  for (std::int64_t step = 0; step < kSteps; ++step) {
    for (const std::string& tag : tags) {
      live.add(tag, step, numbered(step), 1.5e9 + static_cast<double>(step));
    }
  }
  ASSERT_TRUE(live.writer->flush());
  EXPECT_LT(live.run->memoryBytes(), kMemory);
  for (const std::string& tag : tags) {
    ASSERT_THAT(live.run->histograms(tag), SizeIs(kSteps));
    EXPECT_LT(inMemory(*live.run, tag), kSteps / 2);
    EXPECT_TRUE(live.run->histograms(tag).back().value);
    EXPECT_EQ(countWrong(*live.run, tag), 0U) << tag;
  }
}

TEST(HistogramPlaces, ALoadedRunStaysSmallAndKeepsEachOne) {
  constexpr std::int64_t kSteps = 40'000;
  const TemporaryFolder folder;
  {
    auto writer = eventio::SummaryWriter::create(folder / "run");
    ASSERT_TRUE(writer);
    for (std::int64_t step = 0; step < kSteps; ++step) {
      ASSERT_TRUE((*writer)->addHistogram("h", *numbered(step), step, 1.5e9));
    }
    ASSERT_TRUE((*writer)->close());
  }
  const auto loaded = eventio::loadRuns(folder.path());
  ASSERT_TRUE(loaded);
  ASSERT_THAT(loaded->runs, SizeIs(1));
  const RunData& run = *loaded->runs.front();
  EXPECT_LT(run.memoryBytes(), RunData::kKeptHistogramBytes + kSteps * 300);
  ASSERT_THAT(run.histograms("h"), SizeIs(kSteps));
  EXPECT_EQ(countWrong(run, "h"), 0U);
}

TEST(HistogramPlaces, PercentilesOfEveryStepStay) {
  const TemporaryFolder folder;
  LiveRun live(folder.path());
  for (std::int64_t step = 0; step < 4'000; ++step) live.add("h", step, numbered(step, 1000), 1);
  ASSERT_TRUE(live.writer->flush());
  const auto points = live.run->histograms("h");
  EXPECT_FALSE(points.front().value);
  for (const HistogramPoint& point : points) {
    const auto base = static_cast<double>(point.step);
    EXPECT_EQ(point.percentiles.front(), base);
    EXPECT_EQ(point.percentiles.back(), base + 999.5);
    EXPECT_NEAR(point.percentiles[4], base + 500, 3);
  }
}

TEST(HistogramPlaces, APurgeAndGoingOnKeepWhatIsLeft) {
  const TemporaryFolder folder;
  LiveRun live(folder.path());
  for (std::int64_t step = 0; step < 50'000; ++step) live.add("h", step, numbered(step), 1);
  ASSERT_TRUE(live.writer->flush());
  live.run->purgeFrom(20'000);
  ASSERT_THAT(live.run->histograms("h"), SizeIs(20'000));
  EXPECT_LT(inMemory(*live.run, "h"), 1'000U);  // the others had gone to the file
  for (std::int64_t step = 20'000; step < 90'000; ++step) live.add("h", step, numbered(step), 2);
  ASSERT_TRUE(live.writer->flush());
  ASSERT_THAT(live.run->histograms("h"), SizeIs(90'000));
  EXPECT_LT(live.run->memoryBytes(), RunData::kKeptHistogramBytes + 90'000 * 300);
  EXPECT_EQ(countWrong(*live.run, "h"), 0U);
}

TEST(HistogramPlaces, APurgedPointsRecordIsNotTakenForItsSuccessor) {
  RunData run("/log", "run");
  run.appendHistogram("h", {5, 1, numbered(5)});
  run.purgeFrom(5);
  run.appendHistogram("h", {5, 2, numbered(5)});
  run.noteHistogramPlace("h", 5, 1, {100, 0, 0});
  EXPECT_FALSE(run.histograms("h").front().place.isKnown());
  run.noteHistogramPlace("h", 5, 2, {300, 0, 0});
  EXPECT_EQ(run.histograms("h").front().place.offset, 300U);
}

TEST(HistogramPlaces, LostRecordsDoNotShiftTheOthers) {
  RunData run("/log", "run");
  for (int step = 0; step < 6; ++step) run.appendHistogram("h", {step, 1, numbered(step)});
  for (const int step : {0, 2, 5}) {
    run.noteHistogramPlace("h", step, 1, {100U + static_cast<unsigned>(step), 0, 0});
  }
  const auto points = run.histograms("h");
  for (const int step : {0, 2, 5}) {
    EXPECT_EQ(points[static_cast<std::size_t>(step)].place.offset, 100U + step);
  }
  for (const int step : {1, 3, 4}) {
    EXPECT_FALSE(points[static_cast<std::size_t>(step)].place.isKnown());
  }
}

TEST(HistogramPlaces, WithoutAFileMemoryIsBoundedAndTheReasonIsReported) {
  RunData run("/log", "run");
  const std::size_t each = numbered(0, 10'000)->limits.size() * 16;
  const auto count = static_cast<std::int64_t>(2 * RunData::kUnwrittenHistogramBytes / each);
  for (std::int64_t step = 0; step < count; ++step) {
    run.appendHistogram("h", {step, 1, numbered(step, 10'000)});
  }
  EXPECT_LT(run.memoryBytes(), RunData::kUnwrittenHistogramBytes + (1U << 20));
  const auto read = eventio::readHistogram(run, "h", run.histograms("h").front());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, eventio::ErrorCode::kNotFound);
  EXPECT_THAT(read.error().message.english(), HasSubstr("step 0"));
  EXPECT_TRUE(run.histograms("h").back().value);
}

TEST(HistogramPlaces, ADiskThatFailsAndComesBackGivesTheRightPlaces) {
  const auto disk = std::make_shared<FakeDisk>();
  eventio::SummaryWriterOptions options;
  options.files = disk;
  LiveRun live("/fake", options);
  for (int step = 0; step < 50; ++step) live.add("h", step, numbered(step), 1);
  ASSERT_TRUE(live.writer->flush());
  disk->failAfter(5'000, ENOSPC);  // in the middle of a record
  for (int step = 50; step < 100; ++step) live.add("h", step, numbered(step), 1);
  EXPECT_FALSE(live.writer->flush());
  disk->recover();
  ASSERT_TRUE(live.writer->flush());
  disk->removeAll();
  for (int step = 100; step < 150; ++step) live.add("h", step, numbered(step), 1);
  ASSERT_TRUE(live.writer->flush());
  const std::string bytes = disk->bytesOf(live.writer->file());
  for (const HistogramPoint& point : live.run->histograms("h")) {
    ASSERT_TRUE(point.place.isKnown()) << point.step;
    const std::string file = live.run->storedFile(point.place.file);
    EXPECT_EQ(file == live.writer->file().string(), point.step >= 100);
    if (point.step < 100) continue;
    const auto length = event_bytes::raw<std::uint64_t>(0).size();
    ASSERT_LT(point.place.offset + length, bytes.size());
    // The record begins there, and holds this step.
    std::uint64_t size = 0;
    std::memcpy(&size, bytes.data() + point.place.offset, sizeof size);
    EXPECT_THAT(bytes.substr(point.place.offset + 12, size),
                HasSubstr(event_bytes::intField(2, point.step)));
  }
}

TEST(HistogramPlaces, AnotherFileInThePlaceIsNoticed) {
  const TemporaryFolder folder;
  const auto write = [&](double wallTime) {
    std::string bytes = event_bytes::record(event_bytes::versionEvent());
    for (int step = 0; step < 3; ++step) {
      const std::string histo =
          event_bytes::bytesField(6, event_bytes::packed<double>({1, 2})) +
          event_bytes::bytesField(7, event_bytes::packed<double>({0, 2.0 + wallTime}));
      bytes += event_bytes::record(event_bytes::event(
          wallTime, step,
          event_bytes::summary(
              {event_bytes::bytesField(1, "h") + event_bytes::bytesField(5, histo)})));
    }
    std::ofstream(folder / "events.out.tfevents.1", std::ios::binary) << bytes;
  };
  write(10);
  const auto loaded = eventio::loadRuns(folder.path());
  ASSERT_TRUE(loaded);
  const RunData& run = *loaded->runs.front();
  HistogramPoint point = run.histograms("h").at(1);
  point.value.reset();
  ASSERT_TRUE(eventio::readHistogram(run, "h", point));
  write(20);  // the same tag and step at the same offset, but another run's
  const auto gone = eventio::readHistogram(run, "h", point);
  ASSERT_FALSE(gone);
  EXPECT_THAT(gone.error().message.english(), HasSubstr("open the log directory again"));
  std::filesystem::remove(folder / "events.out.tfevents.1");
  EXPECT_FALSE(eventio::readHistogram(run, "h", point));
}

constexpr double kMaxDouble = std::numeric_limits<double>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(HistogramBuckets, WhatHasNoEndLiesAtInfinity) {
  Histogram histogram;
  histogram.limits = {-kMaxDouble, -1, 0, 1, kMaxDouble};
  histogram.counts = {2, 0, 3, 3, 2};
  histogram.min = -kInfinity;
  histogram.max = kInfinity;
  const auto buckets = eventio::filledBuckets(histogram);
  ASSERT_THAT(buckets, SizeIs(4));
  EXPECT_EQ(buckets[0].left, -kInfinity);
  EXPECT_EQ(buckets[0].right, -kInfinity);
  EXPECT_EQ(buckets[1].left, -1);
  EXPECT_EQ(buckets[2].right, 1);
  EXPECT_EQ(buckets[3].left, kInfinity);
  EXPECT_EQ(buckets[3].count, 2);
  histogram.max = 5;  // then the last bucket has an end
  EXPECT_EQ(eventio::filledBuckets(histogram)[3].right, 5);
  std::array<double, 3> values{};
  eventio::percentiles(histogram, std::array<double, 3>{10, 50, 100}, values);
  EXPECT_EQ(values[0], -kInfinity);
  EXPECT_EQ(values[1], 0);
  EXPECT_EQ(values[2], 5);
}

}  // namespace
