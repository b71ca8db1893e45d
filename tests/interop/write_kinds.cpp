// SPDX-License-Identifier: GPL-3.0-or-later
#include "write_kinds.h"

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using eventio::PixelArray;
using eventio::SummaryOptions;
using eventio::SummaryWriter;

bool failed = false;

void expect(const eventio::Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "%s\n", result.error().message.english().c_str());
  failed = true;
}

float unit(std::size_t i) {
  return static_cast<float>(i * 7919 % 1000) / 1000.0F;
}

std::vector<float> units(std::size_t count) {
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(unit(i));
  return values;
}

std::vector<std::uint8_t> bytes(std::size_t count) {
  std::vector<std::uint8_t> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<std::uint8_t>(i * 37 % 256));
  return values;
}

void writeScalars(SummaryWriter& writer) {
  expect(writer.addScalar("described", 0.5F, 2,
                          {.wallTime = 1.6e9, .displayName = "A name", .description = "**why**"}));
  expect(writer.addDoubleScalar("precise", 0.1, 3, {.wallTime = 1.6e9}));
  for (int step = 0; step < 4; ++step) {
    expect(writer.addScalars("group", {{"a", unit(step)}, {"b", -unit(step)}}, step, 1.6e9 + step));
  }
  std::vector<double> values;
  for (std::size_t i = 0; i < 3000; ++i) values.push_back(std::sin(static_cast<double>(i)) * 3);
  const std::span<const double> all(values);
  expect(writer.addHistogram("joined", all, 1, {.maxBins = 50}));
  expect(writer.addHistogram("edges", all, 1, {.edges = {-2, -1, 0.5, 2.5}},
                             {.description = "four edges"}));
  using eventio::BinRule;
  const std::vector<std::pair<const char*, BinRule>> rules = {
      {"auto", BinRule::kAuto},   {"sturges", BinRule::kSturges},
      {"scott", BinRule::kScott}, {"fd", BinRule::kFreedmanDiaconis},
      {"rice", BinRule::kRice},   {"sqrt", BinRule::kSquareRoot}};
  for (const auto& [name, rule] : rules) {
    expect(writer.addHistogram(std::string("rule/") + name, all, 1,
                               {.edges = eventio::equalEdges(all, rule)}));
  }
}

void writePictures(SummaryWriter& writer) {
  const SummaryOptions at = {.wallTime = 1.6e9};
  const auto floats = units(4 * 5 * 6 * 10);
  const auto some = [&](std::size_t count) { return std::span(floats).first(count); };
  expect(writer.addImage("chw", {some(3 * 5 * 7), {3, 5, 7}, "CHW"}, 1, at));
  expect(writer.addImage("hwc", {some(5 * 7 * 3), {5, 7, 3}, "HWC"}, 1, at));
  expect(writer.addImage("hw", {some(5 * 7), {5, 7}, "HW"}, 1, at));
  expect(writer.addImage("wh", {some(5 * 7), {5, 7}, "WH"}, 1, at));
  expect(writer.addImage("rgba", {bytes(5 * 7 * 4), {5, 7, 4}, "HWC"}, 1, at));
  expect(writer.addImage("batch", {some(10 * 3 * 4 * 6), {10, 3, 4, 6}, "NCHW"}, 1, at));
  expect(writer.addImage("grey batch", {some(3 * 4 * 6), {3, 4, 6, 1}, "NHWC"}, 1, at));
  const std::vector<float> beyond = {-1, 0, 0.5, 1, 2, INFINITY};
  for (int step = 0; step < 3; ++step) {
    expect(writer.addImage("clipped", {beyond, {2, 3}, "HW"}, step, at));
  }
  const std::vector<eventio::Box> boxes = {{.left = 2, .top = 1, .right = 9, .bottom = 8}};
  const std::vector<std::string> labels = {"a *cat*"};
  const std::vector<std::uint8_t> grey(12 * 12, 100);
  expect(writer.addImageWithBoxes("boxes", {grey, {12, 12}, "HW"}, boxes, 1, at, labels));
  expect(writer.addVideo("video", {bytes(3 * 4 * 3 * 2 * 4), {3, 4, 3, 2, 4}, "NTCHW"}, 1, 5, at));
}

void writeSound(SummaryWriter& writer) {
  eventio::AudioClip clip{.sampleRate = 8000, .channels = 2};
  for (int i = 0; i < 400; ++i) {
    clip.samples.push_back(std::sin(static_cast<float>(i) / 10.0F));
    clip.samples.push_back(static_cast<float>(i - 200) / 150.0F);
  }
  expect(writer.addAudio("sound", clip, 3, {.wallTime = 1.6e9, .description = "two tones"}));
  expect(writer.addText("described text", "*hi*", 1, {.description = "a text"}));
}

