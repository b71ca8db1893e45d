// SPDX-License-Identifier: GPL-3.0-or-later
// CSV files of metrics as Lightning, Keras and Ultralytics write them (made-up values in the forms
// of their files), opened as a user opens them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "eventio/import/csv_metrics/csv_columns.h"
#include "eventio/import/csv_metrics/csv_metrics_source.h"
#include "eventio/import/csv_metrics/csv_rows.h"
#include "eventio/reader/event_file.h"
#include "eventio/sources/load_runs.h"
#include "eventio/sources/run_source_kinds.h"
#include "tests/eventio/event_bytes.h"
#include "tests/support/english.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::NanSensitiveDoubleEq;
using testing::Pair;
using testing::SizeIs;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

constexpr const char* kLightning =
    "a_late,epoch,\"odd,key\",step,train/loss,val_loss\r\n"
    ",0,,2,0.5,\r\n"
    ",0,nan,5,-inf,\r\n"
    ",0,,9,,1.25\r\n"
    "2.0,0,,9,1e-07,\r\n";
constexpr const char* kUltralytics =
    "                  epoch,         train/box_loss,    metrics/mAP50-95(B),                 "
    "lr/pg0\n"
    "                      0,                 1.2346,                    nan,                 "
    "0.0033\n"
    "                      1,                0.61728,             1.2346e+07,                 "
    "0.0033\n";
constexpr const char* kKeras =
    "epoch,list,loss,val_loss\r\n"
    "0,\"\"\"[1, 2]\"\"\",1.5,NA\r\n"
    "1,\"\"\"[1, 2]\"\"\",1.25,NA\r\n"
    "0,\"\"\"[1, 2]\"\"\",1.0,0.75,9.5,9.5\r\n";

/// A file without a change for a while, so that its last row counts.
void letRest(const fs::path& file) {
  fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::minutes(1));
}

using Curve = std::vector<std::pair<std::int64_t, double>>;

Curve curveOf(const eventio::Run& run, std::string_view tag) {
  Curve curve;
  const auto view = run.scalars(tag);
  for (std::size_t i = 0; i < view.size(); ++i) curve.emplace_back(view.step(i), view.value(i));
  return curve;
}

std::vector<std::string> tagsOf(const eventio::Run& run) {
  std::vector<std::string> tags;
  for (const auto& tag : run.tags()) tags.push_back(tag.tag);
  return tags;
}

class CsvMetrics : public testing::Test {
 protected:
  /// The only run of a file with this text.
  std::shared_ptr<eventio::Run> load(std::string_view text, const char* name = "metrics.csv") {
    writeFile(m_folder / name, text);
    auto loaded = eventio::loadRuns(m_folder.path());
    EXPECT_TRUE(loaded);
    if (!loaded) return nullptr;
    m_problems = english(loaded->problems);
    EXPECT_THAT(loaded->runs, SizeIs(1));
    return loaded->runs.empty() ? nullptr : loaded->runs.front();
  }

  /// Opens the folder and follows it.
  void follow() {
    auto opened = eventio::openRunSource(
        m_folder.path(), m_store,
        {.threads = 1, .follow = true, .pollInterval = std::chrono::milliseconds(3)});
    ASSERT_TRUE(opened);
    m_source = std::move(*opened);
    ASSERT_TRUE(m_source->waitUntilLoaded(std::chrono::seconds(30)));
  }
  [[nodiscard]] Curve followed(std::string_view tag, const char* name = "metrics.csv") const {
    const auto run = m_store->find(m_source->path(), name);
    return run ? curveOf(*run, tag) : Curve();
  }

  const TemporaryFolder m_folder;
  std::vector<std::string> m_problems;
  const std::shared_ptr<eventio::RunStore> m_store = std::make_shared<eventio::RunStore>();
  std::unique_ptr<eventio::RunSource> m_source;
};

