// SPDX-License-Identifier: GPL-3.0-or-later
// Export and inspect of values that stay in their files, and of embeddings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/media_folder.h"
#include "tests/eventio/event_bytes.h"
#include "tests/eventio/picture_files.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using namespace event_bytes;
using app::ExportOptions;
using app::safeName;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int kString = 7;

std::string images(const std::string& tag, const std::vector<std::string>& pictures) {
  const auto count = static_cast<std::int64_t>(pictures.size() + 2);
  std::string tensor = tensorHead(kString, {count}) + bytesField(8, "6") + bytesField(8, "5");
  for (const std::string& picture : pictures) tensor += bytesField(8, picture);
  return summary({tensorValue(tag, tensor, metadata("images"))});
}

class StoredExport : public testing::Test {
 protected:
  [[nodiscard]] fs::path logs() const { return folder / "logs"; }
  [[nodiscard]] fs::path media() const { return folder / "media"; }

  void writeRun(const std::string& run, const std::vector<std::string>& fields) const {
    std::string bytes = record(versionEvent());
    for (std::size_t i = 0; i < fields.size(); ++i) {
      bytes += record(event(1.5e9, static_cast<std::int64_t>(i), fields[i]));
    }
    writeFile(logs() / run / "events.out.tfevents.1", bytes);
  }
  std::vector<json> exported(int expectedStatus = 0, bool withMedia = true) {
    ExportOptions options;
    options.path = logs().string();
    options.outputFile = (folder / "rows").string();
    if (withMedia) options.mediaFolder = media().string();
    testing::internal::CaptureStderr();
    EXPECT_EQ(app::runExport(options), expectedStatus);
    errors = testing::internal::GetCapturedStderr();
    std::vector<json> rows;
    std::istringstream lines(readFile(folder / "rows"));
    for (std::string line; std::getline(lines, line);) rows.push_back(json::parse(line));
    return rows;
  }
  std::string inspected(bool asJson, int expectedStatus = 0) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    EXPECT_EQ(app::runInspect({logs().string(), asJson}), expectedStatus);
    errors = testing::internal::GetCapturedStderr();
    return testing::internal::GetCapturedStdout();
  }
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
      if (entry.is_regular_file()) found.push_back(fs::relative(entry.path(), folder.path()));
    }
    return found;
  }

  TemporaryFolder folder;
  std::string errors;
};

TEST_F(StoredExport, WritesTheBytesOfPicturesUnderSafeNames) {
  writeRun("a/b", {images("../../../up", {picture_files::kPngPalette, picture_files::kJpegRgb}),
                   images("..", {picture_files::kGifFrames}), images("..", {"no picture"})});
  // The same step twice does not write over the first.
  const auto rows = exported();
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(rows[0]["tag"], "..");
  EXPECT_EQ(rows[0]["images"][0]["file"], "a%2Fb/%2E%2E/1_0.gif");
  EXPECT_EQ(rows[0]["images"][0]["width"], 5);  // the picture's own, not the record's
  EXPECT_EQ(rows[1]["images"][0]["file"], "a%2Fb/%2E%2E/2_0.bin");
  EXPECT_EQ(rows[1]["images"][0]["width"], 6);
  EXPECT_EQ(rows[1]["images"][0]["format"], "");
  const json& two = rows[2]["images"];
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0]["format"], "png");
  EXPECT_EQ(two[1]["format"], "jpeg");
  EXPECT_EQ(two[1]["bytes"], picture_files::kJpegRgb.size());
  EXPECT_EQ(readFile(media() / two[0]["file"]), picture_files::kPngPalette);
  EXPECT_EQ(readFile(media() / two[1]["file"]), picture_files::kJpegRgb);
  for (const std::string& file : files()) {
    EXPECT_TRUE(file == "rows" || file.starts_with("logs/") || file.starts_with("media/a%2Fb/"))
        << file;
    EXPECT_EQ(file.find(".part"), std::string::npos);
  }
}

