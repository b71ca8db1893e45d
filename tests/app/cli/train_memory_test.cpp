// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>

#include "tests/app/cli/program.h"
#include "tests/support/temporary_folder.h"
#include "tests/training/idx_files.h"

namespace {

using testing::HasSubstr;

std::function<void()> withAddressSpace(std::uint64_t bytes) {
  return [bytes] {
    const rlimit limit = {bytes, bytes};
    setrlimit(RLIMIT_AS, &limit);
  };
}

class TrainMemory : public testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> arguments() const {
    return {"train",
            "--data",
            (m_folder / "digits").string(),
            "--logdir",
            (m_folder / "runs").string(),
            "--epochs",
            "1",
            "--fine-tune-epochs",
            "0",
            "--threads",
            "1",
            "--quiet"};
  }
  TemporaryFolder m_folder;
};

TEST_F(TrainMemory, DataThatDoNotFitAreRefusedBeforeTheyAreRead) {
  writeDataSet(m_folder / "digits", 10, 10);
  // 2^24 images are 12 GiB; the files are sparse.
  constexpr std::uint32_t kImages = 1U << 24U;
  const auto images = m_folder / "digits/train-images-idx3-ubyte";
  const auto labels = m_folder / "digits/train-labels-idx1-ubyte";
  writeBytes(images, idxBytes({kImages, 28, 28}, {}));
  writeBytes(labels, idxBytes({kImages}, {}));
  std::filesystem::resize_file(images, 16 + std::uint64_t{kImages} * 784);
  std::filesystem::resize_file(labels, 8 + std::uint64_t{kImages});
  Program program(m_folder.path(), arguments(), withAddressSpace(std::uint64_t{8} << 30U));
  EXPECT_EQ(program.finish(), 1);
  const std::string said = readFile(program.errFile());
  EXPECT_THAT(said, HasSubstr((m_folder / "digits").string() + ": the samples need "));
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  EXPECT_FALSE(std::filesystem::exists(m_folder / "runs"));
}

TEST_F(TrainMemory, AnAddressSpaceTooSmallForTheEngineIsASentence) {
  writeDataSet(m_folder / "digits", 10, 10);
  for (const std::uint64_t megabytes : {450, 550, 600}) {
    Program program(m_folder.path(), arguments(), withAddressSpace(megabytes * 1'000'000));
    EXPECT_EQ(program.finish(), 1);
    const std::string said = readFile(program.errFile());
    EXPECT_THAT(said, HasSubstr("The training engine cannot be loaded: it needs "));
    EXPECT_THAT(said, HasSubstr("raise the limit (ulimit -v)"));
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  }
  EXPECT_FALSE(std::filesystem::exists(m_folder / "runs"));
}

TEST_F(TrainMemory, ABatchThatDoesNotFitIsASentence) {
  writeDataSet(m_folder / "digits", 10, 10);
  constexpr std::uint32_t kImages = 1U << 18U;  // the first layer's outputs need 6 GiB
  const auto images = m_folder / "digits/train-images-idx3-ubyte";
  const auto labels = m_folder / "digits/train-labels-idx1-ubyte";
  writeBytes(images, idxBytes({kImages, 28, 28}, {}));
  writeBytes(labels, idxBytes({kImages}, {}));
  std::filesystem::resize_file(images, 16 + std::uint64_t{kImages} * 784);
  std::filesystem::resize_file(labels, 8 + std::uint64_t{kImages});
  std::vector<std::string> all = arguments();
  all.insert(all.end(), {"--batch-size", std::to_string(kImages)});
  Program program(m_folder.path(), all, withAddressSpace(std::uint64_t{3} << 30U));
  EXPECT_EQ(program.finish(), 1);
  EXPECT_THAT(readFile(program.errFile()), HasSubstr("memory"));
}

TEST_F(TrainMemory, DoesNotGrowWithTheHistogramsThatAreLogged) {
  writeDataSet(m_folder / "digits", 32, 32);  // one step an epoch
  const auto peak = [this](const char* name, const char* epochs) {
    std::vector<std::string> all = arguments();
    all[6] = epochs;
    all.insert(all.end(), {"--histogram-interval", "1", "--name", name});
    Program program(m_folder.path(), all);
    EXPECT_EQ(program.finish(), 0) << readFile(program.errFile());
    return program.maxKibibytes();
  };
  // Kept, 400 steps of histograms would be more than 200 MiB.
  EXPECT_LT(peak("long", "400") - peak("short", "20"), 50 * 1024);
}

}  // namespace
