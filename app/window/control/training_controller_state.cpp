// SPDX-License-Identifier: GPL-3.0-or-later
// What the trainer's status becomes: the control bar's state and entries of the event list.
#include <QFileInfo>
#include <QStringList>
#include <utility>

#include "app/window/control/control_bar_state.h"
#include "app/window/control/training_controller.h"
#include "app/window/session/status_text.h"
#include "app/window/session/validation_metric.h"
#include "app/window/setup/setup_binding.h"
#include "widgets/forms/form_panel.h"
#include "widgets/style/translated.h"

namespace app {

using training::TrainerState;
using widgets::Severity;

namespace {

/// A step's number is its index, from 0, as on the charts.
QString afterStep(std::int64_t stepsDone) {
  return stepsDone > 0 ? TrainingController::tr("after step %1").arg(countText(stepsDone - 1))
                       : TrainingController::tr("before the first step");
}

}  // namespace

QString TrainingController::startProblem() const {
  QString engine = m_session.engineProblem();
  if (!engine.isEmpty()) return engine;
  const bool closing = m_session.isRunning() && !isUnderWay(m_shown.status.state);
  return closing ? tr("The last run is being closed") : m_form.firstProblem();
}

void TrainingController::showState() {
  ControlBarInput input;
  input.snapshot = m_shown;
  input.pauseRequested = m_session.control().pauseRequested();
  input.isPausing = m_pausing;
  input.startProblem = startProblem();
  input.hasEngine = m_session.engineState() != TrainingSession::Engine::kMissing;
  input.config = m_session.config();
  input.next = toConfig(m_form.values());
  input.nextData = dataName(input.next);
  const widgets::ControlBarState state = controlBarState(input);
  m_bar.setState(state);
  emit startProblemChanged(state.mainReason);
  const TrainingTitle title = trainingTitle(m_shown.status, state);
  if (title.text == m_title) return;
  m_title = title.text;
  emit progressChanged(title.text, title.share);
}

QString TrainingController::dataName(const training::TrainingConfig& config) const {
  const auto& places = m_session.dataSets();
  if (config.dataFolder == "auto") {
    if (!places.empty()) return QString::fromStdString(places.front().name);
    return m_session.hasSearchedData() ? tr("no data") : tr("looking for data…");
  }
  for (const training::DataSetPlace& place : places) {
    if (place.folder == config.dataFolder) return QString::fromStdString(place.name);
  }
  return QFileInfo(QString::fromStdString(config.dataFolder)).fileName();
}

void TrainingController::reportChanges(const TrainingSession::Snapshot& before,
                                       const TrainingSession::Snapshot& now) {
  if (now.status.state != before.status.state) reportState(now.status);
  reportPause(now.status);
  reportSaves(before.status, now.status);
  showFailure(before, now);
  if (now.loggingFailure == before.loggingFailure) return;
  if (now.loggingFailure.isEmpty()) {
    emit happened(Severity::kGood, tr("The log can be written again; nothing queued was lost"));
  } else {
    emit happened(Severity::kError,
                  tr("The log cannot be written, training goes on: %1").arg(now.loggingFailure));
  }
}

void TrainingController::showFailure(const TrainingSession::Snapshot& before,
                                     const TrainingSession::Snapshot& now) {
  const auto failing = [](const TrainingSession::Snapshot& snapshot) {
    return std::pair(!snapshot.loggingFailure.isEmpty(), !snapshot.status.saveFailure.empty());
  };
  // Other words for the same failure are none of the user's concern.
  if (failing(now) == failing(before)) return;
  const auto [log, model] = failing(now);
  QStringList sentences;
  if (log) sentences << tr("The log cannot be written: %1.").arg(now.loggingFailure);
  if (model) {
    sentences
        << tr("The model cannot be saved: %1.").arg(widgets::translated(now.status.saveFailure));
  }
  if (log && model) {
    sentences << tr("Training goes on, and both are tried again.");
  } else if (log || model) {
    sentences << tr("Training goes on, and it is tried again.");
  }
  emit failureChanged(sentences.join(' '));
}

void TrainingController::reportSaves(const training::TrainerStatus& before,
                                     const training::TrainerStatus& now) {
  if (now.saveFailure.empty() == before.saveFailure.empty()) return;
  if (now.saveFailure.empty()) {
    const bool anotherRun = now.state == TrainerState::kPreparing;
    if (!anotherRun) emit happened(Severity::kGood, tr("The model can be saved again"));
    return;
  }
  emit happened(Severity::kError, tr("The model cannot be saved, training goes on: %1")
                                      .arg(widgets::translated(now.saveFailure)));
}

void TrainingController::reportPause(const training::TrainerStatus& now) {
  if (now.state == TrainerState::kPaused) {
    if (std::exchange(m_pauseShown, true)) return;
    emit happened(Severity::kInfo, tr("Paused %1").arg(afterStep(now.step)));
    return;
  }
  if (!m_pauseShown || (isUnderWay(now.state) && m_session.control().pauseRequested())) return;
  m_pauseShown = false;
  const bool goesOn =
      now.state == TrainerState::kTraining || now.state == TrainerState::kEvaluating;
  if (goesOn) emit happened(Severity::kInfo, tr("Resumed"));
}

void TrainingController::reportState(const training::TrainerStatus& now) {
  const QString run = QString::fromStdString(now.runName);
  switch (now.state) {
    case TrainerState::kPreparing:
      emit happened(Severity::kInfo, tr("Preparing data and model"));
      break;
    case TrainerState::kFinished: {
      QString text = tr("%1 finished").arg(run);
      if (now.metricAfterTraining) {
        text +=
            tr("; test %1 after training").arg(metricPhrase(now.task, *now.metricAfterTraining));
      }
      if (now.metricAfterFineTuning) {
        text += tr("; test %1 after fine-tuning")
                    .arg(metricPhrase(now.task, *now.metricAfterFineTuning));
      }
      if (endedDiverged(now)) {
        text += tr("; it has diverged: a lower rate may help");
      }
      if (endedDiverged(now)) {
        emit runEnded(Severity::kError, text, QString::fromStdString(now.runPath));
      } else {
        emit happened(Severity::kGood, text);
      }
      break;
    }
    case TrainerState::kStopped:
      emit runEnded(endedDiverged(now) ? Severity::kError : Severity::kInfo,
                    (endedDiverged(now) ? tr("%1 diverged and stopped %2; it can be continued")
                                        : tr("%1 stopped %2; it can be continued"))
                        .arg(run, afterStep(now.step)),
                    QString::fromStdString(now.runPath));
      break;
    case TrainerState::kFailed:
      emit happened(Severity::kError, widgets::translated(now.message));
      break;
    default:
      break;
  }
}

}  // namespace app
