// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/import/csv_metrics/csv_metrics_file.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <system_error>
#include <utility>

#include "eventio/base/crc32c.h"
#include "eventio/import/csv_metrics/csv_rows.h"

namespace eventio {

namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
constexpr std::chrono::seconds kRestingTime{10};
/// A change that follows another one so soon may leave the file's time of change as it is.
constexpr std::chrono::milliseconds kCoarsestTime{50};
constexpr std::size_t kMaxNamedColumns = 5;
constexpr std::uint64_t kRowsBetweenStops = 1024;
/// Numbers from here on are times since 1970 (from 1973 on), in seconds and in milliseconds.
constexpr double kFirstSeconds = 1e8;
constexpr double kFirstMilliseconds = 1e11;

double secondsOf(const FileState& state) {
  return static_cast<double>(state.modified) * 1e-9;
}

bool isUnchangedFor(std::chrono::nanoseconds time, const FileState& state) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::nanoseconds(state.modified) < now - time;
}

/// What stands in the file from `offset` up to `size`, or less where it was shortened meanwhile.
tl::expected<std::string, SystemError> readText(InputFile& input, std::uint64_t offset,
                                                std::uint64_t size) {
  std::string text(static_cast<std::size_t>(size - offset), '\0');
  const auto got = input.readAt(offset, text.data(), text.size());
  if (!got) return tl::unexpected<SystemError>(got.error());
  text.resize(*got);
  return text;
}

bool isSame(const ScalarPoint& a, const ScalarPoint& b) {
  return a.step == b.step && (a.value == b.value || (std::isnan(a.value) && std::isnan(b.value)));
}

bool beginsWith(const std::vector<ScalarPoint>& points, const ScalarView& before) {
  if (points.size() < before.size()) return false;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!isSame(points[i], before.point(i))) return false;
  }
  return true;
}

}  // namespace

struct CsvMetricsFile::Rows {
  struct TextColumn {
    std::size_t column = 0;
    std::uint64_t line = 0;  // of the first text in it
  };

  std::vector<std::vector<ScalarPoint>> points;  // a column
  std::vector<TextColumn> textColumns;
  std::vector<bool> isTextColumn;
  std::uint64_t withoutStep = 0;
  std::uint64_t firstWithoutStep = 0;  // its line
  std::uint64_t tooLong = 0;           // the line of a row that is too long
  std::uint64_t openQuote = 0;         // the line of a row with a quote that is not closed
  std::uint64_t waiting = 0;           // the line of a last row that has no line end yet
  bool waitsInQuotes = false;
  std::uint64_t unnamed = 0;  // the first line with a value in a column without a name
  std::size_t unnamedColumn = 0;
  std::uint64_t beyond = 0;  // the first line with a value beyond the first row's columns
  std::uint64_t bytes = 0;   // of all rows that were read
};

CsvMetricsFile::CsvMetricsFile(std::string path, RunMaker makeRun, ProblemHandler problem)
    : m_path(std::move(path)), m_makeRun(std::move(makeRun)), m_problem(std::move(problem)) {}

CsvMetricsFile::~CsvMetricsFile() = default;

void CsvMetricsFile::report(Message problem) {
  if (m_reported.insert(problem.english()).second) m_problem(std::move(problem));
}

bool CsvMetricsFile::beginsAsBefore(InputFile& input, std::uint64_t size) const {
  if (size < m_offset || (m_tookUnendedRow && size != m_offset)) return false;
  std::string chunk;
  std::uint32_t crc = 0;
  for (std::uint64_t at = 0; at < m_offset; at += chunk.size()) {
    auto read = readText(input, at, std::min<std::uint64_t>(at + kChunkBytes, m_offset));
    if (!read || read->empty()) return false;
    chunk = std::move(*read);
    crc = crc32c(chunk, crc);
  }
  return crc == m_crc;
}

