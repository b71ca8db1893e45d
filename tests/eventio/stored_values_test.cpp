// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/stored_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "eventio/image_decoder.h"
#include "eventio/load_runs.h"
#include "tests/eventio/decode_anything.h"
#include "tests/eventio/event_bytes.h"
#include "tests/eventio/picture_files.h"
#include "tests/eventio/temporary_folder.h"

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
  ASSERT_TRUE(one) << one.error().message;
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
  EXPECT_THAT(refused.error().message, HasSubstr(file().filename().string()));
  EXPECT_THAT(refused.error().message, HasSubstr("'numbers'"));
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
  ASSERT_TRUE(one) << one.error().message;
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
  ASSERT_TRUE(curve) << curve.error().message;
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
  ASSERT_TRUE(mesh) << mesh.error().message;
  EXPECT_EQ(mesh->batch, 1);
  EXPECT_EQ(mesh->vertexCount, 3);
  EXPECT_EQ(mesh->faceCount, 1);
  EXPECT_THAT(mesh->vertices, testing::ElementsAreArray(corners));
  EXPECT_THAT(mesh->faces, ElementsAre(0, 1, 2));
  EXPECT_THAT(mesh->colors, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 255));
  const auto wrong = readMesh(*run, meshes[0], 1);
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, HasSubstr("vertex that is not there"));
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
  ASSERT_TRUE(layout) << layout.error().message;
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
  ASSERT_TRUE(graph) << graph.error().message;
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

TEST_F(StoredValues, KerasModelsOfBothForms) {
  const std::string functional = R"({"class_name": "Functional", "config": {"name": "m", "layers": [
      {"class_name": "InputLayer", "name": "in", "config": {"name": "in", "dtype": "float32"},
       "inbound_nodes": []},
      {"class_name": "Dense", "name": "a", "config": {"name": "a"},
       "inbound_nodes": [[["in", 0, 0, {}]]]},
      {"class_name": "Add", "name": "sum", "config": {"name": "sum",
        "dtype": {"class_name": "DTypePolicy", "config": {"name": "float16"}}},
       "inbound_nodes": [{"args": [[
          {"class_name": "__keras_tensor__", "config": {"keras_history": ["a", 0, 0]}},
          {"class_name": "__keras_tensor__", "config": {"keras_history": ["in", 0, 0]}}]],
        "kwargs": {}}]}],
      "input_layers": [["in", 0, 0]], "output_layers": [["sum", 0, 0]]}})";
  const auto graph = eventio::decodeKerasModel(functional);
  ASSERT_TRUE(graph) << graph.error().message;
  ASSERT_THAT(graph->nodes, SizeIs(3));
  EXPECT_EQ(graph->nodes[0].name, "m/in");
  EXPECT_EQ(graph->nodes[0].operation, "InputLayer");
  EXPECT_THAT(graph->nodes[0].inputs, IsEmpty());
  EXPECT_THAT(graph->nodes[1].inputs, ElementsAre("m/in"));
  EXPECT_THAT(graph->nodes[2].inputs, ElementsAre("m/a", "m/in"));
  EXPECT_EQ(graph->nodes[2].attributes.front().second, "float16");

  const std::string sequential = R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "Dense", "config": {"name": "a"}},
      {"class_name": "Sequential", "config": {"name": "inner", "layers": [
          {"class_name": "Dense", "config": {"name": "x"}},
          {"class_name": "Dense", "config": {"name": "y"}}]}},
      {"class_name": "Dense", "config": {"name": "b"}}]}})";
  writeValues({tensorValue("keras", tensorHead(kString, {}) + strings({sequential}),
                           metadata("graph_keras_model"))});
  EXPECT_EQ(kindOf("keras"), TagKind::kGraph);
  const auto chain = readGraph(*run, "keras", point("keras"));
  ASSERT_TRUE(chain) << chain.error().message;
  ASSERT_THAT(chain->nodes, SizeIs(4));
  EXPECT_EQ(chain->nodes[1].name, "s/inner/x");
  EXPECT_THAT(chain->nodes[1].inputs, ElementsAre("s/a"));
  EXPECT_THAT(chain->nodes[2].inputs, ElementsAre("s/inner/x"));
  EXPECT_THAT(chain->nodes[3].inputs, ElementsAre("s/inner/y"));
  EXPECT_FALSE(eventio::decodeKerasModel("{}"));
  EXPECT_FALSE(eventio::decodeKerasModel("{"));
  EXPECT_FALSE(eventio::decodeKerasModel(std::string(1 << 20, '[')));
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
    EXPECT_THAT(read.error().message, HasSubstr(file().string()));
    EXPECT_THAT(read.error().message, HasSubstr(what));
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
  // Another value stands at the place: its tag or step tells.
  writeFile(file(), whole.substr(0, points[1].offset) + record(event(1.5e9, 5, summary({image}))));
  expectGone("replaced or damaged");
  // A length that the file cannot hold, with the right checksum.
  std::string length = raw<std::uint64_t>(0x7ffffff0);
  writeFile(file(), whole.substr(0, points[1].offset) + length + raw(masked(length)) + "data");
  expectGone("replaced or damaged");
  std::filesystem::remove(file());
  expectGone("No such file");
}

