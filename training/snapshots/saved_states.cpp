// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/saved_states.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "eventio/base/file_replacement.h"
#include "training/snapshots/checkpoint.h"

namespace training {
namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;
using Kind = SavedState::Kind;

constexpr std::string_view kBeforeChangePrefix = "step-";
constexpr std::string_view kSuffix = ".safetensors";
constexpr const char* kFormerModelFile = "model.pt";

fs::path checkpointFolder(const fs::path& runFolder) {
  return runFolder / "checkpoints";
}

/// Stands where the parameters were saved and no state: the run goes on from its first step.
constexpr const char* kStartMarkText =
    "The log could not be written before the model was saved: continuing starts at step 0.\n";

fs::path startMark(const fs::path& runFolder) {
  return checkpointFolder(runFolder) / "start-at-step-0.txt";
}

SavedState describe(Kind kind, const TrainingState& state) {
  return {kind, state.step, state.validationMetric, state.live.learningRate, state.diverged != 0};
}

/// The step in "step-N.safetensors"; empty for any other name.
std::optional<std::int64_t> stepInName(std::string_view name) {
  if (!name.starts_with(kBeforeChangePrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  name.remove_prefix(kBeforeChangePrefix.size());
  name.remove_suffix(kSuffix.size());
  std::int64_t step = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), step);
  if (error != std::errc() || end != name.data() + name.size() || step < 0) return std::nullopt;
  return step;
}

bool isThere(const fs::path& file) {
  std::error_code ignored;
  return fs::symlink_status(file, ignored).type() != fs::file_type::not_found;
}

}  // namespace

SavedStates::SavedStates(fs::path runFolder, const Model* model)
    : m_runFolder(std::move(runFolder)), m_model(model) {}

Result<TrainingState> SavedStates::read(const fs::path& file) const {
  return m_model != nullptr ? loadCheckpoint(file, *m_model) : loadPosition(file);
}

fs::path SavedStates::modelFile(const fs::path& runFolder) {
  return runFolder / "model.safetensors";
}

fs::path SavedStates::bestModelFile(const fs::path& runFolder) {
  return runFolder / "model-best.safetensors";
}

fs::path SavedStates::fileOf(Kind kind, std::int64_t step) const {
  const fs::path folder = checkpointFolder(m_runFolder);
  switch (kind) {
    case Kind::kLast:
      return folder / "last.safetensors";
    case Kind::kBest:
      return folder / "best.safetensors";
    case Kind::kBeforeChange:
    case Kind::kInitial:  // never saved
      break;
  }
  std::string name(kBeforeChangePrefix);
  return folder / name.append(std::to_string(step)).append(kSuffix);
}

Result<std::vector<std::pair<Kind, fs::path>>> SavedStates::findFiles() const {
  std::vector<std::pair<Kind, fs::path>> files;
  const fs::path folder = checkpointFolder(m_runFolder);
  if (!isThere(folder)) return files;
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return makeError(
        ErrorCode::kCorrupt,
        "%1: is not a folder; put the run's checkpoints back there, or start a new run", folder);
  }
  for (const Kind kind : {Kind::kLast, Kind::kBest}) {
    if (isThere(fileOf(kind, 0))) files.emplace_back(kind, fileOf(kind, 0));
  }
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (stepInName(entry->path().filename().string())) {
      files.emplace_back(Kind::kBeforeChange, entry->path());
    }
  }
  if (!error) return files;
  return makeError(ErrorCode::kIo, "%1: cannot be read: %2", folder, error.message());
}

Result<void> SavedStates::scan() {
  m_states.clear();
  m_damage.clear();
  const auto files = findFiles();
  if (!files) return tl::unexpected(files.error());
  for (const auto& [kind, file] : *files) {
    const Result<TrainingState> state = read(file);
    if (state) {
      note(kind, *state);
    } else if (state.error().code == ErrorCode::kIo) {
      return tl::unexpected(state.error());  // it may be whole
    } else {
      m_damage.push_back(state.error());
    }
  }
  if (!m_states.empty() || m_damage.empty()) return {};
  const eventio::Error& first = m_damage.front();
  return makeError(
      first.code,
      "%1; no other state of the run is whole: put a copy of the file back there, or start a "
      "new run",
      first.message);
}