TEST_F(CsvMetrics, ReadsLightningsForm) {
  const auto run = load(kLightning);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->name(), "metrics.csv");
  EXPECT_THAT(curveOf(*run, "train/loss"),
              ElementsAre(Pair(2, 0.5), Pair(5, -kInf), Pair(9, 1e-7)));
  EXPECT_THAT(curveOf(*run, "val_loss"), ElementsAre(Pair(9, 1.25)));
  EXPECT_THAT(curveOf(*run, "odd,key"), ElementsAre(Pair(5, NanSensitiveDoubleEq(kNan))));
  EXPECT_THAT(curveOf(*run, "a_late"), ElementsAre(Pair(9, 2)));
  EXPECT_THAT(curveOf(*run, "epoch"), ElementsAre(Pair(2, 0), Pair(5, 0), Pair(9, 0), Pair(9, 0)));
  EXPECT_THAT(m_problems, IsEmpty());
}

TEST_F(CsvMetrics, LightningsPrefixedEpochGivesTheStepWhereThereIsNoOther) {
  const auto run = load("pre-epoch,pre-loss\r\n3,0.5\r\n");
  ASSERT_TRUE(run);
  EXPECT_THAT(curveOf(*run, "pre-loss"), ElementsAre(Pair(3, 0.5)));
}

TEST_F(CsvMetrics, ReadsUltralyticsPaddedForm) {
  const auto run = load(kUltralytics, "results.csv");
  ASSERT_TRUE(run);
  EXPECT_THAT(tagsOf(*run), ElementsAre("train/box_loss", "metrics/mAP50-95(B)", "lr/pg0"));
  EXPECT_THAT(curveOf(*run, "metrics/mAP50-95(B)"),
              ElementsAre(Pair(0, NanSensitiveDoubleEq(kNan)), Pair(1, 1.2346e7)));
}

TEST_F(CsvMetrics, ReadsKerasFormAndNamesColumnsOfText) {
  const auto run = load(kKeras, "training.log");
  ASSERT_TRUE(run);
  EXPECT_EQ(run->name(), "training.log");
  EXPECT_THAT(tagsOf(*run), ElementsAre("loss", "val_loss"));
  EXPECT_THAT(curveOf(*run, "loss"), ElementsAre(Pair(0, 1.5), Pair(1, 1.25), Pair(0, 1.0)));
  EXPECT_THAT(curveOf(*run, "val_loss"), ElementsAre(Pair(0, 0.75)));
  ASSERT_THAT(m_problems, SizeIs(2));
  EXPECT_THAT(m_problems[0], HasSubstr("text in column 'list' is left out, the first in line 2"));
  EXPECT_THAT(m_problems[1], HasSubstr("the row in line 4 has more columns than the first row"));
}

TEST_F(CsvMetrics, SeparatorByteOrderMarkAndLineEndsAreDetected) {
  for (const char* text : {"epoch;loss;val\n1;0.5;0.25\n", "epoch\tloss\tval\r\n1\t0.5\t0.25\r\n",
                           "\xef\xbb\xbf"
                           "epoch,loss,val\r1,0.5,0.25\r",
                           "\"epoch\";\"loss\";\"val\"\n\n1;0.5;0.25\n\n"}) {
    const auto run = load(text);
    ASSERT_TRUE(run) << text;
    EXPECT_THAT(curveOf(*run, "val"), ElementsAre(Pair(1, 0.25))) << text;
    EXPECT_THAT(m_problems, IsEmpty()) << text;
  }
}

TEST_F(CsvMetrics, SeparatorIsTheOneThatGivesAStep) {
  const auto run = load("step;odd,key\n1;0.5\n");
  ASSERT_TRUE(run);
  EXPECT_THAT(curveOf(*run, "odd,key"), ElementsAre(Pair(1, 0.5)));
}

TEST_F(CsvMetrics, NamesThatComeAgainAreDistinguished) {
  const auto run = load("step,a,a,,a\n1,2,3,4,5\n");
  ASSERT_TRUE(run);
  EXPECT_THAT(tagsOf(*run), ElementsAre("a", "a (2)", "a (3)"));
}

