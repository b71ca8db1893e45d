// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "eventio/base/result.h"
#include "eventio/data/run_store.h"
#include "eventio/reader/run_source.h"

namespace eventio {

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
/// Following: the system reports changes in as many folders as it has watches for. What it does
/// not report (no watches left, a network file system) is found by looking: at the runs that grew
/// last four times a second, at everything every `pollInterval`, where that takes more than a tenth
/// of one processor less often. Everything is looked at every 5 s in any case. Two descriptors are
/// taken besides those of the files that the threads read just now. Thread-safe.
class LogDirectory : public RunSource {
 public:
  /// Returns at once; loading goes on in the background.
  [[nodiscard]] static Result<std::unique_ptr<LogDirectory>> open(const std::filesystem::path& path,
                                                                  std::shared_ptr<RunStore> store,
                                                                  RunSourceOptions options = {});
  /// Stops the threads; what is loaded stays in the store.
  ~LogDirectory() override;

  [[nodiscard]] const std::string& path() const noexcept override;
  [[nodiscard]] LoadProgress progress() const override;
  bool waitUntilLoaded(std::chrono::milliseconds timeout) override;
  void rescan() override;
  [[nodiscard]] std::vector<Message> problems() const override;

 private:
  class Impl;
  explicit LogDirectory(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> m_impl;
};

}  // namespace eventio