/// The beginnings of files, as their programs write them.
struct MediaFile {
  std::string bytes;
  std::string contentType;
  std::string ending;
};
std::vector<MediaFile> soundFiles() {
  const auto bytes = [](std::string_view text) { return std::string(text); };
  const std::string ogg = std::string("OggS\0\2", 6) + std::string(8, '\0') +
                          std::string("\1\0\0\0", 4) + std::string(8, '\0');
  return {
      {"fLaC" + std::string("\0\0\0\x22\x10\0\x10\0", 8) + std::string(34, '\0'), "", "flac"},
      {ogg + "\1\x1e\1vorbis" + std::string(24, '\0'), "", "ogg"},
      {std::string("\xff\xfb\x90\x64", 4) + std::string(400, '\0'), "", "mp3"},
      {bytes({"\0\0\0\x20"
              "ftypM4A \0\0\0\0M4A mp42isom\0\0\0\0",
              32}),
       "", "m4a"},
      {bytes({"\0\0\0\x20"
              "ftypisom\0\0\2\0isomiso2avc1mp41",
              32}),
       "audio/mp4", "m4a"},
      // The bytes are right where the record is wrong.
      {ogg + "\1\x1e\1vorbis" + std::string(24, '\0'), "audio/wav", "ogg"},
      // Where they say nothing the record does.
      {std::string(64, '\7'), "Audio/Opus; rate=48000", "opus"},
      {std::string(64, '\7'), "audio/who-knows", "bin"},
      {"no sound", "", "bin"},
  };
}

TEST_F(StoredExport, NamesMediaByTheirBytesAndByWhatTheRecordSays) {
  std::vector<std::string> fields;
  for (const MediaFile& sound : soundFiles()) {
    fields.push_back(
        summary({bytesField(1, "sound") +
                 bytesField(6, bytesField(4, sound.bytes) + bytesField(5, sound.contentType))}));
  }
  const std::string webp =
      std::string("RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\1\0\x9d\1\x2a\1\0\1\0", 30) +
      std::string(20, '\0');
  const std::string mp4(
      "\0\0\0\x20"
      "ftypisom\0\0\2\0isomiso2avc1mp41",
      32);
  const std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>";
  fields.push_back(images("image", {webp, mp4, svg, picture_files::kPngPalette}));
  writeRun("a", fields);
  const auto rows = exported();
  ASSERT_THAT(rows, SizeIs(soundFiles().size() + 1));
  std::vector<std::string> endings;
  for (const json& image : rows[0]["images"]) {
    endings.push_back(fs::path(image["file"].get<std::string>()).extension());
    EXPECT_TRUE(fs::exists(media() / image["file"].get<std::string>()));
  }
  EXPECT_THAT(endings, testing::ElementsAre(".webp", ".mp4", ".svg", ".png"));
  for (std::size_t i = 0; i < soundFiles().size(); ++i) {
    const std::string file = rows[i + 1]["clips"][0]["file"];
    EXPECT_EQ(fs::path(file).extension(), "." + soundFiles()[i].ending) << i;
    EXPECT_EQ(readFile(media() / file), soundFiles()[i].bytes);
  }
}

TEST_F(StoredExport, RepeatedStepsKeepAllTheirFiles) {
  std::string bytes = record(versionEvent());
  for (int i = 0; i < 2; ++i) {
    bytes += record(event(1.5e9, 7, images("i", {picture_files::kPngPalette})));
  }
  writeFile(logs() / "events.out.tfevents.1", bytes);
  const auto rows = exported();
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0]["images"][0]["file"], "%2E/i/7_0.png");
  EXPECT_EQ(rows[1]["images"][0]["file"], "%2E/i/7_1.png");
}

TEST_F(StoredExport, WithoutMediaNoFileIsWritten) {
  writeRun("a", {images("i", {picture_files::kPngPalette})});
  const auto rows = exported(0, false);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_FALSE(rows[0]["images"][0].contains("file"));
  EXPECT_FALSE(fs::exists(media()));
}

TEST_F(StoredExport, WhatCannotBeReadIsReportedAndTheRestWritten) {
  const std::string noImage =
      summary({tensorValue("i", tensorHead(1, {}) + bytesField(4, raw(1.0F)), metadata("images"))});
  writeRun("a", {noImage, noImage, images("i", {picture_files::kPngPalette})});
  const auto rows = exported(1);
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_THAT(rows[0]["error"].get<std::string>(), HasSubstr("holds no strings"));
  EXPECT_TRUE(rows[1].contains("error"));
  EXPECT_EQ(rows[2]["images"].size(), 1U);
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 1) << errors;
  EXPECT_THAT(errors, HasSubstr("tfevents"));
}

