// SPDX-License-Identifier: GPL-3.0-or-later
// PNG files are written chunk by chunk; numbers named as Pillow's come from Pillow 13.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zlib.h>

#include "data_files.h"
#include "tests/support/temporary_folder.h"
#include "training/data/data_sources.h"
#include "training/data/image_transforms.h"

namespace {

using namespace training;
using eventio::Image;
using testing::ElementsAre;
using testing::HasSubstr;

using Labels = std::vector<std::int64_t>;

void putChunk(Bytes& png, const std::string& type, const Bytes& content) {
  putNumber(png, content.size(), 4, true);
  Bytes body = bytesOfText(type);
  put(body, content);
  put(png, body);
  putNumber(png, crc32(0, body.data(), static_cast<uInt>(body.size())), 4, true);
}

/// A PNG of 8 bits a channel, one or three channels (PNG specification, filter 0).
Bytes png(std::uint32_t width, std::uint32_t height, int channels, const Bytes& pixels,
          int orientation = 0) {
  Bytes bytes = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  Bytes header;
  putNumber(header, width, 4, true);
  putNumber(header, height, 4, true);
  put(header, {8, static_cast<std::uint8_t>(channels == 1 ? 0 : 2), 0, 0, 0});
  putChunk(bytes, "IHDR", header);
  if (orientation > 0) {
    putChunk(bytes, "eXIf",
             {'M',  'M',  0, 42, 0, 0, 0, 8, 0, 1,
              0x01, 0x12, 0, 3,  0, 0, 0, 1, 0, static_cast<std::uint8_t>(orientation),
              0,    0,    0, 0,  0, 0});
  }
  Bytes lines;
  const std::size_t line = std::size_t{width} * static_cast<std::size_t>(channels);
  for (std::size_t y = 0; y < height; ++y) {
    lines.push_back(0);
    for (std::size_t x = 0; x < line; ++x) lines.push_back(pixels[y * line + x]);
  }
  Bytes packed(compressBound(lines.size()));
  uLongf size = packed.size();
  compress(packed.data(), &size, lines.data(), lines.size());
  packed.resize(size);
  putChunk(bytes, "IDAT", packed);
  putChunk(bytes, "IEND", {});
  return bytes;
}

const Bytes& valuesOf(const SampleSet& set) {
  return std::get<Bytes>(set.values);
}

TEST(ImageFolder, ReadsClassesOfSplits) {
  const TemporaryFolder folder;
  writeBytes(folder / "train/cat/1.png", png(2, 1, 1, {1, 2}));
  writeBytes(folder / "train/dog/deep/1.png", png(2, 1, 1, {3, 4}));
  writeBytes(folder / "train/dog/notes.txt", {1, 2, 3});
  writeBytes(folder / "val/dog/1.png", png(2, 1, 1, {5, 6}));
  writeBytes(folder / "test/ant/1.png", png(2, 1, 1, {7, 8}));
  writeBytes(folder / "test/list.csv", {1});
  const auto data = loadData(folder.path());
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_EQ(data->description.format, "images");
  EXPECT_THAT(data->description.classNames, ElementsAre("ant", "cat", "dog"));
  EXPECT_EQ(data->description.shape.text(), "1 x 1 x 2");
  EXPECT_THAT(english(data->description.remarks),
              ElementsAre(HasSubstr(": 1 file is left out"), HasSubstr(": 1 file is left out"),
                          HasSubstr("has no sample of 1 of the 3 classes: ant")));
  EXPECT_EQ(valuesOf(data->train), (Bytes{1, 2, 3, 4}));
  EXPECT_EQ(std::get<Labels>(data->train.targets), (Labels{1, 2}));
  EXPECT_EQ(valuesOf(data->validation), (Bytes{5, 6}));
  EXPECT_EQ(std::get<Labels>(data->test.targets), (Labels{0}));
}

TEST(ImageFolder, CountsWhatIsNoRegularFile) {
  const TemporaryFolder folder;
  writeBytes(folder / "train/cat/1.png", png(2, 1, 1, {1, 2}));
  writeBytes(folder / "test/cat/1.png", png(2, 1, 1, {1, 2}));
  ASSERT_EQ(::mkfifo((folder / "train/cat/2.png").c_str(), 0600), 0);
  std::filesystem::create_directory(folder / "train/cat/3.png");
  std::filesystem::create_symlink("missing", folder / "train/cat/4.png");
  const auto data = loadData(folder.path());
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_THAT(english(data->description.remarks), ElementsAre(HasSubstr(": 3 files are left out")));
}

TEST(ImageFolder, RemarksOnWhatIsDoneToPicturesAndOnFoldersWithoutAny) {
  const TemporaryFolder folder;
  writeBytes(folder / "cat/1.png", png(2, 1, 1, {1, 2}));
  writeBytes(folder / "cat/2.png", png(1, 1, 1, {3}));
  writeBytes(folder / "dog/1.png", png(2, 1, 3, {10, 20, 30, 40, 50, 60}));
  writeBytes(folder / "dog/2.png", png(2, 1, 3, {10, 20, 30, 40, 50, 60}));
  writeBytes(folder / "dog/3.png", png(2, 1, 3, {10, 20, 30, 40, 50, 60}));
  std::filesystem::create_directory(folder / "owl");
  const auto data = loadData(folder.path(), {.testShare = 0.4});
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_THAT(data->description.classNames, ElementsAre("cat", "dog"));
  EXPECT_THAT(english(data->description.remarks),
              testing::IsSupersetOf({HasSubstr("pictures of several sizes are resized to 64 x 64"),
                                     HasSubstr("/owl: holds no PNG or JPEG picture"),
                                     HasSubstr("2 grey pictures are read as colour"),
                                     HasSubstr("has no test set; 2 of its 5 samples")}));
}

TEST(ImageFolder, LinksToFoldersAreNoClassesOfTheirOwnRootAndNotFollowedWithin) {
  const TemporaryFolder folder;
  for (const char* split : {"train", "test"}) {
    writeBytes(folder / split / "a/1.png", png(2, 1, 1, {1, 2}));
  }
  std::filesystem::create_directory_symlink(folder / "test/a", folder / "train/a/more");
  const auto data = loadData(folder.path());
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_EQ(data->train.count, 1);
  EXPECT_THAT(english(data->description.remarks), ElementsAre(HasSubstr(": 1 file is left out")));
  std::filesystem::create_directory_symlink(folder / "train", folder / "train/loop");
  const auto refused = loadData(folder.path());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message.english(), HasSubstr("train/loop: a link to a folder"));
}

