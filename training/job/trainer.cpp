// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/trainer.h"

#include <atomic>
#include <mutex>
#include <new>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "training/base/machine.h"
#include "training/compute/thread_count.h"
#include "training/data/data_set.h"
#include "training/data/data_sources.h"
#include "training/job/data_fit.h"
#include "training/job/resumption.h"
#include "training/job/run_folder.h"
#include "training/job/run_lock.h"
#include "training/job/run_recorder.h"
#include "training/job/setting_choices.h"
#include "training/models/models.h"
#include "training/tasks/tasks.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Message;
using eventio::Result;

Result<void> checked(const TrainingConfig& config, std::span<const std::string> devices = {}) {
  const std::vector<ConfigProblem> problems = checkSettings(config, devices);
  if (problems.empty()) return {};
  return makeError(ErrorCode::kInvalidArgument, describe(problems.front().field, problems.front()));
}

std::string endReason(const TrainingOutcome& outcome, const std::string& stopReason) {
  if (outcome.diverged) return "diverged";
  if (!outcome.stopped) return "finished";
  return stopReason.empty() ? "stopped on request" : "stopped: " + stopReason;
}

/// A run whose model or log is not whole on the disk has failed: it is there to be continued.
RunState endState(const TrainingOutcome& outcome) {
  if (!outcome.saveFailure.empty() || !outcome.logFailure.empty()) return RunState::kFailed;
  if (outcome.diverged) return RunState::kDiverged;
  return outcome.stopped ? RunState::kStopped : RunState::kFinished;
}

struct RunData {
  LoadedData samples;
  std::string fingerprint;
  Model model;  ///< made for them
};

/// The data of the run; a run that goes on takes no other data than it began with.
Result<RunData> loadRunData(const TrainingConfig& config) {
  const Task& task = *findTask(config.task);
  Result<LoadedData> samples = loadDataSet(config.dataFolder, config.dataFormat, task.targetKind());
  const bool isBound = !config.continueRun.empty() && !config.dataFingerprint.empty();
  if (!samples) {
    if (!isBound) return tl::unexpected(samples.error());
    return makeError(samples.error().code, "%1; --data names where the run's data lie now",
                     samples.error().message);
  }
  const auto outputs = task.outputs(samples->description);
  if (!outputs) return tl::unexpected(outputs.error());
  Result<Model> model = modelFor(modelSettings(config), samples->description, *outputs);
  if (!model) return tl::unexpected(model.error());
  RunData data{std::move(*samples), {}, std::move(*model)};
  data.fingerprint = dataFingerprint(data.samples);
  if (isBound && data.fingerprint != config.dataFingerprint) {
    return makeError(
        ErrorCode::kInvalidArgument,
        "%1: holds other data (%2) than the run was trained on (%3); name the folder of "
        "the run's data with --data, or start a new run",
        data.samples.description.path, data.fingerprint, config.dataFingerprint);
  }
  for (Message problem : {validationProblem(config, data.samples.description),
                          batchProblem(config, data.samples.description)}) {
    if (problem.empty()) continue;
    return makeError(ErrorCode::kInvalidArgument, "%1: %2", data.samples.description.path,
                     std::move(problem));
  }
  return data;
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
  void setStopReason(const std::string& why) {
    const std::lock_guard lock(m_mutex);
    m_stopReason = why;
  }
  [[nodiscard]] std::string stopReason() const {
    const std::lock_guard lock(m_mutex);
    return m_stopReason;
  }
  [[nodiscard]] std::shared_ptr<const RunRecorder> recorder() const {
    const std::lock_guard lock(m_mutex);
    return m_recorder;
  }

 private:
  void work(const TrainingConfig& config);
  /// runJob(), whose exceptions become an error.
  Result<TrainingOutcome> runGuarded(const TrainingConfig& config);
  /// From loading the engine to the saved model; a failure before the folder is made leaves no
  /// trace.
  Result<TrainingOutcome> runJob(TrainingConfig config);
  Result<TrainingOutcome> trainIn(const RunFolder& folder, const TrainingConfig& config,
                                  std::optional<std::int64_t> resumeStep, const LoadedData& data,
                                  TrainingEngine& engine);
  /// Puts back, at each save, what somebody removed from the folder or moved away with it: without
  /// settings the run could not be continued.
  void keepRunFiles(const RunFolder& folder, const TrainingConfig& config, RunRecorder& recorder);
  void conclude(const Result<TrainingOutcome>& outcome);

  TrainerControl& m_control;
  const std::shared_ptr<eventio::RunStore> m_store;
  std::function<void()> m_onEnded;
  std::atomic<bool> m_running{false};
  mutable std::mutex m_mutex;
  std::shared_ptr<RunRecorder> m_recorder;          // guarded by m_mutex
  std::optional<Result<TrainingOutcome>> m_result;  // guarded by m_mutex
  std::string m_stopReason;                         // guarded by m_mutex; empty: on request
  std::mutex m_threadMutex;
  std::thread m_thread;
  std::vector<Message> m_warnings;   // the worker's: of the folder of a run that goes on
  std::optional<RunLock> m_runLock;  // the worker's, from its start to its end
  bool m_settingsChanged = false;    // the worker's: run.json of a run that goes on
  Message m_folderProblem;           // the worker's: why lock or settings cannot be put back
};

