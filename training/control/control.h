// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "eventio/base/message.h"
#include "training/settings/hyper_parameters.h"
#include "training/tasks/metric.h"

namespace training {

enum class TrainerState {
  kIdle,       ///< nothing was started yet
  kPreparing,  ///< reading data, making the model
  kTraining,
  kEvaluating,
  kPaused,
  kNonFinite,  ///< paused because a loss or gradient is not finite: waits for a NonFiniteAnswer
  kFinished,   ///< ran to its end
  kStopped,    ///< stopped on request; can be continued
  kFailed,     ///< could not start or go on; see TrainerStatus::message
};

enum class Phase { kTraining, kFineTuning };

/// What became of a request to change something.
struct ChangeAnswer {
  enum class Kind { kApplied, kNeedsRestart, kRejected };
  Kind kind = Kind::kApplied;
  eventio::Message reason;  ///< empty when applied
};

enum class NonFiniteAnswer {
  kGoOn,       ///< leave this batch's update out and go on; asks again only after some steps
  kLowerRate,  ///< leave it out and go on with a tenth of the learning rate
  kGoBack,     ///< back to TrainerStatus::goBackStep with a tenth of that state's learning rate
  kStop,
};

/// Where the first non-finite value of a step was found.
struct NonFiniteReport {
  std::int64_t step = 0;
  std::string layer;      ///< "fc1", or "loss"
  eventio::Message what;  ///< "gradient of fc1.weight holds 12 NaN", for the user
};

/// An epoch that has ended.
struct EpochRecord {
  Phase phase = Phase::kTraining;
  std::int64_t epoch = 0;     ///< 0-based within the phase
  std::int64_t step = 0;      ///< steps done when it ended, over both phases
  double loss = 0;            ///< mean over the epoch's samples
  MetricValues metrics{};     ///< of the task, in its order
  double validationLoss = 0;  ///< on the test set, or on the validation set
  MetricValues validationMetrics{};
  bool onValidationSet = false;
  double samplesPerSecond = 0;  ///< of its training steps; 0: none since the run was continued
};

/// The smoothed training loss has risen to many times its best: the run has diverged.
struct DivergenceReport {
  std::int64_t step = 0;  ///< where it was noticed
  double loss = 0;        ///< smoothed, at that step
  double bestLoss = 0;    ///< the lowest smoothed loss before it
};

/// A model on disk that the run can go back to: parameters, optimiser state and position.
struct SavedState {
  enum class Kind {
    kLast,          ///< at the end of the newest epoch, or where the run was stopped
    kBest,          ///< best validation metric of the run
    kBeforeChange,  ///< right before a live hyper-parameter changed
    kInitial,       ///< at step 0, where none was saved: made anew from the seed
  };
  Kind kind = Kind::kLast;
  std::int64_t step = 0;         ///< optimiser steps done when it was saved
  double validationMetric = -1;  ///< the task's first; negative: not measured at this state
  double learningRate = 0;       ///< in force when it was saved
  bool diverged = false;         ///< saved while the run had diverged
};

/// A consistent snapshot of the trainer, cheap to take at the display's refresh rate.
struct TrainerStatus {
  TrainerState state = TrainerState::kIdle;
  Phase phase = Phase::kTraining;
  std::int64_t epoch = 0;       ///< in hand or ended last; 1-based in the phase, 0 before the first
  std::int64_t epochs = 0;      ///< of the phase
  std::int64_t step = 0;        ///< optimiser steps done, over both phases
  std::int64_t stepsInAll = 0;  ///< of both phases together
  double samplesPerSecond = 0;  ///< over about the last second of training
  double secondsLeft = -1;      ///< of both phases; negative: not known yet
  double loss = 0;              ///< of the last step
  double loggingShare = 0;      ///< share of the loop's time spent on logging, 0 to 1
  LiveHyperParameters live;     ///< as set; the loop applies them before its next step
  LiveHyperParameters applied;  ///< those that the newest step used, or the next one will
  std::string runName;          ///< name under the log directory, known once it has started
  std::string runPath;          ///< the run's folder
  std::string dataName;         ///< "Fashion-MNIST"
  /// The step that a continued run goes on from; empty for a new run and while it is not known.
  std::optional<std::int64_t> resumeStep;
  eventio::Message message;  ///< why it failed or stopped
  /// The learning rate that a run which ended diverged with; empty for any other.
  std::optional<double> divergedRate;
  std::optional<NonFiniteReport> nonFinite;
  std::optional<DivergenceReport> divergence;  ///< while the run has diverged
  std::vector<SavedState> savedStates;         ///< in order of step
  /// The newest saved state from before the trouble, for goBack(), at the latest that of step 0;
  /// empty before training begins.
  std::optional<std::int64_t> goBackStep;
  std::vector<eventio::Message> warnings;  ///< of the run's folder as it was found; they only grow
  eventio::Message saveFailure;            ///< why the last save failed; empty when it worked
  std::string task = "classification";     ///< of the run: Task::name()
  std::optional<double> metricAfterTraining;  ///< the task's first metric on the test set
  std::optional<double> metricAfterFineTuning;
};

/// The line between whoever gives orders and the training loop.
///
/// Orders come from any thread and never wait for the loop; the loop looks between two steps, so an
/// order takes effect before the next step ends. The newest order of a kind wins.
class TrainerControl {
 public:
  static constexpr std::size_t kMaxFinishedEpochs = 1000;

