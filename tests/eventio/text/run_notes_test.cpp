// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/text/run_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "eventio/reader/log_directory.h"
#include "eventio/writer/summary_writer.h"
#include "tests/support/temporary_folder.h"

namespace {

using eventio::decodeRunNote;
using eventio::encodeRunNote;
using eventio::kRunNotesTag;
using eventio::Message;
using eventio::Run;
using eventio::RunNote;
using eventio::RunNotes;
using eventio::RunStore;
using testing::ElementsAre;
using testing::Field;
using Kind = RunNote::Kind;
using About = RunNote::About;

RunNote alert(std::string sentence, About about = About::kTraining) {
  RunNote note;
  note.about = about;
  note.sentence = std::move(sentence);
  return note;
}

void append(Run& run, const RunNote& note, std::int64_t step, double wallTime) {
  run.appendText(kRunNotesTag, {step, wallTime, {encodeRunNote(note)}});
}

auto says(const char* sentence) {
  return Field(&RunNote::sentence, sentence);
}

TEST(RunNotes, AreJsonWithTheMembersOfTheirKind) {
  RunNote note;
  note.kind = Kind::kChanged;
  note.name = "learning rate";
  note.from = 0.01;
  note.to = 0.001;
  note.sentence = "learning rate 0.01 \u2192 0.001";
  const auto object = nlohmann::json::parse(encodeRunNote(note));
  EXPECT_EQ(object, (nlohmann::json{{"kind", "changed"},
                                    {"name", "learning rate"},
                                    {"from", 0.01},
                                    {"to", 0.001},
                                    {"sentence", "learning rate 0.01 \u2192 0.001"}}));
}

TEST(RunNotes, ComeBackAsTheyWere) {
  RunNote note;
  note.kind = Kind::kWentBack;
  note.from = 1250;
  note.to = 1245;
  note.detail = "diverged: \"12\"";
  note.detailStep = 1249;
  note.sentence = "went back";
  const auto read = decodeRunNote(encodeRunNote(note), 1245, 1.5);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->kind, Kind::kWentBack);
  EXPECT_EQ(read->from, 1250);
  EXPECT_EQ(read->to, 1245);
  EXPECT_EQ(read->detail, note.detail);
  EXPECT_EQ(read->detailStep, 1249);
  EXPECT_EQ(read->sentence, "went back");
  EXPECT_EQ(read->step, 1245);
  EXPECT_EQ(read->wallTime, 1.5);
  for (const About about : {About::kTraining, About::kLog, About::kSaving, About::kFiles}) {
    EXPECT_EQ(decodeRunNote(encodeRunNote(alert("x", about)), 0, 0)->about, about);
  }
}

TEST(RunNotes, KeepTheMessageOfAnAlertWithItsArguments) {
  RunNote note = alert("the disk is full: '/a/%2' took 12 of -7; full");
  note.message =
      Message("the disk is full: %1; %2", Message("'%1' took %2 of %3", "/a/%2", 12, -7), "full");
  const auto object = nlohmann::json::parse(encodeRunNote(note))["message"];
  EXPECT_EQ(object["text"], "the disk is full: %1; %2");
  EXPECT_EQ(object["arguments"][0]["arguments"], (nlohmann::json{"/a/%2", 12, -7}));
  const auto read = decodeRunNote(encodeRunNote(note), 0, 0);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->message.english(), note.sentence);
  EXPECT_EQ(read->message.text(), note.message.text());
  ASSERT_NE(read->message.arguments()[0].message(), nullptr);
  EXPECT_TRUE(read->message.arguments()[0].message()->arguments()[1].isNumber());
}

TEST(RunNotes, AMessageThatIsNoneIsLeftOut) {
  std::string deep = R"({"text":"x","arguments":[]})";
  for (int i = 0; i < 2000; ++i) deep = R"({"text":"%1","arguments":[)" + deep + "]}";
  for (const std::string& message :
       {std::string("7"), std::string("[]"), std::string(R"({"text":7})"),
        std::string(R"({"text":"%1"})"), std::string(R"({"text":"%1","arguments":7})")}) {
    const auto note =
        decodeRunNote(R"({"kind":"alert","sentence":"s","message":)" + message + "}", 0, 0);
    ASSERT_TRUE(note) << message;
    EXPECT_TRUE(note->message.empty()) << message;
    EXPECT_EQ(note->sentence, "s");
  }
  const auto nested = decodeRunNote(R"({"kind":"alert","message":)" + deep + "}", 0, 0);
  ASSERT_TRUE(nested);
  EXPECT_LE(nested->message.english().size(), 2U);
  const auto places =
      decodeRunNote(R"({"kind":"alert","message":{"text":"%1 %2","arguments":[null]}})", 0, 0);
  ASSERT_TRUE(places);
  EXPECT_EQ(places->message.english(), " %2");
}

