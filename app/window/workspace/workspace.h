// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>

#include "app/window/session/training_session.h"
#include "app/window/workspace/live_run_events.h"
#include "app/window/workspace/open_logs.h"
#include "app/window/workspace/run_style_settings.h"
#include "eventio/data/run_store.h"
#include "widgets/runs/run_selection.h"
#include "widgets/status/event_entry.h"

namespace app {

/// What the window shows and works on, without any widget: the run store, the open logs, which runs
/// are shown, and the training with its live run. Outlives the window. UI thread.
class Workspace : public QObject {
  Q_OBJECT

 public:
  explicit Workspace(QObject* parent = nullptr);
  ~Workspace() override;

  [[nodiscard]] const std::shared_ptr<eventio::RunStore>& store() const { return m_store; }
  [[nodiscard]] widgets::RunSelection& selection() { return m_selection; }
  [[nodiscard]] OpenLogs& logs() { return m_logs; }
  [[nodiscard]] TrainingSession& session() { return m_session; }

  /// The run that this process trains, or the last one that it trained; null before its first
  /// point.
  [[nodiscard]] const std::shared_ptr<eventio::Run>& liveRun() const { return m_liveEvents.run(); }
  /// A run whose events were reported while this process trained it.
  [[nodiscard]] bool hasTrained(const eventio::Run& run) const;
  /// Old runs are open and nothing was trained: no set-up of a next run is needed.
  [[nodiscard]] bool isForViewing() const;
  /// Whether the user named the log directories that are open, or they are where runs go by
  /// default.
  void setLogsNamed(bool named) { m_logsNamed = named; }

  /// A training has begun: once its run is in the store, it is ticked, selected and followed, and
  /// its log directory opened. `isContinued`: it goes on from a saved model, and waits for
  /// TrainerStatus::resumeStep. Called when the session starts a run.
  void expectLiveRun(bool isContinued);

  /// Takes over runs that the store opened or removed, the run that is expected, and what the live
  /// run reports. For the refresh timer; cheap when nothing is new.
  void poll();
  /// What the recorder has reported until now; part of poll().
  void pollLiveEvents() { m_liveEvents.poll(); }

 signals:
  /// Of the open logs.
  void happened(widgets::Severity severity, const QString& text);
  void liveRunReported(const widgets::EventEntry& entry);
  /// The run that was just begun does not pass the filter of the run list.
  void liveRunIsFiltered();

 private:
  void adoptLiveRun();

  const std::shared_ptr<eventio::RunStore> m_store;
  RunStyleSettings m_runStyles;
  widgets::RunSelection m_selection;
  TrainingSession m_session;
  OpenLogs m_logs;
  LiveRunEvents m_liveEvents;
  double m_liveRunSince = 0;     // wall time of its start
  bool m_awaitsLiveRun = false;  // a run has begun and has not appeared in the store yet
  bool m_isContinued = false;
  bool m_logsNamed = true;
  bool m_hasTrained = false;
};

}  // namespace app
