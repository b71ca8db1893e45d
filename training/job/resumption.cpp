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
using eventio::Message;
using eventio::Result;

/// An Error unless the run of that folder saved the state. `samples`: of the training data, where
/// they are read already.
Result<void> checkOwner(const TrainingState& state, const TrainingConfig& config,
                        const RunFolder& folder,
                        std::optional<std::int64_t> samples = std::nullopt) {
  if (state.seed != config.seed || state.batchSize != config.batchSize ||
      state.trainImages != samples.value_or(state.trainImages)) {
    return makeError(ErrorCode::kInvalidArgument,
                     "%1: its model was saved with another seed, batch size or data set than the "
                     "run's settings name",
                     folder.path());
  }
  const std::int64_t epochs =
      state.phase == Phase::kTraining ? config.epochs : config.fineTuneEpochs;
  if (state.epoch > epochs) {
    return makeError(ErrorCode::kInvalidArgument,
                     "%1: its saved model has done %2 epochs, its run.json names %3; put the "
                     "former number there",
                     folder.path(), state.epoch, epochs);
  }
  if (!isOfOtherSettings(state, config)) return {};
  return makeError(ErrorCode::kInvalidArgument,
                   "%1: its model was saved by a run with other settings than this run began with; "
                   "put the run's own checkpoints back",
                   folder.path());
}

/// Puts the changes into the run's settings; an Error where it cannot go on with them.
Result<void> prepare(const TrainingConfig& wanted, SavedRun& saved) {
  const std::string& run = wanted.continueRun;
  const std::int64_t epochs = saved.config.epochs;
  if (const auto problem = applyChanges(wanted.changes, saved.config)) {
    return makeError(ErrorCode::kInvalidArgument, describe(problem->field, *problem));
  }
  if (saved.finished && saved.config.epochs == epochs) {
    if (saved.config.fineTuneEpochs > 0) {
      return makeError(ErrorCode::kInvalidArgument,
                       "%1: has run to its end; start a new run to train longer", run);
    }
    return makeError(ErrorCode::kInvalidArgument,
                     "%1: has run to its end; more epochs (--epochs above %2) go on from there",
                     run, epochs);
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
                       "%1: has begun fine-tuning, so that training cannot get more epochs; start "
                       "a new run for that",
                       run);
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
    error.message = Message(
        "%1; run.json was changed since the run wrote it, which may be the reason: put its former "
        "content back",
        error.message);
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
  std::vector<Message> warnings;
  if (isChanged) {
    warnings.push_back(
        {"run.json was changed since the run wrote it; settings in it may not be those that the "
         "run was trained with"});
  }
  return Resumption{std::move(saved->config), std::move(*lock), std::move(warnings), isChanged};
}

Result<std::optional<std::int64_t>> stepToContinue(const RunFolder& folder,
                                                   const TrainingConfig& config, const Model& model,
                                                   std::int64_t trainSamples,
                                                   std::vector<Message>& warnings) {
  if (config.continueRun.empty()) return std::nullopt;
  StatesPassedOver passedOver;
  const Result<std::optional<TrainingState>> saved =
      stateToContinue(folder.path(), &model, &passedOver);
  if (!saved) return tl::unexpected(saved.error());
  const std::int64_t step = saved->has_value() ? (*saved)->step : 0;
  for (const Message& passed : passedOver.why) {
    Message why = passed.relativeTo(folder.path());
    if (passedOver.holdsLast) {
      warnings.push_back(
          {"%1; the run goes on from its last state, of step %2", std::move(why), step});
    } else {
      warnings.push_back(
          {"%1; the run goes on from step %2, the newest good state; what it recorded after that "
           "is dropped",
           std::move(why), step});
    }
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

Message describeLogLoss(const Message& loss, const RunFolder& folder, std::int64_t step) {
  const auto saved = stateToContinue(folder.path(), nullptr);
  if (!saved) return loss;
  const std::int64_t from = saved->has_value() ? (*saved)->step : 0;
  if (from >= step) {
    return {"%1; the model was saved since, continuing does not write them", loss};
  }
  return {"%1; continuing the run trains from step %2 again and writes them", loss, from};
}

}  // namespace training
