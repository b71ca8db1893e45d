// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/decode/stored_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "eventio/media/image_decoder.h"
#include "eventio/sources/load_runs.h"
#include "tests/eventio/event_bytes.h"
#include "tests/eventio/picture_files.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace event_bytes;
using eventio::MeshPart;
using eventio::StoredPoint;
using eventio::TagKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int kFloat = 1;
constexpr int kInt32 = 3;
constexpr int kUint8 = 4;
constexpr int kString = 7;

std::string strings(const std::vector<std::string>& texts) {
  std::string bytes;
  for (const std::string& text : texts) bytes += bytesField(8, text);
  return bytes;
}
std::string numbers(const std::string& content) {
  return bytesField(4, content);
}

/// An event file with one record a given event, loaded.
class StoredValues : public testing::Test {
 protected:
  /// `values`: each one event's summary, at steps 0, 1, ...
  void writeValues(const std::vector<std::string>& values) {
    std::vector<std::string> fields;
    for (const std::string& value : values) fields.push_back(summary({value}));
    writeEvents(fields);
  }
  /// `fields`: what each event holds beside time and step.
  void writeEvents(const std::vector<std::string>& fields) {
    std::string bytes = record(versionEvent());
    for (std::size_t i = 0; i < fields.size(); ++i) {
      bytes += record(event(1.5e9, static_cast<std::int64_t>(i), fields[i]));
    }
    writeFile(file(), bytes);
    auto loaded = eventio::loadRuns(folder.path());
    ASSERT_TRUE(loaded);
    ASSERT_THAT(loaded->runs, SizeIs(1));
    run = loaded->runs.front();
    EXPECT_THAT(run->damage(), IsEmpty());
  }
  [[nodiscard]] std::filesystem::path file() const { return folder / "events.out.tfevents.1"; }
  [[nodiscard]] StoredPoint point(const std::string& tag) const {
    const auto points = run->stored(tag);
    EXPECT_FALSE(points.empty()) << tag;
    return points.empty() ? StoredPoint() : points.front();
  }
  [[nodiscard]] TagKind kindOf(const std::string& tag) const {
    const auto info = run->tag(tag);
    EXPECT_TRUE(info) << tag;
    return info ? info->kind : TagKind::kScalar;
  }

  TemporaryFolder folder;
  std::shared_ptr<eventio::Run> run;
};

TEST_F(StoredValues, ImagesOfBothForms) {
  const std::string old =
      bytesField(1, "old") +
      bytesField(4, intField(1, 5) + intField(2, 6) + intField(3, 3) + bytesField(4, "encoded"));
  const std::string batch = tensorValue(
      "new", tensorHead(kString, {4}) + strings({"6", "5", picture_files::kPngPalette, "second"}),
      metadata("images"));
  writeValues({old, batch});
  EXPECT_EQ(kindOf("old"), TagKind::kImage);
  const auto one = readImages(*run, "old", point("old"));
  ASSERT_TRUE(one) << one.error().message.english();
  ASSERT_THAT(*one, SizeIs(1));
  EXPECT_EQ(one->front().width, 6);
  EXPECT_EQ(one->front().height, 5);
  EXPECT_EQ(one->front().bytes, "encoded");
  const auto two = readImages(*run, "new", point("new"));
  ASSERT_TRUE(two);
  ASSERT_THAT(*two, SizeIs(2));
  EXPECT_EQ((*two)[0].width, 6);
  EXPECT_EQ((*two)[0].height, 5);
  EXPECT_EQ((*two)[1].bytes, "second");
  EXPECT_TRUE(eventio::decodeImage((*two)[0].bytes));
}

