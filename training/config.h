// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace training {

/// A layer of the model that can be trained or frozen.
struct LayerInfo {
  std::string name;             ///< "conv1"
  std::int64_t parameters = 0;  ///< weights and biases together
};

/// All that one run is set up with: training, then fine-tuning of chosen layers.
/// The defaults are the reference job.
struct TrainingConfig {
  std::string dataFolder =
      "auto";  ///< folder with four IDX files; "auto" looks in the usual places

  std::int64_t epochs = 10;
  std::int64_t batchSize = 64;
  double learningRate = 0.01;
  double momentum = 0.9;
  double weightDecay = 0.0;

  std::int64_t fineTuneEpochs = 3;  ///< 0 leaves the phase out
  double fineTuneLearningRate = 0.001;
  std::vector<std::string> fineTuneLayers = {"fc1", "fc2"};  ///< trained; all others are frozen

  std::uint64_t seed = 1;
  int threads = 0;             ///< replicas of one thread each; 0: as many as there are cores
  std::string device = "cpu";  ///< one of EngineInfo::devices

  std::int64_t histogramInterval = 100;  ///< steps between parameter histograms; 0: none

  std::string logDirectory = "runs";
  std::string runName = "conv_net";  ///< a free name is found when the folder holds another run
  /// Folder of a run of this program whose saved model, optimiser state and position to go on from;
  /// the run's own folder and settings are taken then. Empty: a new run.
  std::string continueRun;
};

/// A field that cannot be used, for the form and for the command line.
struct ConfigProblem {
  std::string field;    ///< member name of TrainingConfig: "batchSize"
  std::string message;  ///< "Must be at least 1"
};

/// Checks every field; empty when the configuration can be started. `layers` and `devices` are what
/// the engine offers; an empty list leaves that check out.
[[nodiscard]] std::vector<ConfigProblem> checkConfig(const TrainingConfig& config,
                                                     std::span<const LayerInfo> layers = {},
                                                     std::span<const std::string> devices = {});

}  // namespace training
