// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/data/run_store.h"
#include "eventio/reader/directory_walk.h"
#include "eventio/reader/event_collector.h"
#include "eventio/records/record_reader.h"

namespace eventio {

/// Reads the event files of one run into it and goes on where it stopped when they grow. Holds no
/// file open between calls. One thread at a time.
class RunLoader {
 public:
  struct Outcome {
    std::uint64_t bytesRead = 0;
    bool more = false;    ///< the budget was used up before the present end of the files
    bool failed = false;  ///< a file could not be read now: the next read() tries it again
  };
  using ProblemHandler = std::function<void(Message)>;

  RunLoader(std::shared_ptr<Run> run, ProblemHandler problem, FileOpener open = openInputFile);
  ~RunLoader();

  /// What stands in the run's folder now, in order of name. Reports files that are gone.
  void setFiles(const std::vector<FoundFile>& files);
  /// Reads about `budget` bytes, or until `stop`.
  Outcome read(std::uint64_t budget, const std::atomic<bool>& stop);
  /// Reports, as notices of the run, files that end within a record. For a run that is not
  /// followed: otherwise the record's rest may come.
  void reportIncompleteEnds();

 private:
  struct File;

  void follow(File& file, const FoundFile& found);
  void followRenamed(const std::vector<FoundFile>& files);
  void rename(File& file, const std::string& path);
  void sortByPath();
  [[nodiscard]] File* fileThatBegins(std::string_view head, const File& except) const;
  enum class CopyState {
    kNoCopy,
    kCopy,       ///< of another file: not read
    kContinues,  ///< another file, which has its path now
  };
  [[nodiscard]] tl::expected<CopyState, SystemError> compareWithOthers(File& file,
                                                                       InputFile& input);
  void continueWith(File& file, File& copy);
  [[nodiscard]] tl::expected<void, SystemError> checkIdentity(File& file, InputFile& input,
                                                              const FileState& state);
  void startAgain(File& file, Message why);
  enum class ReadTo { kEnd, kBudget, kFailure, kOtherName };
  [[nodiscard]] bool readChanged(std::uint64_t budget, const std::atomic<bool>& stop,
                                 Outcome& outcome);
  ReadTo readFile(File& file, std::uint64_t budget, const std::atomic<bool>& stop,
                  Outcome& outcome);
  void noteFingerprint(File& file, InputFile& input) const;
  void reportDamage(const File& file, Message what);

  EventCollector m_collector;
  ProblemHandler m_problem;
  FileOpener m_open;
  std::vector<std::unique_ptr<File>> m_files;  // in order of name
};

}  // namespace eventio
