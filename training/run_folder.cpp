// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/run_folder.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "eventio/file_replacement.h"
#include "training/process_identity.h"
#include "training/trainer.h"

namespace training {
namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;
using Json = nlohmann::json;

constexpr const char* kFormat = "TrainDeck run 1";
constexpr int kMostNames = 100'000;

const char* word(RunState state) noexcept {
  switch (state) {
    case RunState::kRunning:
      return "running";
    case RunState::kFinished:
      return "finished";
    case RunState::kStopped:
      return "stopped";
    case RunState::kFailed:
      return "failed";
    case RunState::kDiverged:
      return "diverged";
  }
  return "failed";
}

/// Calls field(key, member) for every setting that a run keeps, for writing and for reading.
template <class Config, class Field>
void eachSetting(Config& config, const Field& field) {
  field("data_folder", config.dataFolder);
  field("epochs", config.epochs);
  field("batch_size", config.batchSize);
  field("learning_rate", config.learningRate);
  field("momentum", config.momentum);
  field("weight_decay", config.weightDecay);
  field("fine_tune_epochs", config.fineTuneEpochs);
  field("fine_tune_learning_rate", config.fineTuneLearningRate);
  field("fine_tune_layers", config.fineTuneLayers);
  field("seed", config.seed);
  field("threads", config.threads);
  field("device", config.device);
  field("histogram_interval", config.histogramInterval);
}

Result<Json> readJson(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return makeError(ErrorCode::kNotFound, file.parent_path().string() +
                                               ": not a run of TrainDeck (it holds no " +
                                               file.filename().string() + ")");
  }
  const Json json = Json::parse(stream, nullptr, false);
  if (json.is_object() && json.value("format", Json()) == kFormat) return json;
  return makeError(ErrorCode::kCorrupt, file.string() + ": not the settings of a TrainDeck run");
}

}  // namespace

RunFolder runFolderAt(const fs::path& folder) {
  fs::path path = fs::absolute(folder).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  return {path.parent_path(), path.filename().string()};
}

Result<RunFolder> makeRunFolder(const fs::path& logDirectory, const std::string& name) {
  RunFolder folder{fs::absolute(logDirectory).lexically_normal(), name};
  if (!folder.logDirectory.has_filename()) folder.logDirectory = folder.logDirectory.parent_path();
  std::error_code error;
  fs::create_directories(folder.logDirectory, error);
  if (error) {
    return makeError(ErrorCode::kIo, folder.logDirectory.string() +
                                         ": the log directory cannot be made: " + error.message());
  }
  for (int number = 1; number < kMostNames; ++number) {
    folder.name = number == 1 ? name : name + "-" + std::to_string(number);
    const bool made = fs::create_directory(folder.path(), error);
    if (made) return folder;
    // A file of that name is an error of its own kind, but a name taken all the same.
    if (error && error != std::errc::file_exists && error != std::errc::not_a_directory) {
      return makeError(ErrorCode::kIo, folder.path().string() +
                                           ": the run's folder cannot be made: " + error.message());
    }
  }
  return makeError(ErrorCode::kIo, folder.logDirectory.string() + ": no free name like " + name);
}

Result<void> writeRunSettings(const RunFolder& folder, const TrainingConfig& config,
                              RunState state) {
  Json settings;
  eachSetting(config, [&settings](const char* key, const auto& value) { settings[key] = value; });
  const Json json = {{"format", kFormat},
                     {"state", word(state)},
                     {"process", ownProcessIdentity()},
                     {"settings", settings}};
  return eventio::replaceFile(folder.settingsFile(),
                              json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Result<SavedRun> readSavedRun(const std::string& runFolder) {
  const RunFolder folder = runFolderAt(runFolder);
  const Result<Json> json = readJson(folder.settingsFile());
  if (!json) return tl::unexpected(json.error());
  SavedRun run;
  try {
    const Json& settings = json->at("settings");
    eachSetting(run.config,
                [&settings](const char* key, auto& value) { settings.at(key).get_to(value); });
    const std::string state = json->at("state");
    run.finished = state == word(RunState::kFinished);
    run.diverged = state == word(RunState::kDiverged);
    run.running = state == word(RunState::kRunning) && processRuns(json->at("process"));
    run.endedCleanly = state != word(RunState::kRunning) || run.running;
  } catch (const Json::exception& error) {
    return makeError(ErrorCode::kCorrupt, folder.settingsFile().string() + ": " + error.what());
  }
  run.config.logDirectory = folder.logDirectory.string();
  run.config.runName = folder.name;
  std::error_code ignored;
  if (fs::is_regular_file(folder.modelFile(), ignored)) run.modelFile = folder.modelFile().string();
  return run;
}

}  // namespace training
