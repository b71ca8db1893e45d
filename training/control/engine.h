// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"
#include "training/control/control.h"
#include "training/data/data_source.h"
#include "training/settings/config.h"

namespace training {

struct EngineInfo {
  std::string torchVersion;          ///< "1.13.1"
  std::vector<std::string> devices;  ///< "cpu" first, then "cuda:0", ... as LibTorch offers them
};

struct StepRecord {
  Phase phase = Phase::kTraining;
  std::int64_t step = 0;   ///< 0-based, over both phases
  double loss = 0;         ///< mean over the batch
  MetricValues metrics{};  ///< of the batch
  double learningRate = 0;
  double samplesPerSecond = 0;
};

/// The run went back to a state saved before: what was recorded at and after its step, and of its
/// epochs those not done there, holds no more.
struct WentBack {
  std::int64_t from = 0;           ///< step
  std::int64_t to = 0;             ///< step
  Phase phase = Phase::kTraining;  ///< of the state
  std::int64_t epochsDone = 0;     ///< of that phase, at the state
  eventio::Message
      why;  ///< the last alert in between, which is dropped with its step; may be empty
  std::int64_t whyStep = 0;  ///< of that alert
};

enum class AlertAbout {
  kTraining,  ///< going back to a saved state may help
  kSaving,    ///< models cannot be saved, or can again
  kFiles,     ///< other trouble with the run's folder
  kData,      ///< how the data set was read: nothing is wrong
};

/// Records what happens; called by the training loop on its thread. Never throws, and but for
/// flush() never waits for the disk while memory lasts.
class TrainingRecorder {
 public:
  virtual ~TrainingRecorder() = default;
  virtual void step(const StepRecord& record) = 0;
  /// An epoch begins with this step; `epoch` is 0-based within the phase.
  virtual void epochBegins(Phase phase, std::int64_t epoch, std::int64_t step) = 0;
  virtual void epoch(const EpochRecord& record) = 0;
  /// Values of one parameter or gradient: tag "conv1/weight" or "conv1/weight.grad".
  virtual void histogram(std::string_view tag, std::span<const float> values,
                         std::int64_t step) = 0;
  /// A live hyper-parameter changed and holds from this step on.
  virtual void changed(std::string_view what, double from, double to, std::int64_t step) = 0;
  /// Brings all that was recorded to the disk. The loop calls it before a model that depends on
  /// the log replaces an older one.
  [[nodiscard]] virtual eventio::Result<void> flush() = 0;
  /// `file`: path of the model's parameters.
  virtual void checkpointSaved(const std::string& file, std::int64_t step) = 0;
  virtual void wentBack(const WentBack& back) = 0;
  /// Something the user must know: a non-finite loss, a checkpoint that could not be written.
  virtual void alert(AlertAbout about, const eventio::Message& message, std::int64_t step) = 0;
};

struct TrainingOutcome {
  bool stopped = false;  ///< stopped on request before its end
  /// The task's first metric on the test set; negative: not reached, or the phase left out.
  double metricAfterTraining = -1;
  double metricAfterFineTuning = -1;
  double samplesPerSecond = 0;      ///< of training alone, evaluation left out
  bool diverged = false;            ///< ended while the run had diverged or was not finite
  eventio::Message divergedWhy;     ///< where too many batches were left out; else empty
  double divergedRate = 0;          ///< the learning rate that the run diverged with
  std::int64_t skippedBatches = 0;  ///< left out since they were not finite, since train()
  std::int64_t batches = 0;         ///< steps done in all, those left out among them
  std::string modelFile;            ///< parameters at the end; empty when they are not saved
  std::string bestModelFile;  ///< those with the best validation metric; empty when there are none
  eventio::Message saveFailure;  ///< why not all of the run is on the disk; empty when it is
  eventio::Message logFailure;  ///< why the log lacks records, and how many; empty when it is whole
};

/// A run diverges when a greater share of an epoch's batches is left out because their loss or
/// gradients are not finite.
inline constexpr double kMaxSkippedShare = 0.5;

/// What stands between the program and LibTorch. Its code lives in a module that is loaded when
/// training is first wanted; nothing else of the program touches torch.
class TrainingEngine {
 public:
  virtual ~TrainingEngine() = default;
  [[nodiscard]] virtual EngineInfo info() const = 0;
  /// Trains, evaluates, fine-tunes and evaluates as `config` says, on the calling thread and
  /// threads of its own. Saves model and optimiser state in `runFolder` (snapshots/saved_states.h)
  /// after each epoch, before each live change and when it ends. With config.continueRun it goes on
  /// from what stateToContinue(runFolder) gives. Bit-identical for one seed, thread count and
  /// machine, however it was paused; a continued run equals one that was never stopped.
  [[nodiscard]] virtual eventio::Result<TrainingOutcome> train(const TrainingConfig& config,
                                                               const LoadedData& data,
                                                               const std::string& runFolder,
                                                               TrainerControl& control,
                                                               TrainingRecorder& recorder) = 0;
};

/// Loads the engine's module (about 0.3 s: LibTorch's initialisers). Thread-safe; loads once.
/// Error kNotFound when the program was built or installed without it: old runs can still be
/// viewed.
[[nodiscard]] eventio::Result<TrainingEngine*> loadEngine();

}  // namespace training
