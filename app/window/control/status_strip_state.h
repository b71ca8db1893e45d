// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <string>

#include "app/window/session/training_session.h"

namespace app {

/// The two texts of the line at the window's bottom.
struct StatusStripState {
  QString left;   ///< what is logged, or which logs are open
  QString right;  ///< what trains: threads, device, LibTorch
  friend bool operator==(const StatusStripState&, const StatusStripState&) = default;
};

/// All that they depend on.
struct StatusStripInput {
  TrainingSession::Snapshot snapshot;
  QStringList openLogs;
  int threads = 0;  ///< of the run under way, else of the next one; 0: not known
  QString device;   ///< the same; empty: not known
  TrainingSession::Engine engine = TrainingSession::Engine::kNotLoaded;
  std::string torchVersion;  ///< once the engine is ready
};

[[nodiscard]] StatusStripState statusStripState(const StatusStripInput& input);

}  // namespace app