CsvMetricsFile::Outcome CsvMetricsFile::read(const std::atomic<bool>& stop) {
  const auto refuse = [this](int error) {
    report({"cannot read '%1': %2", m_path, std::generic_category().message(error)});
    return Outcome{.bytesRead = 0, .more = true};
  };
  const auto input = openInputFile(m_path);
  if (!input) return refuse(input.error().number);
  const auto state = (*input)->state();
  if (!state) return refuse(state.error().number);
  m_isAnew = m_offset == 0 || !beginsAsBefore(**input, state->size);
  const std::uint64_t start = m_isAnew ? 0 : m_offset;
  auto text = readText(**input, start, std::min<std::uint64_t>(state->size, start + kChunkBytes));
  if (!text) return refuse(text.error().number);
  if (m_isAnew && !readHeader(*text)) return {.bytesRead = state->size, .more = false};
  if (state->size > kMaxFileBytes) {
    reportSize();
    return {.bytesRead = state->size, .more = false};
  }
  const auto rest = readText(**input, start + text->size(), state->size);
  if (!rest) return refuse(rest.error().number);
  text->append(*rest);
  Rows rows;
  const bool isWhole = isUnchangedFor(kRestingTime, *state);
  if (!readRows(*text, isWhole, stop, rows)) return {};
  setWallTimes(rows, secondsOf(*state));
  publish(rows);
  reportRows(rows);
  m_crc = crc32c(std::string_view(*text).substr(0, rows.bytes), m_isAnew ? 0 : m_crc);
  m_offset = start + rows.bytes;
  if (rows.bytes > 0) {
    const char last = (*text)[static_cast<std::size_t>(rows.bytes) - 1];
    m_tookUnendedRow = last != '\n' && last != '\r';
  }
  const bool isIncomplete = rows.bytes < text->size() && rows.tooLong == 0 && rows.openQuote == 0;
  return {.bytesRead = text->size(),
          .more = isIncomplete || !isUnchangedFor(kCoarsestTime, *state),
          .waiting = waitingRow(rows)};
}

void CsvMetricsFile::reportSize() {
  if (m_isAnew) {
    report({"'%1' is larger than 256 MiB, too large for a CSV file of metrics: it is not read",
            m_path});
  } else {
    report(
        {"'%1' is larger than 256 MiB, too large for a CSV file of metrics: what was appended is "
         "not read",
         m_path});
  }
}

Message CsvMetricsFile::waitingRow(const Rows& rows) const {
  if (rows.waiting == 0) return {};
  if (rows.waitsInQuotes) {
    return {
        "'%1': the last row, in line %2, ends within quotes and may be half written: it is read "
        "once the file has not changed for 10 s",
        m_path, rows.waiting};
  }
  return {
      "'%1': the last row, in line %2, has no line end and may be half written: it is read once "
      "the file has not changed for 10 s",
      m_path, rows.waiting};
}

/// False where the file holds no metrics, or not yet.
bool CsvMetricsFile::readHeader(std::string_view text) {
  auto columns = readCsvColumns(text);
  if (!columns) {
    if (m_run != nullptr && text.find('\n') != std::string_view::npos) {
      report({"'%1' holds no metrics any longer: what was read of it is kept", m_path});
    } else if (const Error problem = problemOfCsvColumns(text);
               problem.code == ErrorCode::kUnsupported) {
      report({"'%1' is not read: %2", m_path, problem.message});
    }
    return false;
  }
  m_columns = std::move(*columns);
  if (m_run == nullptr) m_run = m_makeRun();
  m_clock = Clock::kUnknown;
  m_time = 0;
  m_lastElapsed = 0;
  m_nextIndex = 0;
  return true;
}

