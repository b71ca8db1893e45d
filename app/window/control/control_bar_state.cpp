// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/control/control_bar_state.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStringList>
#include <algorithm>

#include "app/window/session/status_text.h"
#include "training/job/setting_choices.h"

namespace app {
namespace {

using training::TrainerState;
using training::TrainerStatus;
using widgets::ControlBarState;
using Main = ControlBarState::Main;
using Tone = ControlBarState::Tone;

QString tr(const char* text) {
  return QCoreApplication::translate("app::ControlBarState", text);
}

/// "Fashion-MNIST · ConvNet · SGD"
QString summaryOf(const QString& data, const training::TrainingConfig& config) {
  const auto label = [&config](const char* setting) {
    return tr(choiceLabel(*training::findSetting(setting), config).c_str());
  };
  return QStringLiteral("%1 · %2 · %3").arg(data, label("model"), label("optimiser"));
}

/// The data's name; that of a file with its ending, as the set-up form has it.
QString usedDataName(const TrainerStatus& status, const training::TrainingConfig& config) {
  const QString name = QString::fromStdString(status.dataName);
  const QString file = QFileInfo(QString::fromStdString(config.dataFolder)).fileName();
  return file.startsWith(name + '.') ? file : name;
}

ControlBarState idleState(const ControlBarInput& input) {
  ControlBarState state;
  state.mainReason = input.startProblem;
  state.learningRate = input.next.learningRate;
  state.summaryTop = QString::fromStdString(input.next.runName);
  state.summaryBottom = summaryOf(input.nextData, input.next);
  return state;
}

/// What holds for every run under way, whatever it is doing.
void fillUnderWay(const TrainingSession::Snapshot& snapshot, ControlBarState& state) {
  const TrainerStatus& status = snapshot.status;
  state.learningRate = status.live.learningRate;
  if (snapshot.hasPendingChange() && status.applied.learningRate != status.live.learningRate) {
    state.appliedRate = status.applied.learningRate;
  }
  state.main = Main::kPause;
  state.mainReason.clear();
  state.canStop = true;
  state.canStep = true;
  state.tone = Tone::kActive;
  state.stopsAfterEpoch = snapshot.stopsAfterEpoch;
}

void fillButtons(const ControlBarInput& input, ControlBarState& state) {
  if (isUnderWay(input.snapshot.status.state) && input.snapshot.stopsNow) {
    state.word = tr("Stopping");
    state.mainReason = tr("The run is being stopped");
    state.canStop = false;
    state.canStep = false;
    state.rateEditable = false;
    return;
  }
  switch (input.snapshot.status.state) {
    case TrainerState::kPreparing:
      state.mainReason = tr("Data and model are being prepared");
      state.canStep = false;
      state.rateEditable = false;
      break;
    case TrainerState::kTraining:
    case TrainerState::kEvaluating:
      if (!input.isPausing) break;
      state.word = tr("Pausing");
      state.main = Main::kResume;
      state.tone = Tone::kWarn;
      break;
    case TrainerState::kPaused:
      state.main = Main::kResume;
      state.tone = Tone::kWarn;
      break;
    case TrainerState::kNonFinite:
      state.main = Main::kResume;
      state.mainReason = tr("Answer the question below first");
      state.canStep = false;
      state.tone = Tone::kBad;
      break;
    case TrainerState::kFailed:
      state.tone = Tone::kBad;
      break;
    default:
      break;
  }
}

void fillProgress(const ControlBarInput& input, ControlBarState& state) {
  const TrainerStatus& status = input.snapshot.status;
  if (status.epoch > 0) {
    state.epoch = QStringLiteral("%1 / %2").arg(status.epoch).arg(status.epochs);
  }
  if (status.stepsInAll > 0) {
    if (status.step > 0) state.step = countText(status.step - 1);
    state.progress = static_cast<double>(status.step) / static_cast<double>(status.stepsInAll);
  }
  const bool underWay = isUnderWay(status.state);
  // Single steps say nothing about how fast the run will go on.
  const bool isHeld = status.state == TrainerState::kNonFinite || input.pauseRequested;
  if (underWay && !isHeld) {
    state.speed = speedText(status.samplesPerSecond);
    state.left = durationText(status.secondsLeft);
  }
  if (status.runName.empty()) return;
  const bool fineTuningNext =
      underWay && status.phase == training::Phase::kTraining && input.config.fineTuneEpochs > 0;
  state.summaryTop = QString::fromStdString(status.runName);
  if (fineTuningNext) state.summaryTop += tr(" · fine-tuning next");
  state.summaryBottom = summaryOf(usedDataName(status, input.config), input.config);
}

}  // namespace

ControlBarState controlBarState(const ControlBarInput& input) {
  const TrainerStatus& status = input.snapshot.status;
  ControlBarState state = idleState(input);
  state.word = stateText(status.state, status.phase);
  if (isUnderWay(status.state)) fillUnderWay(input.snapshot, state);
  fillButtons(input, state);
  if (isUnderWay(status.state) && status.divergence) {
    state.tone = Tone::kBad;
    const bool isTraining = status.state == TrainerState::kTraining;
    if (isTraining && !input.isPausing && !input.snapshot.stopsNow) state.word = tr("Diverged");
  }
  if (endedDiverged(status)) {
    state.tone = Tone::kBad;
    state.word = tr("Diverged");
  }
  if (status.state != TrainerState::kIdle) fillProgress(input, state);
  if (!input.hasEngine) state.rateEditable = false;
  return state;
}

TrainingTitle trainingTitle(const TrainerStatus& status, const ControlBarState& bar) {
  TrainingTitle title;
  QStringList parts;
  if (isUnderWay(status.state)) {
    title.share = std::max(0.0, bar.progress);
    parts << tr("%1 %").arg(static_cast<int>(*title.share * 100));
  }
  if (status.state != TrainerState::kIdle) parts << bar.word;
  if (!status.runName.empty()) parts << QString::fromStdString(status.runName);
  title.text = parts.join(QStringLiteral(" · "));
  return title;
}

}  // namespace app
