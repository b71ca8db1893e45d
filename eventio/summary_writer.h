// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/result.h"
#include "eventio/run_data.h"

namespace eventio {

class OutputFiles;

struct SummaryWriterOptions {
  std::string fileNameSuffix{};  ///< appended to the file's name
  std::chrono::milliseconds flushInterval{1000};
  /// Bytes that may wait in memory for the disk; a call that finds no room waits for the writer.
  std::size_t queueBytes = 64U << 20;
  /// Announces a restart: readers drop the points at and after this step from older files.
  std::optional<std::int64_t> purgeStep{};
  /// Called with the path of each file that the writer makes, before a byte is in it: from
  /// create(), and from the writer's thread when the folder had to be made again.
  /// RunStore::addOwnFile goes here.
  std::function<void(const std::filesystem::path&)> onNewFile{};
  std::shared_ptr<OutputFiles> files{};  ///< what makes the files; the disk when left out
};

/// State of a writer, a consistent snapshot.
struct SummaryWriterStatus {
  std::uint64_t recordsQueued = 0;
  std::uint64_t recordsWritten = 0;  ///< with the kernel
  std::uint64_t bytesWritten = 0;
  std::uint64_t waits = 0;         ///< calls that had to wait for room in the queue
  std::uint64_t recordsLost = 0;   ///< given up because the disk failed and memory was full
  bool failing = false;            ///< the last attempt to write failed; it is retried
  std::string failure;             ///< what failed, where and what to do; kept after recovery
  std::uint64_t failureCount = 0;  ///< grows when `failure` changes or ends: poll it
};

/// Writes one TensorBoard event file on a thread of its own.
///
/// All calls are thread-safe; the add calls encode into a queue and return before the bytes are on
/// disk. Bytes reach the file on flush(), on close() or destruction, and at the latest
/// `flushInterval` after the call; a crash loses what was not flushed, never what was. When the
/// disk fails the writer keeps what is queued, tries again every second, goes on from the last
/// whole byte and makes a new file where the folder or file was removed; the add calls then report
/// the failure as an Error of code kIo for the caller's information: the record is queued all the
/// same, unless memory for it is full, then it is counted as lost. A call that waits for room gives
/// up after two seconds without any progress of the disk, so that none blocks for ever. Tags and
/// texts must be UTF-8 (kInvalidArgument): other bytes would keep TensorBoard from reading the
/// file.
class SummaryWriter {
 public:
  /// Makes the folder when it is missing and the file
  /// `events.out.tfevents.<seconds>.<host>.<pid>.<n>` in it, and writes the first record (version
  /// "brain.Event:2").
  [[nodiscard]] static Result<std::unique_ptr<SummaryWriter>> create(
      const std::filesystem::path& directory, SummaryWriterOptions options = {});
  ~SummaryWriter();
  SummaryWriter(const SummaryWriter&) = delete;
  SummaryWriter& operator=(const SummaryWriter&) = delete;

  /// `wallTime` in seconds since 1970, now when left out. `step` need not grow.
  [[nodiscard]] Result<void> addScalar(std::string_view tag, float value, std::int64_t step,
                                       std::optional<double> wallTime = std::nullopt);
  /// From raw values, with the default bins (histogram_builder.h).
  [[nodiscard]] Result<void> addHistogram(std::string_view tag, std::span<const float> values,
                                          std::int64_t step,
                                          std::optional<double> wallTime = std::nullopt);
  /// From ready bins; limits and counts must be of one length.
  [[nodiscard]] Result<void> addHistogram(std::string_view tag, const Histogram& histogram,
                                          std::int64_t step,
                                          std::optional<double> wallTime = std::nullopt);
  /// Written under tag + "/text_summary", as tensorboardX does.
  [[nodiscard]] Result<void> addText(std::string_view tag, std::string_view text, std::int64_t step,
                                     std::optional<double> wallTime = std::nullopt);
  /// The run's hyper-parameters and the tags of its metrics, for TensorBoard's HParams tab.
  [[nodiscard]] Result<void> addHparams(const std::map<std::string, HparamValue>& hparams,
                                        const std::vector<std::string>& metricTags,
                                        std::optional<double> wallTime = std::nullopt);

  /// Returns when all that was added before is with the kernel (`toDisk`: on the disk, fsync).
  [[nodiscard]] Result<void> flush(bool toDisk = false);
  /// Flushes and closes, and ends the session of addHparams() in the log; later calls fail with
  /// kClosed. Where the disk fails it tries once more and tells how many records were lost. A
  /// second close does nothing.
  [[nodiscard]] Result<void> close();

  /// The file being written; another one after the folder had to be made again.
  [[nodiscard]] std::filesystem::path file() const;
  [[nodiscard]] SummaryWriterStatus status() const;

 private:
  class Impl;
  explicit SummaryWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> m_impl;
};

}  // namespace eventio
