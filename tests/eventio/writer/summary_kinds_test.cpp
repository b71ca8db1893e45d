// SPDX-License-Identifier: GPL-3.0-or-later
// The records of the kinds that SummaryWriter writes, byte for byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>

#include "event_bytes.h"
#include "eventio/writer/summary_writer.h"
#include "tests/support/temporary_folder.h"

namespace {

using event_bytes::bytesField;
using event_bytes::doubleField;
using event_bytes::floatField;
using event_bytes::intField;
using event_bytes::metadata;
using event_bytes::packed;
using event_bytes::record;
using event_bytes::tensorHead;
using eventio::ErrorCode;
using eventio::SummaryOptions;
using eventio::SummaryWriter;
using testing::HasSubstr;

const SummaryOptions kTime = {.wallTime = 10.0};

class SummaryKinds : public testing::Test {
 protected:
  SummaryKinds() {
    auto made = SummaryWriter::create(folder.path());
    EXPECT_TRUE(made);
    writer = std::move(*made);
  }

  /// The data of all records but the first.
  std::vector<std::string> records() const {
    EXPECT_TRUE(writer->flush());
    const std::string bytes = readFile(writer->file());
    std::vector<std::string> all;
    for (std::size_t at = 0; at < bytes.size();) {
      std::uint64_t length = 0;
      std::memcpy(&length, bytes.data() + at, sizeof length);
      all.push_back(bytes.substr(at + 12, length));
      EXPECT_EQ(bytes.substr(at, length + 16), record(all.back()));
      at += length + 16;
    }
    all.erase(all.begin());
    return all;
  }
  /// An event at time 10 and step 3 with one value.
  static std::string one(const std::string& value) {
    return event_bytes::event(10, 3, event_bytes::summary({value}));
  }
  static void expectRefused(const eventio::Result<void>& result, const std::string& words) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(result.error().message.english(), HasSubstr(words));
  }

  const TemporaryFolder folder;
  std::unique_ptr<SummaryWriter> writer;
};

TEST_F(SummaryKinds, NamesAndDescriptionsStandInTheMetadata) {
  const SummaryOptions options = {.wallTime = 10.0, .displayName = "n", .description = "d"};
  const auto about = [](const char* plugin, int dataClass) {
    return bytesField(9, bytesField(1, bytesField(1, plugin)) + bytesField(2, "n") +
                             bytesField(3, "d") + intField(4, dataClass));
  };
  EXPECT_TRUE(writer->addScalar("s", 0.5F, 3, options));
  EXPECT_TRUE(writer->addDoubleScalar("p", 0.1, 3, kTime));
  eventio::Histogram histogram{
      .min = 1, .max = 2, .num = 3, .sum = 4, .sumSquares = 5, .limits = {2}, .counts = {3}};
  EXPECT_TRUE(writer->addHistogram("h", histogram, 3, options));
  EXPECT_TRUE(writer->addText("t", "x", 3, options));
  const std::string histo = doubleField(1, 1) + doubleField(2, 2) + doubleField(3, 3) +
                            doubleField(4, 4) + doubleField(5, 5) +
                            bytesField(6, packed<double>({2})) + bytesField(7, packed<double>({3}));
  EXPECT_THAT(records(),
              testing::ElementsAre(
                  one(bytesField(1, "s") + floatField(2, 0.5F) + about("scalars", 1)),
                  one(bytesField(1, "p") +
                      bytesField(8, tensorHead(2, {}) + bytesField(6, packed<double>({0.1}))) +
                      bytesField(9, bytesField(1, bytesField(1, "scalars")))),
                  one(bytesField(1, "h") + bytesField(5, histo) + about("histograms", 2)),
                  one(bytesField(1, "t/text_summary") +
                      bytesField(8, tensorHead(7, {1}) + bytesField(8, "x")) +
                      bytesField(9, bytesField(1, bytesField(1, "text")) + bytesField(2, "n") +
                                        bytesField(3, "d") + intField(4, 2)))));
}

TEST_F(SummaryKinds, EncodedPictureAndPlainTensor) {
  EXPECT_TRUE(writer->addEncodedImage("i", {.width = 6, .height = 4, .bytes = "png"}, 3, kTime));
  const std::vector<std::int64_t> numbers = {1, -1};
  EXPECT_TRUE(writer->addTensor("t", {numbers, {2, 1}}, 3, kTime));
  const std::string image = intField(1, 4) + intField(2, 6) + bytesField(4, "png");
  EXPECT_THAT(
      records(),
      testing::ElementsAre(
          one(bytesField(1, "i") + bytesField(4, image)),
          one(bytesField(1, "t") +
              bytesField(8, tensorHead(9, {2, 1}) + bytesField(4, packed<std::int64_t>({1, -1}))) +
              bytesField(9, bytesField(1, bytesField(1, "tensor"))))));
}

