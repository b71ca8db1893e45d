// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/run_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "tests/support/another_value.h"
#include "tests/support/temporary_folder.h"
#include "training/job/run_lock.h"
#include "training/job/setting_choices.h"
#include "training/settings/setting.h"

namespace {

using eventio::ErrorCode;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using namespace training;

TEST(SavedRun, ReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  const RunFolder run = *makeRunFolder(folder.path(), "run");
  TrainingConfig config;
  config.epochs = 7;
  config.learningRate = 0.1;
  config.seed = UINT64_MAX;
  config.fineTuneLayers = {"conv2"};
  config.dataFolder = "/somewhere";
  config.dataFingerprint = "crc32c:0123abcd";
  ASSERT_TRUE(writeRunSettings(run, config, RunState::kStopped));
  const auto saved = readSavedRun(run.path().string());
  ASSERT_TRUE(saved) << saved.error().message.english();
  EXPECT_EQ(saved->config.epochs, 7);
  EXPECT_EQ(saved->config.learningRate, 0.1);
  EXPECT_EQ(saved->config.seed, UINT64_MAX);
  EXPECT_EQ(saved->config.fineTuneLayers, std::vector<std::string>{"conv2"});
  EXPECT_EQ(saved->config.dataFolder, "/somewhere");
  EXPECT_EQ(saved->config.dataFingerprint, "crc32c:0123abcd");
  EXPECT_EQ(saved->config.logDirectory, run.logDirectory.string());
  EXPECT_EQ(saved->config.runName, "run");
  EXPECT_FALSE(saved->finished);
  EXPECT_TRUE(saved->endedCleanly);
  EXPECT_TRUE(saved->modelFile.empty());

  writeFile(run.modelFile(), "x");
  ASSERT_TRUE(writeRunSettings(run, config, RunState::kFinished));
  const auto finished = readSavedRun(run.path().string() + "/");
  ASSERT_TRUE(finished);
  EXPECT_TRUE(finished->finished);
  EXPECT_EQ(finished->modelFile, run.modelFile().string());
}

TEST(SavedRun, KeepsEverySettingOfTheTable) {
  for (const Setting& setting : settingsTable()) {
    if (!setting.isKept()) continue;
    const TemporaryFolder folder;
    const RunFolder run = *makeRunFolder(folder.path(), "run");
    TrainingConfig config;
    SettingValue value = anotherValue(setting.valueIn(config));
    if (setting.editor == Setting::Editor::kLayers) value = std::vector<std::string>{"conv1"};
    const std::vector<SettingChoice> choices = settingChoices(setting);
    if (!choices.empty()) value = choices.back().value;
    setting.assignTo(config, value);
    if (config.model != TrainingConfig().model) config.fineTuneLayers = lastLayers(config);
    ASSERT_TRUE(writeRunSettings(run, config, RunState::kStopped));
    const auto saved = readSavedRun(run.path().string());
    ASSERT_TRUE(saved) << setting.name << saved.error().message.english();
    EXPECT_EQ(setting.valueIn(saved->config), value) << setting.name;
  }
}

TEST(SavedRun, OlderRunsLackOnlySettingsThatWereAddedLater) {
  for (const Setting& setting : settingsTable()) {
    if (!setting.isKept()) continue;
    const TemporaryFolder folder;
    const RunFolder run = *makeRunFolder(folder.path(), "run");
    ASSERT_TRUE(writeRunSettings(run, {}, RunState::kStopped));
    auto json = nlohmann::json::parse(readFile(run.settingsFile()));
    ASSERT_EQ(json["settings"].erase(setting.key), 1U) << setting.key;
    writeFile(run.settingsFile(), json.dump());
    const auto saved = readSavedRun(run.path().string());
    const bool later = setting.course == Setting::Course::kIfChanged;
    ASSERT_EQ(saved.has_value(), later) << setting.name;
    if (later) continue;
    EXPECT_THAT(saved.error().message.english(), HasSubstr(setting.key));
  }
}

TEST(SavedRun, SaysThatARunDiverged) {
  const TemporaryFolder folder;
  const RunFolder run = *makeRunFolder(folder.path(), "run");
  ASSERT_TRUE(writeRunSettings(run, {}, RunState::kDiverged));
  const auto saved = readSavedRun(run.path().string());
  ASSERT_TRUE(saved) << saved.error().message.english();
  EXPECT_TRUE(saved->diverged);
  EXPECT_FALSE(saved->finished);
  EXPECT_TRUE(saved->endedCleanly);
}

TEST(SavedRun, RunsWhileItsFolderIsLockedAndHasCrashedWithoutALock) {
  const TemporaryFolder folder;
  const RunFolder run = *makeRunFolder(folder.path(), "run");
  ASSERT_TRUE(writeRunSettings(run, {}, RunState::kRunning));
  {
    const auto lock = RunLock::acquire(run.path());
    ASSERT_TRUE(lock);
    EXPECT_TRUE(readSavedRun(run.path().string())->running);
    EXPECT_TRUE(readSavedRun(run.path().string())->endedCleanly);
  }
  EXPECT_FALSE(readSavedRun(run.path().string())->running);
  EXPECT_FALSE(readSavedRun(run.path().string())->endedCleanly);
}

/// A run's folder with a settings file whose text a test changes.
class SettingsFile : public testing::Test {
 protected:
  SettingsFile() {
    EXPECT_TRUE(writeRunSettings({m_folder.path(), "run"}, {}, RunState::kStopped));
    m_text = readFile(m_folder / "run/run.json");
  }
  struct MakeFolder {
    explicit MakeFolder(const std::filesystem::path& path) {
      std::filesystem::create_directories(path);
    }
  };

