// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "eventio/base/input_file.h"
#include "eventio/base/result.h"

namespace eventio {

/// Reads a text file line by line; memory stays below a megabyte, or the longest line.
class LineReader {
 public:
  /// A longer line is an error.
  static constexpr std::size_t kMaxLineBytes = std::size_t{64} << 20;

  [[nodiscard]] static Result<LineReader> open(const std::string& path);

  /// False at the end. `line` comes without "\n" and "\r\n" and lives until the next call.
  [[nodiscard]] Result<bool> next(std::string_view& line);

  /// kCorrupt, with file and number of the line that next() gave last.
  template <class... Arguments>
  [[nodiscard]] tl::unexpected<Error> error(MessageText<sizeof...(Arguments)> what,
                                            Arguments&&... arguments) const {
    // The line's number is part of a place, not an amount: its digits are not grouped.
    return makeError(ErrorCode::kCorrupt, "%1:%2: %3", m_path, std::to_string(m_line),
                     Message(what, std::forward<Arguments>(arguments)...));
  }

 private:
  LineReader(std::string path, std::unique_ptr<InputFile> file)
      : m_path(std::move(path)), m_file(std::move(file)) {}

  std::string m_path;
  std::unique_ptr<InputFile> m_file;
  std::string m_buffer;
  std::size_t m_start = 0;     // of the next line in the buffer
  std::uint64_t m_offset = 0;  // of the buffer's end in the file
  std::uint64_t m_line = 0;
  bool m_atEnd = false;
};

}  // namespace eventio
