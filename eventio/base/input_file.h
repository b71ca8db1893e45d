// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "eventio/base/output_file.h"

namespace eventio {

/// Which file a path leads to, how long it is and when it was last written to.
struct FileState {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  ///< nanoseconds since 1970, as coarse as the file system has it

  [[nodiscard]] bool sameFile(const FileState& other) const noexcept {
    return device == other.device && inode == other.inode;
  }
  friend bool operator==(const FileState&, const FileState&) = default;
};

/// A file that is read at any place.
class InputFile {
 public:
  virtual ~InputFile() = default;
  /// Reads up to `size` bytes; fewer at the end of the file, 0 past it.
  virtual tl::expected<std::size_t, SystemError> readAt(std::uint64_t offset, char* out,
                                                        std::size_t size) = 0;
  virtual tl::expected<FileState, SystemError> state() = 0;
};

using FileOpener =
    std::function<tl::expected<std::unique_ptr<InputFile>, SystemError>(const std::string& path)>;

/// Opens a file of the disk for reading. Only regular files open.
[[nodiscard]] tl::expected<std::unique_ptr<InputFile>, SystemError> openInputFile(
    const std::string& path);

/// The state of the file that `path` leads to, without opening it.
[[nodiscard]] tl::expected<FileState, SystemError> fileState(const std::string& path);

}  // namespace eventio