  TrainerControl() = default;
  TrainerControl(const TrainerControl&) = delete;
  TrainerControl& operator=(const TrainerControl&) = delete;

  // --- orders, any thread --------------------------------------------------------------------
  void pause();
  void resume();
  /// Does exactly one more step, then pauses. From running: pauses after the step in hand.
  void stepOnce();
  void stopNow();
  void stopAfterEpoch();
  /// Takes back stopAfterEpoch() as long as the epoch has not ended.
  void cancelStopAfterEpoch();
  [[nodiscard]] bool stopAfterEpochPending() const;
  /// Checks the value; when applied, the loop takes it up between two steps.
  ChangeAnswer set(HyperParameter parameter, double value);
  /// For a setting, by name, that cannot be live (batch size, layers, device, ...): kNeedsRestart
  /// with the reason as the settings table has it; kRejected for an unknown or a live one.
  [[nodiscard]] static ChangeAnswer setRestartOnly(const std::string& name);
  /// Ignored when nothing was asked, and kGoBack when there is no TrainerStatus::goBackStep.
  void answerNonFinite(NonFiniteAnswer answer);
  /// Restores the state saved at `step` (one of TrainerStatus::savedStates) before the next step
  /// and goes on from there with its learning rate times `learningRateFactor`, also when paused or
  /// waiting for an answer about a non-finite value. A factor below 1 applies to the rate in force
  /// where that is lower than the state's, in the same phase, and to the one of an earlier return
  /// that is on trial (GoBackTrial). Rejected with
  /// the reason when no such state exists or nothing is being trained.
  ChangeAnswer goBack(std::int64_t step, double learningRateFactor);

  // --- looking, any thread -------------------------------------------------------------------
  [[nodiscard]] TrainerStatus status() const;
  [[nodiscard]] LiveHyperParameters live() const;
  /// True from pause() or stepOnce() to resume(), whether the loop has reached its pause or not.
  [[nodiscard]] bool pauseRequested() const;
  /// The epochs that ended since the last call, oldest first; of those that nobody took, the latest
  /// kMaxFinishedEpochs are kept.
  [[nodiscard]] std::vector<EpochRecord> takeFinishedEpochs();
  /// Grows whenever status() changed.
  [[nodiscard]] std::uint64_t version() const noexcept {
    return m_version.load(std::memory_order_acquire);
  }

  // --- the loop's side, worker thread --------------------------------------------------------
  enum class Order { kGoOn, kStop, kGoBack };
  struct GoBackRequest {
    std::int64_t step = 0;
    double learningRateFactor = 1;
  };
  /// What the loop has to know before a step. Waits while paused (and publishes that state).
  struct BeforeStep {
    Order order = Order::kGoOn;
    LiveHyperParameters live;
  };
  [[nodiscard]] BeforeStep beforeStep();
  /// True when goBack() was called since; evaluation gives way to it, so that the state to go back
  /// to is not replaced meanwhile.
  [[nodiscard]] bool goBackRequested() const;
  /// What goBack() asked for, once; the loop calls it after Order::kGoBack and before it ends.
  [[nodiscard]] std::optional<GoBackRequest> takeGoBackRequest();
  /// True when the loop must end at this epoch's end.
  [[nodiscard]] bool stopsAtEpochEnd() const;
  /// True when an order waits that a long piece of work (evaluation) should give way to.
  [[nodiscard]] bool stopRequested() const noexcept {
    return m_stopNow.load(std::memory_order_acquire);
  }
  /// Publishes the report, waits for an answer (stopNow() counts as kStop, goBack() as kGoBack)
  /// and returns it.
  [[nodiscard]] NonFiniteAnswer waitForNonFiniteAnswer(NonFiniteReport report);
  /// Resets orders, live values and status for a new run; before the loop's thread starts, so that
  /// no order given after it is lost.
  void begin(const LiveHyperParameters& live);
  /// Makes an epoch that has ended known to takeFinishedEpochs().
  void publishEpoch(const EpochRecord& epoch);
  /// Puts live values of the loop's own in place (a phase begins, a saved run goes on).
  void adopt(const LiveHyperParameters& live);
  /// Changes the status under the lock. `change` gets the status and must be short.
  template <class Change>
  void update(Change&& change) {
    {
      const std::lock_guard lock(m_mutex);
      change(m_status);
    }
    m_version.fetch_add(1, std::memory_order_release);
  }

 private:
  mutable std::mutex m_mutex;
  std::condition_variable m_wake;
  std::atomic<std::uint64_t> m_version{1};
  std::atomic<bool> m_stopNow{false};
  std::atomic<bool> m_attention{
      false};  ///< an order or change waits: beforeStep() must take the lock
  bool m_pause = false;
  bool m_stopAfterEpoch = false;
  std::int64_t m_stepsAllowed = 0;
  LiveHyperParameters m_live;
  LiveHyperParameters m_loopLive;  ///< the loop's copy, read by the worker without the lock
  std::optional<NonFiniteAnswer> m_answer;
  std::optional<GoBackRequest> m_goBack;
  TrainerStatus m_status;
  std::deque<EpochRecord> m_finishedEpochs;
};

}  // namespace training
