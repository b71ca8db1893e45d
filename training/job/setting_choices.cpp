// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/setting_choices.h"

#include <algorithm>

#include "training/data/data_sources.h"
#include "training/models/models.h"
#include "training/optimisers/optimisers.h"
#include "training/tasks/tasks.h"

namespace training {
namespace {

std::string text(std::string_view view) {
  return std::string(view);
}

std::string listed(const std::vector<SettingChoice>& choices) {
  std::string names;
  for (const SettingChoice& choice : choices) names += (names.empty() ? "" : ", ") + choice.value;
  return names;
}

}  // namespace

std::vector<SettingChoice> settingChoices(const Setting& setting) {
  std::vector<SettingChoice> choices;
  if (setting.member == SettingMember(&TrainingConfig::dataFormat)) {
    choices.push_back({"auto", "Automatic", "as the names of its files tell"});
    for (const DataSource* source : dataSources()) {
      choices.push_back({text(source->format()), text(source->format()), text(source->help())});
    }
  }
  if (setting.member == SettingMember(&TrainingConfig::validateOn)) {
    choices.push_back({"test", "test set", "the test set, after each epoch and at the end"});
    choices.push_back({"validation", "validation set",
                       "the data's validation set; the test set at the end of a phase alone"});
  }
  if (setting.member == SettingMember(&TrainingConfig::task)) {
    for (const Task* task : tasks()) {
      choices.push_back({text(task->name()), text(task->label()), text(task->help())});
    }
  }
  if (setting.member == SettingMember(&TrainingConfig::model)) {
    for (const ModelKind& kind : modelKinds()) {
      choices.push_back({text(kind.name), text(kind.title), text(kind.help)});
    }
  }
  if (setting.member == SettingMember(&TrainingConfig::optimiser)) {
    for (const Optimiser* optimiser : optimisers()) {
      choices.push_back(
          {text(optimiser->name()), text(optimiser->label()), text(optimiser->help())});
    }
  }
  return choices;
}

std::string choiceLabel(const Setting& setting, const TrainingConfig& config) {
  std::string value = settingText(setting.valueIn(config));
  for (SettingChoice& choice : settingChoices(setting)) {
    if (choice.value == value) return std::move(choice.label);
  }
  return value;
}

std::vector<LayerInfo> layersOf(const TrainingConfig& config) {
  const auto model = exampleModel(modelSettings(config));
  return model ? model->layers : std::vector<LayerInfo>();
}

std::vector<std::string> lastLayers(const TrainingConfig& config) {
  const TrainingConfig defaults;
  const std::vector<LayerInfo> layers = layersOf(config);
  if (config.model == defaults.model || layers.empty()) return defaults.fineTuneLayers;
  return {layers.back().name};
}

std::string runNameFor(const std::string& model) {
  return findModel(model) != nullptr ? model : TrainingConfig{}.runName;
}

std::vector<ConfigProblem> checkSettings(const TrainingConfig& config,
                                         std::span<const std::string> devices) {
  std::vector<ConfigProblem> problems = checkConfig(config, layersOf(config), devices);
  for (const Setting& setting : settingsTable()) {
    const std::vector<SettingChoice> choices = settingChoices(setting);
    if (choices.empty()) continue;
    const auto value = std::get<std::string>(setting.valueIn(config));
    const bool known =
        std::any_of(choices.begin(), choices.end(),
                    [&](const SettingChoice& choice) { return choice.value == value; });
    if (known) continue;
    problems.push_back(
        {setting.name, {"There is no '%1'; choose one of %2", value, listed(choices)}});
  }
  return problems;
}

}  // namespace training