TEST_F(StoredValues, ImagesThatAreNone) {
  writeValues(
      {tensorValue("short", tensorHead(kString, {1}) + strings({"6"}), metadata("images")),
       tensorValue("numbers", tensorHead(kFloat, {1}) + numbers(raw(1.0F)), metadata("images")),
       tensorValue("none", tensorHead(kString, {2}) + strings({"x", "-5"}), metadata("images"))});
  EXPECT_FALSE(readImages(*run, "short", point("short")));
  const auto refused = readImages(*run, "numbers", point("numbers"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message.english(), HasSubstr(file().filename().string()));
  EXPECT_THAT(refused.error().message.english(), HasSubstr("'numbers'"));
  const auto none = readImages(*run, "none", point("none"));
  ASSERT_TRUE(none);
  EXPECT_THAT(*none, IsEmpty());
}

TEST_F(StoredValues, AudioOfEachForm) {
  const std::string old =
      bytesField(1, "old") + bytesField(6, floatField(1, 8000) + intField(2, 2) + intField(3, 7) +
                                               bytesField(4, "RIFF") + bytesField(5, "audio/wav"));
  writeValues(
      {old, tensorValue("plain", tensorHead(kString, {2}) + strings({"a", "b"}), metadata("audio")),
       tensorValue("labels", tensorHead(kString, {2, 2}) + strings({"a", "A", "b", "B"}),
                   metadata("audio"))});
  const auto one = readAudio(*run, "old", point("old"));
  ASSERT_TRUE(one) << one.error().message.english();
  EXPECT_EQ(one->front().sampleRate, 8000);
  EXPECT_EQ(one->front().channels, 2);
  EXPECT_EQ(one->front().frames, 7);
  EXPECT_EQ(one->front().contentType, "audio/wav");
  EXPECT_EQ(one->front().bytes, "RIFF");
  const auto plain = readAudio(*run, "plain", point("plain"));
  ASSERT_TRUE(plain);
  ASSERT_THAT(*plain, SizeIs(2));
  EXPECT_EQ((*plain)[1].bytes, "b");
  const auto labels = readAudio(*run, "labels", point("labels"));
  ASSERT_TRUE(labels);
  ASSERT_THAT(*labels, SizeIs(2));
  EXPECT_EQ((*labels)[1].bytes, "b");
  EXPECT_EQ((*labels)[1].label, "B");
}

TEST_F(StoredValues, PrCurve) {
  const std::vector<float> data = {1, 2, 3, 4, 5, 6, 7, 8, 0.5F, 1, 0.25F, 0};
  writeValues(
      {tensorValue("pr", tensorHead(kFloat, {6, 2}) + numbers(packed(data)),
                   metadata("pr_curves", intField(2, 2))),
       tensorValue("bad", tensorHead(kFloat, {5, 2}) + numbers(packed(std::vector<float>(10))),
                   metadata("pr_curves")),
       tensorValue("lie",
                   tensorHead(kFloat, {6, std::int64_t{1} << 60}) + bytesField(5, packed(data)),
                   metadata("pr_curves"))});
  const auto curve = readPrCurve(*run, "pr", point("pr"));
  ASSERT_TRUE(curve) << curve.error().message.english();
  EXPECT_THAT(curve->truePositives, ElementsAre(1, 2));
  EXPECT_THAT(curve->falsePositives, ElementsAre(3, 4));
  EXPECT_THAT(curve->trueNegatives, ElementsAre(5, 6));
  EXPECT_THAT(curve->falseNegatives, ElementsAre(7, 8));
  EXPECT_THAT(curve->precision, ElementsAre(0.5, 1));
  EXPECT_THAT(curve->recall, ElementsAre(0.25, 0));
  EXPECT_FALSE(readPrCurve(*run, "bad", point("bad")));
  EXPECT_FALSE(readPrCurve(*run, "lie", point("lie")));
}

std::string meshData(const std::string& name, int part, const std::string& config = "{}") {
  return bytesField(2, name) + intField(3, part) + bytesField(5, config);
}

TEST_F(StoredValues, MeshIsPutTogetherByName) {
  const std::vector<float> corners = {0, 0, 0, 1, 0, 0, 0, 1, 0};
  writeEvents(
      {summary(
           {tensorValue("m_VERTEX", tensorHead(kFloat, {1, 3, 3}) + bytesField(5, packed(corners)),
                        metadata("mesh", meshData("m", 1))),
            tensorValue("m_FACE",
                        tensorHead(kInt32, {1, 1, 3}) + numbers(packed<std::int32_t>({0, 1, 2})),
                        metadata("mesh", meshData("m", 2))),
            tensorValue(
                "m_COLOR",
                tensorHead(kUint8, {1, 3, 3}) + numbers("\x01\x02\x03\x04\x05\x06\x07\x08\xff"),
                metadata("mesh", meshData("m", 3)))}),
       summary(
           {tensorValue("m_VERTEX", tensorHead(kFloat, {1, 3, 3}) + bytesField(5, packed(corners))),
            tensorValue("m_FACE", tensorHead(kInt32, {1, 1, 3}) +
                                      numbers(packed<std::int32_t>({0, 1, 3})))})});
  const auto meshes = meshesOf(*run);
  ASSERT_THAT(meshes, SizeIs(1));
  EXPECT_EQ(meshes[0].name, "m");
  EXPECT_EQ(meshes[0].configJson, "{}");
  const auto mesh = readMesh(*run, meshes[0], 0);
  ASSERT_TRUE(mesh) << mesh.error().message.english();
  EXPECT_EQ(mesh->batch, 1);
  EXPECT_EQ(mesh->vertexCount, 3);
  EXPECT_EQ(mesh->faceCount, 1);
  EXPECT_THAT(mesh->vertices, testing::ElementsAreArray(corners));
  EXPECT_THAT(mesh->faces, ElementsAre(0, 1, 2));
  EXPECT_THAT(mesh->colors, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 255));
  const auto wrong = readMesh(*run, meshes[0], 1);
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message.english(), HasSubstr("vertex that is not there"));
  EXPECT_FALSE(readMesh(*run, meshes[0], 2));
}

