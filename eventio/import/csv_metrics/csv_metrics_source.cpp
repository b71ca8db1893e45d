// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/import/csv_metrics/csv_metrics_source.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "eventio/base/input_file.h"
#include "eventio/import/csv_metrics/csv_metrics_file.h"
#include "eventio/reader/directory_walk.h"
#include "eventio/reader/event_file.h"

namespace eventio {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Looking for changes takes at most this part of one processor.
constexpr int kProcessorShare = 10;
constexpr int kPollsPerWalk = 12;
/// A file that changed this recently is polled between two walks.
constexpr std::chrono::minutes kRecentTime{2};

/// Of this thread.
std::chrono::nanoseconds processorTime() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

bool endsWithCsv(std::string_view name) {
  constexpr std::string_view kEnding = ".csv";
  if (name.size() <= kEnding.size()) return false;
  name.remove_prefix(name.size() - kEnding.size());
  return std::equal(name.begin(), name.end(), kEnding.begin(),
                    [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a + 32 == b); });
}

Message refusalOf(const fs::path& file) {
  if (const Message problem = problemOfCsvFile(file.string()); !problem.empty()) {
    return {"'%1' cannot be read: %2", file, problem};
  }
  return {
      "'%1' holds no metrics: the first row of a CSV file of metrics names its columns, "
      "separated by ',', ';' or tabs, one of them 'step' or 'epoch' and at least one other",
      file};
}

}  // namespace

class CsvMetricsSource::Impl {
 public:
  Impl(fs::path root, std::string singleFile, std::shared_ptr<RunStore> store,
       RunSourceOptions options)
      : m_root(root.string()),
        m_singleFile(std::move(singleFile)),
        m_store(std::move(store)),
        m_options(options),
        m_tree(std::move(root), isCsvMetricsName),
        m_thread([this] { follow(); }) {}

  ~Impl() {
    {
      const std::lock_guard lock(m_mutex);
      m_stop = true;
    }
    m_wake.notify_all();
    m_thread.join();
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return m_root; }

  [[nodiscard]] LoadProgress progress() const {
    const std::lock_guard lock(m_mutex);
    return m_progress;
  }

  bool waitUntilLoaded(std::chrono::milliseconds timeout) {
    std::unique_lock lock(m_mutex);
    m_wake.wait_for(lock, timeout, [this] { return m_progress.loaded || m_stop; });
    return m_progress.loaded;
  }

  void rescan() {
    {
      const std::lock_guard lock(m_mutex);
      m_rescan = true;
    }
    m_wake.notify_all();
  }

  [[nodiscard]] std::vector<Message> problems() const {
    const std::lock_guard lock(m_mutex);
    return m_problems;
  }

 private:
  struct Entry {
    std::unique_ptr<CsvMetricsFile> file;
    FileState state;      // when it was read last
    bool more = true;     // to be read, though its state may be the same
    bool isSeen = false;  // by the present walk
    bool isGone = false;
    Clock::time_point changed;
  };

  void follow();
  void walk();
  void see(const std::string& path, const std::string& name, const FileState& state);
  void readChanged();
  void pollRecent();
  void read(Entry& entry);
  [[nodiscard]] bool wait(std::chrono::nanoseconds time);
  void addProblem(Message problem);

  const std::string m_root;
  const std::string m_singleFile;  // empty: the whole folder
  const std::shared_ptr<RunStore> m_store;
  const RunSourceOptions m_options;

  // The thread's.
  DirectoryTree m_tree;
  std::map<std::string, Entry> m_entries;  // by path

  mutable std::mutex m_mutex;
  std::condition_variable m_wake;
  LoadProgress m_progress;
  std::vector<Message> m_problems;
  std::set<std::string> m_knownProblems;  // in English
  bool m_rescan = false;
  std::atomic<bool> m_stop{false};
  std::thread m_thread;
};

void CsvMetricsSource::Impl::follow() {
  while (!m_stop) {
    auto start = processorTime();
    walk();
    {
      const std::lock_guard lock(m_mutex);
      m_progress.discovering = false;
    }
    readChanged();
    if (m_stop) return;
    {
      const std::lock_guard lock(m_mutex);
      m_progress.loaded = true;
    }
    m_wake.notify_all();
    for (int poll = 0; poll < kPollsPerWalk && !m_stop; ++poll) {
      const auto spent = processorTime() - start;
      if (wait(std::max<std::chrono::nanoseconds>(kProcessorShare * spent, m_options.pollInterval)))
        break;
      start = processorTime();
      pollRecent();
      readChanged();
    }
  }
}

/// True when all has to be looked at; where nothing is followed, only then.
bool CsvMetricsSource::Impl::wait(std::chrono::nanoseconds time) {
  const auto isWanted = [this] { return m_rescan || m_stop; };
  std::unique_lock lock(m_mutex);
  if (m_options.follow) {
    m_wake.wait_for(lock, time, isWanted);
  } else {
    m_wake.wait(lock, isWanted);
  }
  return std::exchange(m_rescan, false);
}

