// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "eventio/writer/summary_writer.h"
#include "tests/eventio/event_bytes.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using app::ExportOptions;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string textOf(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) found.push_back(line);
  return found;
}

/// Sends one of the process's output descriptors into a file while it lives.
class Redirected {
 public:
  Redirected(std::FILE* stream, fs::path file) : m_stream(stream), m_file(std::move(file)) {
    std::fflush(m_stream);
    m_before = ::dup(::fileno(m_stream));
    const int to = ::open(m_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(to, ::fileno(m_stream));
    ::close(to);
  }
  ~Redirected() { restore(); }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

  std::string text() {
    restore();
    return textOf(m_file);
  }

 private:
  void restore() {
    if (m_before < 0) return;
    std::fflush(m_stream);
    ::dup2(m_before, ::fileno(m_stream));
    ::close(m_before);
    m_before = -1;
  }

  std::FILE* m_stream;
  fs::path m_file;
  int m_before = -1;
};

class Commands : public testing::Test {
 protected:
  Commands() {
    const float inf = std::numeric_limits<float>::infinity();
    write("run10", {0.1F, 2.5F});
    write("run2", {std::numeric_limits<float>::quiet_NaN(), inf, -inf});
    auto writer = eventio::SummaryWriter::create(logs() / "kinds");
    eventio::Histogram bins{.min = -0.1,
                            .max = 1.5,
                            .num = 3,
                            .sum = 2,
                            .sumSquares = 3,
                            .limits = {-1, 0.3, 2},
                            .counts = {0, 1, 2}};
    EXPECT_TRUE((*writer)->addHistogram("h", bins, 5, 1.6e9));
    EXPECT_TRUE((*writer)->addText("note", "say \"hi\",\n你好\x01", 6, 1.6e9));
    EXPECT_TRUE((*writer)->addHparams({{"lr", 0.1}}, {"loss"}, 1.6e9));
  }

  [[nodiscard]] fs::path logs() const { return m_folder / "logs"; }
  [[nodiscard]] fs::path outputFile() const { return m_folder / "output"; }

  void write(const std::string& run, const std::vector<float>& values) const {
    auto writer = eventio::SummaryWriter::create(logs() / run);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto step = static_cast<std::int64_t>(i);
      EXPECT_TRUE((*writer)->addScalar("tag10", values[i], step, 1.6e9 + 0.25));
      EXPECT_TRUE((*writer)->addScalar("tag9", 1, -step, 1.6e9));
    }
  }

  /// Standard output of inspect.
  std::string inspect(bool asJson, const fs::path& path, int expectedStatus = 0) {
    Redirected output(stdout, m_folder / "stdout");
    Redirected errors(stderr, m_folder / "stderr");
    EXPECT_EQ(app::runInspect({path.string(), asJson}), expectedStatus);
    m_errors = errors.text();
    return output.text();
  }
  /// What export writes into its file.
  std::vector<std::string> exported(ExportOptions options, int expectedStatus = 0) {
    fs::remove(outputFile());
    options.path = options.path.empty() ? logs().string() : options.path;
    options.outputFile = outputFile().string();
    Redirected errors(stderr, m_folder / "stderr");
    EXPECT_EQ(app::runExport(options), expectedStatus);
    m_errors = errors.text();
    return lines(textOf(outputFile()));
  }
  [[nodiscard]] std::vector<std::string> errors() const { return lines(m_errors); }

  const TemporaryFolder m_temporary;
  const fs::path& m_folder = m_temporary.path();

 private:
  std::string m_errors;
};

ExportOptions only(const char* run, const char* tag = "") {
  ExportOptions options;
  options.runPattern = run;
  options.tagPattern = tag;
  return options;
}

