// SPDX-License-Identifier: GPL-3.0-or-later
// Every form of value that writers use, put together byte by byte.
#include "eventio/reader/event_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "event_bytes.h"

namespace {

using event_bytes::bytesField;
using event_bytes::doubleField;
using event_bytes::event;
using event_bytes::floatField;
using event_bytes::intField;
using event_bytes::metadata;
using event_bytes::packed;
using event_bytes::raw;
using event_bytes::scalarEvent;
using event_bytes::scalarValue;
using event_bytes::summary;
using event_bytes::tensorHead;
using event_bytes::tensorValue;
using eventio::EventCollector;
using eventio::TagKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kFloat = 1;
constexpr int kDouble = 2;
constexpr int kInt32 = 3;
constexpr int kString = 7;
constexpr int kInt64 = 9;
constexpr int kBfloat16 = 14;
constexpr int kHalf = 19;

class Collecting : public testing::Test {
 protected:
  void take(const std::string& message, bool restarts = false) {
    collector.beginFile("the file", restarts);
    collector.consume({m_offset, message});
    m_offset += message.size() + 16;
  }
  void takeValue(const std::string& value, std::int64_t step = 1) {
    take(event(100 + static_cast<double>(step), step, summary({value})));
  }
  /// The values of a scalar tag.
  std::vector<double> values(std::string_view tag) {
    collector.commit();
    const auto view = run->scalars(tag);
    std::vector<double> found(view.size());
    view.copyValues(0, found);
    return found;
  }

  std::shared_ptr<eventio::Run> run = std::make_shared<eventio::Run>("/logs", "a");
  EventCollector collector{run};

 private:
  std::uint64_t m_offset = 0;
};

TEST_F(Collecting, SimpleValues) {
  take(event_bytes::versionEvent());
  take(scalarEvent("a", 0.5F, -7, 123.25));
  take(event(124, 3, summary({scalarValue("a", 1), scalarValue("b", 2)})));
  EXPECT_THAT(values("a"), ElementsAre(0.5, 1));
  EXPECT_THAT(values("b"), ElementsAre(2));
  const auto view = run->scalars("a");
  EXPECT_EQ(view.step(0), -7);
  EXPECT_EQ(view.wallTime(0), 123.25);
  EXPECT_EQ(run->tags().size(), 2U);
  EXPECT_THAT(run->damage(), IsEmpty());
}

TEST_F(Collecting, FieldsInAnyOrderWithUnknownOnesBetween) {
  const std::string unknown = intField(77, -1) + doubleField(78, 1) + bytesField(79, "?") +
                              floatField(80, 1) + event_bytes::key(81, 3) + intField(1, 5) +
                              event_bytes::key(82, 3) + event_bytes::key(82, 4) +
                              event_bytes::key(81, 4);
  const std::string value =
      unknown + floatField(2, 3) + unknown + bytesField(1, "a") + bytesField(7, "node");
  take(unknown + summary({value}) + intField(2, 9) + unknown + doubleField(1, 5.0));
  EXPECT_THAT(values("a"), ElementsAre(3));
  EXPECT_EQ(run->scalars("a").step(0), 9);
  EXPECT_EQ(run->scalars("a").wallTime(0), 5);
  EXPECT_THAT(run->damage(), IsEmpty());
}

TEST_F(Collecting, ScalarTensors) {
  const std::string scalars = metadata("scalars");
  const float third = 1.0F / 3;
  takeValue(tensorValue("content", tensorHead(kFloat, {}) + bytesField(4, raw(third)), scalars));
  takeValue(tensorValue("float_val", tensorHead(kFloat, {}) + floatField(5, third), scalars));
  takeValue(tensorValue("packed", tensorHead(kFloat, {}) + bytesField(5, raw(third)), scalars));
  takeValue(tensorValue("double", tensorHead(kDouble, {}) + bytesField(4, raw(0.1)), scalars));
  takeValue(tensorValue("double_val", tensorHead(kDouble, {}) + doubleField(6, 0.1), scalars));
  takeValue(tensorValue("one", tensorHead(kFloat, {1}) + floatField(5, third), scalars));
  takeValue(tensorValue("int", tensorHead(kInt32, {}) + intField(7, -5), scalars));
  takeValue(
      tensorValue("long", tensorHead(kInt64, {}) + bytesField(4, raw<std::int64_t>(-6)), scalars));
  takeValue(tensorValue("half", tensorHead(kHalf, {}) + intField(13, 0xc100), scalars));
  takeValue(tensorValue("bfloat", tensorHead(kBfloat16, {}) + intField(13, 0x3fc0), scalars));
  EXPECT_THAT(values("content"), ElementsAre(static_cast<double>(third)));
  EXPECT_THAT(values("float_val"), ElementsAre(static_cast<double>(third)));
  EXPECT_THAT(values("packed"), ElementsAre(static_cast<double>(third)));
  EXPECT_THAT(values("double"), ElementsAre(0.1));
  EXPECT_THAT(values("double_val"), ElementsAre(0.1));
  EXPECT_THAT(values("one"), ElementsAre(static_cast<double>(third)));
  EXPECT_THAT(values("int"), ElementsAre(-5));
  EXPECT_THAT(values("long"), ElementsAre(-6));
  EXPECT_THAT(values("half"), ElementsAre(-2.5));
  EXPECT_THAT(values("bfloat"), ElementsAre(1.5));
  EXPECT_THAT(run->damage(), IsEmpty());
}

TEST_F(Collecting, MetadataOfTheFirstValueHoldsForTheTag) {
  const std::string tensor = tensorHead(kFloat, {}) + floatField(5, 2);
  takeValue(tensorValue("a", tensor, metadata("scalars", {}, "Shown", "What it is")));
  takeValue(tensorValue("a", tensor), 2);
  takeValue(tensorValue("a", tensor, metadata("text")), 3);
  EXPECT_THAT(values("a"), ElementsAre(2, 2, 2));
  EXPECT_EQ(run->tag("a")->displayName, "Shown");
  EXPECT_EQ(run->tag("a")->description, "What it is");
  EXPECT_EQ(run->tag("a")->plugin, "scalars");
}

TEST_F(Collecting, NonFiniteValuesStay) {
  const float inf = std::numeric_limits<float>::infinity();
  take(scalarEvent("a", -inf, 1));
  take(scalarEvent("a", std::nanf(""), 1));
  const auto found = values("a");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], -static_cast<double>(inf));
  EXPECT_TRUE(std::isnan(found[1]));
}

