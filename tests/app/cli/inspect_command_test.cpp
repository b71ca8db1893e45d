// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "commands_fixture.h"
#include "tests/eventio/event_bytes.h"

namespace {

namespace fs = std::filesystem;
using app::ExportOptions;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(Commands, InspectListsRunsTagsAndDamageAsJson) {
  for (const auto& entry : fs::directory_iterator(logs() / "run10")) {
    std::ofstream(entry.path(), std::ios::app) << "this is no record at all";
  }
  const json found = json::parse(inspect(true, logs()));
  ASSERT_EQ(found.size(), 1U);
  const json& runs = found["runs"];
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0]["run"], "kinds");
  EXPECT_EQ(runs[1]["run"], "run2");
  EXPECT_EQ(runs[2]["run"], "run10");
  EXPECT_EQ(runs[1]["tags"], json::parse(R"([
      {"tag": "tag9", "kind": "scalar", "count": 3, "first_step": 0, "last_step": -2},
      {"tag": "tag10", "kind": "scalar", "count": 3, "first_step": 0, "last_step": 2}])"));
  EXPECT_EQ(runs[1]["damage"], json::array());
  const json& damage = runs[2]["damage"];
  ASSERT_EQ(damage.size(), 1U);
  EXPECT_EQ(damage[0].size(), 5U);
  EXPECT_EQ(damage[0]["level"], "damage");
  EXPECT_EQ(damage[0]["bytes"], 24);
  EXPECT_THAT(damage[0]["file"].get<std::string>(), HasSubstr("run10/events.out.tfevents."));
  EXPECT_EQ(damage[0]["offset"].get<std::uintmax_t>() + 24,
            fs::file_size(damage[0]["file"].get<std::string>()));
  EXPECT_FALSE(damage[0]["what"].get<std::string>().empty());
  EXPECT_THAT(errors(), IsEmpty());
}

TEST_F(Commands, InspectSaysThatAFileEndsWithinARecord) {
  fs::path file;
  for (const auto& entry : fs::directory_iterator(logs() / "run10")) file = entry.path();
  fs::resize_file(file, fs::file_size(file) - 5);
  const json damage = json::parse(inspect(true, file))["runs"][0]["damage"];
  ASSERT_EQ(damage.size(), 1U);
  EXPECT_EQ(damage[0]["level"], "notice");
  const std::string what = damage[0]["what"];
  const auto there = fs::file_size(file) - damage[0]["offset"].get<std::uintmax_t>();
  EXPECT_THAT(what, HasSubstr("ends within a record, of which " + std::to_string(there)));
}

TEST_F(Commands, InspectPrintsATableForPeople) {
  const std::string text = inspect(false, logs());
  EXPECT_THAT(text, HasSubstr("run run10"));
  EXPECT_THAT(text, testing::ContainsRegex("tag9 +scalar +3 +0 +-2"));
  EXPECT_THAT(text, HasSubstr("histogram"));
}

TEST_F(Commands, InspectTakesASingleFile) {
  fs::path file;
  for (const auto& entry : fs::directory_iterator(logs() / "run10")) file = entry.path();
  const json runs = json::parse(inspect(true, file))["runs"];
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0]["run"], ".");
  EXPECT_EQ(runs[0]["tags"][0]["count"], 2);
}

TEST_F(Commands, NamesThatAreNotUtf8StillGiveJson) {
  fs::rename(logs() / "run2", logs() / "\xff\xfe");
  const json runs = json::parse(inspect(true, logs()))["runs"];
  EXPECT_EQ(runs.size(), 3U);
  for (const std::string& line : exported({})) EXPECT_TRUE(json::accept(line)) << line;
}

TEST_F(Commands, MissingPathIsOneLineAndStatusOne) {
  EXPECT_EQ(inspect(true, m_folder / "nowhere", 1), "");
  ASSERT_EQ(errors().size(), 1U);
  EXPECT_THAT(errors()[0], HasSubstr((m_folder / "nowhere").string()));
  ExportOptions options;
  options.path = (m_folder / "nowhere").string();
  EXPECT_THAT(exported(options, 1), IsEmpty());
  EXPECT_EQ(errors().size(), 1U);
  EXPECT_FALSE(fs::exists(outputFile()));
}

TEST_F(Commands, InspectShowsNamesOnOneLineAndCutsLongOnes) {
  const std::string longTag = "begin" + std::string(5000, 'x') + "end";
  const std::string wide = "损失/" + std::string(40, 'y');
  auto writer = eventio::SummaryWriter::create(logs() / "bad\nrun");
  for (const std::string& tag : {std::string("two\nlines\x1b[31m"), std::string("  "), longTag,
                                 wide, std::string("left\u202eright")}) {
    EXPECT_TRUE((*writer)->addScalar(tag, 1, 1, 1.6e9));
  }
  EXPECT_TRUE((*writer)->close());
  writeFile(logs() / "none/events.out.tfevents.1",
            event_bytes::record(event_bytes::scalarEvent("", 1, 1)));
  const std::string text = inspect(false, logs());
  EXPECT_THAT(text, HasSubstr("run bad\\nrun\n"));
  EXPECT_THAT(text, HasSubstr("  two\\nlines\\x1b[31m "));
  EXPECT_THAT(text, HasSubstr("  \"  \" "));
  EXPECT_THAT(text, HasSubstr("  left\\u202eright "));
  EXPECT_THAT(text, HasSubstr("  (no name) "));
  EXPECT_THAT(text,
              HasSubstr("  begin" + std::string(25, 'x') + "…" + std::string(26, 'x') + "end "));
  std::size_t kinds = 0;
  for (const std::string& line : lines(text)) {
    for (const char letter : line) {
      EXPECT_TRUE(static_cast<unsigned char>(letter) >= 0x20 && letter != 0x7f) << line;
    }
    EXPECT_LT(line.size(), 140U) << line;
    // A column is where it is in the line before, whatever letters stand before it.
    const auto at = line.find("scalar");
    if (at != std::string::npos && line.starts_with("  损失")) {
      EXPECT_EQ(at, 2U + 60 + 2 + 2);  // two letters of three bytes and two columns
      ++kinds;
    }
  }
  EXPECT_EQ(kinds, 1U);
  bool isWhole = false;
  const json found = json::parse(inspect(true, logs()));
  for (const json& run : found["runs"]) {
    for (const json& tag : run["tags"]) isWhole = isWhole || tag["tag"] == longTag;
  }
  EXPECT_TRUE(isWhole);
}

