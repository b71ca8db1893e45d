// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a run with a value of every kind, reads it back and prints what it found. The run stays in
// the folder given: `tensorboard --logdir <folder>` shows it.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "eventio/reader/log_directory.h"
#include "eventio/writer/summary_writer.h"

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSteps = 100;

/// The first failure; later ones change nothing.
class Outcome {
 public:
  void operator()(const eventio::Result<void>& result) {
    if (!result && m_failure.empty()) m_failure = result.error().message.english();
  }
  [[nodiscard]] const std::string& failure() const { return m_failure; }

 private:
  std::string m_failure;
};

std::vector<float> wave(std::size_t count, float frequency) {
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(std::sin(frequency * static_cast<float>(i)));
  }
  return values;
}

void writeNumbers(eventio::SummaryWriter& writer, Outcome& check) {
  for (std::int64_t step = 0; step < kSteps; ++step) {
    const float loss = 1.0F / static_cast<float>(1 + step);
    check(writer.addScalar("loss", loss, step));
    check(writer.addScalars("accuracy", {{"train", 1 - loss}, {"test", 1 - 2 * loss}}, step));
  }
  check(writer.addHistogram("weights", wave(1000, 0.1F), kSteps));
  const std::vector<std::uint8_t> labels = {0, 0, 1, 1, 1};
  const std::vector<float> predictions = {0.1F, 0.6F, 0.4F, 0.8F, 0.9F};
  check(writer.addPrCurve("precision and recall", labels, predictions, kSteps));
}

void writeMedia(eventio::SummaryWriter& writer, Outcome& check) {
  const std::vector<float> pixels = wave(3 * 32 * 32, 0.01F);
  check(writer.addImage("image", {pixels, {3, 32, 32}, "CHW"}, kSteps, {.description = "a wave"}));
  check(writer.addVideo("video", {pixels, {3, 32, 32}, "THW"}, kSteps));
  eventio::AudioClip clip;
  clip.sampleRate = 8000;
  clip.channels = 1;
  clip.samples = wave(8000, 0.35F);
  check(writer.addAudio("sound", clip, kSteps));
  check(writer.addText("note", "It **works**.", kSteps));
}

void writeStructure(eventio::SummaryWriter& writer, Outcome& check) {
  eventio::Mesh mesh;
  mesh.vertexCount = 4;
  mesh.vertices = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
  mesh.faceCount = 4;
  mesh.faces = {0, 1, 2, 0, 1, 3, 0, 2, 3, 1, 2, 3};
  check(writer.addMesh("pyramid", mesh, kSteps));
  eventio::GraphNode input;
  input.name = "input";
  input.operation = "Placeholder";
  eventio::GraphNode dense;
  dense.name = "dense";
  dense.operation = "MatMul";
  dense.inputs = {"input"};
  check(writer.addGraph({{input, dense}}));
  check(writer.addCustomScalarsMultilineChart({"loss"}, "Training", "Loss"));
  eventio::Embedding points;
  points.tag = "points";
  points.rows = 3;
  points.columns = 2;
  points.values = {0, 0, 1, 0, 0, 1};
  points.metadata = {{"origin"}, {"right"}, {"up"}};
  check(writer.addEmbedding(points));
  check(writer.addHparams({{"learning rate", 0.01}, {"net", std::string("dense")}}, {"loss"}));
}

std::string write(const fs::path& folder) {
  const auto writer = eventio::SummaryWriter::create(folder);
  if (!writer) return writer.error().message.english();
  Outcome check;
  writeNumbers(**writer, check);
  writeMedia(**writer, check);
  writeStructure(**writer, check);
  check((*writer)->close());
  return check.failure();
}

/// Prints each tag and counts the tags of each kind.
std::map<eventio::TagKind, int> print(const eventio::RunStore& store) {
  std::map<eventio::TagKind, int> kinds;
  for (const auto& run : store.runs()) {
    std::printf("%s\n", run->name().c_str());
    for (const eventio::TagInfo& tag : run->tags()) {
      ++kinds[tag.kind];
      std::printf("  %-9s %-30s %llu, last at step %lld\n", eventio::toString(tag.kind),
                  tag.tag.c_str(), static_cast<unsigned long long>(tag.count),
                  static_cast<long long>(tag.lastStep));
    }
  }
  return kinds;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: write_and_read <new folder>\n");
    return 2;
  }
  const fs::path folder = argv[1];
  if (const std::string failure = write(folder / "run"); !failure.empty()) {
    std::fprintf(stderr, "%s\n", failure.c_str());
    return 1;
  }
  const auto store = std::make_shared<eventio::RunStore>();
  const auto log = eventio::LogDirectory::open(folder, store);
  if (!log || !(*log)->waitUntilLoaded(std::chrono::seconds(30))) {
    std::fprintf(stderr, "the log cannot be read\n");
    return 1;
  }
  auto kinds = print(*store);
  using Kind = eventio::TagKind;
  for (const Kind kind :
       {Kind::kScalar, Kind::kHistogram, Kind::kText, Kind::kHparams, Kind::kImage, Kind::kAudio,
        Kind::kPrCurve, Kind::kMesh, Kind::kLayout, Kind::kGraph}) {
    if (kinds[kind] > 0) continue;
    std::fprintf(stderr, "no tag of kind %s was found\n", eventio::toString(kind));
    return 1;
  }
  return 0;
}