TEST_F(Collecting, OldHistograms) {
  for (const bool isPacked : {true, false}) {
    std::string limits;
    std::string counts;
    if (isPacked) {
      limits = bytesField(6, packed<double>({1, 2, 4}));
      counts = bytesField(7, packed<double>({0, 5, 6}));
    } else {
      for (const double limit : {1.0, 2.0, 4.0}) limits += doubleField(6, limit);
      for (const double count : {0.0, 5.0, 6.0}) counts += doubleField(7, count);
    }
    const std::string histo = doubleField(1, 1.25) + doubleField(2, 3.5) + doubleField(3, 11) +
                              doubleField(4, 25) + doubleField(5, 70) + limits + counts;
    takeValue(bytesField(1, isPacked ? "packed" : "plain") + bytesField(5, histo), 4);
  }
  for (const char* tag : {"packed", "plain"}) {
    const auto points = run->histograms(tag);
    ASSERT_EQ(points.size(), 1U);
    EXPECT_EQ(points[0].step, 4);
    EXPECT_EQ(points[0].wallTime, 104);
    EXPECT_EQ(points[0].value->min, 1.25);
    EXPECT_EQ(points[0].value->max, 3.5);
    EXPECT_EQ(points[0].value->num, 11);
    EXPECT_EQ(points[0].value->sum, 25);
    EXPECT_EQ(points[0].value->sumSquares, 70);
    EXPECT_THAT(points[0].value->limits, ElementsAre(1, 2, 4));
    EXPECT_THAT(points[0].value->counts, ElementsAre(0, 5, 6));
  }
}

