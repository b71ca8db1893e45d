// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "eventio/base/result.h"

namespace training {

/// A run's place on disk.
struct RunFolder {
  std::filesystem::path logDirectory;  ///< absolute, lexically normal
  std::string name;

  [[nodiscard]] std::filesystem::path path() const { return logDirectory / name; }
  [[nodiscard]] std::filesystem::path modelFile() const { return path() / "model.safetensors"; }
  [[nodiscard]] std::filesystem::path settingsFile() const { return path() / "run.json"; }
  /// Of older versions; read where there is nothing newer.
  [[nodiscard]] std::filesystem::path oldModelFile() const { return path() / "model.pt"; }
  [[nodiscard]] std::filesystem::path oldSettingsFile() const { return path() / "traindeck.json"; }
};

/// The place that an existing folder stands for.
[[nodiscard]] RunFolder runFolderAt(const std::filesystem::path& folder);

/// Why no new run may have this name; empty when it may. Control characters would break the lines
/// that name the run.
[[nodiscard]] eventio::Message runNameProblem(const std::string& name);

/// Makes a new folder `name`, or `name-2`, `name-3`, ... when that is taken. Two callers, in one
/// process or in two, never get the same.
[[nodiscard]] eventio::Result<RunFolder> makeRunFolder(const std::filesystem::path& logDirectory,
                                                       const std::string& name);

}  // namespace training
