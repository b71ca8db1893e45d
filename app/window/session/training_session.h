// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <optional>
#include <thread>

#include "eventio/data/run_store.h"
#include "training/control/engine.h"
#include "training/data/data_set.h"
#include "training/job/trainer.h"

namespace app {

/// The window's side of the training: owns the Trainer, has the engine loaded in the background and
/// hands out snapshots. UI thread only.
class TrainingSession : public QObject {
  Q_OBJECT

 public:
  enum class Engine { kNotLoaded, kLoading, kReady, kMissing };

  struct Snapshot {
    training::TrainerStatus status;
    bool stopsAfterEpoch = false;
    bool stopsNow = false;   ///< was ordered to, and has not ended yet
    QString loggingFailure;  ///< empty when the log can be written
    std::uint64_t loggedBytes = 0;
    std::uint64_t loggingWaits = 0;  ///< times that the training waited for the log's disk

    /// True while the training waits, and with it a change that was asked for.
    [[nodiscard]] bool hasPendingChange() const {
      using training::TrainerState;
      const bool waits = status.state == TrainerState::kPaused ||
                         status.state == TrainerState::kNonFinite ||
                         status.state == TrainerState::kEvaluating;
      return waits && status.applied != status.live;
    }
  };

  explicit TrainingSession(std::shared_ptr<eventio::RunStore> store, QObject* parent = nullptr);
  /// Stops a run that is going on, saves it and waits for it.
  ~TrainingSession() override;

  /// Loads the engine and looks for data sets on a thread of its own; engineChanged() follows.
  void loadEngine();
  [[nodiscard]] Engine engineState() const { return m_engineState; }
  /// What the engine offers, empty before it is ready.
  [[nodiscard]] const training::EngineInfo& engine() const { return m_engine; }
  [[nodiscard]] const std::vector<training::DataSetPlace>& dataSets() const { return m_dataSets; }
  /// False while dataSets() are still being looked for.
  [[nodiscard]] bool hasSearchedData() const {
    return m_engineState == Engine::kReady || m_engineState == Engine::kMissing;
  }
  /// Why nothing can be trained: the engine is on its way or missing; empty when it is ready.
  [[nodiscard]] QString engineProblem() const;

  /// Starts a run; the reason when it cannot be started.
  [[nodiscard]] eventio::Result<void> start(const training::TrainingConfig& config);
  [[nodiscard]] bool isRunning() const { return m_trainer.isRunning(); }
  [[nodiscard]] training::TrainerControl& control() { return m_trainer.control(); }
  [[nodiscard]] Snapshot snapshot() const;
  /// Configuration of the run in hand or of the last one.
  [[nodiscard]] const training::TrainingConfig& config() const { return m_config; }

  /// Orders a stop and returns at once; ended() follows.
  void requestStop();
  /// Stops and waits until model and log are saved.
  /// `why` is what the log gives as the reason; empty: on request.
  void stopAndWait(const std::string& why = {});

 signals:
  void engineChanged();
  /// A run has begun: config() is its configuration, and the trainer's status is of it.
  void started();
  /// The run has ended, whichever way; queued from the worker.
  void ended();

 private:
  void takeEngine(const eventio::Result<training::EngineInfo>& info,
                  std::vector<training::DataSetPlace> places);

  training::Trainer m_trainer;
  training::TrainingConfig m_config;
  Engine m_engineState = Engine::kNotLoaded;
  training::EngineInfo m_engine;
  QString m_engineFailure;
  std::vector<training::DataSetPlace> m_dataSets;
  std::thread m_loader;
};

}  // namespace app