TEST_F(StoredExport, AMediaFolderThatCannotBeWrittenIsAnError) {
  writeRun("a", {images("i", {picture_files::kPngPalette})});
  writeFile(media(), "a file");
  ExportOptions options;
  options.path = logs().string();
  options.outputFile = (folder / "rows").string();
  options.mediaFolder = media().string();
  testing::internal::CaptureStderr();
  EXPECT_EQ(app::runExport(options), 1);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr(media().string()));
  EXPECT_FALSE(fs::exists(folder / "rows"));
}

TEST_F(StoredExport, EmbeddingsAreListedMeasuredAndCopied) {
  writeRun("a", {images("i", {})});
  writeFile(logs() / "a/projector_config.pbtxt",
            "embeddings { tensor_name: 'e:00004' tensor_path: '00004/e/tensors.tsv' "
            "metadata_path: '00004/e/metadata.tsv' }\n"
            "embeddings { tensor_name: 'gone:1' tensor_path: '1/gone/tensors.tsv' }\n");
  writeFile(logs() / "a/00004/e/tensors.tsv", "1\t2\n3\t4\n5\t6\n");
  writeFile(logs() / "a/00004/e/metadata.tsv", "x\ny\nz\n");
  const auto rows = exported(1);
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(rows[0]["kind"], "embedding");
  EXPECT_EQ(rows[0]["step"], 4);
  EXPECT_EQ(rows[0]["rows"], 3);
  EXPECT_EQ(rows[0]["columns"], 2);
  ASSERT_EQ(rows[0]["files"].size(), 2U);
  EXPECT_EQ(readFile(media() / rows[0]["files"][1]), "x\ny\nz\n");
  EXPECT_TRUE(rows[1].contains("error"));
  const json run = json::parse(inspected(true, 1))["runs"][0];
  ASSERT_EQ(run["embeddings"].size(), 2U);
  EXPECT_EQ(run["embeddings"][0]["rows"], 3);
  EXPECT_FALSE(run["embeddings"][1].contains("rows"));
  EXPECT_THAT(errors, HasSubstr("1/gone/tensors.tsv"));
  EXPECT_THAT(inspected(false, 1), testing::ContainsRegex("e +embedding +3 x 2 +4 +4"));
}

TEST_F(StoredExport, InspectNamesPluginsThatAreNotKnown) {
  const std::string tensor = tensorHead(1, {}) + bytesField(4, raw(1.0F));
  writeRun("a", {summary({tensorValue("x", tensor, metadata("someones", "", "Name", "About"))})});
  const json tag = json::parse(inspected(true))["runs"][0]["tags"][0];
  EXPECT_EQ(tag, json::parse(R"({"tag": "x", "kind": "other", "count": 1, "first_step": 0,
      "last_step": 0, "plugin": "someones", "display_name": "Name", "description": "About"})"));
  EXPECT_THAT(inspected(false), testing::ContainsRegex("x +other \\(someones\\) +1 +0 +0"));
  const auto rows = exported();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0]["plugin"], "someones");
  EXPECT_EQ(rows[0]["bytes"], tensor.size());
}

TEST(SafeName, LeadsNowhereAndStaysDistinct) {
  EXPECT_EQ(safeName("loss-1_b.c"), "loss-1_b.c");
  EXPECT_EQ(safeName(".."), "%2E%2E");
  EXPECT_EQ(safeName(".hidden."), "%2Ehidden%2E");
  EXPECT_EQ(safeName("a/b%2F\n"), "a%2Fb%252F%0A");
  EXPECT_EQ(safeName("\xff"), "%FF");
  EXPECT_FALSE(safeName("").empty());
  const std::string longName(1000, 'x');
  EXPECT_LE(safeName(longName).size(), 255U);
  EXPECT_NE(safeName(longName), safeName(longName + "y"));
}

}  // namespace
