// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "eventio/base/result.h"
#include "eventio/data/run_store.h"
#include "eventio/writer/summary_writer.h"
#include "training/control/control.h"
#include "training/control/engine.h"
#include "training/job/run_settings.h"
#include "training/settings/config.h"

namespace training {

/// One run at a time on a worker thread of its own: loads the engine and the data, finds a free run
/// folder, opens the recorder, trains, saves.
///
/// All of it is thread-safe for one owner and any number of lookers. Progress is polled from
/// control().status() and from the RunStore; nothing is posted per step.
class Trainer {
 public:
  /// `store` receives the live run; null for a run without a window.
  explicit Trainer(std::shared_ptr<eventio::RunStore> store);
  /// Stops now, waits for the worker.
  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// Starts and returns at once. Fails when a run is going on or the configuration has problems
  /// that show without reading data. What fails later ends in state kFailed with a message.
  [[nodiscard]] eventio::Result<void> start(const TrainingConfig& config);
  [[nodiscard]] bool isRunning() const noexcept;
  /// Stops now; `why` is what the log gives as the reason, empty: on request.
  void stopBecause(const std::string& why);
  [[nodiscard]] TrainerControl& control() noexcept { return m_control; }
  [[nodiscard]] const TrainerControl& control() const noexcept { return m_control; }
  /// Waits until the worker has ended; the result of the run.
  [[nodiscard]] eventio::Result<TrainingOutcome> wait();
  /// Called on the worker thread when a run has ended, whichever way. Set before start().
  void onEnded(std::function<void()> callback);

  /// How the log's writer stands; all zero before a run has opened its log. Any thread.
  [[nodiscard]] eventio::SummaryWriterStatus loggingStatus() const;
  /// Status of the log's writer as a message when it fails, empty when all is well. Any thread.
  [[nodiscard]] eventio::Message loggingFailure() const;
  /// Bytes of the run's event files so far, also of those from before it was continued.
  [[nodiscard]] std::uint64_t loggedBytes() const;
  /// How often the training had to wait for the log's disk.
  [[nodiscard]] std::uint64_t loggingWaits() const;

 private:
  class Impl;
  TrainerControl m_control;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace training
