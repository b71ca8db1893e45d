// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <string>

#include "tests/support/another_value.h"
#include "training/control/control.h"
#include "training/settings/setting.h"

namespace {

using training::findSetting;
using training::Setting;
using training::settingsTable;
using training::SettingValue;
using training::TrainingConfig;

/// "batch_size" for "batchSize".
std::string snakeCase(const std::string& name) {
  std::string text;
  for (const char c : name) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0) text += '_';
    text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

TEST(SettingsTable, NamesKeysAndOptionsAreUnique) {
  std::set<std::string> names;
  std::set<std::string> keys;
  std::set<std::string> options;
  for (const Setting& setting : settingsTable()) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    EXPECT_TRUE(options.insert(setting.option).second) << setting.option;
    EXPECT_EQ(std::string(setting.option).rfind("--", 0), 0U) << setting.option;
    EXPECT_STRNE(setting.help, "") << setting.name;
    if (!setting.isKept()) continue;
    EXPECT_TRUE(keys.insert(setting.key).second) << setting.key;
    EXPECT_EQ(setting.key, snakeCase(setting.name));
  }
  EXPECT_EQ(findSetting("colour"), nullptr);
}

TEST(SettingsTable, EveryRowReadsAndWritesAMemberOfItsOwn) {
  const TrainingConfig defaults;
  for (const Setting& setting : settingsTable()) {
    TrainingConfig config;
    const SettingValue value = anotherValue(setting.valueIn(config));
    setting.assignTo(config, value);
    EXPECT_EQ(setting.valueIn(config), value) << setting.name;
    EXPECT_EQ(findSetting(setting.name), &setting);
    for (const Setting& other : settingsTable()) {
      if (&other == &setting) continue;
      EXPECT_EQ(other.valueIn(config), other.valueIn(defaults)) << setting.name << other.name;
    }
  }
}

TEST(SettingsTable, WhatDoesNotAlwaysApplySaysWithWhatItDoes) {
  for (const Setting& setting : settingsTable()) {
    EXPECT_EQ(setting.applies == nullptr, *setting.appliesWith == '\0') << setting.name;
  }
}

TEST(SettingsTable, WhatIsNotLiveSaysWhyItNeedsARestart) {
  using training::ChangeAnswer;
  for (const Setting& setting : settingsTable()) {
    const ChangeAnswer answer = training::TrainerControl::setRestartOnly(setting.name);
    if (setting.live) {
      EXPECT_EQ(answer.kind, ChangeAnswer::Kind::kRejected) << setting.name;
      EXPECT_STREQ(setting.restartReason, "") << setting.name;
      continue;
    }
    EXPECT_EQ(answer.kind, ChangeAnswer::Kind::kNeedsRestart) << setting.name;
    EXPECT_FALSE(answer.reason.empty()) << setting.name;
    // Who shows the reason says that it needs a restart.
    EXPECT_THAT(answer.reason.english(), testing::Not(testing::HasSubstr("restart")))
        << setting.name;
  }
}

TEST(SettingsTable, ARowTakesItsBoundsAndNothingBeyond) {
  for (const Setting& setting : settingsTable()) {
    const SettingValue initial = setting.valueIn(TrainingConfig{});
    if (!std::holds_alternative<std::int64_t>(initial) || setting.bounds) continue;
    const auto accepts = [&setting](std::int64_t value) {
      TrainingConfig config;
      setting.assignTo(config, value);
      return training::checkConfig(config).empty();
    };
    EXPECT_TRUE(accepts(setting.minimum)) << setting.name;
    EXPECT_FALSE(accepts(setting.minimum - 1)) << setting.name;
    EXPECT_TRUE(accepts(setting.maximum)) << setting.name;
    EXPECT_FALSE(accepts(setting.maximum + 1)) << setting.name;
  }
}

TEST(CourseFingerprint, ChangesWithEverySettingThatTheResultDependsOnAndNoOther) {
  const std::int64_t before = courseFingerprint(TrainingConfig{});
  for (const Setting& setting : settingsTable()) {
    TrainingConfig config;
    setting.assignTo(config, anotherValue(setting.valueIn(config)));
    if (!setting.appliesTo(config)) continue;
    const bool expected = setting.course != Setting::Course::kNone;
    EXPECT_EQ(courseFingerprint(config) != before, expected) << setting.name;
  }
}

TEST(CourseFingerprint, OfTheReferenceJobIsTheOneThatOlderRunsKeep) {
  TrainingConfig config;
  config.dataFingerprint = "crc32c:12345678";
  // CRC-32C of "10 64 0.01 0.9 0 3 0.001 1 crc32c:12345678 fc1 fc2" with numbers of 17 digits.
  EXPECT_EQ(courseFingerprint(config), 2944241139);
}

TEST(SettingText, IsWhatTheCommandLineTakes) {
  EXPECT_EQ(training::settingText(0.001), "0.001");
  EXPECT_EQ(training::settingText(std::uint64_t{18446744073709551615U}), "18446744073709551615");
  EXPECT_EQ(training::settingText(std::vector<std::string>{"fc1", "fc2"}), "fc1,fc2");
  EXPECT_EQ(training::settingText(std::vector<std::int64_t>{256, 128}), "256,128");
  EXPECT_EQ(training::settingText(true), "true");
}

}  // namespace
