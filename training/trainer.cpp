// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/trainer.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "eventio/file_replacement.h"
#include "training/run_folder.h"
#include "training/run_recorder.h"
#include "training/snapshots/saved_states.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

Result<void> checked(const TrainingConfig& config, std::span<const LayerInfo> layers = {},
                     std::span<const std::string> devices = {}) {
  const std::vector<ConfigProblem> problems = checkConfig(config, layers, devices);
  if (problems.empty()) return {};
  return makeError(ErrorCode::kInvalidArgument,
                   problems.front().field + ": " + problems.front().message);
}

const char* endReason(const TrainingOutcome& outcome) {
  if (outcome.diverged) return "diverged";
  return outcome.stopped ? "stopped on request" : "finished";
}

/// A run whose model at the end is not on the disk has failed: it is there to be continued.
RunState endState(const TrainingOutcome& outcome) {
  if (!outcome.saveFailure.empty()) return RunState::kFailed;
  if (outcome.diverged) return RunState::kDiverged;
  return outcome.stopped ? RunState::kStopped : RunState::kFinished;
}

/// The settings that a run goes on with: its own.
Result<TrainingConfig> resumed(const TrainingConfig& wanted) {
  Result<SavedRun> saved = readSavedRun(wanted.continueRun);
  if (!saved) return tl::unexpected(saved.error());
  const std::string& run = wanted.continueRun;
  if (saved->running) {
    return makeError(ErrorCode::kInvalidArgument, run + ": is being trained at this moment");
  }
  if (saved->finished) {
    return makeError(ErrorCode::kInvalidArgument,
                     run + ": has run to its end; there is nothing to go on with");
  }
  saved->config.continueRun = run;
  return saved->config;
}

}  // namespace

class Trainer::Impl {
 public:
  Impl(TrainerControl& control, std::shared_ptr<eventio::RunStore> store)
      : m_control(control), m_store(std::move(store)) {}

  Result<void> start(const TrainingConfig& wanted);
  void join();
  Result<TrainingOutcome> wait();
  [[nodiscard]] bool isRunning() const noexcept {
    return m_running.load(std::memory_order_acquire);
  }
  void onEnded(std::function<void()> callback) { m_onEnded = std::move(callback); }
  [[nodiscard]] std::shared_ptr<const RunRecorder> recorder() const {
    const std::lock_guard lock(m_mutex);
    return m_recorder;
  }

 private:
  void work(const TrainingConfig& config);
  /// From loading the engine to the saved model; a failure before the folder is made leaves no
  /// trace.
  Result<TrainingOutcome> runJob(TrainingConfig config);
  Result<TrainingOutcome> trainIn(const RunFolder& folder, const TrainingConfig& config,
                                  const DataSet& data, TrainingEngine& engine);
  void conclude(const Result<TrainingOutcome>& outcome);

  TrainerControl& m_control;
  const std::shared_ptr<eventio::RunStore> m_store;
  std::function<void()> m_onEnded;
  std::atomic<bool> m_running{false};
  mutable std::mutex m_mutex;
  std::shared_ptr<RunRecorder> m_recorder;          // guarded by m_mutex
  std::optional<Result<TrainingOutcome>> m_result;  // guarded by m_mutex
  std::mutex m_threadMutex;
  std::thread m_thread;
};

Result<void> Trainer::Impl::start(const TrainingConfig& wanted) {
  const std::lock_guard lock(m_threadMutex);
  if (isRunning()) return makeError(ErrorCode::kInvalidArgument, "A run is going on already");
  Result<TrainingConfig> config = wanted.continueRun.empty() ? wanted : resumed(wanted);
  if (!config) return tl::unexpected(config.error());
  if (Result<void> usable = checked(*config); !usable) return usable;
  if (m_thread.joinable()) m_thread.join();
  {
    const std::lock_guard resultLock(m_mutex);
    m_result.reset();
    m_recorder.reset();
  }
  m_control.begin(
      {config->learningRate, config->momentum, config->weightDecay, config->histogramInterval});
  m_running.store(true, std::memory_order_release);
  m_thread = std::thread([this, config = std::move(*config)] { work(config); });
  return {};
}

void Trainer::Impl::join() {
  const std::lock_guard lock(m_threadMutex);
  if (m_thread.joinable()) m_thread.join();
}

Result<TrainingOutcome> Trainer::Impl::wait() {
  join();
  const std::lock_guard lock(m_mutex);
  if (m_result) return *m_result;
  return makeError(ErrorCode::kNotFound, "No run was started");
}

void Trainer::Impl::work(const TrainingConfig& config) {
  Result<TrainingOutcome> outcome = runJob(config);
  {
    const std::lock_guard lock(m_mutex);
    m_result = outcome;
  }
  conclude(outcome);
  m_running.store(false, std::memory_order_release);
  if (m_onEnded) m_onEnded();
}