TEST(ImageFolder, HasNoRemarksOnWholeSets) {
  const TemporaryFolder folder;
  for (const char* split : {"train", "test"}) {
    writeBytes(folder / split / "a/1.png", png(2, 1, 1, {1, 2}));
    writeBytes(folder / split / "b/1.png", png(2, 1, 1, {1, 2}));
  }
  const auto data = loadData(folder.path());
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_THAT(english(data->description.remarks), testing::IsEmpty());
}

TEST(ImageFolder, ColourIsKeptAndGreyRepeatedBesideIt) {
  const TemporaryFolder folder;
  writeBytes(folder / "train/a/1.png", png(2, 1, 1, {1, 2}));
  writeBytes(folder / "train/a/2.png", png(2, 1, 3, {10, 20, 30, 40, 50, 60}));
  writeBytes(folder / "test/a/1.png", png(2, 1, 1, {5, 6}));
  const auto data = loadData(folder.path());
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_EQ(data->description.shape.text(), "3 x 1 x 2");
  EXPECT_EQ(valuesOf(data->train), (Bytes{1, 2, 1, 2, 1, 2, 10, 40, 20, 50, 30, 60}));
  EXPECT_EQ(valuesOf(data->test), (Bytes{5, 6, 5, 6, 5, 6}));
  const auto grey = loadData(folder.path(), {.colour = ColourMode::kGrey});
  ASSERT_TRUE(grey);
  EXPECT_EQ(valuesOf(grey->train), (Bytes{1, 2, 18, 48}));
}