TEST_F(Commands, InspectReportsWhatARestartDropped) {
  auto first = eventio::SummaryWriter::create(logs() / "again", {.purgeStep = 0});
  for (int step = 0; step < 9; ++step) EXPECT_TRUE((*first)->addScalar("loss", 1, step));
  EXPECT_TRUE((*first)->close());
  auto second = eventio::SummaryWriter::create(logs() / "again", {.purgeStep = 5});
  EXPECT_TRUE((*second)->addScalar("loss", 2, 5));
  EXPECT_TRUE((*second)->close());
  EXPECT_THAT(inspect(false, logs() / "again"),
              HasSubstr("the run was started again from step 5: 4 points written before that were "
                        "dropped, of 'loss' (4 from step 5)"));
  const json damage = json::parse(inspect(true, logs() / "again"))["runs"][0]["damage"];
  ASSERT_EQ(damage.size(), 1U);
  EXPECT_EQ(damage[0]["level"], "notice");
  EXPECT_THAT(errors(), IsEmpty());
}

TEST_F(Commands, FilesThatAreNoEventsAreReportedInOneLine) {
  writeFile(m_folder / "notes.txt", "");
  EXPECT_EQ(inspect(false, m_folder / "notes.txt", 1), "");
  ASSERT_EQ(errors().size(), 1U);
  EXPECT_THAT(errors()[0], HasSubstr("notes.txt' is empty: give a log directory"));
  fs::create_directories(m_folder / "empty");
  EXPECT_THAT(inspect(false, m_folder / "empty"), HasSubstr("no runs here"));
  ExportOptions options;
  options.path = (m_folder / "empty").string();
  EXPECT_THAT(exported(options), IsEmpty());
  ASSERT_EQ(errors().size(), 1U);
  EXPECT_THAT(errors()[0], HasSubstr("no runs in '" + options.path + "': nothing to export"));
}

TEST_F(Commands, MetricsOfACsvFileAreARunLikeAnyOther) {
  const fs::path file = logs() / "run2" / "metrics.csv";
  writeFile(file, "epoch,step,val_loss\r\n0,9,0.5\r\n1,19,nan\r\n");
  const json report = json::parse(inspect(true, logs()));
  ASSERT_EQ(report["runs"].size(), 4U);
  EXPECT_EQ(report["runs"][2]["run"], "run2/metrics.csv");
  EXPECT_EQ(report["runs"][2]["tags"][1]["tag"], "val_loss");
  EXPECT_EQ(report["runs"][2]["tags"][1]["count"], 2);
  EXPECT_EQ(report["runs"][2]["tags"][1]["last_step"], 19);
  EXPECT_THAT(inspect(false, file), HasSubstr("run metrics.csv"));
  ExportOptions options;
  options.path = file.string();
  options.tagPattern = "val_loss";
  const auto written = exported(options);
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(json::parse(written[0])["value"], 0.5);
  EXPECT_EQ(json::parse(written[0])["step"], 9);
  EXPECT_EQ(json::parse(written[1])["value"], "NaN");
  EXPECT_THAT(errors(), IsEmpty());
}

TEST_F(Commands, CsvFileWithoutMetricsIsRefusedWhenNamedAndPassedOverInAFolder) {
  writeFile(m_folder / "data" / "prices.csv", "date,price\n2026-01-01,5\n");
  EXPECT_THAT(inspect(false, m_folder / "data"), HasSubstr("no runs here"));
  EXPECT_THAT(errors(), IsEmpty());
  EXPECT_EQ(inspect(false, m_folder / "data" / "prices.csv", 1), "");
  ASSERT_EQ(errors().size(), 1U);
  EXPECT_THAT(errors()[0], HasSubstr("prices.csv' holds no metrics"));
}

TEST_F(Commands, InspectLeavesOutTagsThatARestartEmptied) {
  {
    auto writer = eventio::SummaryWriter::create(logs() / "restarted");
    ASSERT_TRUE((*writer)->addScalar("kept", 1, 0));
    ASSERT_TRUE((*writer)->addText("dropped", "diverged", 5));
  }
  eventio::SummaryWriterOptions options;
  options.purgeStep = 3;
  ASSERT_TRUE(eventio::SummaryWriter::create(logs() / "restarted", options));
  for (const bool asJson : {false, true}) {
    const std::string text = inspect(asJson, logs() / "restarted");
    EXPECT_THAT(text, testing::HasSubstr("kept"));
    // The damage list still says what the restart dropped.
    const char* const row =
        asJson ? R"("tag": "dropped/text_summary")" : "\n  dropped/text_summary";
    EXPECT_THAT(text, testing::Not(testing::HasSubstr(row)));
  }
}

}  // namespace
