// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data_files.h"
#include "tests/support/temporary_folder.h"
#include "training/data/data_sources.h"

namespace {

using namespace training;
using testing::AllOf;
using testing::HasSubstr;

using Labels = std::vector<std::int64_t>;

/// A record: the labels, then red, green and blue with one value each.
Bytes record(const Bytes& labels, std::uint8_t red) {
  Bytes bytes = labels;
  for (std::uint8_t channel = 0; channel < 3; ++channel) {
    put(bytes, Bytes(1024, static_cast<std::uint8_t>(red + channel)));
  }
  return bytes;
}

void writeCifar10(const std::filesystem::path& folder) {
  for (std::uint8_t i = 1; i <= 5; ++i) {
    Bytes two = record({i}, static_cast<std::uint8_t>(10 * i));
    put(two, record({0}, 200));
    writeBytes(folder / ("data_batch_" + std::to_string(i) + ".bin"), two);
  }
  writeBytes(folder / "test_batch.bin", record({9}, 7));
}

TEST(CifarSource, ReadsCifar10) {
  const TemporaryFolder folder;
  writeCifar10(folder / "cifar-10-batches-bin");
  writeBytes(
      folder / "cifar-10-batches-bin/batches.meta.txt",
      bytesOfText("airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"));
  for (const char* path : {"", "cifar-10-batches-bin"}) {
    const auto data = loadData(folder / path);
    ASSERT_TRUE(data) << data.error().message.english();
    EXPECT_EQ(data->description.name, "CIFAR-10");
    EXPECT_EQ(data->description.classes, 10);
    EXPECT_EQ(data->description.classNames[9], "truck");
    EXPECT_EQ(data->description.shape.text(), "3 x 32 x 32");
    EXPECT_EQ(std::get<Labels>(data->train.targets), (Labels{1, 0, 2, 0, 3, 0, 4, 0, 5, 0}));
    EXPECT_EQ(std::get<Labels>(data->test.targets), (Labels{9}));
    const auto& pixels = std::get<Bytes>(data->train.values);
    EXPECT_EQ(pixels[2 * 3072], 20);         // red of the third sample
    EXPECT_EQ(pixels[2 * 3072 + 3071], 22);  // its last blue
  }
}

TEST(CifarSource, ReadsTheFineLabelsOfCifar100) {
  const TemporaryFolder folder;
  writeBytes(folder / "train.bin", record({3, 99}, 1));
  writeBytes(folder / "test.bin", record({3, 42}, 1));
  const auto data = loadData(folder.path());
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_EQ(data->description.name, "CIFAR-100");
  EXPECT_EQ(data->description.classes, 100);
  EXPECT_TRUE(data->description.classNames.empty());
  EXPECT_EQ(std::get<Labels>(data->train.targets), (Labels{99}));
}

TEST(CifarSource, NamesFileOffsetAndReason) {
  const TemporaryFolder folder;
  writeCifar10(folder.path());
  Bytes two = record({1}, 1);
  put(two, record({10}, 1));
  writeBytes(folder / "data_batch_3.bin", two);
  EXPECT_THAT(
      loadData(folder.path()).error().message.english(),
      AllOf(HasSubstr("data_batch_3.bin"), HasSubstr("offset 3073"), HasSubstr("label 10")));
  two.pop_back();
  writeBytes(folder / "data_batch_3.bin", two);
  EXPECT_THAT(probeData(folder.path()).error().message.english(),
              AllOf(HasSubstr("data_batch_3.bin"), HasSubstr("offset 3073"), HasSubstr("3072 of")));
  std::filesystem::remove(folder / "data_batch_3.bin");
  EXPECT_THAT(loadData(folder.path()).error().message.english(), HasSubstr("data_batch_3.bin"));
}

TEST(CifarSource, NoDamageCrashes) {
  const TemporaryFolder folder;
  writeBytes(folder / "train.bin", record({3, 99}, 1));
  writeBytes(folder / "test.bin", record({3, 42}, 1));
  expectNoDamageCrashes(folder.path(), folder / "train.bin", 61);
  expectNoDamageCrashes(folder.path(), folder / "test.bin", 61);
}

}  // namespace
