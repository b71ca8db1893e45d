// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "eventio/base/result.h"
#include "training/job/run_folder.h"
#include "training/job/run_lock.h"
#include "training/models/model.h"
#include "training/settings/config.h"

namespace training {

/// A run that goes on: its own settings with the changes, and the lock on its folder.
struct Resumption {
  TrainingConfig config;
  RunLock lock;
  std::vector<eventio::Message> warnings;  ///< about the folder, for the user and the log
  bool settingsChanged = false;            ///< SavedRun::changedByOthers
};

/// `error`, with what may be the reason where somebody changed the run's settings.
[[nodiscard]] eventio::Error explained(eventio::Error error, bool settingsChanged);

/// Whether TrainingConfig::continueRun may name this folder, as far as that shows without its data;
/// the Error says why not. Does not look whether the run has come to its end.
[[nodiscard]] eventio::Result<void> checkContinuable(const std::string& runFolder);

/// Locks the folder that `wanted` continues and applies the changes to the run's settings.
[[nodiscard]] eventio::Result<Resumption> resume(const TrainingConfig& wanted);

/// The step that a continued run goes on from; empty for a new run. A saved model that cannot be
/// read, or is another run's, is an Error, before anything of the run is changed. `warnings` gets a
/// sentence for each saved state that is passed over.
[[nodiscard]] eventio::Result<std::optional<std::int64_t>> stepToContinue(
    const RunFolder& folder, const TrainingConfig& config, const Model& model,
    std::int64_t trainSamples, std::vector<eventio::Message>& warnings);

/// `loss`, which says what the log lacks, with what continuing the run, that ended after `step`,
/// does about it.
[[nodiscard]] eventio::Message describeLogLoss(const eventio::Message& loss,
                                               const RunFolder& folder, std::int64_t step);

}  // namespace training
