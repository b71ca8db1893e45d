// SPDX-License-Identifier: GPL-3.0-or-later
// A run whose saved model is damaged is not continued, and nothing in its folder changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <map>

#include "idx_files.h"
#include "tests/support/temporary_folder.h"
#include "tests/training/conv_net_model.h"
#include "training/job/resumption.h"
#include "training/job/trainer.h"
#include "training/snapshots/checkpoint.h"

namespace {

namespace fs = std::filesystem;
using namespace training;

std::map<std::string, std::string> filesOf(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    // Taking the lock of a run leaves its file there.
    if (entry.path().filename() == "run.lock") continue;
    files[entry.path()] = entry.is_regular_file() ? readFile(entry.path()) : "not a file";
  }
  return files;
}

class DamagedCheckpoint : public testing::Test {
 protected:
  DamagedCheckpoint() {
    writeDataSet(m_folder / "digits", 64, 50);
    m_config.dataFolder = (m_folder / "digits").string();
    m_config.logDirectory = (m_folder / "runs").string();
    m_config.epochs = 1000;
    m_config.batchSize = 32;
    m_config.threads = 1;
    Trainer trainer(nullptr);
    EXPECT_TRUE(trainer.start(m_config));
    trainer.control().stopNow();
    EXPECT_TRUE(trainer.wait());
    m_config.continueRun = m_run.string();
  }

  /// Why the run cannot be continued once `damage` was done to the file of its last model.
  std::string whyNot(const std::function<void(const fs::path&)>& damage) {
    const fs::path file = m_run / "checkpoints/last.safetensors";
    const std::string whole = readFile(file);
    damage(file);
    const auto before = filesOf(m_run);
    Trainer trainer(nullptr);
    EXPECT_TRUE(trainer.start(m_config));
    const auto outcome = trainer.wait();
    EXPECT_EQ(filesOf(m_run), before);
    fs::remove_all(file);
    writeFile(file, whole);
    return outcome ? "it was continued" : outcome.error().message.english();
  }

  TemporaryFolder m_folder;
  fs::path m_run = m_folder / "runs/conv_net";
  TrainingConfig m_config;
};

TEST_F(DamagedCheckpoint, IsNamedInOneLineAndNothingChanges) {
  const auto holding = [](std::string bytes) {
    return [bytes = std::move(bytes)](const fs::path& file) { writeFile(file, bytes); };
  };
  const std::string whole = readFile(m_run / "checkpoints/last.safetensors");
  std::string flipped = whole;
  flipped[flipped.size() / 2] = static_cast<char>(~flipped[flipped.size() / 2]);
  const std::map<std::string, std::function<void(const fs::path&)>> damages = {
      {"flipped", holding(flipped)},
      {"cut", holding(whole.substr(0, whole.size() / 2))},
      {"empty", holding("")},
      {"foreign", holding("\x89PNG\r\n\x1a\n and so on")},
      {"too long", [](const fs::path& file) { fs::resize_file(file, 10'000'000); }},
      {"a folder",
       [](const fs::path& file) {
         fs::remove(file);
         fs::create_directory(file);
       }},
      {"a pipe",
       [](const fs::path& file) {
         fs::remove(file);
         ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
       }},
  };
  for (const auto& [name, damage] : damages) {
    const std::string why = whyNot(damage);
    EXPECT_THAT(why, testing::HasSubstr("last.safetensors: not a whole model")) << name;
    EXPECT_THAT(why, testing::HasSubstr("or start a new run")) << name;
    EXPECT_EQ(why.find('\n'), std::string::npos) << name;
  }
}

TEST_F(DamagedCheckpoint, OfAnotherRunChangesNothingEither) {
  const std::string why = whyNot([](const fs::path& file) {
    auto state = loadCheckpoint(file, convNet());
    ASSERT_TRUE(state);
    ++state->seed;
    ASSERT_TRUE(saveCheckpoint(file, *state, convNet()));
  });
  EXPECT_THAT(why, testing::HasSubstr("another seed"));
}

TEST_F(DamagedCheckpoint, OfARunWithOtherSettingsChangesNothingEither) {
  TrainingConfig other = m_config;
  other.continueRun.clear();
  other.epochs = 999;
  {
    Trainer trainer(nullptr);
    ASSERT_TRUE(trainer.start(other));
    trainer.control().stopNow();
    ASSERT_TRUE(trainer.wait());
  }
  const std::string foreign = readFile(m_folder / "runs/conv_net-2/checkpoints/last.safetensors");
  const std::string why = whyNot([&](const fs::path& file) { writeFile(file, foreign); });
  EXPECT_THAT(why, testing::HasSubstr("other settings"));
}

TEST_F(DamagedCheckpoint, MissingOnesAreReported) {
  fs::rename(m_run / "checkpoints", m_folder / "kept");
  Trainer trainer(nullptr);
  ASSERT_TRUE(trainer.start(m_config));
  const auto outcome = trainer.wait();
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message.english(), testing::HasSubstr("checkpoints are missing"));
}

TEST_F(DamagedCheckpoint, OfARunThatIsFineTunedAlreadyIsAnotherRuns) {
  TrainingConfig other = m_config;
  other.continueRun.clear();
  other.epochs = 1;
  other.fineTuneEpochs = 1;
  {
    Trainer trainer(nullptr);
    ASSERT_TRUE(trainer.start(other));
    ASSERT_TRUE(trainer.wait());
  }
  const fs::path file = m_run / "checkpoints/last.safetensors";
  fs::copy_file(m_folder / "runs/conv_net-2/checkpoints/last.safetensors", file,
                fs::copy_options::overwrite_existing);
  m_config.changes.set("epochs", std::int64_t{1001});
  Trainer trainer(nullptr);
  const auto started = trainer.start(m_config);
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message.english(), testing::HasSubstr("other settings"));
  EXPECT_FALSE(checkContinuable(m_run.string()));
}

}  // namespace
