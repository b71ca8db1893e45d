// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/writer/summary_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <thread>

#include "event_bytes.h"
#include "eventio/encode/event_encoder.h"
#include "eventio/sources/load_runs.h"
#include "tests/support/temporary_folder.h"

namespace {

using event_bytes::bytesField;
using event_bytes::doubleField;
using event_bytes::intField;
using event_bytes::packed;
using event_bytes::record;
using eventio::ErrorCode;
using eventio::SummaryWriter;
using testing::HasSubstr;
using testing::MatchesRegex;

std::unique_ptr<SummaryWriter> open(const std::filesystem::path& folder,
                                    eventio::SummaryWriterOptions options = {}) {
  auto writer = SummaryWriter::create(folder, std::move(options));
  EXPECT_TRUE(writer) << writer.error().message.english();
  return writer ? std::move(*writer) : nullptr;
}

std::string tagOf(int thread) {
  return std::string("tag").append(std::to_string(thread));
}

/// The file behind its first record.
std::string withoutHead(const std::string& bytes) {
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  return bytes.substr(length + 16);
}

TEST(SummaryWriter, NamesItsFileAndBeginsItAsTheFormatSays) {
  const TemporaryFolder folder;
  const auto writer = open(folder / "a/b", {.fileNameSuffix = ".mine"});
  ASSERT_TRUE(writer->close());
  const auto file = writer->file();
  EXPECT_EQ(file.parent_path(), folder / "a/b");
  EXPECT_THAT(file.filename().string(),
              MatchesRegex("events\\.out\\.tfevents\\.[0-9]{10}\\..+\\.[0-9]+\\.[0-9]+\\.mine"));
  EXPECT_THAT(file.filename().string(),
              HasSubstr(std::string(".").append(std::to_string(::getpid())).append(".")));
  const std::string bytes = readFile(file);
  double wallTime = 0;
  std::memcpy(&wallTime, bytes.data() + 13, sizeof wallTime);
  EXPECT_EQ(bytes, record(doubleField(1, wallTime) + bytesField(3, "brain.Event:2") +
                          bytesField(10, bytesField(1, "traindeck"))));
  EXPECT_NEAR(wallTime, static_cast<double>(::time(nullptr)), 60);
}

TEST(SummaryWriter, TwoWritersInOneFolderAndSecondDoNotCollide) {
  const TemporaryFolder folder;
  std::set<std::string> names;
  for (int i = 0; i < 20; ++i) names.insert(open(folder.path())->file().string());
  EXPECT_EQ(names.size(), 20U);
}

TEST(SummaryWriter, WritesScalarsByteForByte) {
  const TemporaryFolder folder;
  const auto writer = open(folder.path());
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(writer->addScalar("loss", 0.5F, 7, 1.25e9));
  EXPECT_TRUE(writer->addScalar("loss", inf, 0, 1.25e9));
  EXPECT_TRUE(writer->addScalar("x", 1.0F, -3, 2.0));
  EXPECT_TRUE(writer->addScalar(std::string(300, 'x'), -0.0F, 1LL << 40, 2.0));
  EXPECT_TRUE(writer->flush());
  const auto scalar = [](std::string_view tag, float value) {
    return event_bytes::summary({event_bytes::scalarValue(tag, value)});
  };
  EXPECT_EQ(withoutHead(readFile(writer->file())),
            record(event_bytes::event(1.25e9, 7, scalar("loss", 0.5F))) +
                record(doubleField(1, 1.25e9) + scalar("loss", inf)) +
                record(event_bytes::event(2.0, -3, scalar("x", 1.0F))) +
                record(event_bytes::event(2.0, 1LL << 40, scalar(std::string(300, 'x'), -0.0F))));
}

TEST(SummaryWriter, WritesHistogramsAndTextByteForByte) {
  const TemporaryFolder folder;
  const auto writer = open(folder.path());
  eventio::Histogram histogram{.min = -1,
                               .max = 2,
                               .num = 3,
                               .sum = 4,
                               .sumSquares = 5,
                               .limits = {-1, 2},
                               .counts = {1, 2}};
  EXPECT_TRUE(writer->addHistogram("h", histogram, 1, 10.0));
  EXPECT_TRUE(writer->addText("note", "hé", 2, 11.0));
  EXPECT_TRUE(writer->flush());
  const std::string histo = doubleField(1, -1) + doubleField(2, 2) + doubleField(3, 3) +
                            doubleField(4, 4) + doubleField(5, 5) +
                            bytesField(6, packed<double>({-1, 2})) +
                            bytesField(7, packed<double>({1, 2}));
  const std::string text = bytesField(1, "note/text_summary") +
                           bytesField(8, event_bytes::tensorHead(7, {1}) + bytesField(8, "hé")) +
                           bytesField(9, bytesField(1, bytesField(1, "text")) + intField(4, 2));
  EXPECT_EQ(withoutHead(readFile(writer->file())),
            record(event_bytes::event(
                10, 1, event_bytes::summary({bytesField(1, "h") + bytesField(5, histo)}))) +
                record(event_bytes::event(11, 2, event_bytes::summary({text}))));
}

TEST(SummaryWriter, PurgeStepAnnouncesARestart) {
  const TemporaryFolder folder;
  const auto writer = open(folder.path(), {.purgeStep = 42});
  ASSERT_TRUE(writer->flush());
  const std::string rest = withoutHead(readFile(writer->file()));
  double wallTime = 0;
  std::memcpy(&wallTime, rest.data() + 13, sizeof wallTime);
  EXPECT_EQ(rest, record(event_bytes::sessionStart(42, wallTime)));
}

/// The session log STARTs of these steps, in a row.
testing::Matcher<std::string> startsAt(std::vector<std::int64_t> steps) {
  return testing::Truly([steps = std::move(steps)](std::string_view bytes) {
    for (const std::int64_t step : steps) {
      double wallTime = 0;
      if (bytes.size() < 13 + sizeof wallTime) return false;
      std::memcpy(&wallTime, bytes.data() + 13, sizeof wallTime);
      const std::string start = record(event_bytes::sessionStart(step, wallTime));
      if (!bytes.starts_with(start)) return false;
      bytes.remove_prefix(start.size());
    }
    return bytes.empty();
  });
}

TEST(SummaryWriter, RestartInAFolderWithOlderFilesIsAnnouncedTwice) {
  const TemporaryFolder folder;
  const auto older = open(folder.path());  // begins without a START: the reader's first is ignored
  const auto writer = open(folder.path(), {.purgeStep = 42});
  ASSERT_TRUE(writer->flush());
  EXPECT_THAT(withoutHead(readFile(writer->file())), startsAt({42, 42}));
}

TEST(SummaryWriter, RestartWhileItWritesStandsInItsPlaceAmongTheRecords) {
  const TemporaryFolder folder;
  const std::string before = record(event_bytes::scalarEvent("a", 1, 9, 2.0));
  const std::string after = record(event_bytes::scalarEvent("a", 1, 5, 2.0));
  for (const auto& [purgeStep, starts] :
       std::vector<std::pair<std::optional<std::int64_t>, std::vector<std::int64_t>>>{
           {0, {5}}, {std::nullopt, {5, 5}}}) {
    const auto writer = open(folder / std::to_string(starts.size()), {.purgeStep = purgeStep});
    EXPECT_TRUE(writer->addScalar("a", 1, 9, 2.0));
    EXPECT_TRUE(writer->restartFrom(5));
    EXPECT_TRUE(writer->addScalar("a", 1, 5, 2.0));
    ASSERT_TRUE(writer->flush());
    const std::string bytes = readFile(writer->file());
    const std::size_t begin = bytes.find(before);
    ASSERT_NE(begin, std::string::npos);
    const std::string rest = bytes.substr(begin + before.size());
    ASSERT_TRUE(rest.ends_with(after));
    EXPECT_THAT(rest.substr(0, rest.size() - after.size()), startsAt(starts));
  }
}

TEST(SummaryWriter, RestartReachesTheRunsOfAddScalars) {
  const TemporaryFolder folder;
  const auto writer = open(folder / "run", {.purgeStep = 0});
  EXPECT_TRUE(writer->addScalars("group", {{"before", 1.0F}}, 9));
  EXPECT_TRUE(writer->restartFrom(5));
  EXPECT_TRUE(writer->addScalars("group", {{"before", 2.0F}, {"later", 2.0F}}, 5));
  ASSERT_TRUE(writer->close());
  const auto loaded = eventio::loadRuns(folder / "run");
  ASSERT_TRUE(loaded);
  for (const auto& run : loaded->runs) {
    if (run->name() == ".") continue;
    const auto points = run->scalars("group");
    ASSERT_EQ(points.size(), 1U) << run->name();
    EXPECT_EQ(points.step(0), 5) << run->name();
  }
  EXPECT_EQ(loaded->runs.size(), 3U);
}

TEST(SummaryWriter, NewFilesNameSortsAfterTheOlderOnesWhateverTheClockSays) {
  const std::vector<std::string> older = {
      "events.out.tfevents.1500000000.host.1.0",        "events.out.tfevents.9000000000.host.1.0",
      "events.out.tfevents.9099999999.zzz.99.9.suffix", "events.out.tfevents.9999999999.host.1.0",
      "events.out.tfevents.99999999990.host.1.0",       "events.out.tfevents.99999999999.v2"};
  const TemporaryFolder folder;
  for (const std::string& name : older) {
    writeFile(folder / "run" / name, "");
    std::string last = name;
    for (int i = 0; i < 12; ++i) {
      const auto writer = open(folder / "run");
      const std::string made = writer->file().filename().string();
      EXPECT_GT(made, last);
      EXPECT_THAT(made, MatchesRegex("events\\.out\\.tfevents\\.[0-9]{10,13}\\..+"));
      last = made;
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder / "run")) {
      EXPECT_LE(entry.path().filename().string(), last);
      std::filesystem::remove(entry.path());
    }
  }
}

