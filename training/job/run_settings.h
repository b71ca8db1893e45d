// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "eventio/base/result.h"
#include "training/job/run_folder.h"
#include "training/settings/config.h"

namespace training {

enum class RunState { kRunning, kFinished, kStopped, kFailed, kDiverged };

/// Writes run.json (atomically): the settings, and how the run stands.
[[nodiscard]] eventio::Result<void> writeRunSettings(const RunFolder& folder,
                                                     const TrainingConfig& config, RunState state);

/// What a run's folder says about the run.
struct SavedRun {
  TrainingConfig config;  ///< what it was started with; checked like a command line
  bool finished = false;
  bool diverged = false;         ///< ended because a loss, gradient or parameter was not finite
  bool running = false;          ///< somebody, maybe this process, is training it (RunLock)
  bool endedCleanly = false;     ///< false: it was running when its process died
  bool changedByOthers = false;  ///< the checksum in run.json is of another content
  std::string modelFile;         ///< empty when none was saved
};

/// Reads run.json, or the traindeck.json of older versions. kNotFound when the folder is no run of
/// this program, kCorrupt when the file is damaged or a setting cannot be.
[[nodiscard]] eventio::Result<SavedRun> readSavedRun(const std::string& runFolder);

}  // namespace training
