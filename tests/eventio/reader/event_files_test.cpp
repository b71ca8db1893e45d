// SPDX-License-Identifier: GPL-3.0-or-later
// Files of other writers, against what TensorBoard's own reader makes of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "eventio/decode/stored_values.h"
#include "eventio/media/image_decoder.h"
#include "eventio/reader/embedding_reader.h"
#include "eventio/sources/load_runs.h"

namespace {

using eventio::Run;
using eventio::TagInfo;
using eventio::TagKind;
using nlohmann::json;

/// The repository's own, and a larger collection that is not part of it.
const std::filesystem::path kOwnFolder = TRAINDECK_SOURCE_DIR "/tests/eventio/event_files";
const std::filesystem::path kLargeFolder =
    std::filesystem::path(TRAINDECK_SHARED_DIR) / "event-files";

/// TensorBoard keeps a restart's earlier points when the first writer announced no session; we
/// purge.
const std::set<std::string> kRestartsThatTensorBoardMisses = {"generated/tbx_restart"};

/// Wrong checksums over the data; TensorBoard stops there without a word.
const std::set<std::string> kDamagedRuns = {
    "damaged/data_checksums",
    "real/awslabs+sagemaker-debugger/d661c6b32/newlogsRunTest1/test_hook_from_json_config/events/"
    "000000000000"};

TagKind kindOf(const std::string& plugin) {
  if (plugin == "scalars") return TagKind::kScalar;
  if (plugin == "histograms") return TagKind::kHistogram;
  if (plugin == "text") return TagKind::kText;
  if (plugin == "images") return TagKind::kImage;
  if (plugin == "hparams") return TagKind::kHparams;
  if (plugin == "audio") return TagKind::kAudio;
  if (plugin == "pr_curves") return TagKind::kPrCurve;
  if (plugin == "mesh") return TagKind::kMesh;
  if (plugin == "custom_scalars") return TagKind::kLayout;
  if (plugin == "graphs") return TagKind::kGraph;
  return TagKind::kOther;
}

double numberOf(const json& value) {
  if (!value.is_string()) return value.get<double>();
  const std::string word = value;
  if (word == "nan") return std::nan("");
  return word == "inf" ? HUGE_VAL : -HUGE_VAL;
}

void expectSame(double got, double expected, const std::string& where) {
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(got)) << where;
  } else {
    EXPECT_EQ(got, expected) << where;
  }
}

void expectScalars(const Run& run, const std::string& tag, const json& expected,
                   const std::string& where) {
  const auto view = run.scalars(tag);
  ASSERT_EQ(view.size(), expected["n"].get<std::size_t>()) << where;
  expectSame(view.value(0), numberOf(expected["first"]), where);
  expectSame(view.value(view.size() - 1), numberOf(expected["last"]), where);
  double sum = 0;
  std::size_t finite = 0;
  for (std::size_t i = 0; i < view.size(); ++i) {
    if (!std::isfinite(view.value(i))) continue;
    sum += view.value(i);
    ++finite;
  }
  EXPECT_EQ(finite, expected["finite"].get<std::size_t>()) << where;
  EXPECT_NEAR(sum, expected["sum"].get<double>(), 1e-9 * (1 + std::abs(sum))) << where;
  if (!expected.contains("values")) return;
  for (std::size_t i = 0; i < view.size(); ++i) {
    EXPECT_EQ(view.step(i), expected["steps"][i].get<std::int64_t>()) << where;
    expectSame(view.value(i), numberOf(expected["values"][i]), where);
  }
}

/// TensorBoard cuts the empty buckets off both ends of an old histogram and puts the smallest and
/// largest value at its outer edges; the new form is taken as it is.
void expectHistogram(const eventio::Histogram& histogram, bool isNewForm, const json& expected,
                     const std::string& where) {
  const auto& counts = histogram.counts;
  const auto filled = [](double count) { return count > 0; };
  const auto first = std::find_if(counts.begin(), counts.end(), filled);
  const auto last = std::find_if(counts.rbegin(), counts.rend(), filled).base();
  const auto buckets = isNewForm ? static_cast<std::ptrdiff_t>(counts.size()) - 1 : last - first;
  EXPECT_EQ(buckets, expected["last_shape"][0].get<std::ptrdiff_t>()) << where;
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0.0),
            expected["last_total"].get<double>())
      << where;
  const auto asStored = [&](double edge) { return isNewForm ? edge : static_cast<float>(edge); };
  EXPECT_EQ(asStored(histogram.min), expected["last_left"].get<double>()) << where;
  EXPECT_EQ(asStored(histogram.max), expected["last_right"].get<double>()) << where;
}

