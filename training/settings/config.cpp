// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/settings/config.h"

#include <algorithm>
#include <limits>
#include <locale>
#include <set>
#include <sstream>

#include "eventio/base/crc32c.h"
#include "training/settings/hyper_parameters.h"
#include "training/settings/setting.h"

namespace training {
namespace {

using eventio::Message;
using eventio::MessageText;

template <class Items, class ToName>
std::string listed(const Items& items, const ToName& toName) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + toName(item);
  return text;
}

class Checker {
 public:
  void require(bool holds, const char* field, Message message) {
    if (!holds) m_problems.push_back({field, std::move(message)});
  }
  template <class... Arguments>
  void require(bool holds, const char* field, MessageText<sizeof...(Arguments)> text,
               Arguments&&... arguments) {
    require(holds, field, Message(text, std::forward<Arguments>(arguments)...));
  }
  void number(const Setting& setting, double value) {
    if (setting.bounds != nullptr) {
      const Message problem = boundsProblem(setting, value);
      return require(problem.empty(), setting.name, problem);
    }
    require(value >= setting.lowest, setting.name, "Must be a number of at least %1",
            settingText(setting.lowest));
    require(!(value >= setting.below), setting.name, "Must be below %1",
            settingText(setting.below));
  }
  void wholeNumber(const Setting& setting, std::int64_t value) {
    if (setting.bounds != nullptr) return number(setting, static_cast<double>(value));
    require(value >= setting.minimum, setting.name, "Must be at least %1", setting.minimum);
    require(value <= setting.maximum, setting.name, "Must be at most %1", setting.maximum);
  }
  std::vector<ConfigProblem> take() { return std::move(m_problems); }

 private:
  std::vector<ConfigProblem> m_problems;
};

/// What the row of a setting alone says about its value.
void checkRow(const Setting& setting, const TrainingConfig& config, Checker& checker) {
  const SettingValue value = setting.valueIn(config);
  if (const auto* real = std::get_if<double>(&value)) {
    checker.number(setting, *real);
  } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    checker.wholeNumber(setting, *whole);
  } else if (const auto* small = std::get_if<int>(&value)) {
    checker.wholeNumber(setting, *small);
  }
}

void checkLayers(const TrainingConfig& config, std::span<const LayerInfo> layers,
                 Checker& checker) {
  if (config.fineTuneEpochs <= 0) return;
  checker.require(!config.fineTuneLayers.empty(), "fineTuneLayers", "Choose at least one layer");
  std::set<std::string> seen;
  for (const std::string& name : config.fineTuneLayers) {
    checker.require(seen.insert(name).second, "fineTuneLayers", "Layer '%1' stands twice", name);
    const bool known = layers.empty() || std::any_of(layers.begin(), layers.end(),
                                                     [&](const auto& l) { return l.name == name; });
    checker.require(known, "fineTuneLayers", "There is no layer '%1'; the model has %2", name,
                    listed(layers, [](const LayerInfo& layer) { return layer.name; }));
  }
}

void checkDevice(const std::string& device, std::span<const std::string> devices,
                 Checker& checker) {
  const auto isOffered = [&](const std::string& name) {
    return std::find(devices.begin(), devices.end(), name) != devices.end();
  };
  // "cuda" is the first of them, as LibTorch reads it.
  const bool known = devices.empty() || isOffered(device) || isOffered(device + ":0");
  checker.require(!device.empty() && known, "device", "There is no device '%1'; LibTorch offers %2",
                  device, listed(devices, [](const std::string& offered) { return offered; }));
}

void checkHidden(const TrainingConfig& config, Checker& checker) {
  if (!findSetting("hidden")->appliesTo(config)) return;
  checker.require(!config.hidden.empty(), "hidden", "Name at least one width, such as 256,128");
  checker.require(config.hidden.size() <= kMaxHiddenLayers, "hidden", "Name at most %1 widths",
                  kMaxHiddenLayers);
  const bool usable =
      std::all_of(config.hidden.begin(), config.hidden.end(),
                  [](std::int64_t width) { return width >= 1 && width <= kMaxHiddenWidth; });
  checker.require(usable, "hidden", "Each width must be from 1 to %1", kMaxHiddenWidth);
}