TEST_F(SummaryKinds, MeshIsAValueForEachOfItsParts) {
  eventio::Mesh mesh;
  mesh.vertexCount = 3;
  mesh.faceCount = 1;
  mesh.vertices = {0, 0, 0, 1, 0, 0, 0, 1, 0};
  mesh.colors = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  mesh.faces = {0, 1, 2};
  EXPECT_TRUE(writer->addMesh("m", mesh, 3, kTime));
  const auto part = [](const std::string& tag, int content, int type, std::int64_t rows,
                       const std::string& numbers) {
    const std::string shape =
        std::string("\x01", 1) + static_cast<char>(rows) + std::string("\x03", 1);
    return bytesField(1, tag) +
           bytesField(8, tensorHead(type, {1, rows, 3}) + bytesField(4, numbers)) +
           metadata("mesh", bytesField(2, "m") + intField(3, content) + bytesField(5, "{}") +
                                bytesField(6, shape) + intField(7, 2 + 4 + 8));
  };
  EXPECT_THAT(records(),
              testing::ElementsAre(event_bytes::event(
                  10, 3,
                  event_bytes::summary({part("m_VERTEX", 1, 1, 3, packed(mesh.vertices)),
                                        part("m_FACE", 2, 3, 1, packed(mesh.faces)),
                                        part("m_COLOR", 3, 4, 3, packed(mesh.colors))}))));
}

TEST_F(SummaryKinds, GraphDefIsWrittenAsItIs) {
  const std::string node = bytesField(1, bytesField(1, "n") + bytesField(2, "op"));
  const std::string graph = node + bytesField(2, "a field that is not known here");
  EXPECT_TRUE(writer->addGraphDef(graph, 10.0));
  EXPECT_THAT(records(), testing::ElementsAre(doubleField(1, 10) + bytesField(4, graph)));
  expectRefused(writer->addGraphDef("\xff"), "GraphDef");
}

TEST_F(SummaryKinds, RefusesMeshesThatDoNotFit) {
  eventio::Mesh good;
  good.vertexCount = 2;
  good.vertices = {0, 0, 0, 1, 1, 1};
  EXPECT_TRUE(writer->addMesh("m", good, 1));
  const auto refuse = [&](auto&& change, const std::string& words) {
    eventio::Mesh mesh = good;
    change(mesh);
    expectRefused(writer->addMesh("m", mesh, 1), words);
  };
  refuse([](auto& mesh) { mesh.vertexCount = 3; }, "6 coordinates instead of 1 x 3 x 3");
  refuse([](auto& mesh) { mesh.vertexCount = 1LL << 62; }, "too large");
  refuse([](auto& mesh) { mesh.batch = 0; }, "no vertices");
  refuse([](auto& mesh) { mesh.colors = {1, 2}; }, "colour");
  refuse([](auto& mesh) { mesh.vertices[4] = std::nanf(""); }, "coordinate 4");
  refuse([](auto& mesh) { mesh.faceCount = 1; }, "0 corners");
  refuse([](auto& mesh) { mesh.faceCount = -1; }, "corners");
  for (const std::int32_t corner : {-1, 2}) {
    refuse(
        [&](auto& mesh) {
          mesh.faceCount = 1;
          mesh.faces = {0, 1, corner};
        },
        "face 0 has vertex " + std::to_string(corner));
  }
  refuse([](auto& mesh) { mesh.configJson = "\xff"; }, "UTF-8");
}

TEST_F(SummaryKinds, RefusesGraphsAndLayoutsThatReadersCouldNotShow) {
  eventio::GraphNode node;
  node.name = "a";
  expectRefused(writer->addGraph({{node, node}}), "two nodes are named 'a'");
  node.operation = "\xff";
  expectRefused(writer->addGraph({{node}}), "UTF-8");
  expectRefused(writer->addGraph({{eventio::GraphNode{}}}), "no name");
  expectRefused(writer->addCustomScalarsMultilineChart({"\xff"}), "UTF-8");
  expectRefused(writer->addCustomScalarsMarginChart({"a", "b", "\xff"}), "UTF-8");
}

TEST_F(SummaryKinds, RefusesBadTagsOfEveryKind) {
  const std::vector<float> numbers = {0, 0.5F};
  const std::vector<std::uint8_t> labels = {0, 1};
  for (const char* tag : {"", "\xff"}) {
    const std::string words = *tag == '\0' ? "empty" : "UTF-8";
    expectRefused(writer->addScalar(tag, 1, 1), words);
    expectRefused(writer->addScalar(tag, 1, 1, kTime), words);
    expectRefused(writer->addDoubleScalar(tag, 1, 1), words);
    expectRefused(writer->addHistogram(tag, std::span<const float>(numbers), 1), words);
    expectRefused(writer->addTensor(tag, {numbers, {2}}, 1), words);
    expectRefused(writer->addImage(tag, {numbers, {1, 2}, "HW"}, 1), words);
    expectRefused(writer->addAudio(tag, {8000, 1, numbers}, 1), words);
    expectRefused(writer->addText(tag, "x", 1), words);
    expectRefused(writer->addPrCurve(tag, labels, numbers, 1), words);
    expectRefused(writer->addMesh(tag, {}, 1), words);
    expectRefused(writer->addHparams({}, {tag}), words);
  }
  expectRefused(writer->addScalar(std::string(1100000, 'x'), 1, 1), "1 MB");
  expectRefused(writer->addScalar("a", 1, 1, {.displayName = "\xff"}), "display name");
  expectRefused(writer->addScalar("a", 1, 1, {.description = "\xff"}), "description");
  EXPECT_THAT(records(), testing::IsEmpty());
}

