// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eventio/base/message.h"
#include "training/settings/hyper_parameters.h"
#include "training/settings/model_settings.h"
#include "training/settings/optimiser_settings.h"
#include "training/settings/setting_value.h"

namespace training {

/// A layer of the model that can be trained or frozen.
struct LayerInfo {
  std::string name;             ///< "conv1"
  std::int64_t parameters = 0;  ///< weights and biases together
};

/// All that one run is set up with: training, then fine-tuning of chosen layers.
/// The defaults are the reference job. What each setting is called and may be stands in
/// settings_table.cpp.
struct TrainingConfig {
  std::string dataFolder =
      "auto";  ///< folder or file of a data set; "auto" looks in the usual places
  std::string dataFormat = "auto";  ///< one of training/data's catalogue; "auto": names tell
  std::string validateOn = "test";  ///< set that each epoch is judged on: "test" or "validation"

  std::string model = "conv_net";                 ///< one of the catalogue, training/models
  std::vector<std::int64_t> hidden = {256, 128};  ///< widths of the MLP's hidden layers
  double dropout = 0;

  std::string task = "classification";  ///< one of the catalogue, training/tasks
  double labelSmoothing = 0;
  double tolerance = 1;

  std::int64_t epochs = 10;
  std::int64_t batchSize = 64;
  bool dropLast = false;          ///< an epoch leaves its last, smaller batch out
  std::string optimiser = "sgd";  ///< one of the catalogue, training/optimisers
  double learningRate = 0.01;
  double momentum = 0.9;
  bool nesterov = false;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weightDecay = 0.0;

  std::int64_t fineTuneEpochs = 3;  ///< 0 leaves the phase out
  double fineTuneLearningRate = 0.001;
  std::vector<std::string> fineTuneLayers = {"fc1", "fc2"};  ///< trained; all others are frozen

  std::uint64_t seed = 1;
  int threads = 0;  ///< replicas of one thread each; 0: as many as the process may use cores
  std::string device = "cpu";  ///< one of EngineInfo::devices

  std::int64_t histogramInterval = 100;  ///< steps between parameter histograms; 0: none

  std::string logDirectory = "runs";
  std::string runName = "conv_net";  ///< a free name is found when the folder holds another run
  /// Folder of a run of this program whose saved model, optimiser state and position to go on from;
  /// the run's own folder and settings are taken then. Empty: a new run.
  std::string continueRun;
  ContinueChanges changes;  ///< with continueRun alone

  /// Of the data that the run is trained on (dataFingerprint()); the trainer fills it in. Empty: a
  /// run of an older version, or none yet.
  std::string dataFingerprint;
  /// courseFingerprint() of the settings that the run began with; the trainer fills it in, and
  /// continuing with changes keeps it. 0: a run of an older version, or none yet.
  std::int64_t course = 0;
};

/// Stands for all settings, and the data, that determine what a run computes; never 0. Device and
/// threads, which round differently, are left out.
[[nodiscard]] std::int64_t courseFingerprint(const TrainingConfig& config);

[[nodiscard]] ModelSettings modelSettings(const TrainingConfig& config);
[[nodiscard]] OptimiserSettings optimiserSettings(const TrainingConfig& config);
/// Those that a run begins with: of each live setting its value.
[[nodiscard]] LiveHyperParameters liveHyperParameters(const TrainingConfig& config);

/// A field that cannot be used, for the form and for the command line.
struct ConfigProblem {
  std::string field;         ///< member name of TrainingConfig: "batchSize"
  eventio::Message message;  ///< "Must be at least 1"
};

/// "where: must be at least 1".
[[nodiscard]] eventio::Message describe(const std::string& where, const ConfigProblem& problem);

/// Checks every field; empty when the configuration can be started. `layers` and `devices` are what
/// the engine offers; an empty list leaves that check out.
[[nodiscard]] std::vector<ConfigProblem> checkConfig(const TrainingConfig& config,
                                                     std::span<const LayerInfo> layers = {},
                                                     std::span<const std::string> devices = {});

/// Puts the changes into the settings of a saved run; what is wrong with them, as far as that shows
/// without the saved model.
[[nodiscard]] std::optional<ConfigProblem> applyChanges(const ContinueChanges& changes,
                                                        TrainingConfig& config);

}  // namespace training
