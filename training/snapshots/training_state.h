// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "training/control/control.h"
#include "training/control/divergence_monitor.h"
#include "training/optimisers/optimiser_state.h"
#include "training/settings/config.h"

namespace training {

/// All that a run needs to go on as if it had never stopped: what a checkpoint holds. Its numbers
/// are finite, save those of the flat buffers, and its integers counts from 0 to 2^53; a number
/// that is added here gets a line in state_fields.cpp.
struct TrainingState {
  std::vector<float> parameters;  ///< flat, see model.h
  std::vector<float> buffers;     ///< Model::buffers, flat
  OptimiserState optimiser;       ///< its buffers are laid out as the parameters

  Phase phase = Phase::kTraining;
  std::int64_t epoch =
      0;  ///< 0-based within the phase; the phase's number of epochs when it is over
  std::int64_t batch = 0;  ///< batches of the epoch that are done
  std::int64_t step = 0;   ///< optimiser steps done, over both phases

  double lossSum = 0;         ///< over the samples of the epoch so far
  MetricValues metricSums{};  ///< TaskSums::metrics over the samples of the epoch so far
  std::int64_t samples = 0;

  LiveHyperParameters live;  ///< not a number: the version that saved the state did not know it
  double metricAfterTraining = -1;  ///< the task's first, on the test set; negative: not reached
  double metricAfterFineTuning = -1;

  double validationMetric = -1;  ///< the task's first, of these parameters; negative: not measured
  double bestMetric = -1;        ///< the best of the run so far; negative: none yet
  double bestLoss = 0;           ///< the validation loss with it
  LossHistory lossHistory;       ///< of the training loss, for the DivergenceMonitor
  std::int64_t diverged = 0;     ///< 1: the run had diverged, or a value was not finite

  // What the position refers to; a run goes on only with the same.
  std::uint64_t seed = 0;
  std::int64_t batchSize = 0;
  std::int64_t trainImages = 0;
  std::int64_t course = 0;  ///< TrainingConfig::course; 0: saved by an older version
};

/// Whether a run that began with other settings than this one saved the state, if both are known.
[[nodiscard]] inline bool isOfOtherSettings(const TrainingState& state,
                                            const TrainingConfig& config) {
  return state.course != 0 && config.course != 0 && state.course != config.course;
}

}  // namespace training
