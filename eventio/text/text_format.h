// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/data/run_data.h"

/// Numbers and strings as text, for JSON and CSV. All append to `out`.
namespace eventio {

/// How many digits a finite number gets: the fewest that distinguish it from others of its type.
enum class Digits {
  kDouble,
  kWallTime,  ///< those of a double, without an exponent
};

void appendInteger(std::string& out, std::int64_t number);
/// NaN, Infinity and -Infinity for what is not finite.
void appendNumber(std::string& out, double number, Digits digits = Digits::kDouble);
/// The same, with the words for what is not finite in quotes.
void appendJsonNumber(std::string& out, double number, Digits digits = Digits::kDouble);
void appendJsonNumbers(std::string& out, const std::vector<double>& numbers);
/// With quotes; bytes that are not UTF-8 become U+FFFD.
void appendJsonString(std::string& out, std::string_view text);
void appendJsonHparams(std::string& out, const Hparams& hparams);
/// Quoted where it must be.
void appendCsvCell(std::string& out, std::string_view text);

}  // namespace eventio