void Trainer::Impl::conclude(const Result<TrainingOutcome>& outcome) {
  m_control.update([&outcome](TrainerStatus& status) {
    status.secondsLeft = -1;
    status.nonFinite.reset();
    if (!outcome) {
      status.state = TrainerState::kFailed;
      status.message = outcome.error().message;
    } else if (!outcome->saveFailure.empty()) {
      status.state = TrainerState::kFailed;
      status.message = "Not everything of the run is saved: " + outcome->saveFailure;
    } else {
      status.state = outcome->stopped ? TrainerState::kStopped : TrainerState::kFinished;
    }
  });
}

Result<TrainingOutcome> Trainer::Impl::runJob(TrainingConfig config) {
  const Result<TrainingEngine*> engine = loadEngine();
  if (!engine) return tl::unexpected(engine.error());
  const EngineInfo info = (*engine)->info();
  if (const auto usable = checked(config, info.layers, info.devices); !usable) {
    return tl::unexpected(usable.error());
  }
  const Result<DataSet> data = loadDataSet(config.dataFolder);
  if (!data) return tl::unexpected(data.error());
  config.dataFolder = std::filesystem::absolute(data->folder).lexically_normal().string();

  const Result<RunFolder> folder = config.continueRun.empty()
                                       ? makeRunFolder(config.logDirectory, config.runName)
                                       : runFolderAt(config.continueRun);
  if (!folder) return tl::unexpected(folder.error());
  m_control.update([&](TrainerStatus& status) {
    status.runName = folder->name;
    status.runPath = folder->path().string();
    status.dataName = data->name;
  });
  if (const auto written = writeRunSettings(*folder, config, RunState::kRunning); !written) {
    return tl::unexpected(written.error());
  }
  Result<TrainingOutcome> outcome = trainIn(*folder, config, *data, **engine);
  const RunState state = outcome ? endState(*outcome) : RunState::kFailed;
  const Result<void> written = writeRunSettings(*folder, config, state);
  if (outcome && !written && outcome->saveFailure.empty()) {
    outcome->saveFailure = written.error().message;
  }
  return outcome;
}

Result<TrainingOutcome> Trainer::Impl::trainIn(const RunFolder& folder,
                                               const TrainingConfig& config, const DataSet& data,
                                               TrainingEngine& engine) {
  std::optional<std::int64_t> resumeStep;
  if (!config.continueRun.empty()) {
    eventio::removeAbandonedReplacements(folder.path());
    eventio::removeAbandonedReplacements(folder.path() / "checkpoints");
    const Result<std::optional<TrainingState>> saved = stateToContinue(folder.path());
    if (!saved) return tl::unexpected(saved.error());
    resumeStep = saved->has_value() ? (*saved)->step : 0;
  }
  Result<std::unique_ptr<RunRecorder>> opened =
      RunRecorder::open(folder, config, m_store, resumeStep);
  if (!opened) return tl::unexpected(opened.error());
  const std::shared_ptr<RunRecorder> recorder = std::move(*opened);
  {
    const std::lock_guard lock(m_mutex);
    m_recorder = recorder;
  }
  Result<TrainingOutcome> outcome =
      engine.train(config, data, folder.path().string(), m_control, *recorder);
  if (!outcome) {
    recorder->alert(outcome.error().message, m_control.status().step);
    recorder->ended("failed", eventio::SessionStatus::kFailure);
  } else {
    recorder->ended(endReason(*outcome), eventio::SessionStatus::kSuccess);
  }
  recorder->close();
  return outcome;
}

Trainer::Trainer(std::shared_ptr<eventio::RunStore> store)
    : m_impl(std::make_unique<Impl>(m_control, std::move(store))) {}

Trainer::~Trainer() {
  m_control.stopNow();
  m_impl->join();
}

Result<void> Trainer::start(const TrainingConfig& config) {
  return m_impl->start(config);
}

bool Trainer::isRunning() const noexcept {
  return m_impl->isRunning();
}

Result<TrainingOutcome> Trainer::wait() {
  return m_impl->wait();
}

void Trainer::onEnded(std::function<void()> callback) {
  m_impl->onEnded(std::move(callback));
}

eventio::SummaryWriterStatus Trainer::loggingStatus() const {
  const std::shared_ptr<const RunRecorder> recorder = m_impl->recorder();
  return recorder ? recorder->writerStatus() : eventio::SummaryWriterStatus();
}

std::string Trainer::loggingFailure() const {
  const std::shared_ptr<const RunRecorder> recorder = m_impl->recorder();
  return recorder ? recorder->failure() : std::string();
}

std::uint64_t Trainer::loggedBytes() const {
  const std::shared_ptr<const RunRecorder> recorder = m_impl->recorder();
  return recorder ? recorder->bytes() : 0;
}

std::uint64_t Trainer::loggingWaits() const {
  const std::shared_ptr<const RunRecorder> recorder = m_impl->recorder();
  return recorder ? recorder->waits() : 0;
}

}  // namespace training