TEST_F(SummaryKinds, RefusesOtherBadValues) {
  const std::vector<float> numbers = {1, 2};
  expectRefused(writer->addTensor("t", {numbers, {3}}, 1), "2 values where its shape needs 3");
  expectRefused(writer->addTensor("t", {numbers, {-2, -1}}, 1), "negative");
  expectRefused(writer->addTensor("t", {numbers, {1LL << 40, 1LL << 40}}, 1), "2^31 - 1");
  expectRefused(writer->addPrCurve("p", eventio::PrCurve{}, 1), "thresholds");
  expectRefused(writer->addEncodedImage("i", {.width = 1, .height = 1}, 1), "no bytes");
  expectRefused(writer->addEncodedImage("i", {.width = 0, .height = 1, .bytes = "x"}, 1), "1 x 1");
  const std::vector<eventio::Box> boxes = {{.left = 2, .top = 0, .right = 1, .bottom = 1}};
  expectRefused(writer->addImageWithBoxes("i", {numbers, {1, 2}, "HW"}, boxes, 1), "box 0");
  const std::vector<std::string> labels = {"a", "b"};
  expectRefused(writer->addImageWithBoxes("i", {numbers, {1, 2}, "HW"}, {}, 1, {}, labels),
                "2 labels for 0 boxes");
}

TEST_F(SummaryKinds, RefusesMoreThanARecordHolds) {
  // Pages that are never touched cost no memory.
  const std::size_t size = (std::size_t{1} << 31) / sizeof(double) + 1;
  const std::unique_ptr<void, decltype(&std::free)> pages(std::calloc(size, sizeof(double)),
                                                          &std::free);
  ASSERT_NE(pages, nullptr);
  const std::span<const double> numbers(static_cast<const double*>(pages.get()), size);
  const auto extent = static_cast<std::int64_t>(size);
  expectRefused(writer->addTensor("t", {numbers, {extent}}, 1), "2^31 - 1");
  EXPECT_THAT(records(), testing::IsEmpty());
}

TEST_F(SummaryKinds, CountsClippedSamples) {
  EXPECT_TRUE(writer->addAudio("a", {8000, 1, {2, 0, -2}}, 1));
  EXPECT_EQ(writer->status().samplesClipped, 2U);
}

TEST_F(SummaryKinds, PicturesLargerThanTheQueueAreWritten) {
  eventio::SummaryWriterOptions options;
  options.queueBytes = 1000;
  auto small = SummaryWriter::create(folder / "small", options);
  ASSERT_TRUE(small);
  const std::string bytes(500000, 'x');
  for (int step = 0; step < 5; ++step) {
    EXPECT_TRUE((*small)->addScalar("s", 1, step));
    EXPECT_TRUE((*small)->addEncodedImage("i", {.width = 1, .height = 1, .bytes = bytes}, step));
  }
  EXPECT_TRUE((*small)->close());
  EXPECT_EQ((*small)->status().recordsLost, 0U);
  EXPECT_GT(std::filesystem::file_size((*small)->file()), 5 * bytes.size());
}

TEST_F(SummaryKinds, SessionsEndWithTheStatusThatWasSet) {
  const auto endOf = [&](const char* name, eventio::SessionStatus status) {
    auto made = SummaryWriter::create(folder / name);
    EXPECT_TRUE(made);
    EXPECT_TRUE((*made)->addHparams({{"lr", 0.5}}, {"loss"}));
    (*made)->setSessionStatus(status);
    EXPECT_TRUE((*made)->close());
    return readFile((*made)->file());
  };
  // HParamsPluginData.session_end_info with its status, before the time.
  const auto end = [](int status) {
    return std::string("\x22\x0b", 2) + intField(1, status) + std::string("\x11", 1);
  };
  using eventio::SessionStatus;
  EXPECT_THAT(endOf("ok", SessionStatus::kSuccess), HasSubstr(end(1)));
  EXPECT_THAT(endOf("failed", SessionStatus::kFailure), HasSubstr(end(2)));
  EXPECT_THAT(endOf("running", SessionStatus::kRunning),
              testing::Not(HasSubstr("session_end_info")));
  // The session of a run that was killed, which another writer goes on with.
  auto next = SummaryWriter::create(folder / "running");
  ASSERT_TRUE(next);
  (*next)->setSessionStatus(SessionStatus::kSuccess);
  ASSERT_TRUE((*next)->close());
  EXPECT_THAT(readFile((*next)->file()), HasSubstr(end(1)));
}

}  // namespace
