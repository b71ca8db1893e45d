// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "eventio/writer/summary_writer.h"
#include "training/control/control.h"

namespace app {

/// What a run without a window reports on stderr while it goes on: a model or log that cannot be
/// written, a loss that diverges. Each is reported once when it begins and once when it is over.
class RunNotices {
 public:
  /// The lines that are new since the last call.
  [[nodiscard]] std::vector<std::string> update(const training::TrainerStatus& status,
                                                const eventio::SummaryWriterStatus& log);

 private:
  bool m_saveFails = false;
  std::size_t m_warnings = 0;
  std::uint64_t m_filesLost = 0;
  bool m_logFails = false;
  bool m_diverged = false;
  std::uint64_t m_recordsLost = 0;
};

}  // namespace app