TEST_F(StoredValues, MeshWithoutMetadataIsNamedByItsTag) {
  const auto info = eventio::decodeMeshInfo("a/b_FACE", {});
  ASSERT_TRUE(info);
  EXPECT_EQ(info->name, "a/b");
  EXPECT_EQ(info->part, MeshPart::kFaces);
  EXPECT_EQ(eventio::decodeMeshInfo("a_3", {})->part, MeshPart::kColors);
  EXPECT_EQ(eventio::decodeMeshInfo("a", {})->part, MeshPart::kUnknown);
}

TEST_F(StoredValues, ColorsThatAreSharesAreScaled) {
  const eventio::MeshTensor vertices{1, 1, {0, 0, 0}, true};
  const eventio::MeshTensor shares{1, 1, {0, 0.5, 1}, true};
  const auto mesh = eventio::assembleMesh({&vertices, nullptr, &shares}, {});
  ASSERT_TRUE(mesh);
  EXPECT_THAT(mesh->colors, ElementsAre(0, 128, 255));
  const eventio::MeshTensor plain{1, 1, {0, 300, -1}, true};
  EXPECT_THAT(eventio::assembleMesh({&vertices, nullptr, &plain}, {})->colors,
              ElementsAre(0, 255, 0));
  const eventio::MeshTensor two{1, 2, {0, 0, 0, 1, 1, 1}, true};
  EXPECT_FALSE(eventio::assembleMesh({&vertices, nullptr, &two}, {}));
}

TEST_F(StoredValues, Layout) {
  const std::string lines =
      bytesField(1, "lines") + bytesField(2, bytesField(1, "loss.*") + bytesField(1, "acc"));
  const std::string series = bytesField(1, "v") + bytesField(2, "l") + bytesField(3, "u");
  const std::string margin = bytesField(1, "band") + bytesField(3, bytesField(1, series));
  const std::string category =
      bytesField(1, "cat") + bytesField(2, lines) + bytesField(2, margin) + intField(3, 1);
  writeValues({tensorValue("custom_scalars__config__",
                           tensorHead(kString, {}) + strings({bytesField(2, category)}),
                           metadata("custom_scalars"))});
  const std::string tag = "custom_scalars__config__";
  EXPECT_EQ(kindOf(tag), TagKind::kLayout);
  const auto layout = readLayout(*run, tag, point(tag));
  ASSERT_TRUE(layout) << layout.error().message.english();
  ASSERT_THAT(layout->categories, SizeIs(1));
  EXPECT_TRUE(layout->categories[0].closed);
  ASSERT_THAT(layout->categories[0].charts, SizeIs(2));
  const auto& first = layout->categories[0].charts[0];
  EXPECT_EQ(first.title, "lines");
  EXPECT_THAT(std::get<eventio::ScalarLayout::Multiline>(first.content).tagPatterns,
              ElementsAre("loss.*", "acc"));
  const auto& second = layout->categories[0].charts[1];
  EXPECT_EQ(std::get<eventio::ScalarLayout::Margin>(second.content).series[0].upper, "u");
}

std::string attribute(const std::string& name, const std::string& value) {
  return bytesField(5, bytesField(1, name) + bytesField(2, value));
}
std::string graphDef() {
  const std::string extents = bytesField(2, intField(1, -1)) + bytesField(2, intField(1, 7));
  const std::string node =
      bytesField(1, "net/conv") + bytesField(2, "Conv2D") + bytesField(3, "input") +
      bytesField(3, "^init") + bytesField(4, "/gpu:0") +
      attribute("_output_shapes", bytesField(1, bytesField(7, extents))) +
      attribute("T", intField(6, 1)) +
      attribute("strides", bytesField(1, bytesField(3, "\x01\x02"))) +
      attribute("padding", bytesField(2, "SAME")) + attribute("shape", bytesField(7, extents));
  return bytesField(1, bytesField(1, "input") + bytesField(2, "Placeholder")) +
         bytesField(1, node) + bytesField(4, intField(1, 22));
}

