// SPDX-License-Identifier: GPL-3.0-or-later
// Every reader of data sets on truncated and changed files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "data_files.h"
#include "tests/support/temporary_folder.h"
#include "training/data/data_sources.h"

using namespace training;
using testing::HasSubstr;

namespace {

Bytes readBytes(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void expectConsistent(const LoadedData& data) {
  for (const SampleSet* set : {&data.train, &data.validation, &data.test}) {
    const auto count = static_cast<std::size_t>(set->count);
    const auto numbers = count * static_cast<std::size_t>(set->shape.numel());
    std::visit([&](const auto& values) { ASSERT_EQ(values.size(), numbers); }, set->values);
    std::visit([&](const auto& targets) { ASSERT_EQ(targets.size(), count); }, set->targets);
  }
  ASSERT_GT(data.train.count, 0);
  ASSERT_GT(data.test.count, 0);
}

void expectDataOrError(const std::filesystem::path& path, const std::string& what) {
  const auto probed = probeData(path);
  const auto data = loadData(path);
  if (data) {
    expectConsistent(*data);
    EXPECT_TRUE(probed) << what << ": " << probed.error().message.english();
  } else {
    EXPECT_THAT(data.error().message.english(), HasSubstr(path.string())) << what;
  }
}

}  // namespace

void expectNoDamageCrashes(const std::filesystem::path& path, const std::filesystem::path& file,
                           std::size_t stride) {
  const Bytes whole = readBytes(file);
  ASSERT_TRUE(loadData(path)) << loadData(path).error().message.english();
  for (std::size_t size = 0; size < whole.size(); size += stride) {
    writeBytes(file, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    expectDataOrError(path, file.string() + " cut at " + std::to_string(size));
    if (testing::Test::HasFatalFailure()) return;
  }
  for (std::size_t place = 0; place < whole.size(); place += stride) {
    for (const unsigned change : {0x01U, 0x80U, 0xffU}) {
      Bytes damaged = whole;
      damaged[place] = static_cast<std::uint8_t>(damaged[place] ^ change);
      writeBytes(file, damaged);
      expectDataOrError(path, file.string() + " changed at " + std::to_string(place));
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  writeBytes(file, whole);
}

namespace {

TEST(Damage, OfIdxFiles) {
  const TemporaryFolder folder;
  writeBytes(folder / "train-images-idx3-ubyte", idxBytes({3, 2, 2}, Bytes(12, 9)));
  writeBytes(folder / "train-labels-idx1-ubyte", idxBytes({3}, {0, 1, 2}));
  writeBytes(folder / "t10k-images-idx3-ubyte", idxBytes({2, 2, 2}, Bytes(8, 9)));
  writeBytes(folder / "t10k-labels-idx1-ubyte.gz", gzipped(idxBytes({2}, {0, 1})));
  for (const char* name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                           "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte.gz"}) {
    expectNoDamageCrashes(folder.path(), folder / name);
  }
}

}  // namespace
