// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/input_file.h"
#include "eventio/data/run_store.h"
#include "eventio/import/csv_metrics/csv_columns.h"

namespace eventio {

/// Reads one CSV file of metrics into a run, and again whenever it changed. Holds no file open
/// between calls. One thread at a time.
class CsvMetricsFile {
 public:
  /// A larger file is not read.
  static constexpr std::uint64_t kMaxFileBytes = std::uint64_t{256} << 20;

  using RunMaker = std::function<std::shared_ptr<Run>()>;
  using ProblemHandler = std::function<void(Message)>;

  /// `makeRun` is called once, when the file turns out to hold metrics.
  CsvMetricsFile(std::string path, RunMaker makeRun, ProblemHandler problem);
  ~CsvMetricsFile();

  struct Outcome {
    std::uint64_t bytesRead = 0;
    bool more = false;  ///< read again soon even if the file does not change
    /// What waits to be read until the file rests, for the user; empty when nothing does.
    Message waiting{};
  };
  /// Reads what is new. Where what was read before has changed, reads all anew, so that the run
  /// holds what the file holds; until then the run keeps its points. A last row without a line end
  /// is read once the file has rested for 10 s.
  Outcome read(const std::atomic<bool>& stop);

  [[nodiscard]] const std::string& path() const noexcept { return m_path; }
  /// True once the file held metrics.
  [[nodiscard]] bool holdsMetrics() const noexcept { return m_run != nullptr; }

 private:
  struct Rows;  // of one call of read()

  [[nodiscard]] bool beginsAsBefore(InputFile& input, std::uint64_t size) const;
  [[nodiscard]] bool readHeader(std::string_view text);
  [[nodiscard]] bool readRows(std::string_view text, bool isWhole, const std::atomic<bool>& stop,
                              Rows& rows);
  void readRow(const std::vector<std::string>& cells, std::uint64_t line, Rows& rows);
  void readTime(std::string_view cell);
  void setWallTimes(Rows& rows, double modified);
  [[nodiscard]] bool extendsRun(const Rows& rows) const;
  void publish(const Rows& rows);
  void reportText(const Rows& rows);
  void reportLostCells(const Rows& rows);
  [[nodiscard]] Message waitingRow(const Rows& rows) const;
  void reportRows(const Rows& rows);
  void reportSize();
  void reportWithoutStep(std::uint64_t rows, std::uint64_t firstLine);
  void report(Message problem);

  /// What the time column holds.
  enum class Clock {
    kUnknown,
    kSeconds,       ///< since 1970
    kMilliseconds,  ///< since 1970
    kElapsed,       ///< seconds since the process started, from anew after a resume
  };

  const std::string m_path;
  const RunMaker m_makeRun;
  const ProblemHandler m_problem;
  std::shared_ptr<Run> m_run;
  CsvColumns m_columns;
  std::uint64_t m_offset = 0;     // bytes that were read
  std::uint32_t m_crc = 0;        // of them
  std::uint64_t m_line = 1;       // that follows them
  bool m_tookUnendedRow = false;  // the last row had no line end
  bool m_isAnew = true;           // the rows are all that the file has
  Clock m_clock = Clock::kUnknown;
  double m_time = 0;                    // of the last row: since 1970, or seconds of training
  double m_lastElapsed = 0;             // as the file has it
  std::optional<double> m_started;      // wall time at which the seconds of training began
  std::set<std::string> m_reported;     // in English
  std::set<std::string> m_textColumns;  // that were reported
  bool m_reportedRowWithoutStep = false;
  bool m_reportedUnnamed = false;
  bool m_reportedBeyond = false;
  double m_nextIndex = 0;  // what pandas' index column, the first one and without a name, has next
};

/// Whether this file, whatever its name is, begins as a metrics file does.
[[nodiscard]] bool beginsAsCsvMetrics(const std::string& path);
/// problemOfCsvColumns() of a file.
[[nodiscard]] Message problemOfCsvFile(const std::string& path);

}  // namespace eventio
