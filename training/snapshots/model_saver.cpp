// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/model_saver.h"

#include <system_error>

namespace training {

using eventio::Result;

ModelSaver::ModelSaver(const std::filesystem::path& runFolder, const Model& model,
                       TrainerControl& control, TrainingRecorder& recorder,
                       double initialLearningRate)
    : m_runFolder(runFolder),
      m_initialLearningRate(initialLearningRate),
      m_control(control),
      m_recorder(recorder),
      m_states(runFolder, &model) {}

Result<void> ModelSaver::scan() {
  return m_states.scan();
}

Result<TrainingState> ModelSaver::load(std::int64_t step) const {
  return m_states.load(step);
}

void ModelSaver::dropAfter(std::int64_t step) {
  m_states.dropAfter(step);
}

void ModelSaver::markDiverged(std::int64_t step) {
  if (const Result<void> marked = m_states.markDiverged(step); !marked) {
    m_recorder.alert(AlertAbout::kFiles, marked.error().message, step);
  }
  publish();
}

void ModelSaver::publish() {
  std::vector<SavedState> states = m_states.list();
  if (states.empty() || states.front().step > 0) {
    states.insert(states.begin(), {Kind::kInitial, 0, -1, m_initialLearningRate, false});
  }
  m_control.update([&](TrainerStatus& status) {
    status.savedStates = std::move(states);
    status.goBackStep = m_states.newestGoodStep().value_or(0);
    status.saveFailure = failure();
  });
}

bool ModelSaver::saveLast(const TrainingState& state, IfLogFails ifLogFails) {
  Result<void> saved = m_recorder.flush();
  if (!saved && ifLogFails == IfLogFails::kSaveParameters) {
    saved = m_states.saveLastParameters(state);
  } else if (saved || ifLogFails == IfLogFails::kSaveState) {
    saved = m_states.saveLast(state);
  }
  const bool isSaved = note(Kind::kLast, saved, state.step);
  if (isSaved) m_recorder.checkpointSaved(SavedStates::modelFile(m_runFolder).string(), state.step);
  if (m_unsavedBest) saveBest(TrainingState(std::move(*m_unsavedBest)), ifLogFails);
  return isSaved;
}

void ModelSaver::saveBest(const TrainingState& state, IfLogFails ifLogFails) {
  m_unsavedBest.reset();
  Result<void> saved = m_recorder.flush();
  if (!saved && ifLogFails == IfLogFails::kSaveParameters) {
    saved = m_states.saveBestParameters(state);
  } else if (saved || ifLogFails == IfLogFails::kSaveState) {
    saved = m_states.saveBest(state);
  }
  if (!note(Kind::kBest, saved, state.step)) m_unsavedBest = state;
}

void ModelSaver::restoreBest() {
  for (const SavedState& state : m_states.list()) {
    if (state.kind != Kind::kBest) continue;
    const Result<TrainingState> best = m_states.load(state.step);
    if (best) note(Kind::kBest, m_states.saveBestParameters(*best), best->step);
    return;
  }
}

void ModelSaver::saveBeforeChange(const TrainingState& state) {
  Result<void> saved = m_recorder.flush();
  if (saved) saved = m_states.saveBeforeChange(state);
  note(Kind::kBeforeChange, saved, state.step);
}

bool ModelSaver::note(Kind kind, const Result<void>& saved, std::int64_t step) {
  const bool failedBefore = !m_failures.empty();
  if (!saved) {
    m_failures[kind] = saved.error().message;
  } else {
    m_failures.erase(kind);
    // The change was applied long ago: no later save makes up for the one before it.
    if (kind == Kind::kLast) m_failures.erase(Kind::kBeforeChange);
  }
  if (!failedBefore && !m_failures.empty()) {
    m_recorder.alert(AlertAbout::kSaving, {"The model could not be saved: %1", failure()}, step);
  } else if (failedBefore && m_failures.empty()) {
    m_recorder.alert(AlertAbout::kSaving, {"The model is saved again"}, step);
  }
  publish();
  return saved.has_value();
}

eventio::Message ModelSaver::failure() const {
  return m_failures.empty() ? eventio::Message() : m_failures.begin()->second;
}

std::string ModelSaver::modelFile() const {
  return m_states.holdsModel() ? SavedStates::modelFile(m_runFolder).string() : std::string();
}

std::string ModelSaver::bestModelFile() const {
  const std::filesystem::path file = SavedStates::bestModelFile(m_runFolder);
  std::error_code ignored;
  return std::filesystem::is_regular_file(file, ignored) ? file.string() : std::string();
}

}  // namespace training
