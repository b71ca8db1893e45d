// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "eventio/base/result.h"
#include "eventio/data/run_store.h"

namespace eventio {

struct LoadedRuns {
  std::vector<std::shared_ptr<Run>> runs;  ///< in natural order of name
  std::vector<Message> problems;           ///< what could not be read, one sentence each
};

/// Reads all runs below a folder, or of one file, of whatever kind (run_source_kinds.h), as they
/// stand now; returns when everything is read. Uses all processors.
[[nodiscard]] Result<LoadedRuns> loadRuns(const std::filesystem::path& path);

}  // namespace eventio
