// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/csv_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "training/base/quoted_name.h"
#include "training/data/packed_file.h"
#include "training/data/sample_checks.h"

namespace training {
namespace {

using eventio::Message;
using eventio::MessageText;
using eventio::Result;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string lowerCase(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return lower;
}

char separatorOf(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  const auto count = [line](char letter) { return std::count(line.begin(), line.end(), letter); };
  char separator = ',';
  for (const char other : {';', '\t'}) {
    if (count(other) > count(separator)) separator = other;
  }
  return separator;
}

/// Rows of cells out of text, one after another.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : m_text(text) {
    if (m_text.starts_with("\xef\xbb\xbf")) m_text.remove_prefix(3);
    m_separator = separatorOf(m_text);
  }

  /// The cells of the next row that is neither empty nor a comment; false at the end.
  bool next(std::vector<std::string>& cells) {
    while (!m_text.empty()) {
      m_line = m_nextLine;
      const std::string_view line = trimmed(m_text.substr(0, m_text.find('\n')));
      if (!line.empty() && line.front() != '#') {
        cells.clear();
        while (takeCell(cells)) {
        }
        return true;
      }
      if (line.starts_with('#')) ++m_comments;
      const std::size_t end = m_text.find('\n');
      m_text = end == std::string_view::npos ? std::string_view() : m_text.substr(end + 1);
      ++m_nextLine;
    }
    return false;
  }

  /// The cells of the first line, where it is a comment; NumPy writes headers so.
  [[nodiscard]] std::vector<std::string> commentedHeader() const {
    const std::string_view line = trimmed(m_text.substr(0, m_text.find('\n')));
    if (!line.starts_with('#')) return {};
    CsvReader reader(line.substr(1));
    reader.m_separator = m_separator;
    std::vector<std::string> cells;
    static_cast<void>(reader.next(cells));
    return cells;
  }
  /// Lines passed over so far that begin with '#'.
  [[nodiscard]] std::int64_t comments() const noexcept { return m_comments; }
  /// The text ended within quotes.
  [[nodiscard]] bool endsInQuotes() const noexcept { return m_endsInQuotes; }
  /// Line on which the row begins, from 1.
  [[nodiscard]] std::uint64_t line() const noexcept { return m_line; }

 private:
  /// Appends the next cell; false after the last of its row.
  bool takeCell(std::vector<std::string>& cells) {
    std::string cell;
    bool quoted = false;
    while (!m_text.empty()) {
      const char letter = m_text.front();
      m_text.remove_prefix(1);
      if (letter == '\n') ++m_nextLine;
      if (letter == '"') {
        if (quoted && m_text.starts_with('"')) {
          cell += '"';
          m_text.remove_prefix(1);
        } else {
          quoted = !quoted;
        }
      } else if (!quoted && (letter == m_separator || letter == '\n')) {
        cells.emplace_back(trimmed(cell));
        return letter == m_separator;
      } else {
        cell += letter;
      }
    }
    ++m_nextLine;
    m_endsInQuotes = quoted;
    cells.emplace_back(trimmed(cell));
    return false;
  }

  std::string_view m_text;
  char m_separator = ',';
  std::uint64_t m_line = 1;
  std::uint64_t m_nextLine = 1;
  std::int64_t m_comments = 0;
  bool m_endsInQuotes = false;
};

bool isTargetName(std::string_view name) {
  const std::string lower = lowerCase(name);
  return lower == "target" || lower == "label" || lower == "class";
}

/// A row of numbers and missing values is no header.
bool isHeader(const std::vector<std::string>& cells) {
  if (std::any_of(cells.begin(), cells.end(), isTargetName)) return true;
  return std::any_of(cells.begin(), cells.end() - 1, [](const std::string& cell) {
    return !isMissingValue(cell) && !csvNumber(cell);
  });
}

/// Names and target from the first row; whether it is a header.
bool takeHeader(const std::vector<std::string>& cells, CsvTable& table) {
  table.targetColumn = cells.size() - 1;
  if (!isHeader(cells)) {
    for (std::size_t i = 1; i <= cells.size(); ++i) {
      table.columns.push_back("column " + std::to_string(i));
    }
    return false;
  }
  table.columns = cells;
  const auto target = std::find_if(cells.begin(), cells.end(), isTargetName);
  if (target != cells.end()) {
    table.targetColumn = static_cast<std::size_t>(target - cells.begin());
    table.labelled = lowerCase(*target) != "target";
  }
  return true;
}

class TableReader {
 public:
  TableReader(const std::filesystem::path& file, std::string_view text)
      : m_file(file), m_text(text), m_reader(text) {}

  Result<CsvTable> readColumns() {
    if (const auto first = readFirstRow(); !first) return tl::unexpected(first.error());
    return std::move(m_table);
  }

  Result<CsvTable> read() {
    const auto isHeaderRow = readFirstRow();
    if (!isHeaderRow) return tl::unexpected(isHeaderRow.error());
    if (const auto fits = checkSize(); !fits) return tl::unexpected(fits.error());
    std::vector<std::string>& cells = m_cells;
    bool more = *isHeaderRow ? m_reader.next(cells) : true;
    for (; more; more = m_reader.next(cells)) {
      if (const auto taken = takeRow(cells); !taken) return tl::unexpected(taken.error());
    }
    if (m_reader.endsInQuotes()) return wrong("a quote that is not closed");
    if (m_table.targets.empty()) return wrong("a header without rows");
    m_table.comments = m_reader.comments() - (m_headerIsComment ? 1 : 0);
    return std::move(m_table);
  }