TEST_F(StoredValues, HyperParametersTellTheirSession) {
  const auto named = [](const char* field) {
    return bytesField(1, field) + bytesField(2, "Shown") + bytesField(3, "About");
  };
  const std::string interval =
      named("lr") + intField(4, 3) + bytesField(6, doubleField(1, 0.1) + doubleField(2, 0.5));
  const std::string choices =
      named("opt") + intField(4, 1) +
      bytesField(5, bytesField(1, bytesField(3, "sgd")) + bytesField(1, bytesField(3, "adam")));
  const std::string metric = bytesField(1, bytesField(1, "test") + bytesField(2, "acc")) +
                             bytesField(3, "Accuracy") + bytesField(4, "Of the test");
  const std::string experiment =
      bytesField(2, bytesField(1, "About") + bytesField(2, "me") + bytesField(6, "Name") +
                        bytesField(4, interval) + bytesField(4, choices) + bytesField(5, metric));
  const std::string begin =
      bytesField(3, bytesField(1, bytesField(1, "lr") + bytesField(2, doubleField(2, 0.25))) +
                        bytesField(4, "group 1") + doubleField(5, 1e9));
  const std::string end = bytesField(4, intField(1, 2) + doubleField(2, 2e9));
  const auto value = [](const char* tag, const std::string& content) {
    return summary({bytesField(1, tag) + metadata("hparams", content)});
  };
  writeEvents({value("_hparams_/experiment", experiment),
               value("_hparams_/session_start_info", begin),
               value("_hparams_/session_end_info", end)});
  const auto hparams = run->hparams();
  ASSERT_TRUE(hparams);
  EXPECT_EQ(hparams->experiment, "Name");
  EXPECT_EQ(hparams->description, "About");
  EXPECT_EQ(hparams->user, "me");
  EXPECT_EQ(hparams->groupName, "group 1");
  EXPECT_EQ(hparams->status, eventio::SessionStatus::kFailure);
  EXPECT_EQ(hparams->startTime, 1e9);
  EXPECT_EQ(hparams->endTime, 2e9);
  ASSERT_THAT(hparams->infos, SizeIs(2));
  EXPECT_EQ(hparams->infos[0].displayName, "Shown");
  EXPECT_EQ(hparams->infos[0].type, eventio::HparamInfo::Type::kNumber);
  EXPECT_EQ(hparams->infos[0].interval, std::make_pair(0.1, 0.5));
  EXPECT_THAT(hparams->infos[1].choices,
              ElementsAre(eventio::HparamValue("sgd"), eventio::HparamValue("adam")));
  ASSERT_THAT(hparams->metrics, SizeIs(1));
  EXPECT_EQ(hparams->metrics[0].tag, "test/acc");
  EXPECT_EQ(hparams->metrics[0].displayName, "Accuracy");
}

TEST(StoredDecoder, DamagedBytesNeverCrash) {
  const std::vector<std::string> seeds = {
      picture_files::kPngPalette,
      picture_files::kJpegProgressive,
      picture_files::kJpegCmyk,
      picture_files::kGifFrames,
      graphDef(),
      bytesField(2, graphDef()),
      tensorHead(kString, {3}) + strings({"6", "5", picture_files::kGifDisposed}),
      tensorHead(kFloat, {1, 1, 3}) + numbers(packed<float>({0, 0, 0})),
      "RIFF\x24\x01\x01\x01WAVEfmt \x10" + std::string(3, '\0') + "\x01" + std::string(40, '\0'),
      "embeddings { tensor_name: 'a:1' sprite { single_image_dim: 3 } }",
      R"({"config": {"name": "m", "layers": [{"config": {"name": "a"}, "inbound_nodes": []}]}})"};
  std::mt19937 random(5);  // NOLINT(bugprone-random-generator-seed): the same bytes every time
  for (const std::string& seed : seeds) {
    for (int round = 0; round < 300; ++round) {
      std::string bytes = seed;
      for (unsigned flips = 1 + random() % 4; flips > 0; --flips) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
      if (random() % 4 == 0) bytes.resize(random() % bytes.size());
      decodeAnything(bytes);
    }
  }
}

}  // namespace