void writeCurves(SummaryWriter& writer) {
  std::vector<std::uint8_t> labels;
  std::vector<float> predictions;
  std::vector<float> weights;
  for (std::size_t i = 0; i < 500; ++i) {
    predictions.push_back(i < 2 ? static_cast<float>(i) : unit(i));
    labels.push_back(unit(i * 3 + 1) < predictions.back() ? 1 : 0);
    weights.push_back(static_cast<float>(i % 4) / 4);
  }
  expect(writer.addPrCurve("curve", labels, predictions, 1));
  expect(writer.addPrCurve("curve", labels, predictions, 2, 20));
  expect(writer.addPrCurve("weighted", labels, predictions, 1, 127, weights));
  expect(writer.addPrCurve("fine", labels, predictions, 1, 201));
  const eventio::PrCurve raw = {.truePositives = {75, 64, 21, 5, 0},
                                .falsePositives = {150, 105, 18, 0, 0},
                                .trueNegatives = {0, 45, 132, 150, 150},
                                .falseNegatives = {0, 11, 54, 70, 75},
                                .precision = {0.3333333, 0.3786982, 0.5384616, 1.0, 0.0},
                                .recall = {1.0, 0.8533334, 0.28, 0.0666667, 0.0}};
  expect(writer.addPrCurve("raw", raw, 1, {.description = "a curve"}));
}

void writeMeshes(SummaryWriter& writer) {
  eventio::Mesh mesh;
  mesh.batch = 2;
  mesh.vertexCount = 4;
  mesh.faceCount = 2;
  mesh.vertices = units(2 * 4 * 3);
  mesh.colors = bytes(2 * 4 * 3);
  mesh.faces = {0, 1, 2, 1, 2, 3, 3, 2, 1, 2, 1, 0};
  mesh.configJson = R"({"camera": {"fov": 75}})";
  for (int step = 0; step < 2; ++step) expect(writer.addMesh("mesh", mesh, step));
  expect(writer.addMesh("cloud", {.vertexCount = 3, .vertices = units(9)}, 0));
  const std::vector<std::int64_t> counts = {1, -2, 1LL << 40, 4, 5, 6};
  expect(writer.addTensor("tensor", {counts, {2, 3}}, 1));
}

void writeStructure(SummaryWriter& writer) {
  expect(writer.addCustomScalarsMultilineChart({"replaced"}));
  using eventio::ScalarLayout;
  ScalarLayout layout;
  layout.categories = {
      {"Taiwan", {{"twse", ScalarLayout::Multiline{{"twse/0050", "twse/2330"}}}}, true},
      {"USA", {{"dow", ScalarLayout::Margin{{{"dow/aaa", "dow/bbb", "dow/ccc"}}}}}, false}};
  expect(writer.addCustomScalars(layout));
  expect(writer.addCustomScalarsMultilineChart({"loss/.*"}));
  expect(writer.addCustomScalarsMarginChart({"v", "l", "u"}, "USA", "nasdaq"));
  eventio::Graph graph;
  graph.nodes = {{.name = "input/x",
                  .operation = "Placeholder",
                  .device = "/CPU",
                  .outputShapes = {{-1, 784}}},
                 {.name = "dense/MatMul",
                  .operation = "MatMul",
                  .inputs = {"input/x"},
                  .outputShapes = {{-1, 10}},
                  .attributes = {{"attr", "{ units: 10 }"}}}};
  expect(writer.addGraph(graph, 1.6e9));
}

void writeEmbeddings(SummaryWriter& writer) {
  eventio::Embedding points{.tag = "default",
                            .step = 0,
                            .rows = 5,
                            .columns = 3,
                            .values = units(15),
                            .metadata = {{"zero"}, {"one"}, {"two"}, {"three"}, {"四"}}};
  const auto pictures = units(5 * 3 * 2 * 2);
  expect(writer.addEmbedding(points, {pictures, {5, 3, 2, 2}, "NCHW"}));
  points.tag = "layer/\"odd\" %";
  points.step = 12;
  points.header = {"name", "class"};
  for (auto& row : points.metadata) row.push_back("c");
  expect(writer.addEmbedding(points));
  points.values[0] = -1.5F;
  expect(writer.addEmbedding(points));  // in the place of the one before
}

void writeHparams(SummaryWriter& writer) {
  using eventio::SessionStatus;
  expect(writer.addHparamsRun({{"lr", 0.1}, {"bn", true}, {"net", std::string("conv")}},
                              {{"hparam/accuracy", 0.75}, {"hparam/loss", 0.5}},
                              {.name = "trial", .step = 7}));
  expect(writer.addHparamsRun({{"lr", 0.2}, {"bn", false}, {"net", std::string("conv")}},
                              {{"hparam/accuracy", 0.25}, {"hparam/loss", 3}},
                              {.name = "failed", .status = SessionStatus::kFailure}));
}

}  // namespace

bool writeKinds(SummaryWriter& writer) {
  writeScalars(writer);
  writePictures(writer);
  writeSound(writer);
  writeCurves(writer);
  writeMeshes(writer);
  writeStructure(writer);
  writeEmbeddings(writer);
  writeHparams(writer);
  expect(writer.exportScalarsToJson(writer.directory() / "scalars.json"));
  return !failed;
}
