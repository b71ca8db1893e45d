// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "eventio/base/result.h"

namespace app {

/// Standard output, a file that takes its name only when it is complete, or what cannot be
/// replaced: a device, a pipe, an open descriptor.
class Output {
 public:
  /// `file`: empty or "-" for standard output.
  ///
  /// A regular file, or one that is not there yet: until finish() the bytes stand in a file beside
  /// it, which goes away with this object. Links are followed, what they lead to is replaced, and
  /// the new file has the old one's permissions. Anything else (/dev/null, a pipe, /dev/stdout, a
  /// descriptor's name such as /dev/fd/3) is written to directly; a pipe waits for its reader.
  [[nodiscard]] static eventio::Result<Output> open(const std::string& file);

  Output(Output&& other) noexcept;
  Output& operator=(Output&& other) noexcept;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  /// Whole lines. What a terminal would obey is escaped there; all else gets the bytes as they are.
  /// Where a reader has gone away the error says so; ignoreBrokenPipes() first.
  [[nodiscard]] eventio::Result<void> write(std::string_view bytes) const;
  /// Brings the bytes to the disk and gives the file its name.
  [[nodiscard]] eventio::Result<void> finish();

 private:
  Output();
  [[nodiscard]] eventio::Result<void> writeRaw(std::string_view bytes) const;

  std::string m_file;       // as given; empty for standard output
  std::string m_target;     // what gets the name
  std::string m_temporary;  // empty: written to directly
  int m_descriptor;
  bool m_isOurs = false;  // the descriptor is to be closed
};

/// Writing to a pipe without a reader is an error from now on, not the end of the process.
void ignoreBrokenPipes();

}  // namespace app