TEST_F(Collecting, HistogramTensors) {
  const std::string buckets = packed<double>({-1, 0, 3, 0, 2, 4});
  takeValue(tensorValue("h", tensorHead(kDouble, {2, 3}) + bytesField(4, buckets),
                        metadata("histograms")));
  takeValue(tensorValue("h", tensorHead(kDouble, {0, 3})), 2);
  const auto points = run->histograms("h");
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].value->min, -1);
  EXPECT_EQ(points[0].value->max, 2);
  EXPECT_EQ(points[0].value->num, 7);
  EXPECT_EQ(points[0].value->sum, -0.5 * 3 + 1 * 4);
  EXPECT_EQ(points[0].value->sumSquares, 0.25 * 3 + 1 * 4);
  EXPECT_THAT(points[0].value->limits, ElementsAre(-1, 0, 2));
  EXPECT_THAT(points[0].value->counts, ElementsAre(0, 3, 4));
  EXPECT_THAT(points[1].value->limits, IsEmpty());
  EXPECT_EQ(points[1].value->num, 0);
}

TEST_F(Collecting, TextsOfAnyRank) {
  const std::string text = metadata("text");
  takeValue(tensorValue("none", tensorHead(kString, {}) + bytesField(8, "x"), text));
  takeValue(tensorValue("many",
                        tensorHead(kString, {2, 2}) + bytesField(8, "a") + bytesField(8, "") +
                            bytesField(8, "\xff") + bytesField(8, "d"),
                        text));
  EXPECT_THAT(run->texts("none")[0].value, ElementsAre("x"));
  EXPECT_THAT(run->texts("many")[0].value, ElementsAre("a", "", "\xff", "d"));
}

TEST_F(Collecting, HyperParameters) {
  const auto entry = [](std::string_view name, const std::string& value) {
    return bytesField(1, bytesField(1, name) + bytesField(2, value));
  };
  const std::string metric = bytesField(5, bytesField(1, bytesField(2, "loss")));
  const std::string grouped =
      bytesField(5, bytesField(1, bytesField(1, "validation") + bytesField(2, "loss")));
  takeValue(bytesField(1, "_hparams_/experiment") +
            metadata("hparams", bytesField(2, metric + grouped)));
  takeValue(tensorValue("_hparams_/session_start_info", tensorHead(kFloat, {0}),
                        metadata("hparams", bytesField(3, entry("lr", doubleField(2, 0.25)) +
                                                              entry("net", bytesField(3, "conv")) +
                                                              entry("dropout", intField(4, 1))))));
  const auto hparams = run->hparams();
  ASSERT_TRUE(hparams);
  EXPECT_THAT(hparams->metrics,
              ElementsAre(testing::Field(&eventio::HparamMetric::tag, "loss"),
                          testing::Field(&eventio::HparamMetric::tag, "validation/loss")));
  ASSERT_EQ(hparams->values.size(), 3U);
  EXPECT_EQ(hparams->values.at("lr"), eventio::HparamValue(0.25));
  EXPECT_EQ(hparams->values.at("net"), eventio::HparamValue(std::string("conv")));
  EXPECT_EQ(hparams->values.at("dropout"), eventio::HparamValue(true));
  EXPECT_EQ(run->tag("_hparams_/experiment")->kind, TagKind::kHparams);
  EXPECT_EQ(run->tag("_hparams_/experiment")->count, 1U);
}

TEST_F(Collecting, OtherKindsAreCounted) {
  takeValue(bytesField(1, "old image") + bytesField(4, intField(1, 1)));
  takeValue(
      tensorValue("image", tensorHead(kString, {3}) + bytesField(8, "1"), metadata("images")));
  takeValue(tensorValue("pr", tensorHead(kFloat, {6, 2}), metadata("pr_curves")));
  takeValue(bytesField(1, "audio") + bytesField(6, ""));
  takeValue(tensorValue("bare", tensorHead(kFloat, {2})));
  take(event(1, 2, bytesField(4, "graph")));
  EXPECT_EQ(run->tag("old image")->kind, TagKind::kImage);
  EXPECT_EQ(run->tag("image")->kind, TagKind::kImage);
  EXPECT_EQ(run->tag("pr")->kind, TagKind::kPrCurve);
  EXPECT_EQ(run->tag("pr")->plugin, "pr_curves");
  EXPECT_EQ(run->tag("audio")->kind, TagKind::kAudio);
  EXPECT_EQ(run->tag("bare")->kind, TagKind::kOther);
  EXPECT_EQ(run->tag("__run_graph__")->plugin, "graphs");
  EXPECT_EQ(run->stored("__run_graph__")[0].step, 2);
  EXPECT_THAT(run->damage(), IsEmpty());
}

