// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>

#include "app/window/session/training_session.h"
#include "training/settings/config.h"
#include "widgets/status/control_bar.h"

namespace app {

/// All that the control bar's state depends on.
struct ControlBarInput {
  TrainingSession::Snapshot snapshot;
  /// TrainerControl::pauseRequested(): also between two single steps.
  bool pauseRequested = false;
  /// Pause was pressed and the loop has not paused yet: an evaluation is not interrupted.
  bool isPausing = false;
  QString startProblem;             ///< why nothing can be started; empty: it can
  bool hasEngine = true;            ///< or it is still being loaded
  training::TrainingConfig config;  ///< of the run under way, or the last one
  training::TrainingConfig next;    ///< of the next run
  QString nextData;                 ///< name of the next run's data set
};

/// Which buttons can be pressed, the state in a word, and how far the run is.
[[nodiscard]] widgets::ControlBarState controlBarState(const ControlBarInput& input);

/// The window's title while something trains or has been trained, and the share of the steps that
/// is done, none while nothing trains.
struct TrainingTitle {
  QString text;
  std::optional<double> share;
};
/// `bar`: what the control bar shows of the same status.
[[nodiscard]] TrainingTitle trainingTitle(const training::TrainerStatus& status,
                                          const widgets::ControlBarState& bar);

}  // namespace app
