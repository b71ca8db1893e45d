// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/import/csv_metrics/csv_rows.h"

#include <algorithm>

namespace eventio {

/// Returns the place behind the cell: a separator, a line end or the end of the text. Inside an
/// open quote that is always the end of the text.
std::size_t CsvRows::readCell(std::string_view row, std::size_t at, std::string& cell) {
  cell.clear();
  if (at < row.size() && row[at] == '"') {
    ++at;
    while (true) {
      const std::size_t quote = row.find('"', at);
      cell.append(row.substr(at, quote == std::string_view::npos ? quote : quote - at));
      if (quote == std::string_view::npos) {
        m_endsInQuotes = true;
        return row.size();
      }
      at = quote + 1;
      if (at == row.size() || row[at] != '"') break;
      cell.push_back('"');
      ++at;
    }
  }
  const std::size_t start = at;
  while (at < row.size() && !endsCell(row[at])) ++at;
  cell.append(row.substr(start, at - start));
  return at;
}

CsvRows::Status CsvRows::next(std::vector<std::string>& cells, bool isWhole) {
  const std::string_view left = m_text.substr(m_offset);
  const std::string_view window = left.substr(0, kMaxRowBytes);
  const bool isCut = window.size() < left.size();
  m_endsInQuotes = false;
  if (left.empty()) return Status::kEnd;
  std::size_t count = 0;
  std::size_t at = 0;
  const bool isBlank = window.front() == '\n' || window.front() == '\r';
  while (!isBlank) {
    if (count == cells.size()) cells.emplace_back();
    at = readCell(window, at, cells[count++]);
    if (at == window.size() || window[at] != m_separator) break;
    ++at;
  }
  if (at == window.size()) {
    if (isCut) return Status::kTooLong;
    if (!isWhole) return Status::kEnd;
    if (m_endsInQuotes) return Status::kOpenQuote;
  } else {
    at += window.substr(at).starts_with("\r\n") ? 2 : 1;
  }
  cells.resize(count);
  m_line = m_nextLine;
  m_nextLine += static_cast<std::uint64_t>(std::count(window.begin(), window.begin() + at, '\n'));
  m_offset += at;
  return Status::kRow;
}

}  // namespace eventio
