// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/text/text_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>
#include <variant>

namespace eventio {

namespace {

template <class Number>
void appendDigits(std::string& out, Number number) {
  std::array<char, 40> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end.ptr);
}

/// The word for a number that JSON cannot hold, empty for a finite one.
std::string_view nonFiniteWord(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  return {};
}

void appendFinite(std::string& out, double number, Digits digits) {
  constexpr double kMaxFixed = 1e15;
  if (digits == Digits::kWallTime && std::abs(number) < kMaxFixed) {
    std::array<char, 400> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    out.append(text.data(), end.ptr);
    return;
  }
  appendDigits(out, number);
}

/// Length of the well-formed UTF-8 sequence at the front of `text`, 0 when there is none.
std::size_t sequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool outside = (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f);
  return overlong || outside ? 0 : length;
}

void appendJsonLetter(std::string& out, char letter) {
  switch (letter) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(letter) >= 0x20) {
    out += letter;
    return;
  }
  std::array<char, 8> escape{};
  std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(letter));
  out += escape.data();
}

}  // namespace

void appendInteger(std::string& out, std::int64_t number) {
  appendDigits(out, number);
}

void appendNumber(std::string& out, double number, Digits digits) {
  const std::string_view word = nonFiniteWord(number);
  if (word.empty()) {
    appendFinite(out, number, digits);
  } else {
    out += word;
  }
}

void appendJsonString(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = sequenceLength(text);
    if (length == 0) {
      out += "\xef\xbf\xbd";
    } else if (length == 1) {
      appendJsonLetter(out, text.front());
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

void appendJsonNumber(std::string& out, double number, Digits digits) {
  const std::string_view word = nonFiniteWord(number);
  if (word.empty()) {
    appendFinite(out, number, digits);
  } else {
    out.append("\"").append(word).append("\"");
  }
}

void appendJsonNumbers(std::string& out, const std::vector<double>& numbers) {
  out += '[';
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) out += ',';
    appendJsonNumber(out, numbers[i]);
  }
  out += ']';
}

void appendJsonHparams(std::string& out, const Hparams& hparams) {
  out += '{';
  for (bool first = true; const auto& [name, value] : hparams.values) {
    if (!std::exchange(first, false)) out += ',';
    appendJsonString(out, name);
    out += ':';
    if (const auto* number = std::get_if<double>(&value)) {
      appendJsonNumber(out, *number);
    } else if (const auto* flag = std::get_if<bool>(&value)) {
      out += *flag ? "true" : "false";
    } else {
      appendJsonString(out, std::get<std::string>(value));
    }
  }
  out += '}';
}

void appendCsvCell(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char letter : text) {
    if (letter == '"') out += '"';
    out += letter;
  }
  out += '"';
}

}  // namespace eventio
