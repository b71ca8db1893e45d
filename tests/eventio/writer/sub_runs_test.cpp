// SPDX-License-Identifier: GPL-3.0-or-later
// What SummaryWriter writes beside its own event file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "eventio/data/run_store.h"
#include "eventio/sources/load_runs.h"
#include "eventio/writer/embedding_writer.h"
#include "eventio/writer/summary_writer.h"
#include "tests/support/temporary_folder.h"

namespace {

using eventio::Embedding;
using eventio::ErrorCode;
using eventio::SummaryWriter;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

std::unique_ptr<SummaryWriter> open(const std::filesystem::path& folder,
                                    eventio::SummaryWriterOptions options = {}) {
  auto made = SummaryWriter::create(folder, std::move(options));
  EXPECT_TRUE(made) << made.error().message.english();
  return made ? std::move(*made) : nullptr;
}

std::map<std::string, std::shared_ptr<eventio::Run>> loadedFrom(const std::filesystem::path& path) {
  std::map<std::string, std::shared_ptr<eventio::Run>> byName;
  const auto loaded = eventio::loadRuns(path);
  EXPECT_TRUE(loaded);
  if (!loaded) return byName;
  for (const auto& run : loaded->runs) {
    EXPECT_THAT(run->damage(), testing::IsEmpty());
    byName[run->name()] = run;
  }
  return byName;
}

std::size_t filesBelow(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) ++count;
  }
  return count;
}

TEST(SubRuns, GroupsOfScalarsAreRunsOfTheirOwn) {
  const TemporaryFolder folder;
  const auto writer = open(folder.path());
  for (int step = 0; step < 3; ++step) {
    EXPECT_TRUE(writer->addScalars("loss/x", {{"train", 0.5F * step}, {"test/a", 1}}, step, 7.0));
  }
  EXPECT_TRUE(writer->flush());
  EXPECT_EQ(writer->status().recordsWritten, 6U);
  EXPECT_TRUE(writer->close());
  EXPECT_EQ(writer->addScalars("loss/x", {{"train", 1}}, 3).error().code, ErrorCode::kClosed);
  const auto runs = loadedFrom(folder.path());
  const auto train = runs.at("loss/x/train");
  EXPECT_EQ(train->scalars("loss/x").size(), 3U);
  EXPECT_TRUE(runs.contains("loss/x/test/a"));
}

TEST(SubRuns, NamesThatLeadElsewhereAreRefused) {
  const TemporaryFolder folder;
  const auto writer = open(folder / "log");
  for (const char* name : {"..", "a/../../b", "", "/", "a//b", "\xff", "."}) {
    const auto result = writer->addScalars("group", {{name, 1}}, 1);
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument) << name;
    const auto hparams = writer->addHparamsRun({}, {}, {.name = name});
    EXPECT_EQ(hparams.has_value(), *name == '\0') << name;  // no name: the time
  }
  EXPECT_FALSE(writer->addScalars("/group", {{"a", 1}}, 1));
  EXPECT_FALSE(writer->addScalars("..", {{"a", 1}}, 1));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(SubRuns, TheExportHoldsWhatTheGroupsGot) {
  const TemporaryFolder folder;
  const auto writer = open(folder.path());
  EXPECT_TRUE(writer->addScalars("g", {{"a", 0.5F}, {"b", NAN}}, -3, 1.25));
  EXPECT_TRUE(writer->addScalars("g", {{"a", 1.5F}}, 4, 2.5));
  const auto failed = writer->exportScalarsToJson(folder / "missing/file.json");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kIo);
  EXPECT_TRUE(writer->exportScalarsToJson(folder / "all.json"));
  const auto json = nlohmann::json::parse(readFile(folder / "all.json"));
  EXPECT_EQ(json, nlohmann::json({{folder / "g/a", {{1.25, -3, 0.5}, {2.5, 4, 1.5}}},
                                  {folder / "g/b", {{1.25, -3, "NaN"}}}}));
  EXPECT_TRUE(writer->exportScalarsToJson(folder / "all.json"));
  EXPECT_EQ(readFile(folder / "all.json"), "{}");
  const auto other = open(folder / "other", {.keepScalarsForExport = false});
  EXPECT_EQ(other->exportScalarsToJson(folder / "x").error().code, ErrorCode::kUnsupported);
}