TEST_F(CsvMetrics, ValuesOfAColumnWithoutANameAreReported) {
  ASSERT_TRUE(load("step,a,a,\n1,2,3,4\n"));
  ASSERT_THAT(m_problems, SizeIs(1));
  EXPECT_THAT(m_problems[0], HasSubstr("column 4 has no name in the first row"));
  ASSERT_TRUE(load("step,a,\n1,2,\n"));  // nothing stands there
  EXPECT_THAT(m_problems, IsEmpty());
  ASSERT_TRUE(load(",step,a\n0,10,2\n1,20,3\n"));  // pandas' index
  EXPECT_THAT(m_problems, IsEmpty());
}

TEST_F(CsvMetrics, LastRowWithoutALineEndIsReportedWhereNothingIsFollowed) {
  auto run = load("step,loss\n1,2\n3,4");
  ASSERT_TRUE(run);
  EXPECT_THAT(curveOf(*run, "loss"), ElementsAre(Pair(1, 2)));
  ASSERT_THAT(m_problems, SizeIs(1));
  EXPECT_THAT(m_problems[0], HasSubstr("the last row, in line 3, has no line end"));
  letRest(m_folder / "metrics.csv");
  const auto loaded = eventio::loadRuns(m_folder.path());
  ASSERT_TRUE(loaded);
  EXPECT_THAT(loaded->problems, IsEmpty());
  EXPECT_THAT(curveOf(*loaded->runs.at(0), "loss"), ElementsAre(Pair(1, 2), Pair(3, 4)));
}

TEST_F(CsvMetrics, QuoteThatIsNotClosedIsReported) {
  ASSERT_TRUE(load("step,loss\n\"1,2\n3,4\n"));
  ASSERT_THAT(m_problems, SizeIs(1));
  EXPECT_THAT(m_problems[0], HasSubstr("in line 2, ends within quotes"));
  letRest(m_folder / "metrics.csv");
  const auto loaded = eventio::loadRuns(m_folder.path());
  ASSERT_TRUE(loaded);
  EXPECT_THAT(english(loaded->problems),
              ElementsAre(HasSubstr("line 2 is not closed: what follows is not read")));
  writeFile(m_folder / "head.csv", "\"step,loss\n1,2\n");
  const auto head = eventio::loadRuns(m_folder / "head.csv");
  ASSERT_FALSE(head);
  EXPECT_THAT(head.error().message.english(), HasSubstr("a quote in its first row is not closed"));
}

TEST_F(CsvMetrics, TooManyColumnsAreTheReasonThatIsGiven) {
  std::string text = "step";
  for (int i = 0; i < 50'000; ++i) text += ",c" + std::to_string(i);
  writeFile(m_folder / "metrics.csv", text + "\n1\n");
  const auto named = eventio::loadRuns(m_folder / "metrics.csv");
  ASSERT_FALSE(named);
  EXPECT_THAT(named.error().message.english(),
              HasSubstr("it has 50001 columns, more than the 10000"));
  const auto below = eventio::loadRuns(m_folder.path());
  ASSERT_TRUE(below);
  EXPECT_THAT(english(below->problems), ElementsAre(HasSubstr("it has 50001 columns")));
}

TEST_F(CsvMetrics, RowsWithoutAStepAreLeftOutAndReported) {
  const auto run = load("step,a\n1.0,1\n,2\n2.5,3\nnan,4\n9007199254740993,5\n1e30,6\n");
  ASSERT_TRUE(run);
  EXPECT_THAT(curveOf(*run, "a"), ElementsAre(Pair(1, 1), Pair(9007199254740993, 5)));
  ASSERT_THAT(m_problems, SizeIs(1));
  EXPECT_THAT(m_problems[0],
              HasSubstr("4 rows have no whole number in column 'step', the first in line 3"));
}

TEST_F(CsvMetrics, RepeatedHeaderIsNoRow) {
  const auto run = load("epoch,loss,time\n0,1.5,00:00\nepoch,loss,time\n0,1.25,00:01\n");
  ASSERT_TRUE(run);
  EXPECT_THAT(curveOf(*run, "loss"), ElementsAre(Pair(0, 1.5), Pair(0, 1.25)));
  EXPECT_THAT(m_problems, IsEmpty());
}

// --- times ---------------------------------------------------------------------------------------

double secondsOf(const fs::path& file) {
  const auto written = fs::last_write_time(file) - fs::file_time_type::clock::now();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now + written).count();
}

