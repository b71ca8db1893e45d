// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "data_files.h"
#include "tests/support/temporary_folder.h"
#include "training/data/data_set.h"
#include "training/data/data_sources.h"

namespace {

using namespace training;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

using Labels = std::vector<std::int64_t>;
using Floats = std::vector<float>;

/// Two train samples and one test sample of 2 x 3 pixels.
void writeTiny(const std::filesystem::path& folder, const std::string& prefix = "",
               const std::string& test = "t10k", const Bytes& labels = {4, 26}) {
  writeBytes(folder / (prefix + "train-images-idx3-ubyte"),
             idxBytes({2, 2, 3}, {0, 51, 255, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  writeBytes(folder / (prefix + "train-labels-idx1-ubyte"), idxBytes({2}, labels));
  writeBytes(folder / (prefix + test + "-images-idx3-ubyte"), idxBytes({1, 2, 3}, Bytes(6, 1)));
  writeBytes(folder / (prefix + test + "-labels-idx1-ubyte"), idxBytes({1}, {2}));
}

TEST(IdxSource, ReadsPicturesOfAnySizeAndAnyNumberOfClasses) {
  const TemporaryFolder folder;
  writeTiny(folder / "letters");
  const auto data = loadData(folder / "letters");
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_EQ(data->description.name, "letters");
  EXPECT_EQ(data->description.format, "idx");
  EXPECT_EQ(data->description.shape.text(), "1 x 2 x 3");
  EXPECT_EQ(data->description.classes, 27);
  EXPECT_EQ(data->description.trainCount, 2);
  EXPECT_EQ(data->description.testCount, 1);
  EXPECT_EQ(std::get<Labels>(data->train.targets), (Labels{4, 26}));
  Floats out(12);
  data->train.gather(std::vector<std::uint32_t>{1, 0}, out);
  EXPECT_FLOAT_EQ(out[0], 6.0F / 255);
  EXPECT_THAT(std::span(out).subspan(6, 3), ElementsAre(0.0F, 0.2F, 1.0F));
  const auto probed = probeData(folder / "letters");
  ASSERT_TRUE(probed);
  EXPECT_EQ(probed->shape, data->description.shape);
  EXPECT_EQ(probed->testCount, 1);
}

TEST(IdxSource, FindsEmnistsNamesAndASplitByItsFile) {
  const TemporaryFolder folder;
  writeTiny(folder.path(), "emnist-letters-", "test");
  const auto one = loadData(folder.path());
  ASSERT_TRUE(one) << one.error().message.english();
  EXPECT_EQ(one->description.name, "emnist-letters");
  writeTiny(folder.path(), "emnist-balanced-", "test", {1, 46});
  const auto both = loadData(folder.path());
  ASSERT_FALSE(both);
  EXPECT_THAT(both.error().message.english(),
              AllOf(HasSubstr("several"), HasSubstr("emnist-letters-train-images-idx3-ubyte"),
                    HasSubstr("emnist-balanced-train-images-idx3-ubyte")));
  const auto chosen = loadData(folder / "emnist-balanced-train-images-idx3-ubyte");
  ASSERT_TRUE(chosen) << chosen.error().message.english();
  EXPECT_EQ(chosen->description.classes, 47);
}

TEST(IdxSource, FindsTorchvisionsRoot) {
  const TemporaryFolder folder;
  writeTiny(folder / "root/FashionMNIST/raw");
  for (const char* path : {"root", "root/FashionMNIST", "root/FashionMNIST/raw"}) {
    const auto data = loadData(folder / path);
    ASSERT_TRUE(data) << data.error().message.english();
    EXPECT_EQ(data->description.name, "Fashion-MNIST");
    EXPECT_EQ(data->description.path, (folder / "root/FashionMNIST/raw").string());
  }
}

struct TypeCase {
  std::uint8_t code;
  int size;
  double value;
  std::uint64_t bits;
};

/// The types of the format's description, their values big-endian.
TEST(IdxSource, ReadsEveryTypeOfValues) {
  for (const TypeCase& type :
       {TypeCase{9, 1, -3, 0xfd}, TypeCase{11, 2, -300, 0xfed4}, TypeCase{12, 4, 70000, 0x11170},
        TypeCase{13, 4, -1.5, 0xbfc00000}, TypeCase{14, 8, 0.25, 0x3fd0000000000000}}) {
    const TemporaryFolder folder;
    writeTiny(folder.path());
    for (const char* name : {"train-images-idx3-ubyte", "t10k-images-idx3-ubyte"}) {
      Bytes bytes = {0, 0, type.code, 2,
                     0, 0, 0,         name[1] == 'r' ? std::uint8_t{2} : std::uint8_t{1},
                     0, 0, 0,         2};
      for (int i = 0; i < (name[1] == 'r' ? 4 : 2); ++i) {
        putNumber(bytes, type.bits, type.size, true);
      }
      writeBytes(folder / name, bytes);
    }
    const auto data = loadData(folder.path());
    ASSERT_TRUE(data) << data.error().message.english();
    EXPECT_EQ(data->description.shape.text(), "2");
    EXPECT_THAT(std::get<Floats>(data->train.values),
                testing::Each(static_cast<float>(type.value)));
  }
}

TEST(IdxSource, NamesThePlaceOfAValueThatIsNotFinite) {
  const TemporaryFolder folder;
  writeTiny(folder.path());
  writeBytes(folder / "t10k-images-idx3-ubyte",
             {0, 0, 13, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0x7f, 0xc0, 0, 0});
  writeBytes(folder / "train-images-idx3-ubyte",
             {0, 0, 13, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  const auto data = loadData(folder.path());
  ASSERT_FALSE(data);
  EXPECT_THAT(data.error().message.english(),
              AllOf(HasSubstr("t10k-images"), HasSubstr("offset 16"), HasSubstr("not finite")));
}

TEST(IdxSource, RefusesMoreThanTheMemoryThatIsFree) {
  const TemporaryFolder folder;
  writeTiny(folder.path());
  writeBytes(folder / "train-images-idx3-ubyte", {0, 0, 8, 3, 0, 0, 0, 2, 0, 8, 0, 0, 0, 7, 0, 0});
  writeBytes(folder / "t10k-images-idx3-ubyte", {0, 0, 8, 3, 0, 0, 0, 1, 0, 8, 0, 0, 0, 7, 0, 0});
  const auto data = loadData(folder.path());
  ASSERT_FALSE(data);
  EXPECT_THAT(data.error().message.english(), HasSubstr("MiB of memory"));
}

/// CRC-32C bit by bit (RFC 3720), over the bytes that the description of dataFingerprint() names.
std::string crc32cOf(const Bytes& bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ (crc & 1U ? 0x82f63b78U : 0U);
  }
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "crc32c:%08x", crc ^ 0xffffffffU);
  return text.data();
}

TEST(Fingerprint, OfGreyBytesIsWhatOldRunsHave) {
  const TemporaryFolder folder;
  writeTiny(folder.path());
  Bytes content;
  for (const int size : {2, 2, 3}) putNumber(content, static_cast<std::uint64_t>(size), 8);
  put(content, {0, 51, 255, 3, 4, 5, 6, 7, 8, 9, 10, 11, 4, 26});
  for (const int size : {1, 2, 3}) putNumber(content, static_cast<std::uint64_t>(size), 8);
  put(content, {1, 1, 1, 1, 1, 1, 2});
  const auto data = loadData(folder.path());
  ASSERT_TRUE(data);
  EXPECT_EQ(dataFingerprint(*data), crc32cOf(content));
}

TEST(Fingerprint, DependsOnShapeTypeTargetsAndValidationSet) {
  const TemporaryFolder folder;
  writeTiny(folder.path());
  const auto loaded = loadData(folder.path());
  ASSERT_TRUE(loaded);
  std::vector<LoadedData> all(6, *loaded);
  all[1].train.shape.sizes = {1, 3, 2};
  all[2].train.shape.sizes = {3, 2, 1};
  all[3].train.targets = Floats{4, 26};
  all[4].train.targets = Labels{4, 260};
  all[5].validation = all[5].test;
  std::vector<std::string> found;
  found.reserve(all.size());
  for (const LoadedData& data : all) found.push_back(dataFingerprint(data));
  std::sort(found.begin(), found.end());
  EXPECT_EQ(std::unique(found.begin(), found.end()), found.end());
}

TEST(DataSources, ListsItsFormatsWhereNoneFits) {
  const TemporaryFolder folder;
  writeBytes(folder / "notes.txt", {1});
  for (const auto& options : {DataOptions{}, DataOptions{.format = "parquet"}}) {
    const auto data = loadData(folder.path(), options);
    ASSERT_FALSE(data);
    EXPECT_THAT(data.error().message.english(), HasSubstr("idx, cifar, npz, csv, images"));
  }
  EXPECT_EQ(loadData(folder / "none").error().code, eventio::ErrorCode::kNotFound);
}

TEST(DataSources, APipeInAFilesPlaceIsNamed) {
  const auto makePipe = [](const std::filesystem::path& path) {
    std::filesystem::create_directories(path.parent_path());
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  };
  for (const char* name : {"train-images-idx3-ubyte", "data.npz", "data.csv"}) {
    const TemporaryFolder folder;
    if (std::string_view(name).find("idx3") != std::string_view::npos) writeTiny(folder.path());
    std::filesystem::remove(folder / name);
    makePipe(folder / name);
    for (const auto& path : {folder.path(), folder / name}) {
      const auto data = loadData(path);
      ASSERT_FALSE(data) << path;
      EXPECT_THAT(data.error().message.english(), testing::HasSubstr("regular file")) << path;
    }
  }
}

TEST(IdxSource, AFolderInAFilesPlaceIsNamedUnlessTheFileIsThereToo) {
  const TemporaryFolder folder;
  writeTiny(folder.path());
  const auto images = folder / "train-images-idx3-ubyte";
  std::filesystem::rename(images, folder / "train-images.idx3-ubyte");
  std::filesystem::create_directory(images);
  const auto beside = loadData(folder.path());
  ASSERT_TRUE(beside) << beside.error().message.english();
  EXPECT_EQ(beside->train.count, 2);
  std::filesystem::remove(folder / "train-images.idx3-ubyte");
  const auto alone = loadData(folder.path());
  ASSERT_FALSE(alone);
  EXPECT_THAT(alone.error().message.english(),
              testing::HasSubstr("train-images-idx3-ubyte: not a regular file"));
}

}  // namespace
