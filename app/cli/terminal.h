// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace app {

/// As a POSIX shell reads it back: in quotes where it needs them.
[[nodiscard]] std::string shellQuoted(const std::string& text);
/// The text itself; where it holds control characters, as shellQuoted() writes it.
[[nodiscard]] std::string onOneLine(const std::string& text);

/// Whether writing a line to this descriptor would not wait for a reader; true also when it would
/// fail.
[[nodiscard]] bool canWriteTo(int descriptor) noexcept;

}  // namespace app