 private:
  /// Takes the columns; true where the row holds their names and no sample.
  Result<bool> readFirstRow() {
    if (m_text.starts_with("\xff\xfe") || m_text.starts_with("\xfe\xff")) {
      return corruptAt(m_file, Message("line %1", 1), "UTF-16 text; save the table as UTF-8");
    }
    if (m_text.find('\n') == std::string_view::npos && m_text.find('\r') < m_text.size() - 1) {
      return corruptAt(m_file, Message("line %1", 1),
                       "its lines end with CR alone; save them with LF");
    }
    const std::vector<std::string> commented = m_reader.commentedHeader();
    if (!m_reader.next(m_cells)) {
      return corruptAt(m_file, Message("line %1", 1), "the table is empty");
    }
    if (m_cells.size() < 2) return wrong("one column; a table has features and a target");
    if (std::count_if(m_cells.begin(), m_cells.end(), isTargetName) > 1) {
      return wrong("several columns are named target, label or class; rename all but one");
    }
    m_headerIsComment =
        !isHeader(m_cells) && commented.size() == m_cells.size() && isHeader(commented);
    return takeHeader(m_headerIsComment ? commented : m_cells, m_table) && !m_headerIsComment;
  }

  template <class... Arguments>
  [[nodiscard]] tl::unexpected<eventio::Error> wrong(MessageText<sizeof...(Arguments)> why,
                                                     Arguments&&... arguments) const {
    return corruptAt(m_file, Message("line %1", m_reader.line()), why,
                     std::forward<Arguments>(arguments)...);
  }

  [[nodiscard]] Result<void> checkSize() const {
    const auto lines = static_cast<std::uint64_t>(std::count(m_text.begin(), m_text.end(), '\n'));
    const std::uint64_t row = m_table.columns.size() * sizeof(float) + sizeof(std::string) + 16;
    return checkMemory(m_file, saturatingProduct(lines + 1, row));
  }

  Result<void> takeRow(const std::vector<std::string>& cells) {
    if (m_reader.endsInQuotes()) return wrong("a quote that is not closed");
    if (cells.size() != m_table.columns.size()) {
      return wrong("%1 cells where the first line has %2", cells.size(), m_table.columns.size());
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string column = quotedName(m_table.columns[i]);
      if (cells[i].empty()) {
        return wrong("%1: an empty cell; fill it or leave the row out", column);
      }
      if (i == m_table.targetColumn) continue;
      const std::optional<double> number = csvNumber(cells[i]);
      if (!number) {
        return wrong(
            "%1: %2 is not a number; write it as one, with a decimal point, or leave the column "
            "out",
            column, quotedName(cells[i]));
      }
      if (!std::isfinite(*number)) {
        return wrong("%1: %2 is not finite", column, quotedName(cells[i]));
      }
      m_table.features.push_back(static_cast<float>(*number));
    }
    m_table.targets.push_back(cells[m_table.targetColumn]);
    m_table.lines.push_back(m_reader.line());
    return {};
  }

  const std::filesystem::path& m_file;
  std::string_view m_text;
  CsvReader m_reader;
  CsvTable m_table;
  std::vector<std::string> m_cells;  // of the newest row
  bool m_headerIsComment = false;
};

/// Of a number that no double holds: whether it lies near 0.
bool isTiny(std::string_view number) {
  const std::size_t exponent = number.find_first_of("eE");
  if (exponent != std::string_view::npos) return number.substr(exponent + 1).starts_with('-');
  if (number.starts_with('-')) number.remove_prefix(1);
  return number.starts_with("0.") || number.starts_with('.');
}

}  // namespace

bool isMissingValue(std::string_view cell) {
  const std::string lower = lowerCase(cell);
  for (const char* word : {"", "na", "n/a", "null", "none", "?", "-"}) {
    if (lower == word) return true;
  }
  return false;
}

std::optional<double> csvNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  // from_chars() does not say whether a number is too large or too small.
  if (code == std::errc::result_out_of_range && isTiny(text)) return 0;
  if (code == std::errc::invalid_argument || end != text.data() + text.size()) return std::nullopt;
  const bool tooLarge =
      code == std::errc::result_out_of_range || std::abs(value) > std::numeric_limits<float>::max();
  return tooLarge && !std::isnan(value) ? HUGE_VAL : value;
}

Result<CsvTable> readCsvColumns(const std::filesystem::path& file) {
  constexpr std::uint64_t kMaxRow = std::uint64_t{1} << 20U;
  auto opened = PackedFile::open(file);
  if (!opened) return tl::unexpected(opened.error());
  std::vector<std::uint8_t> bytes;
  if (const auto got = opened->append(kMaxRow, bytes); !got) return tl::unexpected(got.error());
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return TableReader(file, text).readColumns();
}

Result<CsvTable> readCsvTable(const std::filesystem::path& file) {
  const Result<std::vector<std::uint8_t>> bytes = readWholeFile(file);
  if (!bytes) return tl::unexpected(bytes.error());
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  return TableReader(file, text).read();
}

}  // namespace training
