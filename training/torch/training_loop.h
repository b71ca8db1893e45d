// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "eventio/base/result.h"
#include "training/compute/batch_math.h"
#include "training/control/control.h"
#include "training/control/divergence_monitor.h"
#include "training/control/engine.h"
#include "training/control/go_back_trial.h"
#include "training/control/throughput_meter.h"
#include "training/data/data_source.h"
#include "training/models/model.h"
#include "training/optimisers/optimiser.h"
#include "training/settings/config.h"
#include "training/settings/optimiser_settings.h"
#include "training/snapshots/model_saver.h"
#include "training/snapshots/training_state.h"
#include "training/tasks/task.h"

namespace training {

class ReplicaGroup;

/// Trains, evaluates, fine-tunes and evaluates; TrainingEngine::train() describes what it keeps.
/// May throw what LibTorch throws.
class TrainingLoop {
 public:
  /// `optimiser` names one of the catalogue; `model` takes the data, and outlives the loop with
  /// them.
  TrainingLoop(const TrainingConfig& config, const OptimiserSettings& optimiser,
               const ChosenTask& task, const Model& model, const LoadedData& data,
               const std::string& runFolder, TrainerControl& control, TrainingRecorder& recorder);
  ~TrainingLoop();
  TrainingLoop(const TrainingLoop&) = delete;
  TrainingLoop& operator=(const TrainingLoop&) = delete;

  [[nodiscard]] eventio::Result<TrainingOutcome> run();

 private:
  enum class Next { kGoOn, kStop, kGoBack };

  /// The state at step 0: everything in it comes from the configuration.
  [[nodiscard]] TrainingState initialState() const;
  eventio::Result<void> restore();
  void setLiveChanges();
  /// An Error unless the state is one of this run.
  [[nodiscard]] eventio::Result<void> checkPosition(const TrainingState& state) const;
  void takeMissingFromSettings(LiveHyperParameters& live) const;
  /// From the present state to the end of the last phase.
  Next runPhases();
  /// Training has ended and fine-tuning has not begun.
  [[nodiscard]] bool isBeforeFineTuning(const TrainingState& state) const noexcept;
  void beginFineTuning(TrainingState& state) const;
  void enterPhase(Phase phase);
  Next runPhase();
  Next runEpoch();
  /// One optimiser step on the next batch of the epoch.
  Next runStep(std::span<const std::uint32_t> batch);
  Next handleNonFinite(std::span<const std::uint32_t> batch, const TaskSums& sum);
  /// The epoch's end: test set, record, checkpoint.
  Next finishEpoch();
  /// What a command wants that broke an evaluation off.
  [[nodiscard]] Next brokenOff() const;
  /// Empty where it was broken off by a command.
  std::optional<TaskSums> evaluate(const SampleSet& samples);
  /// What each epoch is judged on.
  [[nodiscard]] const SampleSet& validationSet() const noexcept;
  /// The task's first metric on the test set; `judged` is what evaluate() gave for validationSet().
  std::optional<double> testMetric(const EpochRecord& judged);
  void apply(const LiveHyperParameters& live);
  /// Nothing where both are the same.
  void recordChange(HyperParameter what, double from, double to);
  /// Restores the state that the control asks for. Where it cannot be read the run goes on as it
  /// is, with an alert.
  void goBack(const TrainerControl::GoBackRequest& request);
  /// The state saved at `step`; at step 0 the initial one where none was saved.
  [[nodiscard]] eventio::Result<TrainingState> stateAt(std::int64_t step) const;
  void watchDivergence(double loss);
  /// An alert about the training, which is remembered as a reason to go back.
  void alert(const eventio::Message& what, std::int64_t step);
  /// The run met trouble: marks the state that it went back to where that is spoilt.
  void judgeStateGoneBackTo();
  /// Batches of the epoch so far that were not finite.
  [[nodiscard]] std::int64_t skippedInEpoch() const noexcept;
  /// Reports the batches of the ended epoch that were left out; true when they are too many.
  bool judgeSkipped();
  [[nodiscard]] eventio::Message leftOutText(std::int64_t skipped) const;
  void recordStep(const TaskSums& sum, std::size_t samples);
  void recordHistograms();
  /// Saves the present state unless the last one holds it already.
  void save(ModelSaver::IfLogFails ifLogFails);
  void saveIfBest(const EpochRecord& record);
  void publishStep(double loss);
  /// `epoch`: the one in hand or the one that ended last, from 1.
  void publishPosition(std::int64_t epoch);
  TrainingOutcome outcome(bool stopped) const;

  [[nodiscard]] std::int64_t epochsOf(Phase phase) const noexcept;
  [[nodiscard]] std::int64_t batchesPerEpoch() const noexcept;
  [[nodiscard]] std::int64_t stepsInAll() const noexcept;
  /// With the live values in force.
  [[nodiscard]] OptimiserSettings optimiserSettings() const;
  /// Calls `record` and adds its time to the time spent on logging.
  template <class Record>
  void logged(const Record& record);

  const TrainingConfig m_config;
  const OptimiserSettings m_optimiserSettings;
  const Optimiser& m_optimiser;
  const ChosenTask m_task;
  const Model& m_model;
  const LoadedData& m_data;
  TrainerControl& m_control;
  TrainingRecorder& m_recorder;

  const std::filesystem::path m_runFolder;
  ModelSaver m_saver;
  TrainingState m_state;
  DivergenceMonitor m_divergence;
  std::unique_ptr<ReplicaGroup> m_replicas;
  std::vector<std::uint32_t> m_order;    // of the epoch's samples
  std::vector<std::uint32_t> m_inOrder;  // 0, 1, 2, ... for evaluation
  std::vector<std::string> m_trainedLayers;
  ThroughputMeter m_meter;  // of the phase in hand
  ThroughputMeter m_epochMeter;
  double m_trainingRate = 0;  // samples a second of the training phase
  double m_loggingSeconds = 0;
  double m_loopSeconds = 0;
  double m_evaluationSeconds = 0;     // of the last evaluation
  std::int64_t m_histogramStep = -1;  // step of the newest histograms
  bool m_saved = false;               // the last saved state is the present one
  bool m_stoppedNonFinite = false;
  bool m_leftOutTooMany = false;
  bool m_stepFinite = true;                  // loss and gradients of the newest step
  double m_divergedRate = 0;                 // in force when the newest trouble began
  eventio::Message m_divergedWhy;            // too many batches were left out
  std::vector<std::int64_t> m_skippedSteps;  // whose batches were left out
  GoBackTrial m_trial;
  eventio::Message m_lastAlert;  // since the run last went back
  std::int64_t m_lastAlertStep = 0;
  std::int64_t m_askAgainStep = 0;  // about values that are not finite
};

}  // namespace training