TEST_F(CsvMetrics, SecondsOfTrainingEndWhenTheFileWasWritten) {
  // Ultralytics' time starts anew when the training is resumed.
  const auto run = load("epoch,time,a\n1,10,0\n2,25,0\n3,5,0\n4,12.5,0\n");
  ASSERT_TRUE(run);
  const auto view = run->scalars("a");
  ASSERT_EQ(view.size(), 4U);
  EXPECT_NEAR(view.wallTime(3), secondsOf(m_folder / "metrics.csv"), 0.5);
  EXPECT_NEAR(view.wallTime(1) - view.wallTime(0), 15, 1e-3);
  EXPECT_NEAR(view.wallTime(2) - view.wallTime(1), 5, 1e-3);
  EXPECT_NEAR(view.wallTime(3) - view.wallTime(2), 7.5, 1e-3);
}

TEST_F(CsvMetrics, TimesSince1970AreTakenAsTheyStand) {
  // The header is that of a CSV file that TensorBoard offers for download.
  auto run = load("Wall time,Step,Value\n1600000000.5,7,0.25\n");
  ASSERT_TRUE(run);
  EXPECT_EQ(run->scalars("Value").step(0), 7);
  EXPECT_EQ(run->scalars("Value").wallTime(0), 1600000000.5);
  run = load("timestamp,step,acc\n1600000000500,7,0.25\n");
  ASSERT_TRUE(run);
  EXPECT_EQ(run->scalars("acc").wallTime(0), 1600000000.5);
}

TEST_F(CsvMetrics, WithoutATimeColumnThePointsHaveTheTimeOfTheFile) {
  const auto run = load("step,a\n1,2\n");
  ASSERT_TRUE(run);
  EXPECT_NEAR(run->scalars("a").wallTime(0), secondsOf(m_folder / "metrics.csv"), 0.5);
}

// --- which files ---------------------------------------------------------------------------------

TEST_F(CsvMetrics, StandsBesideTheEventFilesOfItsFolder) {
  writeFile(m_folder / "v1/events.out.tfevents.1", event_bytes::file(0, 3));
  writeFile(m_folder / "v1/metrics.csv", kLightning);
  writeFile(m_folder / "v1/.metrics.csv.part", kLightning);
  writeFile(m_folder / "data/prices.csv", "date,price\n2026-01-01,5\n");
  writeFile(m_folder / "data/long.csv", "run,tag,step,wall_time,value\nr,a,1,2,3\n");
  writeFile(m_folder / "data/binary.csv", std::string("step,a\0b\n1,2\n", 13));
  const auto loaded = eventio::loadRuns(m_folder.path());
  ASSERT_TRUE(loaded);
  EXPECT_THAT(loaded->problems, IsEmpty());
  ASSERT_THAT(loaded->runs, SizeIs(2));
  EXPECT_EQ(loaded->runs[0]->name(), "v1");
  EXPECT_EQ(loaded->runs[1]->name(), "v1/metrics.csv");
  EXPECT_THAT(tagsOf(*loaded->runs[0]), ElementsAre("a"));
}