/// Every value that stays in its file can be read again, and its pictures decoded.
void expectStored(const Run& run, const TagInfo& info, const json& expected,
                  const std::string& where) {
  const auto points = run.stored(info.tag);
  ASSERT_EQ(points.size(), info.count) << where;
  for (const auto& point : points) {
    if (info.kind == TagKind::kGraph) {
      const auto graph = readGraph(run, info.tag, point);
      ASSERT_TRUE(graph) << where << ": " << graph.error().message.english();
      EXPECT_FALSE(graph->nodes.empty()) << where;
    } else if (info.kind == TagKind::kPrCurve) {
      EXPECT_TRUE(readPrCurve(run, info.tag, point)) << where;
    } else if (info.kind == TagKind::kLayout) {
      EXPECT_TRUE(readLayout(run, info.tag, point)) << where;
    } else if (info.kind == TagKind::kMesh) {
      EXPECT_TRUE(readMeshTensor(run, info.tag, point)) << where;
    } else if (info.kind == TagKind::kImage) {
      const auto images = readImages(run, info.tag, point);
      ASSERT_TRUE(images) << where << ": " << images.error().message.english();
      for (const auto& image : *images) {
        const auto decoded = eventio::decodeImage(image.bytes);
        ASSERT_TRUE(decoded) << where << ": " << decoded.error().message.english();
        EXPECT_EQ(decoded->width, image.width) << where;
        EXPECT_EQ(decoded->height, image.height) << where;
      }
      if (&point != &points.back()) continue;
      const json& lengths = expected["last_lens"];  // width, height, pictures
      ASSERT_EQ(images->size() + 2, lengths.size()) << where;
      for (std::size_t i = 0; i < images->size(); ++i) {
        EXPECT_EQ((*images)[i].bytes.size(), lengths[i + 2].get<std::size_t>()) << where;
      }
    }
  }
}

void expectTag(const Run& run, const TagInfo& info, const json& expected,
               const std::string& where) {
  EXPECT_EQ(info.kind, kindOf(expected["plugin"])) << where;
  EXPECT_EQ(info.count, expected["n"].get<std::uint64_t>()) << where;
  EXPECT_EQ(info.firstStep, expected["first_step"].get<std::int64_t>()) << where;
  EXPECT_EQ(info.lastStep, expected["last_step"].get<std::int64_t>()) << where;
  EXPECT_EQ(info.firstWallTime, expected["first_wall"].get<double>()) << where;
  EXPECT_EQ(info.lastWallTime, expected["last_wall"].get<double>()) << where;
  if (info.kind == TagKind::kScalar) {
    expectScalars(run, info.tag, expected, where);
  } else if (info.kind == TagKind::kHistogram) {
    const auto points = run.histograms(info.tag);
    ASSERT_FALSE(points.empty()) << where;
    expectHistogram(*points.back().value, info.plugin == "histograms", expected, where);
  } else if (info.kind == TagKind::kText) {
    const auto points = run.texts(info.tag);
    ASSERT_FALSE(points.empty()) << where;
    if (expected.contains("last")) {
      EXPECT_EQ(points.back().value, expected["last"].get<std::vector<std::string>>()) << where;
    }
  } else {
    expectStored(run, info, expected, where);
  }
}

class EventFiles : public testing::TestWithParam<std::filesystem::path> {
 protected:
  void SetUp() override {
    auto loaded = eventio::loadRuns(GetParam());
    ASSERT_TRUE(loaded);
    runs = std::move(loaded->runs);
    std::ifstream stream(GetParam() / "expected.json");
    expected = json::parse(stream);
  }
  [[nodiscard]] std::shared_ptr<eventio::Run> find(const std::string& name) const {
    for (const auto& run : runs) {
      if (run->name() == name) return run;
    }
    return nullptr;
  }

  std::vector<std::shared_ptr<eventio::Run>> runs;
  json expected;
};

TEST_P(EventFiles, EveryRunIsReadAsTensorBoardReadsIt) {
  ASSERT_GE(expected.size(), GetParam() == kLargeFolder ? 40U : 9U);
  EXPECT_EQ(runs.size(), expected.size());
  for (const auto& [name, content] : expected.items()) {
    const auto run = find(name);
    ASSERT_NE(run, nullptr) << name;
    const auto damage = run->damage();
    EXPECT_EQ(std::all_of(damage.begin(), damage.end(),
                          [](const eventio::Damage& place) { return place.isNotice; }),
              !kDamagedRuns.contains(name))
        << name;
    if (kRestartsThatTensorBoardMisses.contains(name)) continue;
    // TensorBoard's tags leave meta_graph_def out.
    const auto metaGraph = run->tag("__meta_graph__");
    const std::size_t metaGraphs = metaGraph ? 1 : 0;
    if (metaGraph) expectStored(*run, *metaGraph, {}, name);
    EXPECT_EQ(run->tags().size(), content["tags"].size() + metaGraphs) << name;
    for (const auto& [tag, values] : content["tags"].items()) {
      const auto info = run->tag(tag);
      ASSERT_TRUE(info) << name << ' ' << tag;
      expectTag(*run, *info, values, name + " " + tag);
    }
  }
}

