// SPDX-License-Identifier: GPL-3.0-or-later
// What the trainer's status becomes: the control bar's state and entries of the event list.
#include <QFileInfo>
#include <utility>

#include "app/window/setup_binding.h"
#include "app/window/status_text.h"
#include "app/window/training_controller.h"
#include "app/window/validation_metric.h"
#include "widgets/forms/form_panel.h"

namespace app {

using training::TrainerState;
using widgets::ControlBarState;
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
  const ControlBarState state = barState();
  m_bar.setState(state);
  emit startProblemChanged(state.mainReason);
  showTitle(state);
}

void TrainingController::showTitle(const ControlBarState& state) {
  const training::TrainerStatus& status = m_shown.status;
  QStringList parts;
  std::optional<double> share;
  if (isUnderWay(status.state)) {
    share = std::max(0.0, state.progress);
    parts << tr("%1 %").arg(static_cast<int>(*share * 100));
  }
  if (status.state != TrainerState::kIdle) parts << state.word;
  if (!status.runName.empty()) parts << QString::fromStdString(status.runName);
  const QString title = parts.join(QStringLiteral(" · "));
  if (title == m_title) return;
  m_title = title;
  emit progressChanged(title, share);
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

ControlBarState TrainingController::idleState() const {
  ControlBarState state;
  state.mainReason = startProblem();
  const training::TrainingConfig config = toConfig(m_form.values());
  state.learningRate = config.learningRate;
  state.summaryTop = QString::fromStdString(config.runName);
  state.summaryBottom = QStringLiteral("%1 · ConvNet · SGD").arg(dataName(config));
  return state;
}

ControlBarState TrainingController::barState() const {
  const training::TrainerStatus& status = m_shown.status;
  ControlBarState state = idleState();
  state.word = stateText(status.state, status.phase);
  if (isUnderWay(status.state)) {
    state.learningRate = status.live.learningRate;
    if (m_shown.hasPendingChange() && status.applied.learningRate != status.live.learningRate) {
      state.appliedRate = status.applied.learningRate;
    }
    state.main = ControlBarState::Main::kPause;
    state.mainReason.clear();
    state.canStop = true;
    state.canStep = true;
    state.tone = ControlBarState::Tone::kActive;
    state.stopsAfterEpoch = m_shown.stopsAfterEpoch;
  }
  switch (status.state) {
    case TrainerState::kPreparing:
      state.mainReason = tr("Data and model are being prepared");
      state.canStep = false;
      state.rateEditable = false;
      break;
    case TrainerState::kTraining:
    case TrainerState::kEvaluating:
      if (!m_pausing) break;
      state.word = tr("Pausing");
      state.main = ControlBarState::Main::kResume;
      state.tone = ControlBarState::Tone::kWarn;
      break;
    case TrainerState::kPaused:
      state.main = ControlBarState::Main::kResume;
      state.tone = ControlBarState::Tone::kWarn;
      break;
    case TrainerState::kNonFinite:
      state.main = ControlBarState::Main::kResume;
      state.mainReason = tr("Answer the question below first");
      state.canStep = false;
      state.tone = ControlBarState::Tone::kBad;
      break;
    case TrainerState::kFailed:
      state.tone = ControlBarState::Tone::kBad;
      break;
    default:
      break;
  }
  if (isUnderWay(status.state) && status.divergence) {
    state.tone = ControlBarState::Tone::kBad;
    if (status.state == TrainerState::kTraining && !m_pausing) state.word = tr("Diverged");
  }
  if (status.state != TrainerState::kIdle) fillProgress(state);
  if (m_session.engineState() == TrainingSession::Engine::kMissing) state.rateEditable = false;
  return state;
}

void TrainingController::fillProgress(ControlBarState& state) const {
  const training::TrainerStatus& status = m_shown.status;
  if (status.epoch > 0) {
    state.epoch = QStringLiteral("%1 / %2").arg(status.epoch).arg(status.epochs);
  }
  if (status.stepsInAll > 0) {
    if (status.step > 0) state.step = countText(status.step - 1);
    state.progress = static_cast<double>(status.step) / static_cast<double>(status.stepsInAll);
  }
  const bool underWay = isUnderWay(status.state);
  // Single steps say nothing about how fast the run will go on.
  const bool isHeld =
      status.state == TrainerState::kNonFinite || m_session.control().pauseRequested();
  if (underWay && !isHeld) {
    state.speed = speedText(status.samplesPerSecond);
    state.left = durationText(status.secondsLeft);
  }
  if (status.runName.empty()) return;
  const bool fineTuningNext = underWay && status.phase == training::Phase::kTraining &&
                              m_session.config().fineTuneEpochs > 0;
  state.summaryTop = QString::fromStdString(status.runName);
  if (fineTuningNext) state.summaryTop += tr(" · fine-tuning next");
  state.summaryBottom =
      QStringLiteral("%1 · ConvNet · SGD").arg(QString::fromStdString(status.dataName));
}

void TrainingController::reportChanges(const TrainingSession::Snapshot& before,
                                       const TrainingSession::Snapshot& now) {
  if (now.status.state != before.status.state) reportState(now.status);
  reportPause(now.status);
  reportSaves(before.status, now.status);
  if (now.loggingFailure == before.loggingFailure) return;
  if (now.loggingFailure.isEmpty()) {
    emit happened(Severity::kGood, tr("The log can be written again; nothing queued was lost"));
  } else {
    emit happened(Severity::kError,
                  tr("The log cannot be written, training goes on: %1").arg(now.loggingFailure));
  }
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
                                      .arg(QString::fromStdString(now.saveFailure)));
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
      emit happened(Severity::kGood, text);
      break;
    }
    case TrainerState::kStopped:
      emit happened(Severity::kInfo,
                    tr("%1 stopped %2; it can be continued").arg(run, afterStep(now.step)));
      break;
    case TrainerState::kFailed:
      emit happened(Severity::kError, QString::fromStdString(now.message));
      break;
    default:
      break;
  }
}

}  // namespace app