/// False when it was stopped.
bool CsvMetricsFile::readRows(std::string_view text, bool isWhole, const std::atomic<bool>& stop,
                              Rows& rows) {
  rows.points.resize(m_columns.tags.size());
  rows.isTextColumn.resize(m_columns.tags.size());
  const std::size_t header = m_isAnew ? m_columns.headerBytes : 0;
  const std::uint64_t before = m_isAnew ? m_columns.headerLines : m_line - 1;
  CsvRows reader(text.substr(header), m_columns.separator);
  std::vector<std::string> cells;
  auto status = CsvRows::Status::kRow;
  for (std::uint64_t count = 0; status == CsvRows::Status::kRow; ++count) {
    if (count % kRowsBetweenStops == 0 && stop) return false;
    status = reader.next(cells, isWhole);
    if (status != CsvRows::Status::kRow || cells.empty()) continue;
    if (cells == m_columns.header) continue;  // fastai's, where a second training begins
    readRow(cells, before + reader.line(), rows);
  }
  const std::uint64_t next = before + reader.nextLine();
  if (status == CsvRows::Status::kTooLong) rows.tooLong = next;
  if (status == CsvRows::Status::kOpenQuote) rows.openQuote = next;
  if (status == CsvRows::Status::kEnd && header + reader.offset() < text.size()) {
    rows.waiting = next;
    rows.waitsInQuotes = reader.endsInQuotes();
  }
  m_line = before + reader.nextLine();
  rows.bytes = header + reader.offset();
  return true;
}

void CsvMetricsFile::readRow(const std::vector<std::string>& cells, std::uint64_t line,
                             Rows& rows) {
  const auto step = m_columns.step < cells.size() ? csvStep(cells[m_columns.step]) : std::nullopt;
  if (!step) {
    if (rows.withoutStep++ == 0) rows.firstWithoutStep = line;
    return;
  }
  if (m_columns.time < cells.size()) readTime(cells[m_columns.time]);
  const std::size_t count = std::min(cells.size(), m_columns.tags.size());
  for (std::size_t i = count; i < cells.size() && rows.beyond == 0; ++i) {
    double ignored = 0;
    if (readCsvCell(cells[i], ignored) != CsvCell::kNotLogged) rows.beyond = line;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const bool hasTag = !m_columns.tags[i].empty();
    if (!hasTag && !isUnnamed(m_columns, i)) continue;
    double value = 0;
    const CsvCell kind = readCsvCell(cells[i], value);
    if (!hasTag) {
      const bool isIndex = i == 0 && value == m_nextIndex++;
      if (kind == CsvCell::kNotLogged || isIndex || rows.unnamed != 0) continue;
      rows.unnamed = line;
      rows.unnamedColumn = i;
      continue;
    }
    if (kind == CsvCell::kNumber) rows.points[i].push_back({*step, m_time, value});
    if (kind != CsvCell::kText || rows.isTextColumn[i]) continue;
    rows.isTextColumn[i] = true;
    rows.textColumns.push_back({i, line});
  }
}

void CsvMetricsFile::readTime(std::string_view cell) {
  double time = 0;
  if (readCsvCell(cell, time) != CsvCell::kNumber || !std::isfinite(time)) return;
  if (m_clock == Clock::kUnknown) {
    m_clock = time >= kFirstMilliseconds ? Clock::kMilliseconds
              : time >= kFirstSeconds    ? Clock::kSeconds
                                         : Clock::kElapsed;
  }
  if (m_clock == Clock::kSeconds) m_time = time;
  if (m_clock == Clock::kMilliseconds) m_time = time / 1000;
  if (m_clock != Clock::kElapsed) return;
  m_time += time >= m_lastElapsed ? time - m_lastElapsed : time;
  m_lastElapsed = time;
}

void CsvMetricsFile::setWallTimes(Rows& rows, double modified) {
  if (m_clock == Clock::kSeconds || m_clock == Clock::kMilliseconds) return;
  if (m_clock == Clock::kElapsed && !m_started) m_started = modified - m_time;
  const double base = m_clock == Clock::kElapsed ? *m_started : modified;
  for (auto& points : rows.points) {
    for (ScalarPoint& point : points) point.wallTime += base;
  }
}

/// Whether the rows, which are all of the file, begin with what the run holds.
bool CsvMetricsFile::extendsRun(const Rows& rows) const {
  const auto tags = m_run->tags();
  return std::all_of(tags.begin(), tags.end(), [&](const TagInfo& tag) {
    if (tag.count == 0) return true;
    const auto column = std::find(m_columns.tags.begin(), m_columns.tags.end(), tag.tag);
    return column != m_columns.tags.end() &&
           beginsWith(rows.points[static_cast<std::size_t>(column - m_columns.tags.begin())],
                      m_run->scalars(tag.tag));
  });
}