void checkRunName(const std::string& name, Checker& checker) {
  const bool usable = name != "." && name != ".." && name.find('/') == std::string::npos &&
                      name.find('\0') == std::string::npos;
  checker.require(!name.empty(), "runName", "Must not be empty");
  checker.require(usable, "runName", "Must be a folder's name without '/'");
  checker.require(name.size() <= 200, "runName", "Must be at most 200 bytes long");
}

}  // namespace

std::vector<ConfigProblem> checkConfig(const TrainingConfig& config,
                                       std::span<const LayerInfo> layers,
                                       std::span<const std::string> devices) {
  Checker checker;
  for (const Setting& setting : settingsTable()) {
    if (setting.appliesTo(config)) checkRow(setting, config, checker);
  }
  checker.require(!config.dataFolder.empty(), "dataFolder", "Name a folder, or 'auto'");
  checkHidden(config, checker);
  checkLayers(config, layers, checker);
  checkDevice(config.device, devices, checker);
  checker.require(!config.logDirectory.empty(), "logDirectory", "Name a folder");
  checkRunName(config.runName, checker);
  return checker.take();
}

ModelSettings modelSettings(const TrainingConfig& config) {
  return {config.model, config.hidden, config.dropout};
}

OptimiserSettings optimiserSettings(const TrainingConfig& config) {
  return {.name = config.optimiser,
          .learningRate = config.learningRate,
          .momentum = config.momentum,
          .nesterov = config.nesterov,
          .beta1 = config.beta1,
          .beta2 = config.beta2,
          .epsilon = config.epsilon,
          .weightDecay = config.weightDecay};
}

LiveHyperParameters liveHyperParameters(const TrainingConfig& config) {
  LiveHyperParameters live;
  for (const Setting& setting : settingsTable()) {
    if (setting.live) setValue(live, *setting.live, numberIn(setting.valueIn(config)));
  }
  return live;
}

Message describe(const std::string& where, const ConfigProblem& problem) {
  return {"%1: %2", where, eventio::MessageArgument::continuing(problem.message)};
}

std::optional<ConfigProblem> applyChanges(const ContinueChanges& changes, TrainingConfig& config) {
  TrainingConfig changed = config;
  for (const auto& [name, value] : changes.values()) {
    const Setting& setting = *findSetting(name);
    if (setting.onContinue == Setting::OnContinue::kUpwards &&
        std::get<std::int64_t>(value) < std::get<std::int64_t>(setting.valueIn(config))) {
      return ConfigProblem{name, Message("The run has %1; a run that goes on can only get more",
                                         std::get<std::int64_t>(setting.valueIn(config)))};
    }
    setting.assignTo(changed, value);
    if (setting.onContinue != Setting::OnContinue::kNextStep) {
      setting.assignTo(config, value);
      continue;
    }
    Checker checker;
    checkRow(setting, changed, checker);
    for (ConfigProblem& problem : checker.take()) return std::move(problem);
  }
  config.changes = changes;
  return std::nullopt;
}

std::int64_t courseFingerprint(const TrainingConfig& config) {
  // Runs keep this number: what stands in the text, and its order, holds for good.
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(std::numeric_limits<double>::max_digits10);
  text << config.epochs << ' ' << config.batchSize << ' ' << config.learningRate << ' '
       << config.momentum << ' ' << config.weightDecay << ' ' << config.fineTuneEpochs << ' '
       << config.fineTuneLearningRate << ' ' << config.seed << ' ' << config.dataFingerprint;
  for (const std::string& layer : config.fineTuneLayers) text << ' ' << layer;
  const TrainingConfig defaults;
  for (const Setting& setting : settingsTable()) {
    if (setting.course != Setting::Course::kIfChanged || !setting.appliesTo(config)) continue;
    const SettingValue value = setting.valueIn(config);
    if (value != setting.valueIn(defaults)) text << ' ' << setting.key << '=' << settingText(value);
  }
  return std::max<std::int64_t>(eventio::crc32c(text.str()), 1);
}

}  // namespace training
