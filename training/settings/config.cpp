// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/settings/config.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <locale>
#include <set>
#include <sstream>

#include "eventio/base/crc32c.h"
#include "training/settings/hyper_parameters.h"

namespace training {
namespace {

constexpr std::int64_t kMostEpochs = 1'000'000;
constexpr std::int64_t kLargestBatch = 1'000'000;
constexpr int kMostThreads = 1024;

template <class Items, class ToName>
std::string listed(const Items& items, const ToName& toName) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + toName(item);
  return text;
}

class Checker {
 public:
  void require(bool holds, const char* field, std::string message) {
    if (!holds) m_problems.push_back({field, std::move(message)});
  }
  void inRange(std::int64_t value, std::int64_t least, std::int64_t most, const char* field) {
    require(value >= least, field, "Must be at least " + std::to_string(least));
    require(value <= most, field, "Must be at most " + std::to_string(most));
  }
  void hyperParameter(HyperParameter parameter, double value, const char* field) {
    const std::string problem = hyperParameterProblem(parameter, value);
    require(problem.empty(), field, problem);
  }
  std::vector<ConfigProblem> take() { return std::move(m_problems); }

 private:
  std::vector<ConfigProblem> m_problems;
};

void checkLayers(const TrainingConfig& config, std::span<const LayerInfo> layers,
                 Checker& checker) {
  if (config.fineTuneEpochs <= 0) return;
  checker.require(!config.fineTuneLayers.empty(), "fineTuneLayers", "Choose at least one layer");
  std::set<std::string> seen;
  for (const std::string& name : config.fineTuneLayers) {
    checker.require(seen.insert(name).second, "fineTuneLayers",
                    "Layer '" + name + "' stands twice");
    const bool known = layers.empty() || std::any_of(layers.begin(), layers.end(),
                                                     [&](const auto& l) { return l.name == name; });
    checker.require(known, "fineTuneLayers",
                    "There is no layer '" + name + "'; the model has " +
                        listed(layers, [](const LayerInfo& layer) { return layer.name; }));
  }
}

void checkRunName(const std::string& name, Checker& checker) {
  const bool usable = !name.empty() && name != "." && name != ".." && name.front() != '/' &&
                      name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
  checker.require(usable, "runName", "Must be a folder's name without '/'");
  checker.require(name.size() <= 200, "runName", "Must be at most 200 bytes long");
}

}  // namespace

std::vector<ConfigProblem> checkConfig(const TrainingConfig& config,
                                       std::span<const LayerInfo> layers,
                                       std::span<const std::string> devices) {
  Checker checker;
  checker.require(!config.dataFolder.empty(), "dataFolder", "Name a folder, or 'auto'");
  checker.inRange(config.epochs, 1, kMostEpochs, "epochs");
  checker.inRange(config.batchSize, 1, kLargestBatch, "batchSize");
  checker.hyperParameter(HyperParameter::kLearningRate, config.learningRate, "learningRate");
  checker.hyperParameter(HyperParameter::kMomentum, config.momentum, "momentum");
  checker.hyperParameter(HyperParameter::kWeightDecay, config.weightDecay, "weightDecay");
  checker.inRange(config.fineTuneEpochs, 0, kMostEpochs, "fineTuneEpochs");
  if (config.fineTuneEpochs > 0) {
    checker.hyperParameter(HyperParameter::kLearningRate, config.fineTuneLearningRate,
                           "fineTuneLearningRate");
  }
  checkLayers(config, layers, checker);
  checker.inRange(config.threads, 0, kMostThreads, "threads");
  const auto isOffered = [&](const std::string& device) {
    return std::find(devices.begin(), devices.end(), device) != devices.end();
  };
  // "cuda" is the first of them, as LibTorch reads it.
  const bool deviceKnown =
      devices.empty() || isOffered(config.device) || isOffered(config.device + ":0");
  checker.require(!config.device.empty() && deviceKnown, "device",
                  "There is no device '" + config.device + "'; LibTorch offers " +
                      listed(devices, [](const std::string& device) { return device; }));
  checker.inRange(config.histogramInterval, 0, INT64_MAX, "histogramInterval");
  checker.require(!config.logDirectory.empty(), "logDirectory", "Name a folder");
  checkRunName(config.runName, checker);
  return checker.take();
}

std::string describe(const std::string& where, const ConfigProblem& problem) {
  std::string text = problem.message;
  if (!text.empty()) {
    text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
  }
  return where + ": " + text;
}

std::optional<ConfigProblem> applyChanges(const ContinueChanges& changes, TrainingConfig& config) {
  if (changes.epochs && *changes.epochs < config.epochs) {
    return ConfigProblem{"epochs", "The run has " + std::to_string(config.epochs) +
                                       "; a run that goes on can only get more"};
  }
  if (changes.learningRate) {
    std::string problem =
        hyperParameterProblem(HyperParameter::kLearningRate, *changes.learningRate);
    if (!problem.empty()) return ConfigProblem{"learningRate", std::move(problem)};
  }
  config.dataFolder = changes.dataFolder.value_or(config.dataFolder);
  config.device = changes.device.value_or(config.device);
  config.threads = changes.threads.value_or(config.threads);
  config.epochs = changes.epochs.value_or(config.epochs);
  config.changes = changes;
  return std::nullopt;
}

std::int64_t courseFingerprint(const TrainingConfig& config) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(std::numeric_limits<double>::max_digits10);
  text << config.epochs << ' ' << config.batchSize << ' ' << config.learningRate << ' '
       << config.momentum << ' ' << config.weightDecay << ' ' << config.fineTuneEpochs << ' '
       << config.fineTuneLearningRate << ' ' << config.seed << ' ' << config.dataFingerprint;
  for (const std::string& layer : config.fineTuneLayers) text << ' ' << layer;
  return std::max<std::int64_t>(eventio::crc32c(text.str()), 1);
}

}  // namespace training
