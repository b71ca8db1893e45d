// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/terminal_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

namespace app {

namespace {

struct Range {
  char32_t first;
  char32_t last;
};

/// Controls, line separators and the format characters of Unicode but the two joiners.
constexpr auto kEscaped = std::to_array<Range>({
    {0x00, 0x1f},     {0x7f, 0x9f},       {0xad, 0xad},       {0x600, 0x605},     {0x61c, 0x61c},
    {0x6dd, 0x6dd},   {0x70f, 0x70f},     {0x8e2, 0x8e2},     {0x180e, 0x180e},   {0x200b, 0x200b},
    {0x200e, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x2064},   {0x2066, 0x206f},   {0xfeff, 0xfeff},
    {0xfff9, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0001, 0xe0001}, {0xe0020, 0xe007f},
});

/// East Asian wide and full-width letters, and emoji.
constexpr auto kWide = std::to_array<Range>({
    {0x1100, 0x115f},
    {0x2e80, 0x303e},
    {0x3041, 0x33ff},
    {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},
    {0xa000, 0xa4cf},
    {0xac00, 0xd7a3},
    {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},
    {0xff00, 0xff60},
    {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff},
    {0x1f900, 0x1f9ff},
    {0x20000, 0x3fffd},
});

/// Joiners, combining accents and selectors of a variant.
constexpr auto kNoColumn = std::to_array<Range>({
    {0x300, 0x36f},
    {0x200c, 0x200d},
    {0x20d0, 0x20ff},
    {0xfe00, 0xfe0f},
});

template <std::size_t size>
bool isIn(const std::array<Range, size>& ranges, char32_t letter) {
  return std::any_of(ranges.begin(), ranges.end(), [letter](const Range& range) {
    return letter >= range.first && letter <= range.last;
  });
}

struct Letter {
  char32_t code = 0;
  std::size_t bytes = 0;  // 0: they are not UTF-8
};

/// The letter at the beginning of a text that is not empty.
Letter letterAt(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {byte(0), 1};
  const std::size_t bytes = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < bytes) return {};
  char32_t code = byte(0) & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return {};
    code = code << 6U | (byte(i) & 0x3fU);
  }
  const bool isSurrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kLeast.at(bytes) || code > 0x10ffff || isSurrogate) return {};
  return {code, bytes};
}

std::string escaped(char32_t code) {
  switch (code) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  std::array<char, 12> text{};
  const char* form = code < 0x100 ? "\\x%02x" : code < 0x10000 ? "\\u%04x" : "\\U%08x";
  std::snprintf(text.data(), text.size(), form, static_cast<unsigned>(code));
  return text.data();
}

std::size_t columnsOf(char32_t code) {
  if (code < 0x300) return 1;
  if (isIn(kNoColumn, code)) return 0;
  return isIn(kWide, code) ? 2 : 1;
}

/// The first letters of a printable text that fit, or (`fromEnd`) the last ones.
std::string_view fitting(std::string_view text, std::size_t columns, bool fromEnd) {
  std::vector<std::size_t> begins;
  for (std::size_t at = 0; at < text.size(); at += letterAt(text.substr(at)).bytes) {
    begins.push_back(at);
  }
  begins.push_back(text.size());
  std::size_t used = 0;
  const std::size_t letters = begins.size() - 1;
  for (std::size_t i = 0; i < letters; ++i) {
    const std::size_t letter = fromEnd ? letters - 1 - i : i;
    used += columnsOf(letterAt(text.substr(begins[letter])).code);
    if (used <= columns) continue;
    return fromEnd ? text.substr(begins[letter + 1]) : text.substr(0, begins[letter]);
  }
  return text;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const Letter letter = letterAt(text);
    const std::size_t bytes = std::max<std::size_t>(letter.bytes, 1);
    if (letter.bytes == 0) {
      shown += escaped(static_cast<unsigned char>(text.front()));
    } else if (isIn(kEscaped, letter.code)) {
      shown += escaped(letter.code);
    } else {
      shown += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return shown;
}

std::string shownName(std::string_view name, std::size_t columns) {
  if (name.empty()) return "(no name)";
  std::string shown = printable(name);
  if (shown.find_first_not_of(' ') == std::string::npos) return '"' + shown + '"';
  if (columnsOf(shown) <= columns) return shown;
  const std::size_t kept = columns - 1;
  return std::string(fitting(shown, kept - kept / 2, false)) + "…" +
         std::string(fitting(shown, kept / 2, true));
}

std::size_t columnsOf(std::string_view printable) {
  std::size_t columns = 0;
  while (!printable.empty()) {
    const Letter letter = letterAt(printable);
    columns += columnsOf(letter.code);
    printable.remove_prefix(std::max<std::size_t>(letter.bytes, 1));
  }
  return columns;
}

}  // namespace app
