// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "eventio/result.h"
#include "eventio/run_store.h"

namespace eventio {

struct LogDirectoryOptions {
  int threads = 2;     ///< loader threads, at least 1
  bool follow = true;  ///< keep looking for new runs, files and bytes after the first load
  /// How often all of it is looked at, unless the system tells of every change in it.
  std::chrono::milliseconds pollInterval{400};
  std::size_t maxWatches = 16384;  ///< folders that the system may be asked to watch; 0: none
};

struct LoadProgress {
  std::uint64_t bytesRead = 0;
  std::uint64_t bytesFound = 0;
  std::uint64_t filesDone = 0;  ///< read to their present end
  std::uint64_t filesFound = 0;
  bool discovering = true;  ///< the first walk of the folders is not over
  bool loaded = false;      ///< everything that the first walk found has been read

  friend bool operator==(const LoadProgress&, const LoadProgress&) = default;
};

/// Finds the runs below a folder, loads them into a RunStore on its own threads and follows them.
///
/// A folder that directly holds a file whose name contains "tfevents" is a run, named by its path
/// below the log directory ("." for the log directory itself). Links are followed once. A path that
/// names a single file opens that file alone as the run of its folder. Files of one run are read in
/// order of name; SessionLog START in a second or later file purges. Damaged records are passed
/// over and become Damage of the run; a truncated tail is read on when the file grows; a file that
/// is removed, replaced or shortened keeps what was read, is reported, and the new one is followed.
/// A file that cannot be read is tried again at every look.
///
/// Following: the system tells of changes in as many folders as it has watches for. What it does
/// not tell of (no watches left, a network file system) is found by looking: at the runs that grew
/// last four times a second, at everything every `pollInterval`, where that takes more than a tenth
/// of one processor less often. Everything is looked at every 5 s in any case. Two descriptors are
/// taken besides those of the files that the threads read just now. Thread-safe.
class LogDirectory {
 public:
  /// Returns at once; loading goes on in the background.
  [[nodiscard]] static Result<std::unique_ptr<LogDirectory>> open(const std::filesystem::path& path,
                                                                  std::shared_ptr<RunStore> store,
                                                                  LogDirectoryOptions options = {});
  /// Stops the threads; what is loaded stays in the store.
  ~LogDirectory();
  LogDirectory(const LogDirectory&) = delete;
  LogDirectory& operator=(const LogDirectory&) = delete;

  /// The log directory as it stands in Run::logDirectory(): absolute, lexically normal.
  [[nodiscard]] const std::string& path() const noexcept;
  [[nodiscard]] LoadProgress progress() const;
  /// True when everything the first walk found was read within the time.
  bool waitUntilLoaded(std::chrono::milliseconds timeout);
  /// Looks for new runs and bytes now instead of at the next poll.
  void rescan();
  /// Folders and files that could not be read, one sentence each, in the order in which that was
  /// noticed.
  [[nodiscard]] std::vector<std::string> problems() const;

 private:
  class Impl;
  explicit LogDirectory(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> m_impl;
};

}  // namespace eventio
