// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "eventio/base/output_file.h"
#include "eventio/base/result.h"

namespace eventio {

/// A SessionLog START: readers drop the points at and after `step` that were written before it.
struct SessionStart {
  std::int64_t step = 0;
  double wallTime = 0;
};

/// The file side of a SummaryWriter: makes event files with their first records and appends whole
/// records to them, whatever the disk does. One thread at a time.
class EventFileSink {
 public:
  struct Options {
    std::filesystem::path folder;
    std::string suffix;
    std::optional<std::int64_t> purgeStep;
    std::function<void(const std::filesystem::path&)> onNewFile;
    std::shared_ptr<OutputFiles> files;
  };

  explicit EventFileSink(Options options);

  /// Makes the folder and a file in it, whose name sorts after those of the folder's other event
  /// files; its first records wait for the next write().
  [[nodiscard]] Result<void> open();
  /// Appends `records`, a sequence of whole records. After a failure the call is repeated with the
  /// same records: it goes on from the last byte that was taken, or from the first record in a new
  /// file where the old one was removed.
  [[nodiscard]] Result<void> write(const std::string& records);
  /// Brings to the disk what was written since the last call, and reports when that fails.
  [[nodiscard]] Result<void> sync();

  /// The STARTs that a file begins with which is made in place of a removed one. Readers that hold
  /// the removed one's points know them again by step and wall time.
  void setStarts(std::vector<SessionStart> starts) { m_starts = std::move(starts); }
  [[nodiscard]] const std::vector<SessionStart>& starts() const noexcept { return m_starts; }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }
  /// Where in the file the records of the last write() begin.
  [[nodiscard]] std::uint64_t recordsOffset() const noexcept { return m_recordsOffset; }
  [[nodiscard]] std::uint64_t bytesWritten() const noexcept { return m_bytesWritten; }
  /// How many of its files were removed, replaced or shortened, and the last of them.
  [[nodiscard]] std::uint64_t filesLost() const noexcept { return m_filesLost; }
  [[nodiscard]] const std::filesystem::path& lostFile() const noexcept { return m_lostFile; }
  /// Bytes that sync() failed to bring to the disk.
  [[nodiscard]] std::uint64_t bytesUnsynced() const noexcept { return m_bytesUnsynced; }

 private:
  [[nodiscard]] Result<void> put(const std::string& bytes, std::size_t& position);
  void writeHead(bool hasOlderFiles);

  Options m_options;
  std::vector<SessionStart> m_starts;
  std::filesystem::path m_path;
  std::uint64_t m_filesLost = 0;
  std::filesystem::path m_lostFile;
  std::unique_ptr<OutputFile> m_file;
  std::string m_head;  // first records of the file, until they are written
  std::size_t m_headPosition = 0;
  std::size_t m_position = 0;  // in the records of an unfinished write()
  std::uint64_t m_fileBytes = 0;
  std::uint64_t m_recordsOffset = 0;
  std::uint64_t m_bytesWritten = 0;
  std::uint64_t m_bytesTried = 0;  // of those, before the last sync()
  std::uint64_t m_bytesUnsynced = 0;
};

}  // namespace eventio