bool SavedStates::lacksLast() const {
  return !m_states.empty() && !isThere(fileOf(Kind::kLast, 0)) && isThere(modelFile(m_runFolder));
}

std::optional<std::int64_t> SavedStates::newestGoodStep() const noexcept {
  for (auto state = m_states.rbegin(); state != m_states.rend(); ++state) {
    if (!state->diverged) return state->step;
  }
  return std::nullopt;
}

void SavedStates::note(Kind kind, const TrainingState& state) {
  std::erase_if(m_states, [&](const SavedState& known) {
    return known.kind == kind && (kind != Kind::kBeforeChange || known.step == state.step);
  });
  const auto after = [](std::int64_t step, const SavedState& known) { return step < known.step; };
  m_states.insert(std::upper_bound(m_states.begin(), m_states.end(), state.step, after),
                  describe(kind, state));
}

Result<void> SavedStates::makeFolder() const {
  const fs::path folder = checkpointFolder(m_runFolder);
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) return {};
  return makeError(ErrorCode::kIo, "%1: the folder cannot be made: %2", folder, error.message());
}

Result<void> SavedStates::save(Kind kind, const TrainingState& state) {
  if (Result<void> made = makeFolder(); !made) return made;
  Result<void> saved = saveCheckpoint(fileOf(kind, state.step), state, *m_model);
  if (!saved) return saved;
  note(kind, state);
  std::error_code ignored;
  fs::remove(startMark(m_runFolder), ignored);
  return saved;
}

Result<void> SavedStates::saveLast(const TrainingState& state) {
  const Result<void> saved = save(Kind::kLast, state);
  const Result<void> parameters = saveModel(state);
  return saved ? parameters : saved;
}

Result<void> SavedStates::saveBest(const TrainingState& state) {
  const Result<void> saved = save(Kind::kBest, state);
  const Result<void> parameters = saveBestParameters(state);
  return saved ? parameters : saved;
}

Result<void> SavedStates::saveLastParameters(const TrainingState& state) {
  const Result<void> marked = m_states.empty() ? markStart() : Result<void>();
  const Result<void> parameters = saveModel(state);
  return marked ? parameters : marked;
}

Result<void> SavedStates::saveBestParameters(const TrainingState& state) {
  return saveWeights(bestModelFile(m_runFolder), state, *m_model);
}

Result<void> SavedStates::saveModel(const TrainingState& state) {
  Result<void> saved = saveWeights(modelFile(m_runFolder), state, *m_model);
  m_modelSaved = saved.has_value();
  return saved;
}

Result<void> SavedStates::markStart() const {
  if (Result<void> made = makeFolder(); !made) return made;
  return eventio::replaceFile(startMark(m_runFolder), kStartMarkText,
                              eventio::AtLink::kReplaceLink);
}

bool SavedStates::holdsModel() const {
  std::error_code ignored;
  return m_modelSaved && fs::is_regular_file(modelFile(m_runFolder), ignored);
}

bool SavedStates::holdsLast() const {
  std::error_code ignored;
  return holdsModel() && fs::is_regular_file(fileOf(Kind::kLast, 0), ignored);
}

Result<void> SavedStates::saveBeforeChange(const TrainingState& state) {
  Result<void> saved = save(Kind::kBeforeChange, state);
  if (saved) prune();
  return saved;
}

void SavedStates::prune() {
  const auto isBeforeChange = [](const SavedState& state) {
    return state.kind == Kind::kBeforeChange;
  };
  const auto count = std::count_if(m_states.begin(), m_states.end(), isBeforeChange);
  if (static_cast<std::size_t>(count) <= kMaxBeforeChange) return;
  auto victim = std::find_if(m_states.begin(), m_states.end(), [&](const SavedState& state) {
    return isBeforeChange(state) && state.diverged;
  });
  if (victim == m_states.end()) {
    victim = std::find_if(m_states.begin(), m_states.end(), isBeforeChange);
  }
  std::error_code ignored;
  fs::remove(fileOf(victim->kind, victim->step), ignored);
  m_states.erase(victim);
}

