// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>
#include <QString>
#include <optional>

#include "app/window/session/training_session.h"
#include "app/window/setup/setup_form.h"
#include "widgets/status/control_bar.h"
#include "widgets/status/event_entry.h"

namespace widgets {
class FormPanel;
class StatusNotice;
}  // namespace widgets

namespace app {

/// Connects the control bar, the set-up panel and the notice bar to the training session: commands
/// go to it, the trainer's status comes back by poll().
class TrainingController : public QObject {
  Q_OBJECT

 public:
  /// All of them must outlive the controller.
  TrainingController(TrainingSession& session, widgets::ControlBar& bar, widgets::FormPanel& form,
                     widgets::StatusNotice& notice, QObject* parent = nullptr);

  /// Looks whether the trainer's status changed and shows it. Cheap when it did not.
  void poll();

  void start();
  /// Goes on from the model saved in a run's folder.
  void continueRun(const QString& folder);
  /// What continueEnded() does: "Continue the run".
  [[nodiscard]] QString continueEndedText() const;
  /// Continues the run that ended last; with a tenth of the rate where it had diverged.
  void continueEnded();
  /// Fills the form with the settings of a run.
  void useSettings(const QString& folder);
  /// Why a run cannot be continued; empty when it can.
  [[nodiscard]] QString continueProblem(const QString& folder) const;
  /// Why the form cannot be filled with the settings of a run; empty when it can.
  [[nodiscard]] static QString settingsProblem(const QString& folder);

  /// The newest good saved model of the run under way from before a step or at it.
  [[nodiscard]] std::optional<std::int64_t> goBackChoice(std::int64_t step) const;
  /// The run under way has diverged or waits at a value that is not finite.
  [[nodiscard]] bool isInTrouble() const;
  /// "Go back to step 1,200 with a tenth of the rate"
  [[nodiscard]] static QString goBackText(std::int64_t step);
  /// Restores the model saved at a step and goes on from there with a tenth of its learning rate.
  void goBack(std::int64_t step);
  struct SavedChoice {
    std::int64_t step = 0;
    QString text;
  };
  /// The saved models of the run under way, newest first.
  [[nodiscard]] QList<SavedChoice> savedChoices() const;

  /// Sets the form's values, for example those of the last session.
  void setForm(const QVariantMap& values);
  [[nodiscard]] const TrainingSession::Snapshot& shown() const { return m_shown; }

 signals:
  void happened(widgets::Severity severity, const QString& text);
  /// As happened(), of a run that can be continued from its folder.
  void runEnded(widgets::Severity severity, const QString& text, const QString& folder);
  /// A run has begun, or the last one has ended.
  void underWayChanged(bool underWay);
  /// The user changed the set-up.
  void formChanged();
  /// Why nothing can be started now; empty when it can.
  void startProblemChanged(const QString& reason);
  /// What of the run cannot be written while it goes on, as a sentence, when that begins, and when
  /// something else cannot be written or can again; empty when all can.
  void failureChanged(const QString& sentence);
  /// How the training stands, for the window's title; `share` of its steps is done, none while
  /// nothing trains.
  void progressChanged(const QString& title, std::optional<double> share);

 private:
  static constexpr double kGoBackRateFactor = 0.1;

  enum class Answer { kGoBack, kLowerRate, kGoOn, kStop };
  struct Question {
    QString text;
    QList<Answer> answers;  // none: nothing is asked
    std::int64_t goBackStep = 0;
    friend bool operator==(const Question&, const Question&) = default;
  };

  void setPausing(bool pausing);
  void begin(const training::TrainingConfig& config);
  /// With `learningRate` in place of the run's.
  void goOn(const QString& folder, std::optional<double> learningRate);
  /// About more threads than there are cores; empty otherwise.
  [[nodiscard]] QString threadsHint() const;
  void fieldCommitted(const QString& key);
  void applyLive(const QString& key, training::HyperParameter parameter);
  void setRate(double rate);
  void takeEngine();
  void showState();
  void showPendingHints();
  void reportPending(training::HyperParameter parameter);
  [[nodiscard]] Question nonFiniteQuestion() const;
  [[nodiscard]] Question divergenceQuestion() const;
  [[nodiscard]] QString answerText(Answer answer) const;
  void showNotice();
  void answerNotice(int index);
  void reportChanges(const TrainingSession::Snapshot& before, const TrainingSession::Snapshot& now);
  void reportSaves(const training::TrainerStatus& before, const training::TrainerStatus& now);
  void showFailure(const TrainingSession::Snapshot& before, const TrainingSession::Snapshot& now);
  void reportState(const training::TrainerStatus& now);
  void reportPause(const training::TrainerStatus& now);
  [[nodiscard]] QString dataName(const training::TrainingConfig& config) const;
  [[nodiscard]] QString startProblem() const;

  TrainingSession& m_session;
  widgets::ControlBar& m_bar;
  widgets::FormPanel& m_form;
  SetupForm m_setup;
  widgets::StatusNotice& m_notice;
  TrainingSession::Snapshot m_shown;
  std::uint64_t m_version = 0;
  Question m_question;                              // in the notice
  std::optional<std::int64_t> m_ignoredDivergence;  // the user has chosen to go on with this one
  QString m_title;
  QStringList m_pendingHints;  // fields whose hint says that the loop has not applied them yet
  bool m_underWay = false;
  bool m_pausing = false;     // ordered, and not obeyed yet: an evaluation is not interrupted
  bool m_pauseShown = false;  // among the events; single steps do not end it
};

}  // namespace app
