// SPDX-License-Identifier: GPL-3.0-or-later
// Training whose event file takes no more records while the model can still be saved.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "eventio/sources/load_runs.h"
#include "tests/app/cli/program.h"
#include "tests/support/temporary_folder.h"
#include "tests/training/idx_files.h"
#include "training/job/run_settings.h"

namespace {

using testing::HasSubstr;
using testing::Not;

/// No file may grow past `bytes`; a write that would fails with EFBIG.
std::function<void()> withFileSize(std::uint64_t bytes) {
  return [bytes] {
    const rlimit limit = {bytes, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, SIG_IGN);
  };
}

/// Two epochs of 600 steps, about 280 bytes of log each: the second does not fit.
class LostRecords : public testing::Test {
 protected:
  static constexpr std::uint64_t kLimit = 250'000;

  LostRecords() { writeDataSet(m_folder / "digits", 600, 50); }
  [[nodiscard]] std::vector<std::string> arguments(const std::string& name) const {
    return {"train",
            "--data",
            (m_folder / "digits").string(),
            "--logdir",
            (m_folder / "runs").string(),
            "--name",
            name,
            "--epochs",
            "2",
            "--threads",
            "1",
            "--quiet",
            "--fine-tune-epochs",
            "0",
            "--batch-size",
            "1",
            "--histogram-interval",
            "0",
            "--lr",
            "0.0005"};
  }

  TemporaryFolder m_folder;
};

TEST_F(LostRecords, TheRunHasFailedAndContinuingWritesWhatIsMissing) {
  const auto run = m_folder / "runs" / "short";
  Program program(m_folder.path(), arguments("short"), withFileSize(kLimit));
  EXPECT_EQ(program.finish(), 1);
  const std::string errors = readFile(program.errFile());
  EXPECT_THAT(errors, HasSubstr("the log is not whole: "));
  EXPECT_THAT(errors, HasSubstr(" records are missing: "));
  EXPECT_THAT(errors, HasSubstr("continuing the run trains from step 600 again"));
  EXPECT_THAT(errors, Not(HasSubstr("not everything of the run is saved")));
  const std::string output = readFile(program.outFile());
  EXPECT_THAT(output, HasSubstr("model: " + (run / "model.safetensors").string()));
  EXPECT_THAT(output, HasSubstr("continue: "));
  EXPECT_FALSE(training::readSavedRun(run.string())->finished);
  const std::string model = readFile(run / "model.safetensors");

  Program again(m_folder.path(), {"train", "--continue", run.string(), "--quiet"});
  EXPECT_EQ(again.finish(), 0) << readFile(again.errFile());
  EXPECT_TRUE(training::readSavedRun(run.string())->finished);
  EXPECT_EQ(readFile(run / "model.safetensors"), model);

  Program whole(m_folder.path(), arguments("whole"));
  ASSERT_EQ(whole.finish(), 0) << readFile(whole.errFile());
  EXPECT_EQ(readFile(m_folder / "runs" / "whole" / "model.safetensors"), model);
  const auto loaded = eventio::loadRuns(m_folder / "runs");
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->runs.size(), 2U);
  for (const char* tag : {"train/loss", "Training Loss", "validation/accuracy"}) {
    const auto mended = loaded->runs[0]->scalars(tag);
    const auto expected = loaded->runs[1]->scalars(tag);
    ASSERT_EQ(mended.size(), expected.size()) << tag;
    for (std::size_t i = 0; i < mended.size(); ++i) {
      EXPECT_EQ(mended.point(i).step, expected.point(i).step) << tag;
      EXPECT_EQ(mended.point(i).value, expected.point(i).value) << tag;
    }
  }
}

}  // namespace