TEST_F(Commands, InspectTellsRunsTagsAndDamageAsJson) {
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

TEST_F(Commands, ExportsScalarsInOrderOfRunTagArrival) {
  ExportOptions options = only("^run");
  EXPECT_THAT(
      exported(options),
      ElementsAre(
          R"({"run":"run2","tag":"tag9","kind":"scalar","step":0,"wall_time":1600000000,"value":1})",
          R"({"run":"run2","tag":"tag9","kind":"scalar","step":-1,"wall_time":1600000000,"value":1})",
          R"({"run":"run2","tag":"tag9","kind":"scalar","step":-2,"wall_time":1600000000,"value":1})",
          R"({"run":"run2","tag":"tag10","kind":"scalar","step":0,"wall_time":1600000000.25,"value":"NaN"})",
          R"({"run":"run2","tag":"tag10","kind":"scalar","step":1,"wall_time":1600000000.25,"value":"Infinity"})",
          R"({"run":"run2","tag":"tag10","kind":"scalar","step":2,"wall_time":1600000000.25,"value":"-Infinity"})",
          R"({"run":"run10","tag":"tag9","kind":"scalar","step":0,"wall_time":1600000000,"value":1})",
          R"({"run":"run10","tag":"tag9","kind":"scalar","step":-1,"wall_time":1600000000,"value":1})",
          R"({"run":"run10","tag":"tag10","kind":"scalar","step":0,"wall_time":1600000000.25,"value":0.10000000149011612})",
          R"({"run":"run10","tag":"tag10","kind":"scalar","step":1,"wall_time":1600000000.25,"value":2.5})"));
}

TEST_F(Commands, ExportsTheOtherKinds) {
  const auto found = exported(only("kinds"));
  ASSERT_EQ(found.size(), 5U);
  const auto named = [&](const std::string& tag) {
    for (const std::string& line : found) {
      json object = json::parse(line);
      if (object["tag"] == tag) return object;
    }
    return json();
  };
  EXPECT_EQ(named("h"), json::parse(R"({"run": "kinds", "tag": "h", "kind": "histogram", "step": 5,
      "wall_time": 1.6e9, "min": -0.1, "max": 1.5, "num": 3, "sum": 2, "sum_squares": 3,
      "limits": [-1, 0.3, 2], "counts": [0, 1, 2]})"));
  EXPECT_EQ(named("note/text_summary")["text"], "say \"hi\",\n你好\x01");
  EXPECT_EQ(named("_hparams_/session_start_info")["hparams"], json::parse(R"({"lr": 0.1})"));
  EXPECT_EQ(named("_hparams_/session_start_info")["kind"], "hparam");
}

TEST_F(Commands, FiltersByKindAndPatterns) {
  ExportOptions options = only("RUN1", "G9");  // anywhere, in either case
  EXPECT_EQ(exported(options).size(), 2U);
  options = {};
  options.kind = "text";
  EXPECT_EQ(exported(options).size(), 1U);
}

TEST_F(Commands, BadPatternsAreOneLineAndStatusTwo) {
  for (const auto& options : {only("["), only("", "(")}) {
    EXPECT_THAT(exported(options, 2), IsEmpty());
    EXPECT_EQ(errors().size(), 1U);
  }
}

TEST_F(Commands, ExportsCsv) {
  ExportOptions options = only("run");
  options.format = ExportOptions::Format::kCsv;
  options.kind = "scalar";
  const auto scalars = exported(options);
  ASSERT_EQ(scalars.size(), 11U);
  EXPECT_EQ(scalars[0], "run,tag,kind,step,wall_time,value");
  EXPECT_EQ(scalars[4], "run2,tag10,scalar,0,1600000000.25,NaN");
  EXPECT_EQ(scalars[10], "run10,tag10,scalar,1,1600000000.25,2.5");
  options = only("kinds", "note|^h$");
  options.format = ExportOptions::Format::kCsv;
  EXPECT_THAT(
      exported(options),
      ElementsAre(
          "run,tag,kind,step,wall_time,value,min,max,num,sum,sum_squares,limits,counts,text,"
          "hparams,true_positives,false_positives,true_negatives,false_negatives,precision,recall,"
          "items,bytes,files,error",
          "kinds,h,histogram,5,1600000000,,-0.1,1.5,3,2,3,-1 0.3 2,0 1 2,,,,,,,,,,,,",
          "kinds,note/text_summary,text,6,1600000000,,,,,,,,,\"say \"\"hi\"\",",
          "你好\x01\",,,,,,,,,,,"));
}

TEST_F(Commands, ExportsToStandardOutput) {
  ExportOptions options = only("run10", "tag10");
  options.path = logs().string();
  Redirected output(stdout, m_folder / "stdout");
  EXPECT_EQ(app::runExport(options), 0);
  EXPECT_EQ(lines(output.text()).size(), 2U);
}

TEST_F(Commands, FailedExportLeavesTheOldFileAndNoOther) {
  ExportOptions options;
  options.path = logs().string();
  options.outputFile = (m_folder / "none" / "file").string();
  Redirected errors(stderr, m_folder / "stderr");
  EXPECT_EQ(app::runExport(options), 1);
  EXPECT_THAT(lines(errors.text()), testing::SizeIs(1));
  EXPECT_FALSE(fs::exists(m_folder / "none"));
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

TEST_F(Commands, InspectTellsWhatARestartDropped) {
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

TEST_F(Commands, FilesThatAreNoEventsAreToldInOneLine) {
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
  const json told = json::parse(inspect(true, logs()));
  ASSERT_EQ(told["runs"].size(), 4U);
  EXPECT_EQ(told["runs"][2]["run"], "run2/metrics.csv");
  EXPECT_EQ(told["runs"][2]["tags"][1]["tag"], "val_loss");
  EXPECT_EQ(told["runs"][2]["tags"][1]["count"], 2);
  EXPECT_EQ(told["runs"][2]["tags"][1]["last_step"], 19);
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

TEST_F(Commands, AnExportOfWhatIsNotThereFailsAndListsWhatIsNear) {
  std::vector<std::string> said;
  const auto refused = [&](const char* run, const char* tag, const char* kind) {
    ExportOptions options = only(run, tag);
    options.path = logs().string();
    options.kind = kind;
    options.outputFile = (m_folder / "nothing.csv").string();
    options.report = [&](const std::string& message) { said.push_back(message); };
    said.clear();
    EXPECT_EQ(app::runExport(options), 1);
    EXPECT_FALSE(fs::exists(m_folder / "nothing.csv"));
    return said.empty() ? std::string() : said.back();
  };
  EXPECT_THAT(refused("", "tagg9", ""),
              HasSubstr("no run holds a tag that matches --tag 'tagg9'; there are 'tag9', "));
  EXPECT_EQ(refused("", "", "audio"), "no run holds a tag of kind audio");
  EXPECT_THAT(refused("rum2", "", ""),
              HasSubstr("no run has a name that matches --run 'rum2'; there are 'run2', "));
}

TEST_F(Commands, ExportFollowsLinksAndKeepsPermissions) {
  ExportOptions options = only("run10", "tag10");
  options.path = logs().string();
  writeFile(m_folder / "disk/target.csv", "old\n");
  fs::permissions(m_folder / "disk/target.csv", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("disk/target.csv", m_folder / "link.csv");
  options.outputFile = (m_folder / "link.csv").string();
  EXPECT_EQ(app::runExport(options), 0);
  EXPECT_TRUE(fs::is_symlink(m_folder / "link.csv"));
  EXPECT_EQ(lines(textOf(m_folder / "disk/target.csv")).size(), 2U);
  EXPECT_EQ(fs::status(m_folder / "disk/target.csv").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  // What fails leaves both as they are.
  options.path = (m_folder / "nowhere").string();
  Redirected errors(stderr, m_folder / "stderr");
  EXPECT_EQ(app::runExport(options), 1);
  EXPECT_EQ(lines(textOf(m_folder / "disk/target.csv")).size(), 2U);
}

TEST_F(Commands, ExportWritesThroughPipesAndDevices) {
  ExportOptions options = only("run10", "tag10");
  options.path = logs().string();
  const fs::path pipe = m_folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  auto reader = std::async(std::launch::async, [&] { return textOf(pipe); });
  options.outputFile = pipe.string();
  EXPECT_EQ(app::runExport(options), 0);
  EXPECT_EQ(lines(reader.get()).size(), 2U);
  EXPECT_TRUE(fs::is_fifo(pipe));
  options.outputFile = "/dev/null";
  EXPECT_EQ(app::runExport(options), 0);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  options.outputFile = "/dev/full";
  Redirected errors(stderr, m_folder / "stderr");
  EXPECT_EQ(app::runExport(options), 1);
  EXPECT_THAT(errors.text(), HasSubstr("cannot write '/dev/full': No space left on device"));
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(Commands, DashAndTheNamesOfDescriptorsAreTheOpenFiles) {
  ExportOptions options = only("run10", "tag10");
  options.path = logs().string();
  for (const char* name : {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}) {
    options.outputFile = name;
    Redirected output(stdout, m_folder / "stdout");
    std::fputs("before\n", stdout);  // as of a shell's >>
    std::fflush(stdout);
    EXPECT_EQ(app::runExport(options), 0) << name;
    EXPECT_EQ(lines(output.text()).size(), 3U) << name;
  }
  EXPECT_FALSE(fs::exists("-"));
}

TEST_F(Commands, ReaderThatGoesAwayIsAnErrorAndNotTheEnd) {
  int ends[2] = {};
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  const std::string name = "/dev/fd/" + std::to_string(ends[1]);
  ExportOptions options;
  options.path = logs().string();
  options.outputFile = name;
  {
    Redirected errors(stderr, m_folder / "stderr");
    EXPECT_EQ(app::runExport(options), 1);
    EXPECT_THAT(lines(errors.text()),
                ElementsAre(HasSubstr("the reader of '" + name + "' went away")));
  }
  std::fflush(stdout);
  const int before = ::dup(STDOUT_FILENO);
  ::dup2(ends[1], STDOUT_FILENO);
  Redirected errors(stderr, m_folder / "stderr");
  const int status = app::runInspect({logs().string(), false});
  ::dup2(before, STDOUT_FILENO);
  ::close(before);
  ::close(ends[1]);
  EXPECT_EQ(status, 1);
  EXPECT_THAT(lines(errors.text()),
              ElementsAre(HasSubstr("the reader of standard output went away")));
}

TEST_F(Commands, ExportLeavesNoPartBehind) {
  EXPECT_FALSE(exported({}).empty());
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(m_folder))
    names.push_back(entry.path().filename());
  EXPECT_THAT(names, testing::UnorderedElementsAre("logs", "output", "stderr"));
}

}  // namespace