  [[nodiscard]] std::string with(const std::string& before, const std::string& after) const {
    std::string text = m_text;
    const std::size_t at = text.find(before);
    EXPECT_NE(at, std::string::npos) << before;
    return text.replace(at, before.size(), after);
  }
  [[nodiscard]] eventio::Result<SavedRun> read() const {
    return readSavedRun((m_folder / "run").string());
  }
  /// The message about this text.
  [[nodiscard]] std::string refused(const std::string& text) const {
    writeFile(m_folder / "run/run.json", text);
    const auto saved = read();
    if (saved) {
      ADD_FAILURE() << "was accepted: " << text.substr(0, 200);
      return {};
    }
    EXPECT_EQ(saved.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(saved.error().message.english(),
                AllOf(HasSubstr((m_folder / "run/run.json").string()),
                      Not(HasSubstr("json.exception")), Not(HasSubstr("\n"))));
    return saved.error().message.english();
  }

  TemporaryFolder m_folder;
  MakeFolder m_made{m_folder / "run"};
  std::string m_text;
};

TEST_F(SettingsFile, IsReadAsItWasWritten) {
  ASSERT_TRUE(read()) << read().error().message.english();
}

TEST_F(SettingsFile, IsNoRunWithoutOne) {
  std::filesystem::remove(m_folder / "run/run.json");
  EXPECT_EQ(read().error().code, ErrorCode::kNotFound);
  EXPECT_THAT(read().error().message.english(), HasSubstr("run.json"));
  EXPECT_EQ(readSavedRun((m_folder / "nowhere").string()).error().code, ErrorCode::kNotFound);
}

TEST_F(SettingsFile, OfAnotherFormIsRefused) {
  for (const char* text : {"[1]", "{}", "3", "{\"format\": 3}", "{\"format\": \"a\"}"}) {
    EXPECT_THAT(refused(text), HasSubstr("not the settings of a TrainDeck run")) << text;
  }
  EXPECT_THAT(refused(with("TrainDeck run 2", "TrainDeck run 3")), HasSubstr("newer TrainDeck"));
  for (std::size_t size = 0; size + 1 < m_text.size(); size += 7) {
    EXPECT_THAT(refused(m_text.substr(0, size)), HasSubstr("not valid JSON")) << size;
  }
  EXPECT_THAT(refused(std::string(500'000, '[')), HasSubstr("not valid JSON"));
}

struct WrongSetting {
  const char* before;
  const char* after;
  const char* message;
};

TEST_F(SettingsFile, NamesTheSettingThatCannotBe) {
  for (const WrongSetting& wrong : std::initializer_list<WrongSetting>{
           {"\"batch_size\": 64", "\"batch_size\": \"64\"",
            "setting 'batch_size' must be a whole number, not \"64\""},
           {"\"batch_size\": 64", "\"batch_size\": 64.5", "must be a whole number, not 64.5"},
           {"\"batch_size\": 64", "\"batch_size\": 0", "'batch_size': must be at least 1"},
           {"\"batch_size\": 64", "\"batch_size\": 18446744073709551615", "a whole number"},
           {"\"batch_size\": 64", "\"batch_size\": null", "a whole number, not null"},
           {"\"batch_size\": 64,", "", "setting 'batch_size' is missing"},
           {"\"batch_size\": 64", "\"batch_size\": 64, \"blank\": 1",
            "there is no setting \"blank\""},
           {"\"epochs\": 10", "\"epochs\": 10000001", "'epochs': must be at most"},
           {"\"threads\": 0", "\"threads\": 4294967297", "'threads' must be a whole number"},
           {"\"threads\": 0", "\"threads\": true", "'threads' must be a whole number"},
           {"\"seed\": 1", "\"seed\": -1", "'seed' must be a whole number from 0"},
           {"\"momentum\": 0.9", "\"momentum\": 1.5", "'momentum': must be"},
           {"\"device\": \"cpu\"", "\"device\": 0", "'device' must be a text, not 0"},
           {"\"fc1\"", "\"fc9\"", "'fine_tune_layers': there is no layer 'fc9'"},
           {"\"fc1\"", "1", "'fine_tune_layers' must be a list of texts"},
           {"\"state\": \"stopped\"", "\"state\": \"asleep\"", "not \"asleep\""},
           {"\"state\": \"stopped\"", "\"state\": 4", "'state' must be"},
           {"\"settings\"", "\"sittings\"", "'settings' are missing"}}) {
    EXPECT_THAT(refused(with(wrong.before, wrong.after)), HasSubstr(wrong.message));
  }
}

TEST_F(SettingsFile, IsARegularFileOfBoundedSize) {
  EXPECT_THAT(refused(m_text + std::string(2 << 20, ' ')), HasSubstr("1 MiB"));
  std::filesystem::remove(m_folder / "run/run.json");
  ASSERT_EQ(mkfifo((m_folder / "run/run.json").c_str(), 0600), 0);
  EXPECT_THAT(read().error().message.english(), HasSubstr("not a regular file"));
}

TEST_F(SettingsFile, OfAnOlderVersionIsStillRead) {
  std::string old = with("TrainDeck run 2", "TrainDeck run 1");
  const std::string fingerprint = "\"data_fingerprint\": \"\",";
  old.erase(old.find(fingerprint), fingerprint.size());
  std::filesystem::remove(m_folder / "run/run.json");
  writeFile(m_folder / "run/traindeck.json", old);
  ASSERT_TRUE(read()) << read().error().message.english();
  EXPECT_EQ(read()->config.batchSize, 64);
  EXPECT_EQ(read()->config.dataFingerprint, "");
  writeFile(m_folder / "run/traindeck.json", "{");
  EXPECT_THAT(read().error().message.english(), HasSubstr("traindeck.json: not valid JSON"));
  writeFile(m_folder / "run/run.json", m_text);  // the newer one counts
  EXPECT_TRUE(read());
}

TEST(SavedRun, NamesTheSettingThatIsNoFiniteNumber) {
  const TemporaryFolder folder;
  const RunFolder run = *makeRunFolder(folder.path(), "run");
  ASSERT_TRUE(writeRunSettings(run, {}, RunState::kStopped));
  const std::string whole = readFile(run.settingsFile());
  const std::string key = "\"momentum\": ";
  const std::size_t from = whole.find(key) + key.size();
  for (const std::string word : {"NaN", "Infinity", "-Infinity"}) {
    std::string bytes = whole;
    bytes.replace(from, bytes.find_first_of(",\n", from) - from, word);
    writeFile(run.settingsFile(), bytes);
    const auto saved = readSavedRun(run.path().string());
    ASSERT_FALSE(saved);
    EXPECT_THAT(saved.error().message.english(),
                testing::HasSubstr("setting 'momentum' must be a finite number, not " + word));
  }
}

}  // namespace
