// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/data_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/training/idx_files.h"
#include "training/data/idx_file.h"

namespace {

using eventio::ErrorCode;
using testing::AllOf;
using testing::HasSubstr;
using namespace training;

TEST(IdxFile, ReadsHandMadeBytes) {
  const TemporaryFolder folder;
  const Bytes bytes = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60};
  writeBytes(folder / "plain", bytes);
  writeBytes(folder / "packed", gzipped(bytes));
  for (const char* name : {"plain", "packed"}) {
    const auto file = readIdxFile(folder / name);
    ASSERT_TRUE(file) << file.error().message.english();
    EXPECT_EQ(file->sizes, (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(file->bytes, (Bytes{10, 20, 30, 40, 50, 60}));
    const auto header = readIdxHeader(folder / name);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->sizes, (std::vector<std::int64_t>{2, 3}));
  }
}

struct Malformed {
  const char* name;
  Bytes bytes;
  const char* offset;
  const char* reason;
};

class MalformedIdx : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedIdx, NamesFileOffsetAndReason) {
  const TemporaryFolder folder;
  writeBytes(folder / "labels", GetParam().bytes);
  const auto file = readIdxFile(folder / "labels");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(file.error().message.english(),
              AllOf(HasSubstr((folder / "labels").string()), HasSubstr(GetParam().offset),
                    HasSubstr(GetParam().reason)));
}

Bytes cutAt(Bytes bytes, std::size_t size) {
  bytes.resize(size);
  return bytes;
}

Bytes withDamage(Bytes bytes, std::size_t at) {
  bytes[at] ^= 0x55U;
  return bytes;
}