TEST(RunNotes, OtherTextsAreNoNotes) {
  for (const char* text : {"", "{", "[]", "7", "{}", R"({"kind":7})", R"({"kind":"from_later"})"}) {
    EXPECT_FALSE(decodeRunNote(text, 0, 0)) << text;
  }
  // A member of another type is as none.
  const auto note =
      decodeRunNote(R"({"kind":"saved","name":7,"from":"x","detail_step":1.5})", 0, 0);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->name, "");
  EXPECT_FALSE(note->detailStep);
  // No reason to offer going back, as nobody knows what it is about.
  EXPECT_EQ(decodeRunNote(R"({"kind":"alert","about":"from_later"})", 0, 0)->about, About::kFiles);
}

TEST(RunNotes, AreFollowedWhileARunGrowsAndGoesBack) {
  RunStore store;
  const auto run = store.openRun("/log", "a");
  RunNotes notes;
  EXPECT_EQ(notes.update(*run), 0U);
  append(*run, alert("one"), 10, 1);
  append(*run, alert("two"), 20, 2);
  EXPECT_EQ(notes.update(*run), 0U);
  EXPECT_THAT(notes.notes(), ElementsAre(says("one"), says("two")));
  EXPECT_EQ(notes.update(*run), 2U);
  append(*run, alert("three"), 30, 3);
  EXPECT_EQ(notes.update(*run), 2U);
  EXPECT_EQ(notes.notes().size(), 3U);
  run->purgeFrom(15);
  append(*run, alert("four"), 15, 4);
  EXPECT_EQ(notes.update(*run), 1U);
  EXPECT_THAT(notes.notes(), ElementsAre(says("one"), says("four")));
  run->purgeFrom(0);
  EXPECT_EQ(notes.update(*run), 0U);
  EXPECT_TRUE(notes.notes().empty());
}

TEST(RunNotes, OfEarlierRunsAreMadeOfTheirTexts) {
  RunStore store;
  const auto run = store.openRun("/log", "a");
  const auto text = [&run](const char* kind, std::int64_t step, double wallTime, const char* what) {
    run->appendText(std::string("traindeck/") + kind + "/text_summary", {step, wallTime, {what}});
  };
  text("phases", 0, 1, "fine-tuning of fc1, fc2 begins");
  text("changes", 5, 2, "learning rate 0.01 \u2192 0.001");
  text("changes", 6, 3, "went back from step 1250 to step 1245: step 1250: output holds 640 inf");
  text("changes", 7, 4, "went back from step 24 to step 20: step 23: diverged");
  text("alerts", 8, 5, "The model could not be saved: /runs/a: No space left on device");
  text("alerts", 9, 6, "The log lacks 7 records: /runs/a");
  text("alerts", 10, 7, "output of fc2 holds 640 inf");
  text("checkpoints", 11, 8, "saved model.safetensors");
  text("phases", 12, 9, "finished");
  RunNotes notes;
  EXPECT_EQ(notes.update(*run), 0U);
  std::vector<Kind> kinds;
  std::vector<About> abouts;
  for (const RunNote& note : notes.notes()) {
    kinds.push_back(note.kind);
    abouts.push_back(note.about);
  }
  EXPECT_THAT(kinds,
              ElementsAre(Kind::kPhaseBegins, Kind::kChanged, Kind::kWentBack, Kind::kWentBack,
                          Kind::kAlert, Kind::kAlert, Kind::kAlert, Kind::kSaved, Kind::kEnded));
  EXPECT_EQ(abouts[4], About::kSaving);
  EXPECT_EQ(abouts[5], About::kFiles);
  EXPECT_EQ(abouts[6], About::kTraining);
  const RunNote& first = notes.notes()[2];
  EXPECT_EQ(first.from, 1250);
  EXPECT_EQ(first.to, 1245);
  EXPECT_EQ(first.detail, "output holds 640 inf");
  EXPECT_FALSE(first.detailStep);
  EXPECT_EQ(notes.notes()[3].detailStep, 23);

  // Continued by a program that records notes: its texts are not read twice.
  text("phases", 13, 10, "training begins");
  append(*run, alert("from now on"), 13, 10);
  EXPECT_EQ(notes.update(*run), 9U);
  EXPECT_EQ(notes.notes().size(), 10U);
}

TEST(RunNotes, StandInTheEventFileBesideTheirText) {
  const TemporaryFolder folder;
  auto writer = eventio::SummaryWriter::create(folder.path());
  ASSERT_TRUE(writer);
  const RunNote note = alert("the loss is not finite");
  ASSERT_TRUE((*writer)->addText("traindeck/alerts", note.sentence,
                                 {kRunNotesTag, eventio::kRunNotesPlugin, encodeRunNote(note)}, 7,
                                 1.75e9));
  ASSERT_TRUE((*writer)->close());
  const auto store = std::make_shared<RunStore>();
  const auto log = eventio::LogDirectory::open(folder.path(), store);
  ASSERT_TRUE(log);
  ASSERT_TRUE((*log)->waitUntilLoaded(std::chrono::seconds(30)));
  const auto run = store->runs().at(0);
  EXPECT_THAT(run->texts("traindeck/alerts/text_summary").at(0).value,
              ElementsAre("the loss is not finite"));
  RunNotes notes;
  static_cast<void>(notes.update(*run));
  ASSERT_THAT(notes.notes(), ElementsAre(says("the loss is not finite")));
  EXPECT_EQ(notes.notes()[0].step, 7);
}

}  // namespace