TEST(SubRuns, ThreadsShareThem) {
  const TemporaryFolder folder;
  const auto writer = open(folder.path());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&writer, t] {
      const std::string own = std::string("own").append(std::to_string(t));
      for (int step = 0; step < 200; ++step) {
        EXPECT_TRUE(writer->addScalars("g", {{"shared", 1}, {own, 2}}, step));
        if (step % 50 == 0) {
          EXPECT_TRUE(writer->flush());
        }
        static_cast<void>(writer->status());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(writer->close());
  const auto runs = loadedFrom(folder.path());
  EXPECT_EQ(runs.at("g/shared")->scalars("g").size(), 800U);
  EXPECT_EQ(runs.at("g/own3")->scalars("g").size(), 200U);
}

TEST(SubRuns, HyperparametersWithResultsAreARunOfTheirOwn) {
  const TemporaryFolder folder;
  const auto writer = open(folder.path());
  EXPECT_TRUE(writer->addHparamsRun({{"lr", 0.5}, {"net", std::string("conv")}}, {{"acc", 0.75}},
                                    {.name = "trial/1", .step = 9, .wallTime = 3.0}));
  EXPECT_TRUE(writer->addHparamsRun({{"lr", 0.25}}, {{"acc", 0.5}}));
  EXPECT_TRUE(writer->addHparamsRun({{"lr", 0.125}}, {{"acc", 0.25}}));
  EXPECT_TRUE(writer->close());
  EXPECT_EQ(writer->addHparamsRun({}, {}).error().code, ErrorCode::kClosed);
  const auto runs = loadedFrom(folder.path());
  EXPECT_EQ(runs.size(), 4U);
  const auto run = runs.at("trial/1");
  EXPECT_EQ(run->tag("acc")->lastStep, 9);
  const auto hparams = run->hparams();
  ASSERT_TRUE(hparams);
  EXPECT_EQ(hparams->values.at("lr"), eventio::HparamValue(0.5));
}

TEST(SummaryWriterOff, WritesNothingButStillLooks) {
  const TemporaryFolder folder;
  const auto writer = open(folder / "log", {.writeToDisk = false});
  EXPECT_TRUE(writer->addScalar("a", 1, 1));
  EXPECT_TRUE(writer->addScalars("a", {{"b", 1}}, 1));
  EXPECT_TRUE(writer->addText("a", "b", 1));
  EXPECT_TRUE(writer->addHparams({}, {}));
  EXPECT_TRUE(writer->addHparamsRun({{"lr", 0.5}}, {{"acc", 0.75}}));
  EXPECT_TRUE(writer->addEmbedding({.tag = "e", .rows = 1, .columns = 1, .values = {1}}));
  EXPECT_FALSE(writer->addScalar("", 1, 1));
  EXPECT_FALSE(writer->addText("\xff", "b", 1));
  EXPECT_TRUE(writer->flush(true));
  EXPECT_TRUE(writer->close());
  EXPECT_EQ(filesBelow(folder.path()), 0U);
  EXPECT_FALSE(std::filesystem::exists(folder / "log"));
}

TEST(SummaryWriterFolder, IsNamedByTimeHostAndComment) {
  const std::string name = SummaryWriter::defaultDirectory("_lr=1").string();
  EXPECT_THAT(name, MatchesRegex("runs/[A-Z][a-z][a-z][0-9][0-9]_[0-9][0-9]-[0-9][0-9]-[0-9][0-9]_"
                                 ".+_lr=1"));
  std::array<char, 256> host{};
  ASSERT_EQ(::gethostname(host.data(), host.size() - 1), 0);
  EXPECT_THAT(name, HasSubstr(std::string("_").append(host.data()).append("_lr=1")));
  const auto writer = open({}, {.comment = "_x", .writeToDisk = false});
  EXPECT_THAT(writer->directory().string(), MatchesRegex("runs/.*_x"));
}

Embedding points() {
  return {.tag = "t",
          .step = 3,
          .rows = 2,
          .columns = 2,
          .values = {0.1F, -2, 1e-30F, INFINITY},
          .metadata = {{"one"}, {"two"}}};
}

TEST(EmbeddingFiles, AreTheProjectors) {
  const TemporaryFolder folder;
  Embedding embedding = points();
  ASSERT_TRUE(eventio::writeEmbedding(folder.path(), embedding));
  EXPECT_EQ(readFile(folder / "00003/t/tensors.tsv"), "0.1\t-2\n1e-30\tinf\n");
  EXPECT_EQ(readFile(folder / "00003/t/metadata.tsv"), "one\ntwo\n");
  EXPECT_EQ(readFile(folder / "projector_config.pbtxt"),
            "embeddings {\ntensor_name: \"t:00003\"\ntensor_path: \"00003/t/tensors.tsv\"\n"
            "metadata_path: \"00003/t/metadata.tsv\"\n}\n");
  embedding.header = {"a", "b"};
  embedding.metadata = {{"1", "2"}, {"3", ""}};
  embedding.tag = "a/b";
  embedding.step = 123456;
  ASSERT_TRUE(eventio::writeEmbedding(folder.path(), embedding));
  EXPECT_EQ(readFile(folder / "123456/a%2fb/metadata.tsv"), "a\tb\n1\t2\n3\t\n");
  EXPECT_EQ(filesBelow(folder.path()), 5U);
}

TEST(EmbeddingFiles, AnEntryIsReplacedAndOthersStay) {
  const TemporaryFolder folder;
  const std::string others = "model_checkpoint_path: \"x\"\nembeddings {\n  tensor_name: \"y}\"\n}";
  writeFile(folder / "projector_config.pbtxt", others);
  Embedding embedding = points();
  const std::vector<float> pictures(2 * 2 * 2, 1);
  ASSERT_TRUE(eventio::drawSprite({pictures, {2, 1, 2, 2}, "NCHW"}, embedding));
  ASSERT_TRUE(eventio::writeEmbedding(folder.path(), embedding));
  Embedding second = points();
  second.step = 4;
  ASSERT_TRUE(eventio::writeEmbedding(folder.path(), second));
  const std::string last = "embeddings {\ntensor_name: \"t:00004\"\n";
  EXPECT_THAT(readFile(folder / "projector_config.pbtxt"), HasSubstr("sprite {"));
  ASSERT_TRUE(eventio::writeEmbedding(folder.path(), points()));
  const std::string config = readFile(folder / "projector_config.pbtxt");
  EXPECT_EQ(config.substr(0, others.size() + 1), others + "\n");
  EXPECT_THAT(config, testing::Not(HasSubstr("sprite {")));
  EXPECT_EQ(config.substr(others.size() + 1, last.size()), last);
  EXPECT_THAT(config.substr(others.size() + 1 + last.size()), HasSubstr("\"t:00003\""));
  EXPECT_EQ(std::count(config.begin(), config.end(), '{'), 3);
}

TEST(EmbeddingFiles, AFullDiskLeavesWhatWasThere) {
  const TemporaryFolder folder;
  ASSERT_TRUE(eventio::writeEmbedding(folder.path(), points()));
  const std::string config = readFile(folder / "projector_config.pbtxt");
  Embedding large = points();
  large.rows = 1000;
  large.values.assign(2000, 0.125F);
  large.metadata.assign(1000, {"x"});
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{5000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = eventio::writeEmbedding(folder.path(), large);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kIo);
  EXPECT_THAT(written.error().message.english(), HasSubstr("tensors.tsv"));
  EXPECT_EQ(readFile(folder / "projector_config.pbtxt"), config);
  EXPECT_EQ(readFile(folder / "00003/t/tensors.tsv"), "0.1\t-2\n1e-30\tinf\n");
  EXPECT_EQ(filesBelow(folder.path()), 3U);
}

TEST(EmbeddingFiles, SpritesAreSquare) {
  Embedding embedding = points();
  embedding.rows = 5;
  const std::vector<std::uint8_t> pictures(5 * 3 * 4 * 4, 9);
  ASSERT_TRUE(eventio::drawSprite({pictures, {5, 3, 4, 4}, "NCHW"}, embedding));
  EXPECT_EQ(embedding.sprite->width, 12);  // 5 pictures: 3 in a row
  EXPECT_EQ(embedding.sprite->height, 12);
  EXPECT_EQ(embedding.spriteWidth, 4);
  const auto message = [&](std::vector<std::int64_t> shape) {
    const auto drawn = eventio::drawSprite({pictures, std::move(shape), "NCHW"}, embedding);
    return drawn ? std::string() : drawn.error().message.english();
  };
  EXPECT_THAT(message({5, 3, 2, 8}), HasSubstr("square"));
  EXPECT_THAT(message({3, 5, 4, 4}), HasSubstr("3 pictures for 5 points"));
  EXPECT_THAT(message({5, 1, 4000, 4000}), HasSubstr("8192"));
}

TEST(EmbeddingFiles, NothingIsWrittenOfWhatDoesNotGoTogether) {
  const TemporaryFolder folder;
  const auto refuse = [&](auto&& change, const std::string& words) {
    Embedding embedding = points();
    change(embedding);
    const auto written = eventio::writeEmbedding(folder.path(), embedding);
    ASSERT_FALSE(written) << words;
    EXPECT_EQ(written.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(written.error().message.english(), HasSubstr(words));
  };
  refuse([](auto& e) { e.tag.clear(); }, "tag");
  refuse([](auto& e) { e.rows = 3; }, "4 numbers for 3 points of 2");
  refuse([](auto& e) { e.rows = 1LL << 62; }, "4 numbers");
  refuse([](auto& e) { e.columns = 0; }, "points of 0");
  refuse([](auto& e) { e.metadata.pop_back(); }, "1 rows of metadata for 2 points");
  refuse([](auto& e) { e.metadata[1] = {"a", "b"}; }, "row 1");
  refuse([](auto& e) { e.metadata[1] = {"a\tb"}; }, "tab");
  refuse([](auto& e) { e.metadata[0] = {"\xff"}; }, "UTF-8");
  refuse([](auto& e) { e.header = {"a", "b\n"}; }, "header");
  refuse([](auto& e) { e.sprite = eventio::EncodedImage{}; }, "sprite");
  EXPECT_EQ(filesBelow(folder.path()), 0U);
}

}  // namespace
