// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/settings/setting.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace training {

SettingValue Setting::valueIn(const TrainingConfig& config) const {
  return std::visit([&config](const auto pointer) { return SettingValue(config.*pointer); },
                    member);
}

void Setting::assignTo(TrainingConfig& config, const SettingValue& value) const {
  std::visit(
      [&](const auto pointer) {
        using Value = std::decay_t<decltype(config.*pointer)>;
        config.*pointer = std::get<Value>(value);
      },
      member);
}

std::string Setting::shownDefault() const {
  return *defaultText != '\0' ? defaultText : settingText(valueIn(TrainingConfig{}));
}

std::string Setting::words() const {
  std::string text = key;
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

const Setting& settingOf(HyperParameter parameter) {
  const auto table = settingsTable();
  return *std::find_if(table.begin(), table.end(),
                       [parameter](const Setting& setting) { return setting.live == parameter; });
}

eventio::Message boundsProblem(const Setting& setting, double value) {
  if (!std::isfinite(value)) return {"Must be a finite number"};
  return setting.bounds(value);
}

eventio::Message hyperParameterProblem(HyperParameter parameter, double value) {
  return boundsProblem(settingOf(parameter), value);
}

const char* sectionTitle(SettingSection section) {
  switch (section) {
    case SettingSection::kData:
      return "Data";
    case SettingSection::kModel:
      return "Task and model";
    case SettingSection::kTraining:
      return "Training";
    case SettingSection::kFineTuning:
      return "Fine-tuning";
    case SettingSection::kLogging:
      return "Logging";
  }
  return "";
}

}  // namespace training