Result<TrainingState> SavedStates::load(std::int64_t step) const {
  const SavedState* found = nullptr;
  for (const SavedState& state : m_states) {
    if (state.step == step && (found == nullptr || state.kind == Kind::kLast)) found = &state;
  }
  if (found != nullptr) return read(fileOf(found->kind, step));
  return makeError(ErrorCode::kNotFound, "%1: no model was saved at step %2", m_runFolder, step);
}

Result<void> SavedStates::markDiverged(std::int64_t step) {
  Result<void> marked;
  for (SavedState& known : m_states) {
    if (known.step != step || std::exchange(known.diverged, true)) continue;
    const fs::path file = fileOf(known.kind, step);
    Result<void> written = read(file).and_then([&](TrainingState&& state) {
      state.diverged = 1;
      return saveCheckpoint(file, state, *m_model);
    });
    if (!written) marked = std::move(written);
  }
  return marked;
}

void SavedStates::dropAfter(std::int64_t step) {
  std::error_code ignored;
  for (const SavedState& state : m_states) {
    if (state.kind == Kind::kBeforeChange && state.step > step) {
      fs::remove(fileOf(state.kind, state.step), ignored);
    }
  }
  std::erase_if(m_states, [step](const SavedState& state) { return state.step > step; });
}

namespace {

/// The state of a run that has no file in checkpoints/.
Result<std::optional<TrainingState>> stateWithoutCheckpoints(const fs::path& runFolder,
                                                             const Model* model) {
  const fs::path former = runFolder / kFormerModelFile;
  if (isThere(former)) {
    Result<TrainingState> read =
        model != nullptr ? loadCheckpoint(former, *model) : loadPosition(former);
    return std::move(read).map(
        [](TrainingState&& state) { return std::optional(std::move(state)); });
  }
  if (!isThere(SavedStates::modelFile(runFolder)) || isThere(startMark(runFolder))) {
    return std::nullopt;
  }
  return makeError(ErrorCode::kNotFound,
                   "%1: the run's checkpoints are missing, and model.safetensors alone is not "
                   "enough to go on from; "
                   "put them back there, or start a new run",
                   checkpointFolder(runFolder));
}

std::vector<eventio::Message> describePassedOver(const SavedStates& states) {
  std::vector<eventio::Message> why;
  for (const eventio::Error& error : states.damage()) why.push_back(error.message);
  if (states.lacksLast()) why.push_back({"%1: is missing", states.lastFile()});
  for (const SavedState& state : states.list()) {
    if (state.kind != Kind::kLast || !state.diverged) continue;
    why.push_back(
        {"%1: the run had diverged before it was saved at step %2", states.lastFile(), state.step});
  }
  return why;
}

}  // namespace

Result<std::optional<TrainingState>> stateToContinue(const fs::path& runFolder, const Model* model,
                                                     StatesPassedOver* passedOver) {
  SavedStates states(runFolder, model);
  if (const Result<void> scanned = states.scan(); !scanned) {
    return tl::unexpected(scanned.error());
  }
  // The best state comes last: it may be of steps that the run went back over.
  std::optional<std::int64_t> newestGood;
  bool isLast = false;
  for (const SavedState& state : states.list()) {
    if (state.kind == Kind::kBest || state.diverged) continue;
    isLast = state.kind == Kind::kLast || (isLast && state.step == newestGood);
    newestGood = state.step;
  }
  if (!newestGood) newestGood = states.newestGoodStep();
  if (passedOver != nullptr) *passedOver = {describePassedOver(states), isLast};
  if (newestGood) {
    return states.load(*newestGood).map([](TrainingState&& state) {
      return std::optional(std::move(state));
    });
  }
  if (states.list().empty()) return stateWithoutCheckpoints(runFolder, model);
  if (!states.damage().empty()) return tl::unexpected(states.damage().front());
  return std::nullopt;
}

}  // namespace training