void CsvMetricsSource::Impl::walk() {
  for (auto& [path, entry] : m_entries) entry.isSeen = false;
  if (m_singleFile.empty()) {
    const auto seeRun = [this](const FoundRun& run) {
      const std::string folder = run.name == "." ? std::string() : run.name + "/";
      for (const FoundFile& file : run.files) {
        see(file.path, folder + fs::path(file.path).filename().string(), file.state);
      }
    };
    m_tree.walk({.run = seeRun,
                 .folder = {},
                 .links = {},
                 .problem = [this](Message problem) { addProblem(std::move(problem)); },
                 .stop = [this] { return m_stop.load(); }});
  } else if (const auto state = fileState(m_singleFile)) {
    see(m_singleFile, fs::path(m_singleFile).filename().string(), *state);
  }
  if (m_stop) return;
  for (auto& [path, entry] : m_entries) {
    if (entry.isSeen || std::exchange(entry.isGone, true) || !entry.file->holdsMetrics()) continue;
    addProblem({"'%1' was removed; what was read of it is kept", path});
  }
}

void CsvMetricsSource::Impl::see(const std::string& path, const std::string& name,
                                 const FileState& state) {
  if (m_store->isOwnFile(path)) return;
  const auto [at, isNew] = m_entries.try_emplace(path);
  Entry& entry = at->second;
  if (isNew) {
    entry.file = std::make_unique<CsvMetricsFile>(
        path, [this, name] { return m_store->openRun(m_root, name); },
        [this](Message problem) { addProblem(std::move(problem)); });
    const std::lock_guard lock(m_mutex);
    ++m_progress.filesFound;
    m_progress.bytesFound += state.size;
  }
  entry.isSeen = true;
  entry.isGone = false;
  if (!(entry.state == state)) entry.more = true;
}

void CsvMetricsSource::Impl::readChanged() {
  for (auto& [path, entry] : m_entries) {
    if (m_stop) return;
    if (entry.more && !entry.isGone) read(entry);
  }
}

void CsvMetricsSource::Impl::pollRecent() {
  const auto now = Clock::now();
  for (auto& [path, entry] : m_entries) {
    if (entry.isGone || !entry.file->holdsMetrics() || now - entry.changed > kRecentTime) continue;
    const auto state = fileState(path);
    if (state && !(entry.state == *state)) entry.more = true;
  }
}

void CsvMetricsSource::Impl::read(Entry& entry) {
  const auto state = fileState(entry.file->path());
  if (!state) return;  // the next walk finds out what became of it
  const bool isFirst = entry.changed == Clock::time_point();
  if (!(entry.state == *state)) entry.changed = Clock::now();
  // Before it is read, so that what is written meanwhile is a change.
  const std::uint64_t sizeBefore = std::exchange(entry.state, *state).size;
  const CsvMetricsFile::Outcome outcome = entry.file->read(m_stop);
  entry.more = outcome.more;
  // Who follows the file reads the row later.
  if (!m_options.follow && !outcome.waiting.empty()) addProblem(outcome.waiting);
  const std::lock_guard lock(m_mutex);
  if (isFirst) ++m_progress.filesDone;
  if (!isFirst && state->size > sizeBefore) m_progress.bytesFound += state->size - sizeBefore;
  m_progress.bytesRead += outcome.bytesRead;
}

void CsvMetricsSource::Impl::addProblem(Message problem) {
  const std::lock_guard lock(m_mutex);
  if (m_knownProblems.insert(problem.english()).second) m_problems.push_back(std::move(problem));
}

// --- the public door -----------------------------------------------------------------------------

CsvMetricsSource::CsvMetricsSource(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

CsvMetricsSource::~CsvMetricsSource() = default;

Result<std::unique_ptr<CsvMetricsSource>> CsvMetricsSource::open(const fs::path& path,
                                                                 std::shared_ptr<RunStore> store,
                                                                 RunSourceOptions options) {
  fs::path normal = fs::absolute(path).lexically_normal();
  if (!normal.has_filename()) normal = normal.parent_path();
  std::error_code ignored;
  if (fs::is_directory(normal, ignored)) {
    return std::unique_ptr<CsvMetricsSource>(new CsvMetricsSource(
        std::make_unique<Impl>(normal, std::string(), std::move(store), options)));
  }
  const auto state = fileState(normal.string());
  if (!state) {
    return makeError(ErrorCode::kIo, "cannot read '%1': %2", normal,
                     std::generic_category().message(state.error().number));
  }
  if (!beginsAsCsvMetrics(normal.string())) {
    return makeError(ErrorCode::kInvalidArgument,
                     state->size == 0 ? Message("'%1' is empty", normal) : refusalOf(normal));
  }
  return std::unique_ptr<CsvMetricsSource>(new CsvMetricsSource(
      std::make_unique<Impl>(normal.parent_path(), normal.string(), std::move(store), options)));
}

const std::string& CsvMetricsSource::path() const noexcept {
  return m_impl->path();
}

LoadProgress CsvMetricsSource::progress() const {
  return m_impl->progress();
}

bool CsvMetricsSource::waitUntilLoaded(std::chrono::milliseconds timeout) {
  return m_impl->waitUntilLoaded(timeout);
}

void CsvMetricsSource::rescan() {
  m_impl->rescan();
}

std::vector<Message> CsvMetricsSource::problems() const {
  return m_impl->problems();
}

bool isCsvMetricsName(std::string_view name) {
  return (endsWithCsv(name) || name == "training.log") && !isTemporaryFileName(name);
}

bool isCsvMetricsFile(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored) || !openInputFile(file.string())) return false;
  return endsWithCsv(file.filename().string()) || beginsAsCsvMetrics(file.string());
}

}  // namespace eventio