INSTANTIATE_TEST_SUITE_P(
    Idx, MalformedIdx,
    testing::Values(
        Malformed{"Empty", {}, "offset 0", "empty"},
        Malformed{"Magic", {1, 0, 8, 1, 0, 0, 0, 1, 5}, "offset 0", "two zero bytes"},
        Malformed{"Type", {0, 0, 10, 1, 0, 0, 0, 1, 5}, "offset 2", "type 10"},
        Malformed{"Dimensions", {0, 0, 8, 5, 0, 0, 0, 1, 5}, "offset 3", "5 dimensions"},
        Malformed{"ShortHeader", {0, 0, 8, 1, 0, 0}, "offset 6", "header breaks off"},
        Malformed{"Zero", {0, 0, 8, 1, 0, 0, 0, 0}, "offset 4", "size 0"},
        Malformed{"Truncated", {0, 0, 8, 1, 0, 0, 0, 4, 1, 2}, "offset 10", "2 of 4"},
        Malformed{"Promises4GB", {0, 0, 8, 1, 255, 255, 255, 255, 1}, "offset 9", "break off"},
        Malformed{"TooLong", {0, 0, 8, 1, 0, 0, 0, 1, 1, 2}, "offset 9", "more bytes"},
        Malformed{"CutGzip", cutAt(gzipped(idxBytes({300}, Bytes(300, 1))), 24), "offset",
                  "gzip data breaks off"},
        Malformed{"DamagedGzip",
                  withDamage(gzipped(idxBytes({4}, {1, 2, 3, 4})),
                             gzipped(idxBytes({4}, {1, 2, 3, 4})).size() - 6),
                  "offset", "gzip"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(IdxFile, ReadsAPlainFileNamedGz) {
  const TemporaryFolder folder;
  writeBytes(folder / "labels.gz", idxBytes({2}, {1, 7}));
  const auto file = readIdxFile(folder / "labels.gz");
  ASSERT_TRUE(file) << file.error().message.english();
  EXPECT_EQ(file->bytes, (Bytes{1, 7}));
}

TEST(IdxFile, SaysWhenThereIsNone) {
  const auto file = readIdxFile("/nowhere/at/all");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kNotFound);
}

TEST(DataSet, ReadsAFolder) {
  const TemporaryFolder folder;
  writeDataSet(folder / "digits", 30, 20);
  const auto data = loadDataSet((folder / "digits").string());
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_EQ(data->description.name, "digits");
  EXPECT_EQ(data->train.count, 30);
  EXPECT_EQ(data->test.count, 20);
  const auto& pixels = std::get<std::vector<std::uint8_t>>(data->train.values);
  EXPECT_EQ(pixels.size(), 30U * 784U);
  EXPECT_EQ(std::get<std::vector<std::int64_t>>(data->train.targets)[1], 7);
  EXPECT_EQ(pixels[784 + 18 * 28 + 10], 151);
  const auto place = probeDataSet((folder / "digits").string());
  ASSERT_TRUE(place);
  EXPECT_EQ(place->name, "digits");
}

TEST(DataSet, NamesWhatIsMissing) {
  const TemporaryFolder folder;
  writeDataSet(folder.path(), 3, 2);
  std::filesystem::remove(folder / "t10k-labels-idx1-ubyte");
  for (const auto& message : {loadDataSet(folder.path().string()).error().message.english(),
                              probeDataSet(folder.path().string()).error().message.english()}) {
    EXPECT_THAT(message,
                AllOf(HasSubstr(folder.path().string()), HasSubstr("t10k-labels-idx1-ubyte")));
  }
  EXPECT_EQ(loadDataSet((folder / "none").string()).error().code, ErrorCode::kNotFound);
}

TEST(DataSet, CountsMustAgree) {
  const TemporaryFolder folder;
  writeDataSet(folder.path(), 3, 2);
  writeBytes(folder / "train-labels-idx1-ubyte", idxBytes({4}, {1, 2, 3, 4}));
  const std::string message = loadDataSet(folder.path().string()).error().message.english();
  EXPECT_THAT(message, AllOf(HasSubstr("train-labels"), HasSubstr("offset 4"),
                             HasSubstr("4 labels"), HasSubstr("3 images")));
  EXPECT_FALSE(probeDataSet(folder.path().string()));
}

TEST(SampleSet, GathersBytesAsShareOf255AndFloatsAsTheyAre) {
  const std::array<std::uint32_t, 2> indices = {2, 0};
  std::array<float, 4> out{};
  SampleSet set{3, {{2}}, std::vector<std::uint8_t>{0, 255, 51, 102, 1, 254}, {}};
  set.gather(indices, out);
  EXPECT_EQ(out, (std::array<float, 4>{1 / 255.0F, 254 / 255.0F, 0.0F, 1.0F}));
  set.values = std::vector<float>{0.5F, -1, 2, 3, 4, 5};
  set.gather(indices, out);
  EXPECT_EQ(out, (std::array<float, 4>{4, 5, 0.5F, -1}));
}

TEST(DataSet, SplitsMustHaveOneShape) {
  const TemporaryFolder folder;
  writeDataSet(folder.path(), 3, 2);
  writeBytes(folder / "t10k-images-idx3-ubyte", idxBytes({2, 2, 3}, Bytes(12, 1)));
  const auto data = loadDataSet(folder.path().string());
  ASSERT_FALSE(data);
  EXPECT_THAT(data.error().message.english(), AllOf(HasSubstr("t10k-images"), HasSubstr("2 x 3")));
}

TEST(DataSet, ReadsFashionMnistOfDebian) {
  const std::string folder = "/usr/share/datasets/fashion-mnist";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "Debian's package dataset-fashion-mnist is not installed";
  }
  const auto data = loadDataSet(folder);
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_EQ(data->description.name, "Fashion-MNIST");
  EXPECT_EQ(data->train.count, 60000);
  EXPECT_EQ(data->test.count, 10000);
  std::array<int, 10> perClass{};
  for (const std::int64_t label : std::get<std::vector<std::int64_t>>(data->train.targets)) {
    ++perClass[static_cast<std::size_t>(label)];
  }
  for (const int count : perClass) EXPECT_EQ(count, 6000);
  ASSERT_FALSE(findDataSets().empty());
  EXPECT_EQ(findDataSets().front().folder, folder);
}

}  // namespace