TEST_F(Collecting, TagsThatAreNotUtf8AndEmptyTagsAreKept) {
  take(scalarEvent("\xff\xfe", 1, 1));
  take(scalarEvent("", 2, 1));
  EXPECT_THAT(values("\xff\xfe"), ElementsAre(1));
  EXPECT_THAT(values(""), ElementsAre(2));
}

TEST_F(Collecting, RecordsThatAreNoEventsAreDamage) {
  take(scalarEvent("a", 1, 1));
  const std::string whole = scalarEvent("a", 2, 2);
  int refused = 0;
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    const auto before = run->damage().size();
    take(whole.substr(0, cut));
    refused += run->damage().size() > before ? 1 : 0;
  }
  EXPECT_GE(refused, static_cast<int>(whole.size()) - 4);  // cuts between fields leave an event
  take("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
  const auto last = run->damage().back();
  EXPECT_EQ(last.file, "the file");
  EXPECT_EQ(last.bytes, 12U + 16U);
  EXPECT_THAT(last.what.english(), HasSubstr("no event"));
  EXPECT_THAT(values("a"), ElementsAre(1));
}

TEST_F(Collecting, UnreadableValuesAreReportedOncePerTag) {
  const std::string scalars = metadata("scalars");
  for (int i = 0; i < 3; ++i) {
    takeValue(tensorValue("two", tensorHead(kFloat, {2}) + floatField(5, 1), scalars));
    takeValue(tensorValue("text", tensorHead(kString, {}) + bytesField(8, "x"), scalars));
    takeValue(tensorValue("short", tensorHead(kFloat, {}) + bytesField(4, "abc"), scalars));
    takeValue(tensorValue("h", tensorHead(kDouble, {1LL << 40, 3}), metadata("histograms")));
    takeValue(tensorValue("h2", tensorHead(kDouble, {9, 2}), metadata("histograms")));
    takeValue(bytesField(1, "h3") + bytesField(5, bytesField(6, raw(1.0))));
    takeValue(scalarValue("mixed", 1));
    takeValue(bytesField(1, "mixed") + bytesField(5, ""));
  }
  const auto damage = run->damage();
  EXPECT_EQ(damage.size(), 7U);
  for (const char* tag : {"'two'", "'text'", "'short'", "'h'", "'h2'", "'h3'", "'mixed'"}) {
    EXPECT_THAT(damage, testing::Contains(testing::Field(
                            &eventio::Damage::what,
                            testing::Property(&eventio::Message::english, HasSubstr(tag)))));
  }
  EXPECT_THAT(values("mixed"), ElementsAre(1, 1, 1));
}

TEST_F(Collecting, RepeatedLastValueOfATensorIsBounded) {
  takeValue(
      tensorValue("h", tensorHead(kDouble, {2, 3}) + doubleField(6, 0), metadata("histograms")));
  EXPECT_THAT(run->histograms("h")[0].value->counts, ElementsAre(0, 0, 0));
  takeValue(tensorValue("big", tensorHead(kDouble, {80000000, 3}) + doubleField(6, 0),
                        metadata("histograms")));
  EXPECT_TRUE(run->histograms("big").empty());
  EXPECT_EQ(run->damage().size(), 1U);
}

TEST_F(Collecting, StartOfTheFirstFilePurgesNothing) {
  take(scalarEvent("a", 1, 5));
  take(event_bytes::sessionStart(0));
  take(scalarEvent("a", 2, 6));
  EXPECT_THAT(values("a"), ElementsAre(1, 2));
}

TEST_F(Collecting, StartOfALaterFilePurgesAllTagsFromItsStepOn) {
  for (int step = 0; step < 6; ++step) {
    take(scalarEvent("a", static_cast<float>(step), step));
    take(scalarEvent("b", static_cast<float>(step), 2 * step));
  }
  take(event_bytes::sessionStart(4), true);
  take(scalarEvent("a", 40, 4), true);
  EXPECT_THAT(values("a"), ElementsAre(0, 1, 2, 3, 40));
  EXPECT_THAT(values("b"), ElementsAre(0, 1));
}

