// SPDX-License-Identifier: GPL-3.0-or-later
// What `train` names at its end exists and works, whatever was done to the run's folder meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/app/cli/program.h"
#include "tests/support/temporary_folder.h"
#include "tests/training/idx_files.h"

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class ClosingLines : public testing::Test {
 protected:
  ClosingLines() { writeDataSet(m_folder / "digits", 320, 50); }

  [[nodiscard]] std::vector<std::string> arguments() const {
    return {"train",
            "--data",
            (m_folder / "digits").string(),
            "--logdir",
            (m_folder / "runs").string(),
            "--epochs",
            "100000",
            "--fine-tune-epochs",
            "0",
            "--threads",
            "1"};
  }
  [[nodiscard]] bool isSaved() const { return fs::exists(m_run / "model.safetensors"); }

  TemporaryFolder m_folder;
  fs::path m_run = m_folder / "runs/conv_net";
};

TEST_F(ClosingLines, TheModelIsSavedWhereItsStateCannotBeAndNothingIsOfferedThatIsRefused) {
  Program program(m_folder.path(), arguments());
  ASSERT_TRUE(eventually([&] { return isSaved(); })) << readFile(program.errFile());
  ASSERT_TRUE(eventually([&] {
    std::error_code error;
    fs::remove_all(m_run / "checkpoints", error);
    std::ofstream(m_run / "checkpoints") << "a file";
    return fs::is_regular_file(m_run / "checkpoints", error);
  }));
  fs::remove(m_run / "model.safetensors");
  program.send(SIGTERM);
  EXPECT_EQ(program.finish(), -SIGTERM);
  EXPECT_TRUE(isSaved());
  const std::string output = readFile(program.outFile());
  EXPECT_THAT(output, HasSubstr("\nmodel: " + (m_run / "model.safetensors").string() + "\n"));
  EXPECT_THAT(output, Not(HasSubstr("continue:")));
  const std::string errors = readFile(program.errFile());
  EXPECT_THAT(errors, HasSubstr("not everything of the run is saved: "));
  EXPECT_THAT(errors, HasSubstr("the run cannot be continued: "));
}

TEST_F(ClosingLines, ARunWithoutSettingsIsNotOfferedToBeContinued) {
  Program program(m_folder.path(), arguments());
  ASSERT_TRUE(eventually([&] { return isSaved(); })) << readFile(program.errFile());
  fs::remove(m_run / "run.json");
  fs::create_directory(m_run / "run.json");
  program.send(SIGTERM);
  EXPECT_EQ(program.finish(), -SIGTERM);
  EXPECT_THAT(readFile(program.outFile()), Not(HasSubstr("continue:")));
  EXPECT_THAT(readFile(program.errFile()), HasSubstr("the run cannot be continued: "));
}

TEST_F(ClosingLines, NameEachPathOnOneLine) {
  auto wanted = arguments();
  wanted[4] = (m_folder / "logs\nof it's").string();
  Program program(m_folder.path(), wanted);
  ASSERT_TRUE(eventually([&] { return fs::exists(wanted[4] + "/conv_net/model.safetensors"); }))
      << readFile(program.errFile());
  program.send(SIGTERM);
  EXPECT_EQ(program.finish(), -SIGTERM);
  const std::string quoted = "$'" + (m_folder / "logs\\012of it\\'s/conv_net").string();
  const std::string output = readFile(program.outFile());
  EXPECT_THAT(output, HasSubstr("\nlog: " + quoted + "'\n"));
  EXPECT_THAT(output, HasSubstr("\nmodel: " + quoted + "/model.safetensors'\n"));
  EXPECT_THAT(output, HasSubstr(" train --continue " + quoted + "'\n"));
}

TEST_F(ClosingLines, ANameWithALineBreakIsRefused) {
  auto wanted = arguments();
  wanted.insert(wanted.end(), {"--name", "x\ny"});
  Program program(m_folder.path(), wanted);
  EXPECT_EQ(program.finish(), 2);
  EXPECT_THAT(readFile(program.errFile()), HasSubstr("--name: must be a name without control"));
  EXPECT_FALSE(fs::exists(m_folder / "runs"));
}

TEST_F(ClosingLines, ADeletedEventFileIsAFailure) {
  auto wanted = arguments();
  wanted.emplace_back("--quiet");
  Program program(m_folder.path(), wanted);
  ASSERT_TRUE(eventually([&] { return isSaved(); })) << readFile(program.errFile());
  for (const auto& entry : fs::directory_iterator(m_run)) {
    if (entry.path().filename().string().rfind("events.", 0) == 0) fs::remove(entry.path());
  }
  ASSERT_TRUE(eventually(
      [&] { return readFile(program.errFile()).find("was removed") != std::string::npos; }));
  program.send(SIGTERM);
  program.finish();
  EXPECT_THAT(readFile(program.errFile()), HasSubstr("the log is not whole: the event file '"));
}

}  // namespace