TEST_F(CsvMetrics, FileOpenedByItselfIsReadWhateverItsName) {
  for (const char* name : {"metrics.csv", "history.txt"}) {
    writeFile(m_folder / name, kLightning);
    const auto loaded = eventio::loadRuns(m_folder / name);
    ASSERT_TRUE(loaded) << name;
    ASSERT_THAT(loaded->runs, SizeIs(1));
    EXPECT_EQ(loaded->runs[0]->name(), name);
    EXPECT_THAT(curveOf(*loaded->runs[0], "train/loss"), SizeIs(3));
  }
}

TEST_F(CsvMetrics, FileOpenedByItselfThatHoldsNoMetricsIsRefused) {
  writeFile(m_folder / "prices.csv", "date,price\n2026-01-01,5\n");
  writeFile(m_folder / "alone.csv", "step\n1\n");
  for (const char* name : {"prices.csv", "alone.csv"}) {
    const auto loaded = eventio::loadRuns(m_folder / name);
    ASSERT_FALSE(loaded) << name;
    EXPECT_EQ(loaded.error().code, eventio::ErrorCode::kInvalidArgument);
    EXPECT_THAT(loaded.error().message.english(), HasSubstr("holds no metrics"));
    EXPECT_THAT(loaded.error().message.english(), HasSubstr("'step' or 'epoch'"));
  }
  const auto missing = eventio::loadRuns(m_folder / "missing.csv");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, eventio::ErrorCode::kNotFound);
}

TEST_F(CsvMetrics, FileThatIsTooLargeIsRefused) {
  writeFile(m_folder / "metrics.csv", "step,a\n1,2\n");
  fs::resize_file(m_folder / "metrics.csv", (std::uint64_t{256} << 20) + 1);  // sparse
  const auto loaded = eventio::loadRuns(m_folder.path());
  ASSERT_TRUE(loaded);
  EXPECT_THAT(english(loaded->problems), ElementsAre(HasSubstr("larger than 256 MiB")));
}

TEST_F(CsvMetrics, RowThatIsTooLongEndsTheReadingAndIsReported) {
  const auto run = load("step,a\n1,2\n2,\"" + std::string(std::size_t{2} << 20, 'x') + "\n3,4\n");
  ASSERT_TRUE(run);
  EXPECT_THAT(curveOf(*run, "a"), ElementsAre(Pair(1, 2)));
  ASSERT_THAT(m_problems, SizeIs(1));
  EXPECT_THAT(m_problems[0], HasSubstr("the row in line 3 is longer than 1 MiB"));
}

// --- following -----------------------------------------------------------------------------------

TEST_F(CsvMetrics, FollowsAFileThatGrowsRowByRow) {
  follow();
  writeFile(m_folder / "metrics.csv", "step,a\n1,2\n");
  ASSERT_TRUE(eventually([this] { return followed("a").size() == 1; }));
  const auto generation = m_store->find(m_source->path(), "metrics.csv")->scalars("a").generation();
  appendFile(m_folder / "metrics.csv", "2,");
  m_source->rescan();
  appendFile(m_folder / "metrics.csv", "3\n3,4");
  ASSERT_TRUE(eventually([this] { return followed("a").size() == 2; }));
  EXPECT_THAT(followed("a"), ElementsAre(Pair(1, 2), Pair(2, 3)));
  appendFile(m_folder / "metrics.csv", "5\n");
  ASSERT_TRUE(eventually([this] { return followed("a").size() == 3; }));
  EXPECT_THAT(followed("a"), ElementsAre(Pair(1, 2), Pair(2, 3), Pair(3, 45)));
  EXPECT_EQ(m_store->find(m_source->path(), "metrics.csv")->scalars("a").generation(), generation);
  EXPECT_THAT(m_source->problems(), IsEmpty());
}