TEST(SummaryWriter, RefusesWhatReadersCouldNotRead) {
  const TemporaryFolder folder;
  const auto writer = open(folder.path());
  const auto code = [](const auto& result) { return result.error().code; };
  EXPECT_EQ(code(writer->addScalar("\xff", 1, 1)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(writer->addText("a", "\xc0\xaf", 1)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(writer->addHparams({{"\xed\xa0\x80", 1.0}}, {})), ErrorCode::kInvalidArgument);
  eventio::Histogram uneven;
  uneven.limits = {1};
  EXPECT_EQ(code(writer->addHistogram("h", uneven, 1)), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(writer->addScalar("学习率 ✓ 😀", 1, 1));
  EXPECT_EQ(writer->status().recordsQueued, 1U);
}

TEST(Utf8, IsTakenAsTheStandardDefinesIt) {
  for (const char* good : {"", "abc", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xef\xbf\xbf",
                           "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(eventio::isUtf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xc2", "a\xe2\x82", "\xe2\x28\xa1"}) {
    EXPECT_FALSE(eventio::isUtf8(bad)) << bad;
  }
}

TEST(SummaryWriter, FlushesByItselfWithinTheInterval) {
  const TemporaryFolder folder;
  const auto writer = open(folder.path(), {.flushInterval = std::chrono::milliseconds(20)});
  EXPECT_TRUE(writer->addScalar("a", 1, 1, 2.0));
  EXPECT_TRUE(eventually([&] {
    return readFile(writer->file()).ends_with(record(event_bytes::scalarEvent("a", 1, 1, 2.0)));
  }));
}

TEST(SummaryWriter, ClosedWriterRefuses) {
  const TemporaryFolder folder;
  const auto writer = open(folder.path());
  EXPECT_TRUE(writer->addScalar("a", 1, 1));
  EXPECT_TRUE(writer->close());
  EXPECT_TRUE(writer->close());
  EXPECT_EQ(writer->addScalar("a", 1, 1).error().code, ErrorCode::kClosed);
  EXPECT_EQ(writer->flush().error().code, ErrorCode::kClosed);
  EXPECT_EQ(writer->status().recordsWritten, 1U);
  EXPECT_EQ(writer->status().recordsLost, 0U);
}

TEST(SummaryWriter, KeepsEveryRecordOfManyThreads) {
  const TemporaryFolder folder;
  constexpr int kThreads = 4;
  constexpr int kRecords = 5000;
  const auto writer = open(folder.path(), {.queueBytes = 20000});
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRecords; ++i) {
        EXPECT_TRUE(writer->addScalar(tagOf(t), static_cast<float>(i), i, 2.0));
      }
    });
  }
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(writer->flush(i % 5 == 0));
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(writer->close());
  const std::string bytes = withoutHead(readFile(writer->file()));
  std::vector<int> next(kThreads, 0);
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto at = rest.find("tag");
    ASSERT_LT(at, 60U);
    const int thread = rest[at + 3] - '0';
    const int i = next.at(static_cast<std::size_t>(thread))++;
    const auto value =
        event_bytes::summary({event_bytes::scalarValue(tagOf(thread), static_cast<float>(i))});
    const std::string expected =
        record(i == 0 ? doubleField(1, 2.0) + value : event_bytes::event(2.0, i, value));
    ASSERT_TRUE(rest.starts_with(expected)) << thread << ' ' << i;
    rest.remove_prefix(expected.size());
  }
  EXPECT_THAT(next, testing::Each(kRecords));
}

}  // namespace
