// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/session/status_text.h"

#include <QCoreApplication>
#include <cmath>

#include "widgets/style/number_text.h"

namespace app {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("Window", text);
}

}  // namespace

QString speedText(double samplesPerSecond) {
  if (!(samplesPerSecond > 0)) return {};
  if (samplesPerSecond < 1000) {
    return QStringLiteral("%1 /s").arg(widgets::decimalText(samplesPerSecond, 0));
  }
  if (samplesPerSecond < 1e6) {
    return QStringLiteral("%1 k/s").arg(widgets::decimalText(samplesPerSecond / 1e3, 1));
  }
  return QStringLiteral("%1 M/s").arg(widgets::decimalText(samplesPerSecond / 1e6, 1));
}

QString durationText(double seconds) {
  if (!(seconds >= 0) || seconds > 1e8) return {};
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  const auto twoDigits = [](std::int64_t n) {
    return QStringLiteral("%1").arg(n, 2, 10, QChar('0'));
  };
  const QString minutesAndSeconds = twoDigits(whole / 60 % 60) + ':' + twoDigits(whole % 60);
  return whole < 3600 ? minutesAndSeconds
                      : QStringLiteral("%1:%2").arg(whole / 3600).arg(minutesAndSeconds);
}

QString countText(std::int64_t count) {
  return widgets::countText(count);
}

QString sizeText(std::uint64_t bytes) {
  return widgets::dataSizeText(bytes);
}

QString stateText(training::TrainerState state, training::Phase phase) {
  using training::TrainerState;
  switch (state) {
    case TrainerState::kIdle:
      return tr("Ready");
    case TrainerState::kPreparing:
      return tr("Preparing");
    case TrainerState::kTraining:
      return phase == training::Phase::kFineTuning ? tr("Fine-tuning") : tr("Training");
    case TrainerState::kEvaluating:
      return tr("Evaluating");
    case TrainerState::kPaused:
      return tr("Paused");
    case TrainerState::kNonFinite:
      return tr("Not finite");
    case TrainerState::kFinished:
      return tr("Finished");
    case TrainerState::kStopped:
      return tr("Stopped");
    case TrainerState::kFailed:
      return tr("Failed");
  }
  return {};
}

bool endedDiverged(const training::TrainerStatus& status) {
  const bool hasEnded = status.state == training::TrainerState::kFinished ||
                        status.state == training::TrainerState::kStopped;
  return hasEnded && status.divergedRate.has_value();
}

bool isUnderWay(training::TrainerState state) {
  using training::TrainerState;
  return state == TrainerState::kPreparing || state == TrainerState::kTraining ||
         state == TrainerState::kEvaluating || state == TrainerState::kPaused ||
         state == TrainerState::kNonFinite;
}

QString numberText(double value) {
  return QString::number(value, 'g', 6);
}

}  // namespace app