Result<void> Trainer::Impl::start(const TrainingConfig& wanted) {
  const std::lock_guard lock(m_threadMutex);
  if (isRunning()) return makeError(ErrorCode::kInvalidArgument, "A run is going on already");
  TrainingConfig config = wanted;
  std::optional<RunLock> runLock;
  std::vector<Message> warnings;
  bool settingsChanged = false;
  if (!wanted.continueRun.empty()) {
    Result<Resumption> resumption = resume(wanted);
    if (!resumption) return tl::unexpected(resumption.error());
    config = std::move(resumption->config);
    runLock = std::move(resumption->lock);
    warnings = std::move(resumption->warnings);
    settingsChanged = resumption->settingsChanged;
  }
  if (Result<void> usable = checked(config); !usable) return usable;
  if (m_thread.joinable()) m_thread.join();
  {
    const std::lock_guard resultLock(m_mutex);
    m_result.reset();
    m_recorder.reset();
    m_stopReason.clear();
  }
  m_control.begin(liveHyperParameters(config));
  m_runLock = std::move(runLock);
  m_warnings = std::move(warnings);
  m_settingsChanged = settingsChanged;
  m_running.store(true, std::memory_order_release);
  try {
    m_thread = std::thread([this, config = std::move(config)] { work(config); });
  } catch (const std::system_error& error) {
    m_running.store(false, std::memory_order_release);
    m_runLock.reset();
    return makeError(ErrorCode::kUnsupported, "No thread can be started to train on: %1",
                     error.what());
  }
  return {};
}

void Trainer::Impl::join() {
  const std::lock_guard lock(m_threadMutex);
  // A library may end the process on the worker itself.
  const bool isWorker = m_thread.get_id() == std::this_thread::get_id();
  if (m_thread.joinable() && !isWorker) m_thread.join();
}

Result<TrainingOutcome> Trainer::Impl::wait() {
  join();
  const std::lock_guard lock(m_mutex);
  if (m_result) return *m_result;
  return makeError(ErrorCode::kNotFound, "No run was started");
}

void Trainer::Impl::work(const TrainingConfig& config) {
  Result<TrainingOutcome> outcome = runGuarded(config);
  if (!outcome) outcome = tl::unexpected(explained(outcome.error(), m_settingsChanged));
  m_runLock.reset();
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
    if (outcome && outcome->diverged) status.divergedRate = outcome->divergedRate;
    if (!outcome) {
      status.state = TrainerState::kFailed;
      status.message = outcome.error().message;
    } else if (!outcome->saveFailure.empty()) {
      status.state = TrainerState::kFailed;
      status.message = Message("Not everything of the run is saved: %1", outcome->saveFailure);
    } else if (!outcome->logFailure.empty()) {
      status.state = TrainerState::kFailed;
      status.message = Message("The log of the run is not whole: %1", outcome->logFailure);
    } else {
      status.state = outcome->stopped ? TrainerState::kStopped : TrainerState::kFinished;
    }
  });
}

Result<TrainingOutcome> Trainer::Impl::runGuarded(const TrainingConfig& config) {
  try {
    return runJob(config);
  } catch (const std::bad_alloc&) {
    return makeError(ErrorCode::kUnsupported, kOutOfMemoryAdvice);
  } catch (const std::exception& error) {
    return makeError(ErrorCode::kUnsupported, "Training broke off: %1", error.what());
  }
}