TEST(ImageFolder, OneSplitIsDividedTheSameEveryTime) {
  const TemporaryFolder folder;
  for (std::uint8_t i = 0; i < 26; ++i) {
    for (const char* name : {"1.png", "2.png"}) {
      writeBytes(folder / std::string(1, static_cast<char>('a' + i)) / name, png(1, 1, 1, {i}));
    }
  }
  const auto data = loadData(folder.path());
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_EQ(data->description.classes, 26);
  EXPECT_EQ(data->train.count, 42);
  EXPECT_EQ(data->test.count, 10);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(valuesOf(data->test)[i], std::get<Labels>(data->test.targets)[i]);
  }
  EXPECT_EQ(dataFingerprint(*data), dataFingerprint(*loadData(folder.path())));
}

TEST(ImageFolder, ResizesToTheSizeAskedForOr64) {
  const TemporaryFolder folder;
  writeBytes(folder / "a/1.png", png(3, 2, 1, {1, 2, 3, 4, 5, 6}));
  writeBytes(folder / "b/1.png", png(2, 3, 1, {1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(loadData(folder.path())->description.shape.text(), "1 x 64 x 64");
  const auto data = loadData(folder.path(), {.imageHeight = 5, .imageWidth = 4});
  ASSERT_TRUE(data);
  EXPECT_EQ(data->description.shape.text(), "1 x 5 x 4");
  EXPECT_FALSE(loadData(folder.path(), {.imageHeight = 5}));
}

TEST(ImageFolder, AFirstLookFindsTheShapeWhereItIsCertain) {
  const TemporaryFolder folder;
  const Bytes grey(6);
  const Bytes colour(18);
  const auto shape = [&](const DataOptions& options = {}) {
    const auto probed = probeData(folder.path(), options);
    EXPECT_TRUE(probed);
    const auto loaded = loadData(folder.path(), options);
    EXPECT_TRUE(loaded);
    if (!probed || !loaded) return std::string();
    EXPECT_EQ(probed->shape.text(), loaded->description.shape.text());
    EXPECT_EQ(probed->isResized, loaded->description.isResized);
    return probed->shape.text();
  };
  writeBytes(folder / "a/1.png", png(3, 2, 1, grey));
  writeBytes(folder / "a/notes.txt", {'n', 'o'});
  writeBytes(folder / "b/1.png", png(3, 2, 1, grey));
  EXPECT_EQ(shape(), "1 x 2 x 3");
  writeBytes(folder / "b/2.png", png(2, 3, 1, grey, 6));  // shown turned
  EXPECT_EQ(shape(), "1 x 2 x 3");
  writeBytes(folder / "b/3", png(3, 2, 3, colour));
  EXPECT_EQ(shape(), "3 x 2 x 3");
  EXPECT_EQ(shape({.colour = ColourMode::kGrey}), "1 x 2 x 3");
  EXPECT_EQ(shape({.imageHeight = 4, .imageWidth = 5}), "3 x 4 x 5");
  writeBytes(folder / "a/2.png", png(2, 3, 1, grey));
  EXPECT_EQ(shape(), "3 x 64 x 64");
  // More files than are looked at: only what no further picture can change.
  const Bytes same = png(2, 3, 1, grey);
  for (int i = 0; i < 600; ++i) writeBytes(folder / ("many/c/" + std::to_string(i) + ".png"), same);
  const auto many = probeData(folder / "many", {.format = "images"});
  ASSERT_TRUE(many);
  EXPECT_TRUE(many->shape.sizes.empty());
}

TEST(ImageFolder, TurnsPicturesAsExifSays) {
  const TemporaryFolder folder;
  const auto jpeg =
      std::filesystem::path(TRAINDECK_SOURCE_DIR) / "tests/training/data/files/turned.jpg";
  for (const char* split : {"train", "test"}) {
    std::filesystem::create_directories(folder / split / "a");
    std::filesystem::copy(jpeg, folder / split / "a/1.jpg");
  }
  const auto data = loadData(folder.path());
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_EQ(data->description.shape.text(), "1 x 8 x 16");
  // The upper half lies right now, its black left columns on top.
  const Bytes& pixels = valuesOf(data->train);
  EXPECT_LT(pixels[7 * 16 + 2], 60);
  EXPECT_GT(pixels[7 * 16 + 13], 195);
  EXPECT_LT(pixels[13], 60);
}

/// Pillow's ImageOps.exif_transpose.
TEST(ImageTransforms, EveryOrientationIsPillows) {
  const std::vector<Bytes> expected = {{0, 1, 2, 3, 4, 5}, {2, 1, 0, 5, 4, 3}, {5, 4, 3, 2, 1, 0},
                                       {3, 4, 5, 0, 1, 2}, {0, 3, 1, 4, 2, 5}, {3, 0, 4, 1, 5, 2},
                                       {5, 2, 4, 1, 3, 0}, {2, 5, 1, 4, 0, 3}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Bytes file = png(3, 2, 1, {0, 1, 2, 3, 4, 5}, orientation);
    const std::string_view bytes(reinterpret_cast<const char*>(file.data()), file.size());
    ASSERT_EQ(exifOrientation(bytes), orientation);
    const Image turned = orientImage({3, 2, 1, {0, 1, 2, 3, 4, 5}}, orientation);
    EXPECT_EQ(turned.pixels, expected[static_cast<std::size_t>(orientation) - 1]) << orientation;
    EXPECT_EQ(turned.width, orientation < 5 ? 3 : 2);
  }
}

/// Pillow's resize(BILINEAR) of pixels (37 y + 91 x) mod 256, 5 wide and 4 high.
TEST(ImageTransforms, ResizedPixelsArePillows) {
  Image image{5, 4, 1, {}};
  for (int i = 0; i < 20; ++i) {
    image.pixels.push_back(static_cast<std::uint8_t>(i / 5 * 37 + i % 5 * 91));
  }
  struct Case {
    int width;
    int height;
    std::vector<int> pixels;
  };
  for (const Case& item :
       {Case{3, 2, {65, 131, 95, 124, 88, 154}}, Case{2, 3, {90, 98, 106, 114, 121, 129}},
        Case{7, 6, {0,  52,  117, 182, 64, 56,  108, 19,  71,  136, 201, 83,  75,  127,
                    43, 95,  148, 182, 95, 99,  151, 68,  120, 124, 37,  71,  124, 176,
                    93, 145, 137, 19,  84, 149, 201, 111, 163, 155, 37,  102, 167, 219}},
        Case{1, 1, {110}}}) {
    const Image resized = resizeImage(image, item.width, item.height);
    ASSERT_EQ(resized.pixels.size(), item.pixels.size());
    for (std::size_t i = 0; i < item.pixels.size(); ++i) {
      EXPECT_NEAR(resized.pixels[i], item.pixels[i], 1) << item.width << ", " << i;
    }
  }
}

/// Pillow's convert("L").
TEST(ImageTransforms, GreyIsPillows) {
  const Image grey =
      withChannels({4, 1, 3, {10, 20, 30, 200, 100, 50, 255, 255, 255, 0, 0, 255}}, 1);
  EXPECT_THAT(grey.pixels, ElementsAre(18, 124, 255, 29));
}

TEST(ImageFolder, NamesTheDamagedPicture) {
  const TemporaryFolder folder;
  writeBytes(folder / "a/1.png", png(2, 1, 1, {1, 2}));
  Bytes cut = png(2, 1, 1, {1, 2});
  cut.resize(45);
  writeBytes(folder / "b/broken.png", cut);
  const auto data = loadData(folder.path());
  ASSERT_FALSE(data);
  EXPECT_THAT(data.error().message.english(), HasSubstr((folder / "b/broken.png").string()));
}

TEST(ImageFolder, NoDamageCrashes) {
  const TemporaryFolder folder;
  writeBytes(folder / "a/1.png", png(3, 2, 1, {0, 1, 2, 3, 4, 5}, 6));
  writeBytes(folder / "a/2.png", png(3, 2, 1, {0, 1, 2, 3, 4, 5}));
  const auto jpeg =
      std::filesystem::path(TRAINDECK_SOURCE_DIR) / "tests/training/data/files/turned.jpg";
  std::filesystem::copy(jpeg, folder / "a/3.jpg");
  expectNoDamageCrashes(folder.path(), folder / "a/1.png");
  expectNoDamageCrashes(folder.path(), folder / "a/3.jpg", 3);
}

}  // namespace
