// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "eventio/input_file.h"

namespace eventio {

struct FoundFile {
  std::string path;
  FileState state;
};

/// A folder that directly holds event files.
struct FoundRun {
  std::string name;              ///< path below the root, "." for the root itself
  std::vector<FoundFile> files;  ///< in order of name
};

struct WalkHandlers {
  std::function<void(FoundRun)> run;
  std::function<void(std::string)> problem;  ///< a sentence about a place that cannot be read
  std::function<bool()> stop;                ///< asked between folders: true ends the walk
};

/// True for a file name that a reader of event files takes.
[[nodiscard]] bool isEventFileName(const std::string& name);

/// Finds every run below `root`, which is absolute. Links are followed, but no folder is entered
/// and no file taken twice; what is reached without a link comes first.
void walkRuns(const std::filesystem::path& root, const WalkHandlers& handlers);

}  // namespace eventio
