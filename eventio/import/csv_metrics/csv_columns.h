// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"

namespace eventio {

/// What a cell of a metrics file holds.
enum class CsvCell {
  kNotLogged,  ///< empty, or "NA" (Keras) or "None" (fastai)
  kNumber,
  kText,
};

/// Reads a cell as Python's float() does, whatever the locale; blanks around it do not count.
[[nodiscard]] CsvCell readCsvCell(std::string_view cell, double& number);

/// The step that a number stands for; empty where it is no whole number of 64 bits.
[[nodiscard]] std::optional<std::int64_t> csvStep(std::string_view cell);

/// The columns of a metrics file, determined from its first row.
struct CsvColumns {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  /// A file with more columns is not read.
  static constexpr std::size_t kMaxColumns = 10000;

  char separator = ',';
  std::size_t headerBytes = 0;      ///< the first row with its line end and a byte order mark
  std::uint64_t headerLines = 1;    ///< lines of the first row
  std::vector<std::string> header;  ///< the first row as it stands
  std::vector<std::string> tags;    ///< a column's scalar tag; empty where it has none
  std::size_t step = kNone;         ///< the column that gives the step
  std::size_t time = kNone;         ///< the column that gives the wall time
};

/// Identifies a metrics file by its first row: it has a column "step" or "epoch" (or one ending in
/// "-epoch", Lightning's with a prefix) and one for a metric. Empty where it is none, or its first
/// row is not complete.
///
/// The separator is that of ',', ';' and tab which gives such columns, and of several the most.
/// Names are compared without their case and the blanks around them; a name that comes again gets "
/// (2)" and so on; a column without a name is not read.
[[nodiscard]] std::optional<CsvColumns> readCsvColumns(std::string_view text);

/// Why readCsvColumns() is empty although a column for the step is there, or may be: too many
/// columns (kUnsupported); a quote that is not closed, a first row without its end (kCorrupt: the
/// rest may come). Without a message: it holds no metrics.
[[nodiscard]] Error problemOfCsvColumns(std::string_view text);

/// Whether a column of this header has no name.
[[nodiscard]] bool isUnnamed(const CsvColumns& columns, std::size_t column);

}  // namespace eventio
