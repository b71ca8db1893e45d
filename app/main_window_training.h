// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <optional>

#include "app/training_session.h"
#include "widgets/control_bar.h"
#include "widgets/event_list.h"

namespace widgets {
class FormPanel;
class StatusNotice;
}  // namespace widgets

namespace app {

/// Ties the control bar, the set-up panel and the notice bar to the training session: orders go one
/// way, what the trainer does comes back by poll().
class TrainingDesk : public QObject {
  Q_OBJECT

 public:
  /// All of them must outlive the desk.
  TrainingDesk(TrainingSession& session, widgets::ControlBar& bar, widgets::FormPanel& form,
               widgets::StatusNotice& notice, QObject* parent = nullptr);

  /// Looks whether the trainer's status changed and shows it. Cheap when it did not.
  void poll();

  void start();
  /// Goes on from the model saved in a run's folder.
  void continueRun(const QString& folder);
  /// Fills the form with the settings of a run.
  void useSettings(const QString& folder);
  /// Why a run cannot be continued; empty when it can.
  [[nodiscard]] QString continueProblem(const QString& folder) const;

  /// Sets the form's values, for example those of the last session.
  void setForm(const QVariantMap& values);
  [[nodiscard]] const TrainingSession::Snapshot& shown() const { return m_shown; }

 signals:
  void happened(widgets::Severity severity, const QString& text);
  /// A run has begun, or the last one has ended.
  void underWayChanged(bool underWay);
  /// The user changed the set-up.
  void formChanged();
  /// Why nothing can be started now; empty when it can.
  void startProblemChanged(const QString& reason);

 private:
  void setPausing(bool pausing);
  void begin(const training::TrainingConfig& config);
  void checkForm();
  void checkDataFolder();
  void fieldCommitted(const QString& key);
  void applyLive(const QString& key, training::HyperParameter parameter);
  void setRate(double rate);
  void takeEngine();
  void showState();
  void showNotice();
  void answerNotice(int index);
  void tellChanges(const TrainingSession::Snapshot& before, const TrainingSession::Snapshot& now);
  void tellState(const training::TrainerStatus& now);
  [[nodiscard]] QString dataName(const training::TrainingConfig& config) const;
  [[nodiscard]] QString startProblem() const;
  [[nodiscard]] widgets::ControlBarState barState() const;
  [[nodiscard]] widgets::ControlBarState idleState() const;
  void fillProgress(widgets::ControlBarState& state) const;

  TrainingSession& m_session;
  widgets::ControlBar& m_bar;
  widgets::FormPanel& m_form;
  widgets::StatusNotice& m_notice;
  TrainingSession::Snapshot m_shown;
  std::uint64_t m_version = 0;
  QString m_dataProblem;
  QString m_checkedFolder;
  bool m_underWay = false;
  bool m_pausing = false;  // ordered, and not obeyed yet: an evaluation is not interrupted
};

}  // namespace app