Result<TrainingOutcome> Trainer::Impl::runJob(TrainingConfig config) {
  const Result<TrainingEngine*> engine = loadEngine();
  if (!engine) return tl::unexpected(engine.error());
  const EngineInfo info = (*engine)->info();
  if (const auto usable = checked(config, info.devices); !usable) {
    return tl::unexpected(usable.error());
  }
  const Result<RunData> loaded = loadRunData(config);
  if (!loaded) return tl::unexpected(loaded.error());
  const LoadedData& data = loaded->samples;
  config.dataFolder = std::filesystem::absolute(data.description.path).lexically_normal().string();
  config.dataFingerprint = loaded->fingerprint;
  if (config.course == 0) config.course = courseFingerprint(config);
  if (config.device == "cpu") config.threads = threadsFor(config);

  const Result<RunFolder> folder = config.continueRun.empty()
                                       ? makeRunFolder(config.logDirectory, config.runName)
                                       : runFolderAt(config.continueRun);
  if (!folder) return tl::unexpected(folder.error());
  if (!m_runLock) {
    Result<RunLock> lock = RunLock::acquire(folder->path());
    if (!lock) return tl::unexpected(lock.error());
    m_runLock = std::move(*lock);
  }
  m_control.update([&](TrainerStatus& status) {
    status.runName = folder->name;
    status.runPath = folder->path().string();
    status.dataName = data.description.name;
  });
  m_folderProblem = {};
  const Result<std::optional<std::int64_t>> resumeStep =
      stepToContinue(*folder, config, loaded->model, data.train.count, m_warnings);
  if (!resumeStep) return tl::unexpected(resumeStep.error());
  m_control.update([&](TrainerStatus& status) { status.resumeStep = *resumeStep; });
  if (const auto written = writeRunSettings(*folder, config, RunState::kRunning); !written) {
    return tl::unexpected(written.error());
  }
  Result<TrainingOutcome> outcome = trainIn(*folder, config, *resumeStep, data, **engine);
  const RunState state = outcome ? endState(*outcome) : RunState::kFailed;
  const Result<void> written = writeRunSettings(*folder, config, state);
  if (outcome && !written && outcome->saveFailure.empty()) {
    outcome->saveFailure = written.error().message;
  }
  return outcome;
}

Result<TrainingOutcome> Trainer::Impl::trainIn(const RunFolder& folder,
                                               const TrainingConfig& config,
                                               std::optional<std::int64_t> resumeStep,
                                               const LoadedData& data, TrainingEngine& engine) {
  Result<std::unique_ptr<RunRecorder>> opened =
      RunRecorder::open(folder, config, m_store, resumeStep);
  if (!opened) return tl::unexpected(opened.error());
  const std::shared_ptr<RunRecorder> recorder = std::move(*opened);
  {
    const std::lock_guard lock(m_mutex);
    m_recorder = recorder;
  }
  m_warnings.insert(m_warnings.end(), recorder->logGaps().begin(), recorder->logGaps().end());
  for (const Message& warning : m_warnings) {
    recorder->alert(AlertAbout::kFiles, warning, resumeStep.value_or(0));
  }
  if (!resumeStep) {  // a run that goes on has reported them
    const std::vector<Message>& remarks = data.description.remarks;
    for (const Message& remark : remarks) recorder->alert(AlertAbout::kData, remark, 0);
    m_warnings.insert(m_warnings.end(), remarks.begin(), remarks.end());
  }
  m_control.update([this](TrainerStatus& status) { status.warnings = m_warnings; });
  if (!m_runLock->isExclusive()) {
    recorder->alert(AlertAbout::kFiles,
                    {"This file system has no locks: nothing keeps another program from training "
                     "%1 at the same time",
                     folder.path()},
                    resumeStep.value_or(0));
  }
  recorder->afterFlush([&] { keepRunFiles(folder, config, *recorder); });
  Result<TrainingOutcome> outcome =
      engine.train(config, data, folder.path().string(), m_control, *recorder);
  recorder->afterFlush({});
  if (!outcome) {
    recorder->alert(AlertAbout::kTraining, outcome.error().message, m_control.status().step);
    recorder->ended("failed", eventio::SessionStatus::kFailure);
  } else {
    const std::uint64_t lost = recorder->writerStatus().recordsLost;
    if (lost > 0) {
      recorder->alert(AlertAbout::kFiles,
                      {"The log lacks %1 records: %2", lost, recorder->failure()},
                      m_control.status().step);
    }
    recorder->ended(endReason(*outcome, stopReason()), eventio::SessionStatus::kSuccess);
  }
  recorder->close();
  if (const Message loss = recorder->loss(); outcome && !loss.empty()) {
    outcome->logFailure = describeLogLoss(loss, folder, m_control.status().step);
  }
  return outcome;
}

void Trainer::Impl::keepRunFiles(const RunFolder& folder, const TrainingConfig& config,
                                 RunRecorder& recorder) {
  Result<void> kept = m_runLock->renew(folder.path());
  const bool isOthers = !kept && kept.error().code == ErrorCode::kInvalidArgument;
  std::error_code ignored;
  if (!isOthers && !std::filesystem::is_regular_file(folder.settingsFile(), ignored)) {
    const Result<void> written = writeRunSettings(folder, config, RunState::kRunning);
    if (!written) kept = written;
  }
  const Message problem = kept ? Message() : kept.error().message;
  const Message before = std::exchange(m_folderProblem, problem);
  if (problem.empty() || before.english() == problem.english()) return;
  m_warnings.push_back(problem);
  recorder.alert(AlertAbout::kFiles, problem, m_control.status().step);
  m_control.update([this](TrainerStatus& status) { status.warnings = m_warnings; });
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

void Trainer::stopBecause(const std::string& why) {
  m_impl->setStopReason(why);
  m_control.stopNow();
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

Message Trainer::loggingFailure() const {
  const std::shared_ptr<const RunRecorder> recorder = m_impl->recorder();
  return recorder ? recorder->failure() : Message();
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
