// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "eventio/base/result.h"
#include "training/control/control.h"
#include "training/control/engine.h"
#include "training/snapshots/saved_states.h"

namespace training {

/// Saves the model of a run that is being trained, and publishes how that goes.
///
/// The log reaches the disk before a model that depends on it replaces an older one, so that after
/// a crash no log ends before the model. When saving begins to fail and when it works again there
/// is one alert each; in between TrainerStatus::saveFailure holds the reason. What could not be
/// saved is tried again by the next call. On the training loop's thread.
class ModelSaver {
 public:
  /// `model` is the run's and outlives the saver.
  ModelSaver(const std::filesystem::path& runFolder, const Model& model, TrainerControl& control,
             TrainingRecorder& recorder, double initialLearningRate);

  /// Finds the states of a run that goes on. An Error of SavedStates::scan().
  [[nodiscard]] eventio::Result<void> scan();
  [[nodiscard]] eventio::Result<TrainingState> load(std::int64_t step) const;
  /// SavedStates::dropAfter().
  void dropAfter(std::int64_t step);
  /// SavedStates::markDiverged(); what cannot be written is an alert.
  void markDiverged(std::int64_t step);
  /// Publishes the saved states, and the one at step 0.
  void publish();

  enum class IfLogFails {
    kKeepOldModel,
    kSaveState,
    /// The parameters replace older ones, the state does not: the run goes on from the older state
    /// and writes into its log what is missing there.
    kSaveParameters,
  };
  /// True when all of it is on the disk.
  bool saveLast(const TrainingState& state, IfLogFails ifLogFails);
  void saveBest(const TrainingState& state, IfLogFails ifLogFails = IfLogFails::kKeepOldModel);
  void saveBeforeChange(const TrainingState& state);
  /// Writes the best model's parameters anew from its state, where that is there: somebody may have
  /// removed or changed the file.
  void restoreBest();

  /// Why a state is not saved that should be; empty when all are.
  [[nodiscard]] eventio::Message failure() const;
  /// Path of the best model's parameters; empty when there is none.
  [[nodiscard]] std::string bestModelFile() const;
  /// Path of the parameters that were saved last; empty when they could not be, or are gone.
  [[nodiscard]] std::string modelFile() const;
  /// Whether the files of the last saveLast() are still there.
  [[nodiscard]] bool holdsLast() const { return m_states.holdsLast(); }

 private:
  using Kind = SavedState::Kind;
  bool note(Kind kind, const eventio::Result<void>& saved, std::int64_t step);

  const std::filesystem::path m_runFolder;
  const double m_initialLearningRate;
  TrainerControl& m_control;
  TrainingRecorder& m_recorder;
  SavedStates m_states;
  std::optional<TrainingState> m_unsavedBest;
  std::map<Kind, eventio::Message> m_failures;  // of the last save of each kind that failed
};

}  // namespace training