void CsvMetricsFile::publish(const Rows& rows) {
  const bool isKept = m_isAnew && extendsRun(rows);
  if (m_isAnew && !isKept) m_run->purgeFrom(std::numeric_limits<std::int64_t>::min());
  for (std::size_t i = 0; i < rows.points.size(); ++i) {
    const std::size_t known = isKept ? m_run->scalars(m_columns.tags[i]).size() : 0;
    m_run->appendScalarPoints(m_columns.tags[i], std::span(rows.points[i]).subspan(known));
  }
}

/// Names each column with text once.
void CsvMetricsFile::reportText(const Rows& rows) {
  std::string names;
  std::uint64_t line = 0;
  std::size_t count = 0;
  for (const auto& [column, firstLine] : rows.textColumns) {
    const std::string& name = m_columns.tags[column];
    if (!m_textColumns.insert(name).second) continue;
    if (count == 0) line = firstLine;
    if (++count <= kMaxNamedColumns) names += (names.empty() ? "'" : ", '") + name + "'";
  }
  if (count == 0) return;
  if (count == 1) {
    report({"'%1': text in column %2 is left out, the first in line %3", m_path, names, line});
  } else if (count <= kMaxNamedColumns) {
    report({"'%1': text in columns %2 is left out, the first in line %3", m_path, names, line});
  } else {
    report({"'%1': text in columns %2 and %3 other columns is left out, the first in line %4",
            m_path, names, count - kMaxNamedColumns, line});
  }
}

/// Names once what belongs to no tag.
void CsvMetricsFile::reportLostCells(const Rows& rows) {
  if (rows.unnamed > 0 && !std::exchange(m_reportedUnnamed, true)) {
    report(
        {"'%1': column %2 has no name in the first row: what stands in it is left out, the first "
         "in line %3",
         m_path, rows.unnamedColumn + 1, rows.unnamed});
  }
  if (rows.beyond > 0 && !std::exchange(m_reportedBeyond, true)) {
    report(
        {"'%1': the row in line %2 has more columns than the first row: what stands in them is "
         "left out",
         m_path, rows.beyond});
  }
}

void CsvMetricsFile::reportWithoutStep(std::uint64_t rows, std::uint64_t firstLine) {
  const std::string& step = m_columns.header[m_columns.step];
  if (rows == 1) {
    report({"'%1': %2 row has no whole number in column '%3', the first in line %4: left out",
            m_path, rows, step, firstLine});
  } else {
    report({"'%1': %2 rows have no whole number in column '%3', the first in line %4: left out",
            m_path, rows, step, firstLine});
  }
}

void CsvMetricsFile::reportRows(const Rows& rows) {
  reportText(rows);
  reportLostCells(rows);
  if (rows.openQuote > 0) {
    report({"'%1': a quote that opens in or after line %2 is not closed: what follows is not read",
            m_path, rows.openQuote});
  }
  if (rows.withoutStep > 0 && !std::exchange(m_reportedRowWithoutStep, true)) {
    reportWithoutStep(rows.withoutStep, rows.firstWithoutStep);
  }
  if (rows.tooLong > 0) {
    report(
        {"'%1': the row in line %2 is longer than 1 MiB: it and what follows is not read; a "
         "quote may be missing",
         m_path, rows.tooLong});
  }
}

bool beginsAsCsvMetrics(const std::string& path) {
  const auto input = openInputFile(path);
  if (!input) return false;
  const auto text = readText(**input, 0, CsvRows::kMaxRowBytes);
  return text && readCsvColumns(*text).has_value();
}

Message problemOfCsvFile(const std::string& path) {
  const auto input = openInputFile(path);
  if (!input) return {};
  const auto text = readText(**input, 0, CsvRows::kMaxRowBytes + 1);
  return text ? problemOfCsvColumns(*text).message : Message();
}

}  // namespace eventio
