// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/import/csv_metrics/csv_columns.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <system_error>
#include <utility>

#include "eventio/import/csv_metrics/csv_rows.h"

namespace eventio {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kBlanks = " \t\n\r\f\v";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string lowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// Of a number that a double cannot hold: zero where it is too small, else infinity.
double beyondRange(std::string_view number) {
  const bool isNegative = number.front() == '-';
  if (isNegative) number.remove_prefix(1);
  const std::size_t exponent = number.find_first_of("eE");
  const bool isSmall =
      exponent != std::string_view::npos
          ? number.substr(exponent + 1).starts_with('-')
          : number.substr(0, number.find('.')).find_first_not_of('0') == std::string_view::npos;
  const double value = isSmall ? 0 : std::numeric_limits<double>::infinity();
  return isNegative ? -value : value;
}

std::size_t columnNamed(const std::vector<std::string>& names, std::string_view wanted) {
  const auto found = std::find(names.begin(), names.end(), wanted);
  return found == names.end() ? CsvColumns::kNone : static_cast<std::size_t>(found - names.begin());
}

std::size_t firstNamed(const std::vector<std::string>& names,
                       std::initializer_list<std::string_view> wanted) {
  for (const std::string_view name : wanted) {
    const std::size_t column = columnNamed(names, name);
    if (column != CsvColumns::kNone) return column;
  }
  return CsvColumns::kNone;
}

std::size_t stepColumn(const std::vector<std::string>& names) {
  const std::size_t column = firstNamed(names, {"step", "epoch"});
  if (column != CsvColumns::kNone) return column;
  const auto prefixed = std::find_if(
      names.begin(), names.end(), [](const std::string& name) { return name.ends_with("-epoch"); });
  return prefixed == names.end() ? CsvColumns::kNone
                                 : static_cast<std::size_t>(prefixed - names.begin());
}

/// What `traindeck export` writes has one row a value, with the name of its tag: no column of it is
/// a metric.
bool isLongForm(const std::vector<std::string>& names) {
  return firstNamed(names, {"run"}) != CsvColumns::kNone &&
         firstNamed(names, {"tag"}) != CsvColumns::kNone;
}

/// What the cells of a first row mean; empty where they are no columns of metrics.
std::optional<CsvColumns> columnsOf(const std::vector<std::string>& header) {
  CsvColumns columns;
  columns.header = header;
  if (header.size() > CsvColumns::kMaxColumns) return std::nullopt;
  std::vector<std::string> names;
  for (const std::string& cell : header) {
    if (cell.find('\0') != std::string::npos) return std::nullopt;
    names.push_back(lowerCase(trimmed(cell)));
  }
  columns.step = stepColumn(names);
  if (columns.step == CsvColumns::kNone || isLongForm(names)) return std::nullopt;
  columns.time = firstNamed(names, {"wall_time", "wall time", "timestamp", "_timestamp", "time"});
  std::set<std::string> taken;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string name(trimmed(header[i]));
    std::string tag = i == columns.step || i == columns.time ? std::string() : name;
    for (int n = 2; !tag.empty() && !taken.insert(tag).second; ++n) {
      tag = name + " (" + std::to_string(n) + ")";
    }
    columns.tags.push_back(std::move(tag));
  }
  if (taken.empty()) return std::nullopt;
  return columns;
}

}  // namespace

CsvCell readCsvCell(std::string_view cell, double& number) {
  cell = trimmed(cell);
  if (cell.empty() || cell == "NA" || cell == "None") return CsvCell::kNotLogged;
  if (cell.front() == '+' && !cell.substr(1).starts_with('-')) cell.remove_prefix(1);
  if (cell.find('(') != std::string_view::npos) return CsvCell::kText;  // "nan(1)" of C
  const char* const end = cell.data() + cell.size();
  const auto [at, error] = std::from_chars(cell.data(), end, number);
  if (error == std::errc::result_out_of_range && at == end) {
    number = beyondRange(cell);
    return CsvCell::kNumber;
  }
  return error == std::errc() && at == end ? CsvCell::kNumber : CsvCell::kText;
}

std::optional<std::int64_t> csvStep(std::string_view cell) {
  cell = trimmed(cell);
  std::int64_t step = 0;
  const char* const end = cell.data() + cell.size();
  const auto [at, error] = std::from_chars(cell.data(), end, step);
  if (error == std::errc() && at == end) return step;
  double number = 0;
  if (readCsvCell(cell, number) != CsvCell::kNumber) return std::nullopt;
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  if (!(number >= -kLimit && number < kLimit) || number != std::floor(number)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

Error problemOfCsvColumns(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<std::string> cells;
  Error problem{ErrorCode::kCorrupt, {}};
  for (const char separator : {',', ';', '\t'}) {
    CsvRows rows(text, separator);
    const CsvRows::Status status = rows.next(cells, true);
    if (status == CsvRows::Status::kOpenQuote)
      return {ErrorCode::kCorrupt, {"a quote in its first row is not closed"}};
    if (status == CsvRows::Status::kTooLong)
      problem.message = {"its first row is longer than 1 MiB"};
    if (status != CsvRows::Status::kRow) continue;
    for (std::string& cell : cells) cell = lowerCase(trimmed(cell));
    if (stepColumn(cells) == CsvColumns::kNone || isLongForm(cells)) continue;
    if (cells.size() > CsvColumns::kMaxColumns) {
      return {ErrorCode::kUnsupported,
              {"it has %1 columns, more than the %2 that are read", cells.size(),
               CsvColumns::kMaxColumns}};
    }
    const bool isComplete = text.find_first_of("\n\r") != std::string_view::npos;
    if (!isComplete && cells.size() > 1) problem.message = {"its first row has no line end"};
  }
  return problem;
}

bool isUnnamed(const CsvColumns& columns, std::size_t column) {
  return trimmed(columns.header[column]).empty();
}

std::optional<CsvColumns> readCsvColumns(std::string_view text) {
  const std::size_t mark = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  std::optional<CsvColumns> best;
  std::vector<std::string> cells;
  for (const char separator : {',', ';', '\t'}) {
    CsvRows rows(text.substr(mark), separator);
    if (rows.next(cells) != CsvRows::Status::kRow) continue;
    auto columns = columnsOf(cells);
    if (!columns || (best && best->header.size() >= cells.size())) continue;
    columns->separator = separator;
    columns->headerBytes = mark + rows.offset();
    columns->headerLines = rows.nextLine() - 1;
    best = std::move(columns);
  }
  return best;
}

}  // namespace eventio
