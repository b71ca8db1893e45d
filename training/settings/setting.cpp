// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/settings/setting.h"

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
