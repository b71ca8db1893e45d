// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/terminal.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace app {

namespace {

bool isControl(char letter) {
  const auto code = static_cast<unsigned char>(letter);
  return code < 0x20 || code == 0x7f;
}

/// The form of bash and POSIX.1-2024 that keeps line breaks off the line: $'a\012b'.
std::string dollarQuoted(const std::string& text) {
  std::string quoted = "$'";
  for (const char letter : text) {
    if (isControl(letter)) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\%03o", static_cast<unsigned>(letter));
      quoted += escape.data();
    } else {
      if (letter == '\'' || letter == '\\') quoted += '\\';
      quoted += letter;
    }
  }
  return quoted + "'";
}

}  // namespace

std::string onOneLine(const std::string& text) {
  return std::any_of(text.begin(), text.end(), isControl) ? shellQuoted(text) : text;
}

std::string shellQuoted(const std::string& text) {
  if (std::any_of(text.begin(), text.end(), isControl)) return dollarQuoted(text);
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+,:=@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

bool canWriteTo(int descriptor) noexcept {
  pollfd output = {descriptor, POLLOUT, 0};
  return poll(&output, 1, 0) > 0;
}

}  // namespace app
