// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"

namespace training {

/// The number that the whole text is, whatever the locale; infinite where it is too large for a
/// 32-bit float; empty where it is no number.
[[nodiscard]] std::optional<double> csvNumber(std::string_view text);

/// As pandas, R and SQL write a value that is missing: "NA", "null", "?", nothing.
[[nodiscard]] bool isMissingValue(std::string_view cell);

/// A table of numbers with one column of targets, which may be text.
struct CsvTable {
  std::vector<std::string> columns;  ///< names, of a table without a header "column 1", ...
  std::size_t targetColumn = 0;
  bool labelled = false;             ///< its name is label or class
  std::vector<float> features;       ///< rows x (columns - 1), all finite
  std::vector<std::string> targets;  ///< one a row, as written, without quotes and blanks
  std::vector<std::uint64_t> lines;  ///< of each row in the file, from 1
  std::int64_t comments = 0;         ///< lines left out that begin with '#'
};

/// Reads CSV as RFC 4180 has it, plain or gzip-compressed: cells between commas, or semicolons or
/// tabs where the first line has more of them, also in quotes; empty lines and lines that begin
/// with '#' are left out, as is a byte order mark. The first line is a header where one of its
/// cells is target, label or class, or where a cell other than the last is neither a number nor a
/// word for a missing value (NA, null, ...); a header may stand behind a '#', as NumPy's savetxt()
/// writes it.
///
/// The target is the column named target, label or class (any case), otherwise the last. An Error
/// names file, line, column and reason: a row with more or fewer cells than the first, a cell that
/// is empty, no number or not finite, a quote that is not closed.
[[nodiscard]] eventio::Result<CsvTable> readCsvTable(const std::filesystem::path& file);

/// The columns alone, from the first row: no samples.
[[nodiscard]] eventio::Result<CsvTable> readCsvColumns(const std::filesystem::path& file);

}  // namespace training
