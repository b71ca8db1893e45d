// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/resumption.h"

#include <utility>

#include "eventio/base/file_replacement.h"
#include "training/job/run_settings.h"
#include "training/snapshots/saved_states.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

/// An Error unless the run of that folder saved the state. `samples`: of the training data, where
/// they are read already.
Result<void> checkOwner(const TrainingState& state, const TrainingConfig& config,
                        const RunFolder& folder,
                        std::optional<std::int64_t> samples = std::nullopt) {
  if (state.seed != config.seed || state.batchSize != config.batchSize ||
      state.trainImages != samples.value_or(state.trainImages)) {
    return makeError(ErrorCode::kInvalidArgument,
                     folder.path().string() +
                         ": its model was saved with another seed, batch size or data set than the "
                         "run's settings name");
  }
  const std::int64_t epochs =
      state.phase == Phase::kTraining ? config.epochs : config.fineTuneEpochs;
  if (state.epoch > epochs) {
    return makeError(ErrorCode::kInvalidArgument,
                     folder.path().string() + ": its saved model has done " +
                         std::to_string(state.epoch) + " epochs, its run.json names " +
                         std::to_string(epochs) + "; put the former number there");
  }
  if (!isOfOtherSettings(state, config)) return {};
  return makeError(ErrorCode::kInvalidArgument,
                   folder.path().string() +
                       ": its model was saved by a run with other settings than this run began "
                       "with; put the run's own checkpoints back");
}

/// `text` with paths as they are from the run's folder.
std::string fromFolder(std::string text, const RunFolder& folder) {
  const std::string prefix = folder.path().string() + "/";
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  return text;
}

/// Puts the changes into the run's settings; an Error where it cannot go on with them.
Result<void> prepare(const TrainingConfig& wanted, SavedRun& saved) {
  const std::string& run = wanted.continueRun;
  const std::int64_t epochs = saved.config.epochs;
  if (const auto problem = applyChanges(wanted.changes, saved.config)) {
    return makeError(ErrorCode::kInvalidArgument, describe(problem->field, *problem));
  }
  if (saved.finished && saved.config.epochs == epochs) {
    return makeError(
        ErrorCode::kInvalidArgument,
        run + ": has run to its end" +
            (saved.config.fineTuneEpochs == 0
                 ? "; more epochs (--epochs above " + std::to_string(epochs) + ") go on from there"
                 : "; start a new run to train longer"));
  }
  if (saved.config.epochs > epochs) {
    const auto state = stateToContinue(runFolderAt(run).path(), nullptr);
    if (!state) return tl::unexpected(state.error());
    if (state->has_value()) {
      const auto own = checkOwner(**state, saved.config, runFolderAt(run));
      if (!own) return tl::unexpected(own.error());
    }
    if (state->has_value() && (*state)->phase == Phase::kFineTuning) {
      return makeError(ErrorCode::kInvalidArgument,
                       run +
                           ": has begun fine-tuning, so that training cannot get more epochs; "
                           "start a new run for that");
    }
  }
  return {};
}

}  // namespace

Result<void> checkContinuable(const std::string& runFolder) {
  const Result<SavedRun> saved = readSavedRun(runFolder);
  if (!saved) return tl::unexpected(saved.error());
  const RunFolder folder = runFolderAt(runFolder);
  const auto state = stateToContinue(folder.path(), nullptr);
  if (!state) return tl::unexpected(state.error());
  return state->has_value() ? checkOwner(**state, saved->config, folder) : Result<void>();
}

eventio::Error explained(eventio::Error error, bool settingsChanged) {
  if (settingsChanged) {
    error.message +=
        "; run.json was changed since the run wrote it, which may be the reason: put "
        "its former content back";
  }
  return error;
}

Result<Resumption> resume(const TrainingConfig& wanted) {
  const std::string& run = wanted.continueRun;
  // Before the lock, whose file must not appear in a folder that is no run.
  if (const auto known = readSavedRun(run); !known) return tl::unexpected(known.error());
  Result<RunLock> lock = RunLock::acquire(runFolderAt(run).path());
  if (!lock) return tl::unexpected(lock.error());
  // Once more: what stands there now, nobody else changes.
  Result<SavedRun> saved = readSavedRun(run);
  if (!saved) return tl::unexpected(saved.error());
  const bool isChanged = saved->changedByOthers;
  if (const Result<void> ready = prepare(wanted, *saved); !ready) {
    return tl::unexpected(explained(ready.error(), isChanged));
  }
  saved->config.continueRun = run;
  std::vector<std::string> warnings;
  if (isChanged) {
    warnings.emplace_back(
        "run.json was changed since the run wrote it; settings in it may not be those that the run "
        "was trained with");
  }
  return Resumption{std::move(saved->config), std::move(*lock), std::move(warnings), isChanged};
}

Result<std::optional<std::int64_t>> stepToContinue(const RunFolder& folder,
                                                   const TrainingConfig& config, const Model& model,
                                                   std::int64_t trainSamples,
                                                   std::vector<std::string>& warnings) {
  if (config.continueRun.empty()) return std::nullopt;
  StatesPassedOver passedOver;
  const Result<std::optional<TrainingState>> saved =
      stateToContinue(folder.path(), &model, &passedOver);
  if (!saved) return tl::unexpected(saved.error());
  const std::int64_t step = saved->has_value() ? (*saved)->step : 0;
  for (const std::string& why : passedOver.why) {
    warnings.push_back(
        fromFolder(why, folder) +
        (passedOver.holdsLast
             ? "; the run goes on from its last state, of step " + std::to_string(step)
             : "; the run goes on from step " + std::to_string(step) +
                   ", the newest good state; what it recorded after that is dropped"));
  }
  if (saved->has_value()) {
    if (const auto own = checkOwner(**saved, config, folder, trainSamples); !own) {
      return tl::unexpected(own.error());
    }
  }
  eventio::removeAbandonedReplacements(folder.path());
  eventio::removeAbandonedReplacements(folder.path() / "checkpoints");
  return step;
}

std::string describeLogLoss(const std::string& loss, const RunFolder& folder, std::int64_t step) {
  const auto saved = stateToContinue(folder.path(), nullptr);
  if (!saved) return loss;
  const std::int64_t from = saved->has_value() ? (*saved)->step : 0;
  if (from >= step) return loss + "; the model was saved since, continuing does not write them";
  return loss + "; continuing the run trains from step " + std::to_string(from) +
         " again and writes them";
}

}  // namespace training