TEST_P(EventFiles, RestartOfTensorboardXPurgesThoughItsFirstFileAnnouncedNoSession) {
  for (const std::string& name : kRestartsThatTensorBoardMisses) {
    const auto run = find(name);
    ASSERT_NE(run, nullptr);
    const auto view = run->scalars("a");
    std::vector<double> values(view.size());
    view.copyValues(0, values);
    EXPECT_THAT(values, testing::ElementsAre(0, 1, 2, 103, 104, 105, 106, 107));
    EXPECT_EQ(expected[name]["tags"]["a"]["n"], 11);
  }
}

TEST_P(EventFiles, DamageThatTensorBoardPassesOverIsReported) {
  unsigned found = 0;
  for (const auto& run : runs) {
    if (!kDamagedRuns.contains(run->name())) continue;
    ++found;
    const auto damage = run->damage();
    ASSERT_FALSE(damage.empty());
    std::uint64_t bytes = 0;
    for (const eventio::Damage& place : damage) {
      EXPECT_THAT(place.what.english(), testing::HasSubstr("checksum of the record's data"));
      bytes += place.bytes;
    }
    EXPECT_EQ(bytes, std::filesystem::file_size(damage[0].file));
  }
  EXPECT_EQ(found, 1U);
}

TEST_P(EventFiles, DoublesOfTorchKeepAllTheirDigits) {
  const auto view = find("generated/torch_newstyle")->scalars("f64");
  ASSERT_EQ(view.size(), 5U);
  EXPECT_EQ(view.value(1), 1.1);
  EXPECT_EQ(view.value(3), 3.1);
}

TEST_P(EventFiles, HyperParametersOfTensorboardX) {
  const auto hparams = find("generated/tbx_all/trial1")->hparams();
  ASSERT_TRUE(hparams);
  EXPECT_EQ(hparams->values.at("lr"), eventio::HparamValue(0.1));
  EXPECT_EQ(hparams->values.at("bn"), eventio::HparamValue(true));
  EXPECT_EQ(hparams->values.at("opt"), eventio::HparamValue(std::string("sgd")));
  EXPECT_THAT(hparams->metrics,
              testing::ElementsAre(testing::Field(&eventio::HparamMetric::tag, "hp/acc")));
}

TEST_P(EventFiles, EmbeddingOfTensorboardX) {
  const auto list = eventio::listEmbeddings(find("generated/tbx_all")->path());
  EXPECT_THAT(list.problems, testing::IsEmpty());
  ASSERT_EQ(list.embeddings.size(), 1U);
  EXPECT_EQ(list.embeddings[0].tag, "e/1");
  EXPECT_EQ(list.embeddings[0].step, 3);
  const auto loaded = eventio::readEmbedding(list.embeddings[0]);
  ASSERT_TRUE(loaded) << loaded.error().message.english();
  EXPECT_THAT(loaded->problems, testing::IsEmpty());
  EXPECT_EQ(loaded->embedding.rows, 6);
  EXPECT_EQ(loaded->embedding.columns, 3);
  EXPECT_EQ(loaded->embedding.metadata.size(), 6U);
}

TEST_P(EventFiles, MeshOfTensorboardX) {
  const auto run = find("generated/tbx_all");
  const auto meshes = meshesOf(*run);
  ASSERT_EQ(meshes.size(), 1U);
  EXPECT_EQ(meshes[0].name, "mesh");
  const auto mesh = readMesh(*run, meshes[0], 0);
  ASSERT_TRUE(mesh) << mesh.error().message.english();
  EXPECT_EQ(mesh->vertexCount, 3);
  EXPECT_EQ(mesh->vertices.size(), 9U);
}

std::vector<std::filesystem::path> folders() {
  std::vector<std::filesystem::path> folders = {kOwnFolder};
  if (std::filesystem::exists(kLargeFolder / "expected.json")) folders.push_back(kLargeFolder);
  return folders;
}

INSTANTIATE_TEST_SUITE_P(Collections, EventFiles, testing::ValuesIn(folders()),
                         [](const auto& folder) {
                           return folder.param == kOwnFolder ? "own" : "large";
                         });

}  // namespace