void expectGraph(const eventio::Result<eventio::Graph>& graph) {
  ASSERT_TRUE(graph) << graph.error().message.english();
  ASSERT_THAT(graph->nodes, SizeIs(2));
  EXPECT_EQ(graph->nodes[0].name, "input");
  const eventio::GraphNode& node = graph->nodes[1];
  EXPECT_EQ(node.name, "net/conv");
  EXPECT_EQ(node.operation, "Conv2D");
  EXPECT_EQ(node.device, "/gpu:0");
  EXPECT_THAT(node.inputs, ElementsAre("input", "^init"));
  EXPECT_THAT(node.outputShapes, ElementsAre(ElementsAre(-1, 7)));
  using Attribute = std::pair<std::string, std::string>;
  EXPECT_THAT(node.attributes,
              ElementsAre(Attribute("T", "float"), Attribute("strides", "[1, 2]"),
                          Attribute("padding", "SAME"), Attribute("shape", "[?, 7]")));
}

TEST_F(StoredValues, GraphsOfEachForm) {
  writeEvents({bytesField(4, graphDef()), bytesField(9, bytesField(2, graphDef())),
               bytesField(8, bytesField(1, "step 7") + bytesField(2, "metadata")),
               summary({tensorValue("g", tensorHead(kString, {1}) + strings({graphDef()}),
                                    metadata("graphs"))})});
  for (const char* tag : {"__run_graph__", "__meta_graph__", "g"}) {
    EXPECT_EQ(kindOf(tag), TagKind::kGraph);
    expectGraph(readGraph(*run, tag, point(tag)));
  }
  EXPECT_EQ(*readGraphBytes(*run, "g", point("g")), graphDef());
  EXPECT_EQ(kindOf("step 7"), TagKind::kOther);
  EXPECT_EQ(run->tag("step 7")->plugin, "graph_tagged_run_metadata");
  EXPECT_EQ(*readBytes(*run, "step 7", point("step 7")),
            bytesField(1, "step 7") + bytesField(2, "metadata"));
}

TEST_F(StoredValues, KerasModelsAreGraphs) {
  const std::string model =
      R"({"config": {"name": "m", "layers": [{"class_name": "Dense", "config": {"name": "a"}}]}})";
  writeValues({tensorValue("keras", tensorHead(kString, {}) + strings({model}),
                           metadata("graph_keras_model"))});
  EXPECT_EQ(kindOf("keras"), TagKind::kGraph);
  const auto graph = readGraph(*run, "keras", point("keras"));
  ASSERT_TRUE(graph) << graph.error().message.english();
  ASSERT_THAT(graph->nodes, SizeIs(1));
  EXPECT_EQ(graph->nodes[0].name, "m/a");
  EXPECT_EQ(*readGraphBytes(*run, "keras", point("keras")), model);
}

TEST_F(StoredValues, UnknownPluginsAreKept) {
  const std::string tensor = tensorHead(kFloat, {}) + numbers(raw(1.0F));
  writeValues({tensorValue("x", tensor, metadata("someones", "content", "Name", "About")),
               tensorValue("x", tensor)});
  const auto info = run->tag("x");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->kind, TagKind::kOther);
  EXPECT_EQ(info->count, 2U);
  EXPECT_EQ(info->plugin, "someones");
  EXPECT_EQ(info->displayName, "Name");
  EXPECT_EQ(info->description, "About");
  EXPECT_EQ(run->pluginContent("x"), "content");
  EXPECT_EQ(*readBytes(*run, "x", point("x")), tensor);
}

TEST_F(StoredValues, WhatDoesNotStandThereAnyMoreIsAnErrorThatSaysSo) {
  const std::string image = bytesField(1, "i") + bytesField(4, bytesField(4, "encoded"));
  writeValues({image, image});
  const auto points = run->stored("i");
  ASSERT_THAT(points, SizeIs(2));
  const std::string whole = readFile(file());
  const auto expectGone = [&](const std::string& what) {
    const auto read = readImages(*run, "i", points[1]);
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message.english(), HasSubstr(file().string()));
    EXPECT_THAT(read.error().message.english(), HasSubstr(what));
  };
  EXPECT_TRUE(readImages(*run, "i", points[1]));
  writeFile(file(), whole.substr(0, whole.size() - 1));
  expectGone("replaced or damaged");
  std::string flipped = whole;
  flipped[flipped.size() - 8] ^= 1;
  writeFile(file(), flipped);
  expectGone("replaced or damaged");
  writeFile(file(), whole.substr(0, 20));
  expectGone("replaced or damaged");
  // Another value stands at the place: its tag or step differs.
  writeFile(file(), whole.substr(0, points[1].offset) + record(event(1.5e9, 5, summary({image}))));
  expectGone("replaced or damaged");
  // A length that the file cannot hold, with the right checksum.
  std::string length = raw<std::uint64_t>(0x7ffffff0);
  writeFile(file(), whole.substr(0, points[1].offset) + length + raw(masked(length)) + "data");
  expectGone("replaced or damaged");
  std::filesystem::remove(file());
  expectGone("No such file");
}

}  // namespace
