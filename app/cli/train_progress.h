// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "training/control/control.h"

namespace app {

/// What a run without a window shows on stderr while it goes on: on a terminal one line that is
/// drawn again and again, else a line an epoch.
class TrainProgress {
 public:
  explicit TrainProgress(bool quiet);

  void show(training::TrainerControl& control);
  /// A line of its own.
  void note(const std::string& text);
  /// The cursor stands at the beginning of a line afterwards.
  void endLine();

 private:
  void drawBar(const training::TrainerStatus& status);

  const bool m_quiet;
  const bool m_onTerminal;
  bool m_lineIsOpen = false;  // the terminal's cursor stands behind the bar
};

}  // namespace app
