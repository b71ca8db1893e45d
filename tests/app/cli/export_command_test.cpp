// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "commands_fixture.h"

namespace {

namespace fs = std::filesystem;
using app::ExportOptions;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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

TEST_F(Commands, ExportNamesTheFilesThatLostRecords) {
  fs::path file;
  for (const auto& entry : fs::directory_iterator(logs() / "run10")) file = entry.path();
  std::string bytes = textOf(file);
  bytes[bytes.size() - 10] = static_cast<char>(~bytes[bytes.size() - 10]);
  std::ofstream(file, std::ios::binary) << bytes;
  EXPECT_EQ(exported(only("run10")).size(), 3U);
  EXPECT_THAT(errors(), ElementsAre(testing::AllOf(HasSubstr(file.string()),
                                                   HasSubstr("bytes are damaged"))));
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

TEST_F(Commands, ExportEscapesOnATerminalWhatItWouldObey) {
  auto writer = eventio::SummaryWriter::create(logs() / "escapes");
  ASSERT_TRUE((*writer)->addScalar("red\x1b[31m", 1, 0, 1.6e9));
  ASSERT_TRUE((*writer)->close());
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(terminal, 0);
  ASSERT_EQ(::grantpt(terminal) + ::unlockpt(terminal), 0);
  ExportOptions options = only("escapes");
  options.path = logs().string();
  options.format = ExportOptions::Format::kCsv;
  {
    Redirected output(stdout, ::ptsname(terminal));
    EXPECT_EQ(app::runExport(options), 0);
  }
  std::array<char, 4096> seen{};
  const ssize_t count = ::read(terminal, seen.data(), seen.size());
  ::close(terminal);
  ASSERT_GT(count, 0);
  const std::string text(seen.data(), static_cast<std::size_t>(count));
  EXPECT_THAT(text, HasSubstr("red\\x1b[31m"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(exported(options), testing::Contains(HasSubstr("red\x1b[31m")));
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

TEST_F(Commands, AnExportOfWhatIsNotThereFailsAndListsWhatIsNear) {
  std::vector<std::string> said;
  const auto refused = [&](const char* run, const char* tag, const char* kind) {
    ExportOptions options = only(run, tag);
    options.path = logs().string();
    options.kind = kind;
    options.outputFile = (m_folder / "nothing.csv").string();
    options.report = [&](const eventio::Message& message) { said.push_back(message.english()); };
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
