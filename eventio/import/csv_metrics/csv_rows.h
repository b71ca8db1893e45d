// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace eventio {

/// Splits CSV text into rows as Python's csv module does: a field that begins with a double quote
/// may hold separators, line ends and doubled quotes; a row ends with LF, CRLF or CR.
class CsvRows {
 public:
  /// A longer row is not read.
  static constexpr std::size_t kMaxRowBytes = std::size_t{1} << 20;

  enum class Status {
    kRow,
    kEnd,        ///< nothing is left, or a row without its line end
    kTooLong,    ///< the next row is longer than kMaxRowBytes
    kOpenQuote,  ///< `isWhole`, and the next row has a quote that nothing closes
  };

  /// `text` must outlive this object.
  CsvRows(std::string_view text, char separator) : m_text(text), m_separator(separator) {}

  /// Reads the next row; a blank line has no cells. `isWhole`: nothing will follow the text, so
  /// that its last row needs no line end.
  [[nodiscard]] Status next(std::vector<std::string>& cells, bool isWhole = false);

  /// Bytes up to the end of the last row that next() gave.
  [[nodiscard]] std::size_t offset() const noexcept { return m_offset; }
  /// The line in which that row begins, the first of the text being 1.
  [[nodiscard]] std::uint64_t line() const noexcept { return m_line; }
  /// After kEnd: whether what is left ends within quotes.
  [[nodiscard]] bool endsInQuotes() const noexcept { return m_endsInQuotes; }
  /// The line that follows that row.
  [[nodiscard]] std::uint64_t nextLine() const noexcept { return m_nextLine; }

 private:
  [[nodiscard]] std::size_t readCell(std::string_view row, std::size_t at, std::string& cell);
  [[nodiscard]] bool endsCell(char c) const noexcept {
    return c == m_separator || c == '\n' || c == '\r';
  }

  std::string_view m_text;
  char m_separator;
  std::size_t m_offset = 0;
  std::uint64_t m_line = 0;
  std::uint64_t m_nextLine = 1;
  bool m_endsInQuotes = false;
};

}  // namespace eventio