TEST_F(CsvMetrics, LastRowWithoutALineEndCountsOnceTheFileRests) {
  writeFile(m_folder / "metrics.csv", "step,a\n1,2\n2,3");
  letRest(m_folder / "metrics.csv");
  follow();
  EXPECT_THAT(followed("a"), ElementsAre(Pair(1, 2), Pair(2, 3)));
  appendFile(m_folder / "metrics.csv", "5\n3,4\n");
  ASSERT_TRUE(eventually([this] { return followed("a").size() == 3; }));
  EXPECT_THAT(followed("a"), ElementsAre(Pair(1, 2), Pair(2, 35), Pair(3, 4)));
}

TEST_F(CsvMetrics, LightningWritesAWiderHeaderAndStartsAnew) {
  writeFile(m_folder / "metrics.csv", "a,step\r\n2,1\r\n3,2\r\n");
  follow();
  ASSERT_THAT(followed("a"), SizeIs(2));
  const auto run = m_store->find(m_source->path(), "metrics.csv");
  const auto generation = run->scalars("a").generation();
  writeFile(m_folder / "metrics.csv", "a,b,step\r\n2,,1\r\n3,,2\r\n,7,3\r\n");
  ASSERT_TRUE(eventually([this] { return followed("b").size() == 1; }));
  EXPECT_THAT(followed("a"), ElementsAre(Pair(1, 2), Pair(2, 3)));
  EXPECT_EQ(run->scalars("a").generation(), generation) << "points that stay need no new drawing";
  // Into the same version folder again: the file holds what follows the checkpoint alone.
  writeFile(m_folder / "metrics.csv", "a,step\r\n9,2\r\n");
  ASSERT_TRUE(eventually([this] { return followed("a") == Curve{{2, 9}}; }));
  EXPECT_THAT(followed("b"), IsEmpty());
}

TEST_F(CsvMetrics, EmptiedOrForeignFileKeepsWhatWasRead) {
  writeFile(m_folder / "metrics.csv", "step,a\n1,2\n");
  follow();
  writeFile(m_folder / "metrics.csv", "");
  m_source->rescan();
  writeFile(m_folder / "metrics.csv", "name,price\nx,3\n");
  ASSERT_TRUE(eventually([this] { return m_source->problems().size() == 1; }));
  EXPECT_THAT(m_source->problems()[0].english(), HasSubstr("holds no metrics any longer"));
  EXPECT_THAT(followed("a"), ElementsAre(Pair(1, 2)));
  fs::remove(m_folder / "metrics.csv");
  ASSERT_TRUE(eventually([this] { return m_source->problems().size() == 2; }));
  EXPECT_THAT(m_source->problems()[1].english(), HasSubstr("was removed; what was read"));
  writeFile(m_folder / "metrics.csv", "step,a\n1,2\n2,3\n");
  ASSERT_TRUE(eventually([this] { return followed("a").size() == 2; }));
}

TEST_F(CsvMetrics, FolderProgressEndsComplete) {
  writeFile(m_folder / "v1/events.out.tfevents.1", event_bytes::file(0, 3));
  writeFile(m_folder / "v1/metrics.csv", kLightning);
  follow();
  const eventio::LoadProgress progress = m_source->progress();
  EXPECT_TRUE(progress.loaded);
  EXPECT_FALSE(progress.discovering);
  EXPECT_EQ(progress.filesFound, 2U);
  EXPECT_EQ(progress.filesDone, 2U);
  EXPECT_EQ(progress.bytesRead, progress.bytesFound);
}

// --- cells ---------------------------------------------------------------------------------------

std::optional<double> number(std::string_view cell) {
  double value = 0;
  if (eventio::readCsvCell(cell, value) != eventio::CsvCell::kNumber) return std::nullopt;
  return value;
}

