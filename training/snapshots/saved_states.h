// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "eventio/base/result.h"
#include "training/control/control.h"
#include "training/models/model.h"
#include "training/snapshots/training_state.h"

namespace training {

/// The models that a run has on disk, in its folder:
///
///     model.safetensors              parameters of the newest state
///     model-best.safetensors         parameters of the state with the best validation metric
///     checkpoints/last.safetensors   the newest state, whole: what a run goes on from
///     checkpoints/best.safetensors   the state with the best validation metric
///     checkpoints/step-N.safetensors the state right before a live change at step N
///
/// Where the log failed before any state was saved, checkpoints/start-at-step-0.txt says so.
///
/// Each file is replaced atomically. Of the states before changes the newest kMaxBeforeChange are
/// kept, those saved while the run had diverged giving way first. One thread at a time; the caller
/// holds the run.
class SavedStates {
 public:
  static constexpr std::size_t kMaxBeforeChange = 8;

  /// `model`, which outlives this object, is the run's. Null where it is not known: then load()
  /// gives the states' numbers alone, whichever model they are of, and nothing is saved.
  SavedStates(std::filesystem::path runFolder, const Model* model);

  /// Reads which states the folder holds; damaged files are passed over, see damage(). An Error
  /// names the file: kIo when the system refuses to read one, kCorrupt or kNotFound when none of
  /// them is whole, kCorrupt when checkpoints/ is not a folder.
  [[nodiscard]] eventio::Result<void> scan();
  /// The files that the last scan() passed over, each with its name and what is wrong.
  [[nodiscard]] const std::vector<eventio::Error>& damage() const noexcept { return m_damage; }
  /// In order of step.
  [[nodiscard]] const std::vector<SavedState>& list() const noexcept { return m_states; }
  /// The newest state of list() that was saved while the run had not diverged; empty when there is
  /// none.
  [[nodiscard]] std::optional<std::int64_t> newestGoodStep() const noexcept;

  /// Whether the last state was saved once, as the model beside it shows, and is gone.
  [[nodiscard]] bool lacksLast() const;
  [[nodiscard]] std::filesystem::path lastFile() const {
    return fileOf(SavedState::Kind::kLast, 0);
  }

  /// The state and its parameters; where one of them cannot be saved the other one is all the same.
  [[nodiscard]] eventio::Result<void> saveLast(const TrainingState& state);
  [[nodiscard]] eventio::Result<void> saveBest(const TrainingState& state);
  /// Of the newest and of the best state the parameters alone.
  [[nodiscard]] eventio::Result<void> saveLastParameters(const TrainingState& state);
  [[nodiscard]] eventio::Result<void> saveBestParameters(const TrainingState& state);
  [[nodiscard]] eventio::Result<void> saveBeforeChange(const TrainingState& state);
  /// Whether model.safetensors holds what was saved last, and is still there.
  [[nodiscard]] bool holdsModel() const;
  /// The same of model and last state.
  [[nodiscard]] bool holdsLast() const;

  /// The state saved at `step`, of several the newest state's, which may have a lower learning
  /// rate: the run went back to it. kNotFound when there is none.
  [[nodiscard]] eventio::Result<TrainingState> load(std::int64_t step) const;
  /// Marks the states saved at `step` as ones of a run that had diverged, also in their files.
  [[nodiscard]] eventio::Result<void> markDiverged(std::int64_t step);
  /// Forgets the states that were saved after `step`: the run went back to it. The files of the
  /// best and of the last state stay until they are replaced.
  void dropAfter(std::int64_t step);

  [[nodiscard]] static std::filesystem::path modelFile(const std::filesystem::path& runFolder);
  [[nodiscard]] static std::filesystem::path bestModelFile(const std::filesystem::path& runFolder);

 private:
  [[nodiscard]] std::filesystem::path fileOf(SavedState::Kind kind, std::int64_t step) const;
  [[nodiscard]] eventio::Result<void> save(SavedState::Kind kind, const TrainingState& state);
  [[nodiscard]] eventio::Result<std::vector<std::pair<SavedState::Kind, std::filesystem::path>>>
  findFiles() const;
  [[nodiscard]] eventio::Result<void> makeFolder() const;
  /// Writes model.safetensors.
  [[nodiscard]] eventio::Result<void> saveModel(const TrainingState& state);
  [[nodiscard]] eventio::Result<void> markStart() const;
  void note(SavedState::Kind kind, const TrainingState& state);
  void prune();

  /// loadCheckpoint() or loadPosition().
  [[nodiscard]] eventio::Result<TrainingState> read(const std::filesystem::path& file) const;

  const std::filesystem::path m_runFolder;
  const Model* const m_model;
  std::vector<SavedState> m_states;
  std::vector<eventio::Error> m_damage;
  bool m_modelSaved = false;  // by the last attempt
};

/// Saved states that a run is not continued from.
struct StatesPassedOver {
  std::vector<eventio::Message> why;  ///< a sentence for each of them
  bool holdsLast = false;             ///< the state that was chosen is the last one saved
};

/// The state that continuing the run in this folder starts from: the newest whole one that was
/// saved while the run had not diverged. A run of TrainDeck 0.1 has its state in model.pt. Empty
/// when none was saved: the run starts at step 0. `passedOver` gets the damaged files, and
/// a last state that is gone or was saved while the run had diverged.
/// An Error as load() and scan() give it, and kNotFound when the run was saved, but its checkpoints
/// are gone. `model` as SavedStates takes it.
[[nodiscard]] eventio::Result<std::optional<TrainingState>> stateToContinue(
    const std::filesystem::path& runFolder, const Model* model,
    StatesPassedOver* passedOver = nullptr);

}  // namespace training
