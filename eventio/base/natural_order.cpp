// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/base/natural_order.h"

#include <charconv>
#include <cstddef>
#include <limits>
#include <system_error>

namespace eventio {

namespace {

bool isDigit(char letter) {
  return letter >= '0' && letter <= '9';
}

bool isDigitAt(std::string_view text, std::size_t at) {
  return at < text.size() && isDigit(text[at]);
}

bool isAsciiLetter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

std::size_t endOfDigits(std::string_view text, std::size_t at) {
  while (isDigitAt(text, at)) ++at;
  return at;
}

/// A number or a letter of a name.
struct Token {
  unsigned char letter = 0;  // '0' for a number: there it stands among the letters
  double number = 0;
};

/// Where the number that begins at `at` ends: with a fraction, unless it is a part of a version,
/// and with an exponent.
std::size_t endOfNumber(std::string_view text, std::size_t at) {
  std::size_t end = endOfDigits(text, at);
  const bool isPart = at > 1 && text[at - 1] == '.' && isDigit(text[at - 2]);
  if (!isPart && end < text.size() && text[end] == '.' && isDigitAt(text, end + 1)) {
    const std::size_t fraction = endOfDigits(text, end + 1);
    const bool isVersion =
        fraction < text.size() && text[fraction] == '.' && isDigitAt(text, fraction + 1);
    if (!isVersion) end = fraction;
  }
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    std::size_t digits = end + 1;
    if (digits < text.size() && (text[digits] == '-' || text[digits] == '+')) ++digits;
    const std::size_t exponent = endOfDigits(text, digits);
    const bool isWord = exponent < text.size() && isAsciiLetter(text[exponent]);
    if (exponent > digits && !isWord) end = exponent;
  }
  return end;
}

Token takeToken(std::string_view text, std::size_t& at) {
  const char letter = text[at];
  if (!isDigit(letter)) {
    ++at;
    const bool isUpper = letter >= 'A' && letter <= 'Z';
    return {static_cast<unsigned char>(isUpper ? letter - 'A' + 'a' : letter)};
  }
  const std::size_t end = endOfNumber(text, at);
  Token token{'0'};
  const auto read = std::from_chars(text.data() + at, text.data() + end, token.number);
  if (read.ec != std::errc()) token.number = std::numeric_limits<double>::infinity();
  at = end;
  return token;
}

}  // namespace

bool naturalLess(std::string_view a, std::string_view b) noexcept {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    const Token left = takeToken(a, i);
    const Token right = takeToken(b, j);
    if (left.letter != right.letter) return left.letter < right.letter;
    if (left.number != right.number) return left.number < right.number;
  }
  if ((i < a.size()) != (j < b.size())) return j < b.size();
  return a < b;
}

}  // namespace eventio
