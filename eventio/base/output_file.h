// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace eventio {

/// A system error number (errno).
struct SystemError {
  int number = 0;
};

/// errno as it is now, as a failure to return.
[[nodiscard]] inline tl::unexpected<SystemError> lastSystemError() {
  return tl::unexpected<SystemError>(SystemError{errno});
}

/// A file that only grows.
class OutputFile {
 public:
  virtual ~OutputFile() = default;
  /// Appends what the system takes of `bytes`, at least one byte, and returns how much that was.
  virtual tl::expected<std::size_t, SystemError> write(std::string_view bytes) = 0;
  /// Returns when all that was written since the last call is on the disk, and the file's name is.
  /// After a failure the system may have dropped what it could not write: a later success says
  /// nothing about those bytes.
  virtual tl::expected<void, SystemError> sync() = 0;
  /// True when the file's path does not lead to it any more, or it has become shorter: what was
  /// written to it is lost for those who read the path.
  virtual bool isLost() = 0;
};

/// Where a writer's files come from: the disk, or a test's replacement that fails on demand.
class OutputFiles {
 public:
  virtual ~OutputFiles() = default;
  /// Makes the folder and those above it where they are missing.
  virtual tl::expected<void, SystemError> makeFolder(const std::filesystem::path& folder) = 0;
  /// Makes a file; EEXIST when there is one of that name.
  virtual tl::expected<std::unique_ptr<OutputFile>, SystemError> create(
      const std::filesystem::path& path) = 0;
  /// The names of what stands in the folder, in any order; those that could be read.
  virtual std::vector<std::string> names(const std::filesystem::path& folder) = 0;
};

[[nodiscard]] std::shared_ptr<OutputFiles> diskFiles();
/// For a writer that is set not to write: takes everything and keeps nothing.
[[nodiscard]] std::shared_ptr<OutputFiles> noFiles();

}  // namespace eventio
