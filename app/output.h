// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "eventio/result.h"

namespace app {

/// Standard output, or a file that takes its name only when it is complete.
class Output {
 public:
  /// `file`: empty for standard output. Until finish() the bytes stand in a file beside it, which
  /// goes away with this object.
  [[nodiscard]] static eventio::Result<Output> open(const std::string& file);

  Output(Output&& other) noexcept;
  Output& operator=(Output&& other) noexcept;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  [[nodiscard]] eventio::Result<void> write(std::string_view bytes) const;
  /// Brings the bytes to the disk and gives the file its name.
  [[nodiscard]] eventio::Result<void> finish();

 private:
  Output();

  std::string m_file;
  std::string m_temporary;
  int m_descriptor;
};

}  // namespace app