TEST_F(Collecting, SecondStartOfOneFileIsARestart) {
  take(event_bytes::sessionStart(0));
  take(scalarEvent("a", 1, 5));
  take(event_bytes::sessionStart(5));
  take(scalarEvent("a", 2, 5));
  EXPECT_THAT(values("a"), ElementsAre(2));
}

TEST_F(Collecting, OtherSessionStatusesPurgeNothing) {
  take(scalarEvent("a", 1, 5));
  take(event(1, 0, bytesField(7, intField(1, 2))), true);
  EXPECT_THAT(values("a"), ElementsAre(1));
}

TEST_F(Collecting, RepeatedAndFallingStepsAreKept) {
  for (const int step : {3, 3, 1, 2, 2, -1}) take(scalarEvent("a", 1, step));
  EXPECT_EQ(values("a").size(), 6U);
  EXPECT_THAT(run->scalars("a").stepSegments(), ElementsAre(0, 2, 5));
}

TEST_F(Collecting, BrokenMessagesHarmNothingElse) {
  const std::vector<std::string> whole = {
      scalarEvent("a", 1, 1),
      event(1, 2,
            summary({tensorValue("s", tensorHead(kFloat, {}) + floatField(5, 1),
                                 metadata("scalars", "content", "name", "text"))})),
      event(1, 2,
            summary(
                {tensorValue("h", tensorHead(kDouble, {2, 3}) + bytesField(4, std::string(48, 'x')),
                             metadata("histograms"))})),
      event(1, 2,
            summary({bytesField(1, "o") +
                     bytesField(5, bytesField(6, packed<double>({1})) + bytesField(7, raw(1.0)))})),
      event(1, 2,
            summary({tensorValue("t", tensorHead(kString, {2}) + bytesField(8, "x"),
                                 metadata("text"))})),
      event(1, 2, summary({bytesField(1, "p") + metadata("hparams", bytesField(3, "abcdef"))})),
      event_bytes::sessionStart(1000000)};
  std::mt19937 random(8);
  for (int round = 0; round < 20000; ++round) {
    std::string message = whole[random() % whole.size()];
    for (std::size_t changes = 1 + random() % 3; changes > 0; --changes) {
      message[random() % message.size()] = static_cast<char>(random());
    }
    take(message);
  }
  take(scalarEvent("untouched", 7, 2));
  EXPECT_THAT(values("untouched"), ElementsAre(7));
  EXPECT_FALSE(run->damage().empty());
}

TEST_F(Collecting, ManyTagsInChangingOrderKeepTheirPoints) {
  std::vector<std::vector<double>> expected(30);
  unsigned dice = 1;
  for (int i = 0; i < 20000; ++i) {
    dice = dice * 1664525U + 1013904223U;
    const std::size_t tag = i < 10000 ? static_cast<std::size_t>(i) % 30 : (dice >> 16) % 30;
    take(scalarEvent(std::to_string(tag), static_cast<float>(i), i));
    expected[tag].push_back(i);
  }
  for (std::size_t tag = 0; tag < expected.size(); ++tag) {
    ASSERT_EQ(values(std::to_string(tag)), expected[tag]) << tag;
  }
}

TEST_F(Collecting, WallTimesThatCannotBeAreReportedOnceAndNotTheStart) {
  take(scalarEvent("a", 1, 0, 1.7e9));
  take(scalarEvent("b", 1, 1, -1e300));
  take(scalarEvent("b", 1, 2, -1e300));
  take(scalarEvent("a", 1, 3, 5));
  EXPECT_EQ(run->firstWallTime(), 1.7e9);
  EXPECT_THAT(values("b"), ElementsAre(1, 1));
  ASSERT_EQ(run->damage().size(), 1U);
  EXPECT_THAT(run->damage()[0].what.english(), HasSubstr("the wall time -1e+300"));
  EXPECT_TRUE(run->damage()[0].isNotice);
}

}  // namespace