TEST(CsvCell, NumbersAreThoseOfPythonsFloat) {
  EXPECT_EQ(number(" 1e-07 "), 1e-7);
  EXPECT_EQ(number("+2.5"), 2.5);
  EXPECT_EQ(number("1152921504606846976"), 1152921504606846976.0);
  EXPECT_EQ(number("-Infinity"), -kInf);
  EXPECT_EQ(number("inf"), kInf);
  EXPECT_TRUE(std::isnan(number("NaN").value_or(0)));
  EXPECT_EQ(number("1e400"), kInf);
  EXPECT_EQ(number("-1e400"), -kInf);
  EXPECT_EQ(number("1e-400"), 0);
  EXPECT_EQ(number("0." + std::string(400, '0') + "1"), 0);
  for (const char* text : {"1,5", "0x10", "+-1", "--1", "1 2", "nan(1)", "true", "00:59", "e5"}) {
    EXPECT_EQ(number(text), std::nullopt) << text;
  }
}

TEST(CsvRows, QuotesAreThoseOfPythonsCsvModule) {
  // list(csv.reader([...])) of Python 3.11.
  eventio::CsvRows rows("a,\"b \"\"c\"\", d\",\"x\"y,z\"w\"\r\n\"two\nlines\",,\n", ',');
  std::vector<std::string> cells;
  ASSERT_EQ(rows.next(cells), eventio::CsvRows::Status::kRow);
  EXPECT_THAT(cells, ElementsAre("a", "b \"c\", d", "xy", "z\"w\""));
  ASSERT_EQ(rows.next(cells), eventio::CsvRows::Status::kRow);
  EXPECT_THAT(cells, ElementsAre("two\nlines", "", ""));
  EXPECT_EQ(rows.line(), 2U);
  EXPECT_EQ(rows.nextLine(), 4U);
  EXPECT_EQ(rows.next(cells), eventio::CsvRows::Status::kEnd);
}

// --- damage --------------------------------------------------------------------------------------

TEST_F(CsvMetrics, WhatIsCutOffIsTheBeginningOfTheWhole) {
  for (const std::string text : {kLightning, kUltralytics, kKeras}) {
    const auto whole = load(text);
    ASSERT_TRUE(whole);
    for (std::size_t size = 0; size < text.size(); ++size) {
      writeFile(m_folder / "metrics.csv", text.substr(0, size));
      const auto loaded = eventio::loadRuns(m_folder.path());
      ASSERT_TRUE(loaded);
      for (const auto& run : loaded->runs) {
        for (const std::string& tag : tagsOf(*run)) {
          const auto part = run->scalars(tag);
          const auto all = whole->scalars(tag);
          ASSERT_LE(part.size(), all.size()) << tag << " of " << size << " bytes";
          for (std::size_t i = 0; i < part.size(); ++i) {
            EXPECT_EQ(part.step(i), all.step(i));
            EXPECT_THAT(part.value(i), NanSensitiveDoubleEq(all.value(i)));
          }
        }
      }
    }
  }
}

TEST_F(CsvMetrics, ChangedBytesEndNothing) {
  std::mt19937 random(7);  // NOLINT: the same bytes each time
  constexpr std::string_view kBytes("\0\n\r\",;\t-.0eN\xff x", 15);
  for (const std::string text : {kLightning, kUltralytics, kKeras}) {
    for (int round = 0; round < 200; ++round) {
      std::string damaged = text;
      for (int i = 0; i < 3; ++i)
        damaged[random() % damaged.size()] = kBytes[random() % kBytes.size()];
      writeFile(m_folder / "metrics.csv", damaged);
      if (round % 2 == 0) letRest(m_folder / "metrics.csv");
      const auto loaded = eventio::loadRuns(m_folder.path());
      ASSERT_TRUE(loaded);
      ASSERT_LE(loaded->runs.size(), 1U);
      for (const auto& run : loaded->runs) {
        for (const auto& tag : run->tags()) EXPECT_LE(tag.count, text.size());
      }
    }
  }
}

TEST(RunSourceKinds, EveryKindHasANameOfItsOwn) {
  std::vector<std::string> names;
  for (const auto& kind : eventio::runSourceKinds()) names.emplace_back(kind.name);
  EXPECT_THAT(names, ElementsAre("TensorBoard event files", "CSV files of metrics"));
}

}  // namespace
