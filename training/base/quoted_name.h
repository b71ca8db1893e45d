// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace training {

/// A name out of a file for a message of one line: in quotes, cut short, control characters as '?'.
[[nodiscard]] inline std::string quotedName(std::string_view name) {
  constexpr std::size_t kMaxLength = 80;
  std::string text = "'";
  for (const char letter : name.substr(0, kMaxLength)) {
    const auto code = static_cast<unsigned char>(letter);
    text += code < 0x20 || code == 0x7f ? '?' : letter;
  }
  return text + (name.size() > kMaxLength ? "...'" : "'");
}

}  // namespace training
