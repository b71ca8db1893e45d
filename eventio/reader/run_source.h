// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "eventio/base/message.h"

namespace eventio {

struct RunSourceOptions {
  int threads = 2;     ///< loader threads, at least 1; a source of small files may use fewer
  bool follow = true;  ///< keep looking for new runs, files and bytes after the first load
  /// How often files are polled for changes, unless the system reports every change in them.
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

/// Finds the runs that one tool left below a folder, loads them into a RunStore on threads of its
/// own, and follows them while they grow. Thread-safe.
///
/// The destructor stops the threads; what is loaded stays in the store. run_source_kinds.h lists
/// the kinds and opens a path with all of them.
class RunSource {
 public:
  RunSource() = default;
  virtual ~RunSource() = default;
  RunSource(const RunSource&) = delete;
  RunSource& operator=(const RunSource&) = delete;

  /// The folder that was opened, or that of the file that was: absolute and lexically normal, as
  /// Run::logDirectory() has it.
  [[nodiscard]] virtual const std::string& path() const noexcept = 0;
  [[nodiscard]] virtual LoadProgress progress() const = 0;
  /// True when everything that the first walk found was read within the time.
  virtual bool waitUntilLoaded(std::chrono::milliseconds timeout) = 0;
  /// Looks for new runs and bytes now instead of at the next poll.
  virtual void rescan() = 0;
  /// What could not be read, one sentence each, in the order in which it was noticed. Grows only.
  [[nodiscard]] virtual std::vector<Message> problems() const = 0;
};

}  // namespace eventio
