// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/model_saver.h"

#include <system_error>

namespace training {

using eventio::Result;

ModelSaver::ModelSaver(const std::filesystem::path& runFolder, TrainerControl& control,
                       TrainingRecorder& recorder)
    : m_runFolder(runFolder), m_control(control), m_recorder(recorder), m_states(runFolder) {}

Result<void> ModelSaver::scan() {
  return m_states.scan();
}

Result<TrainingState> ModelSaver::load(std::int64_t step) const {
  return m_states.load(step);
}

std::optional<std::int64_t> ModelSaver::lastStep() const noexcept {
  for (const SavedState& state : m_states.list()) {
    if (state.kind == SavedState::Kind::kLast) return state.step;
  }
  return std::nullopt;
}

void ModelSaver::dropAfter(std::int64_t step) {
  m_states.dropAfter(step);
}

void ModelSaver::publish() {
  m_control.update([this](TrainerStatus& status) {
    status.savedStates = m_states.list();
    status.goBackStep = m_states.newestGoodStep();
    status.saveFailure = m_failure;
  });
}

bool ModelSaver::saveLast(const TrainingState& state, IfLogFails ifLogFails) {
  Result<void> saved = m_recorder.flush();
  if (saved || ifLogFails == IfLogFails::kSaveModel) saved = m_states.saveLast(state);
  if (saved && m_unsavedBest) {
    saved = m_states.saveBest(*m_unsavedBest);
    if (saved) m_unsavedBest.reset();
  }
  if (!note(saved, state.step)) return false;
  m_recorder.checkpointSaved(modelFile(), state.step);
  return true;
}

void ModelSaver::saveBest(const TrainingState& state) {
  Result<void> saved = m_recorder.flush();
  if (saved) saved = m_states.saveBest(state);
  if (saved) {
    m_unsavedBest.reset();
  } else {
    m_unsavedBest = state;
  }
  note(saved, state.step);
}

void ModelSaver::saveBeforeChange(const TrainingState& state) {
  Result<void> saved = m_recorder.flush();
  if (saved) saved = m_states.saveBeforeChange(state);
  note(saved, state.step);
}

bool ModelSaver::note(const Result<void>& saved, std::int64_t step) {
  const std::string failure = saved ? std::string() : saved.error().message;
  if (m_failure.empty() && !failure.empty()) {
    m_recorder.alert("The model could not be saved: " + failure, step);
  } else if (!m_failure.empty() && failure.empty()) {
    m_recorder.alert("The model is saved again", step);
  }
  m_failure = failure;
  publish();
  return failure.empty();
}

std::string ModelSaver::modelFile() const {
  return SavedStates::modelFile(m_runFolder).string();
}

std::string ModelSaver::bestModelFile() const {
  const std::filesystem::path file = SavedStates::bestModelFile(m_runFolder);
  std::error_code ignored;
  return std::filesystem::is_regular_file(file, ignored) ? file.string() : std::string();
}

}  // namespace training
