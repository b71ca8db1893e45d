// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "eventio/base/result.h"

namespace training {

/// An advisory lock on a run's folder, held for as long as somebody trains the run. At most one
/// holder in all processes, this one included, and on all machines where the file system shares its
/// locks. The system releases it when the process ends, however it ends.
///
/// It is a lock on the folder itself (flock), which holds whatever is removed from the folder, and
/// one on the file `run.lock` in it (F_OFD_SETLK), which stays there: for older versions, and for
/// file systems that lock files only. On a file system without locks every caller gets one that
/// excludes nobody (isExclusive() is false): training there is better than not training, and an
/// alert of the run says so.
class RunLock {
 public:
  /// Takes the lock without waiting. kInvalidArgument: somebody trains this run; kIo: the folder
  /// cannot be written to. The folder must exist.
  [[nodiscard]] static eventio::Result<RunLock> acquire(const std::filesystem::path& runFolder);
  /// Whether somebody holds the lock of that folder; false where that cannot be known. Takes
  /// nothing and changes nothing.
  [[nodiscard]] static bool isHeld(const std::filesystem::path& runFolder);

  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&& other) noexcept;
  ~RunLock();

  /// Takes the lock anew where the folder at that path, or its lock file, is no longer the one that
  /// is locked: it was moved or removed, and made again. An Error as acquire() gives it; then the
  /// old lock is kept.
  [[nodiscard]] eventio::Result<void> renew(const std::filesystem::path& runFolder);

  [[nodiscard]] bool isExclusive() const noexcept { return m_exclusive; }

 private:
  RunLock() = default;
  /// Makes and locks the file in the folder; false where the file system has no such locks.
  [[nodiscard]] eventio::Result<bool> lockFile(const std::filesystem::path& runFolder);

  int m_folder = -1;
  int m_file = -1;
  bool m_exclusive = true;
};

}  // namespace training
