// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/reader/log_directory.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "eventio/reader/directory_walk.h"
#include "eventio/reader/directory_watch.h"
#include "eventio/reader/event_file.h"
#include "eventio/reader/run_loader.h"

namespace eventio {

namespace {

namespace fs = std::filesystem;

/// What a loader thread reads of one run before it turns to the next one that waits.
constexpr std::uint64_t kSliceBytes = 8U << 20;
/// Looking for changes takes at most this part of one processor.
constexpr int kWalkShare = 10;
/// Between two looks at everything where the system reports every change.
constexpr std::chrono::seconds kRareInterval{5};
/// Between two answers to what the system reports, so that a writer of many small pieces costs
/// little.
constexpr std::chrono::milliseconds kGatherInterval{50};
/// Runs that grew last are looked at this often, so long and at most so many.
constexpr std::chrono::milliseconds kRecentInterval{250};
constexpr std::chrono::minutes kRecentTime{2};
constexpr std::size_t kMaxRecent = 256;

using Clock = std::chrono::steady_clock;

/// Of this thread.
std::chrono::nanoseconds processorTime() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::chrono::milliseconds untilThen(Clock::time_point then) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(then - Clock::now());
  return std::clamp<std::chrono::milliseconds>(left, std::chrono::milliseconds(0),
                                               std::chrono::minutes(1));
}

fs::path normalPath(const fs::path& path) {
  fs::path normal = fs::absolute(path).lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

tl::unexpected<Error> cannotRead(const fs::path& path, const std::error_code& error) {
  return makeError(ErrorCode::kIo, "cannot read '%1': %2", path, error.message());
}

bool isSame(const std::vector<FoundFile>& a, const std::vector<FoundFile>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const FoundFile& left, const FoundFile& right) {
                      return left.path == right.path && left.state == right.state;
                    });
}

}  // namespace

class LogDirectory::Impl {
 public:
  Impl(fs::path root, fs::path singleFile, std::shared_ptr<RunStore> store,
       RunSourceOptions options)
      : m_root(std::move(root)),
        m_name(m_root.string()),
        m_singleFile(std::move(singleFile)),
        m_store(std::move(store)),
        m_options(options),
        m_tree(m_root, isEventFileName),
        m_watch(options.follow && m_singleFile.empty() ? options.maxWatches : 0) {
    for (int i = 0; i < std::max(1, m_options.threads); ++i) {
      m_loaders.emplace_back([this] { load(); });
    }
    m_watcher = std::thread([this] { watch(); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(m_mutex);
      m_stop = true;
    }
    m_wakeLoaders.notify_all();
    m_watch.wake();
    m_loadedChanged.notify_all();
    m_watcher.join();
    for (std::thread& loader : m_loaders) loader.join();
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  [[nodiscard]] const std::string& name() const noexcept { return m_name; }
  [[nodiscard]] LoadProgress progress() const;
  bool waitUntilLoaded(std::chrono::milliseconds timeout);
  void rescan();
  [[nodiscard]] std::vector<Message> problems() const;

 private:
  using Lock = std::unique_lock<std::mutex>;

  struct Entry {
    std::unique_ptr<RunLoader> loader;
    std::vector<FoundFile> files;  // as last seen
    bool changed = false;          // the loader does not know of `files` yet
    bool queued = false;
    bool busy = false;    // a thread is reading
    bool seen = false;    // by the present walk
    bool failed = false;  // a file could not be read
    Clock::time_point grew;
    std::uint64_t bytesRead = 0;
  };

  void watch();
  [[nodiscard]] Clock::time_point lookAtAll();
  void lookForChanges();
  void waitUntil(Clock::time_point next);
  [[nodiscard]] bool answer(const std::vector<DirectoryChange>& changes);
  void lookAtRecent();
  void lookAt(Entry& entry);
  [[nodiscard]] bool holdsEvents(const std::vector<FoundFile>& files);
  void found(FoundRun run);
  void update(Entry& entry, std::vector<FoundFile> files);
  void load();
  void enqueue(Entry& entry);
  void noteIdle();
  void addProblem(Message problem);

  const fs::path m_root;
  const std::string m_name;
  const fs::path m_singleFile;  // empty: the whole folder
  const std::shared_ptr<RunStore> m_store;
  const RunSourceOptions m_options;

  // The watcher's.
  DirectoryTree m_tree;
  DirectoryWatch m_watch;
  bool m_allWatched = false;    // the system reports every change
  Clock::time_point m_soonest;  // everything may be looked at again
  Clock::time_point m_recentLooked;
  std::deque<Entry*> m_recent;  // runs that were modified recently, the last one first

  mutable std::mutex m_mutex;
  std::condition_variable m_wakeLoaders;
  std::condition_variable m_loadedChanged;
  std::map<std::string, std::unique_ptr<Entry>> m_entries;  // by name of run
  std::deque<Entry*> m_queue;
  int m_waiting = 0;  // entries queued or busy
  bool m_discovering = true;
  bool m_loaded = false;
  std::vector<Message> m_problems;
  std::set<std::string> m_knownProblems;  // in English

  std::atomic<bool> m_stop{false};
  std::atomic<bool> m_rescan{false};
  std::vector<std::thread> m_loaders;
  std::thread m_watcher;
};

// --- looking for files ---------------------------------------------------------------------------

void LogDirectory::Impl::watch() {
  while (!m_stop) {
    const Clock::time_point next = lookAtAll();
    {
      const std::lock_guard lock(m_mutex);
      m_discovering = false;
      noteIdle();
    }
    waitUntil(next);
  }
}

/// Returns when to look again.
Clock::time_point LogDirectory::Impl::lookAtAll() {
  const auto start = Clock::now();
  const auto processorStart = processorTime();
  lookForChanges();
  const auto end = Clock::now();
  const std::chrono::nanoseconds pause = std::max<std::chrono::nanoseconds>(
      kWalkShare * (processorTime() - processorStart), end - start);
  m_soonest = end + std::max<std::chrono::nanoseconds>(pause, kGatherInterval);
  if (!m_options.follow) return Clock::time_point::max();
  const std::chrono::milliseconds interval =
      m_allWatched ? std::max<std::chrono::milliseconds>(m_options.pollInterval, kRareInterval)
                   : m_options.pollInterval;
  return end + std::max<std::chrono::nanoseconds>(pause, interval);
}

void LogDirectory::Impl::lookForChanges() {
  {
    const std::lock_guard lock(m_mutex);
    for (const auto& [name, entry] : m_entries) entry->seen = false;
  }
  bool allWatched = m_singleFile.empty();
  m_watch.retry();
  if (m_singleFile.empty()) {
    m_tree.walk({.run = [this](FoundRun run) { found(std::move(run)); },
                 .folder =
                     [&](const std::string& folder, const FileState& state) {
                       if (!m_watch.add(folder, state.device)) allWatched = false;
                     },
                 .links = [&](const std::string&) { allWatched = false; },
                 .problem = [this](Message problem) { addProblem(std::move(problem)); },
                 .stop =
                     [this] {
                       lookAtRecent();
                       return m_stop.load();
                     }});
  } else if (const auto state = fileState(m_singleFile.string())) {
    found({".", {{m_singleFile.string(), *state}}});
  }
  if (m_stop) return;
  m_allWatched = allWatched;
  m_watch.dropUnused();
  const std::lock_guard lock(m_mutex);
  for (const auto& [name, entry] : m_entries) {
    if (!entry->seen) update(*entry, {});
  }
}

/// Follows what the system reports and the runs that grew last until it is time to look at all.
void LogDirectory::Impl::waitUntil(Clock::time_point next) {
  while (!m_stop && !m_rescan.exchange(false) && Clock::now() < next) {
    auto timeout = untilThen(next);
    if (m_options.follow && !m_recent.empty()) timeout = std::min(timeout, kRecentInterval);
    m_watch.wait(timeout);
    if (!m_options.follow || m_stop) continue;
    lookAtRecent();
    const auto changes = m_watch.take();
    if (changes.empty()) continue;
    if (answer(changes)) next = std::min(next, m_soonest);
    m_watch.debounce(kGatherInterval);
  }
}

/// True when all has to be looked at.
bool LogDirectory::Impl::answer(const std::vector<DirectoryChange>& changes) {
  using Kind = DirectoryChange::Kind;
  bool lookAtAll = false;
  std::set<std::string> grown;
  for (const DirectoryChange& change : changes) {
    if (change.kind == Kind::kUnknown) lookAtAll = true;
    if (!change.isFolder && !isEventFileName(change.name)) continue;
    if (change.kind == Kind::kStructure) lookAtAll = true;
    if (change.kind == Kind::kContent) grown.insert(change.folder);
  }
  for (const std::string& folder : grown) {
    // The watcher alone adds entries, and none is ever removed.
    const auto entry = m_entries.find(m_tree.nameOf(folder));
    if (entry != m_entries.end()) {
      lookAt(*entry->second);
    } else {
      lookAtAll = true;  // its files were no event files so far
    }
  }
  return lookAtAll;
}

/// Where the system does not report every change: what grew a short time ago will grow again.
void LogDirectory::Impl::lookAtRecent() {
  const auto now = Clock::now();
  while (!m_recent.empty() && now - m_recent.back()->grew > kRecentTime) m_recent.pop_back();
  if (m_allWatched || now - m_recentLooked < kRecentInterval) return;
  m_recentLooked = now;
  const std::deque<Entry*> recent = m_recent;
  for (Entry* entry : recent) lookAt(*entry);
}

/// At the files that are known of a run.
void LogDirectory::Impl::lookAt(Entry& entry) {
  std::vector<FoundFile> files;
  {
    const std::lock_guard lock(m_mutex);
    files = entry.files;
  }
  for (FoundFile& file : files) {
    const auto state = fileState(file.path);
    if (!state) return;  // a look at everything finds out what became of it
    file.state = *state;
  }
  const std::lock_guard lock(m_mutex);
  update(entry, std::move(files));
}

/// False where all files are text under an event file's name: then there is no run.
bool LogDirectory::Impl::holdsEvents(const std::vector<FoundFile>& files) {
  return std::any_of(files.begin(), files.end(), [this](const FoundFile& found) {
    const auto input = openInputFile(found.path);
    const auto beginning = input ? beginningOf(**input) : FileBeginning::kOther;
    const bool isText = beginning && *beginning == FileBeginning::kText;
    if (isText) addProblem(textInsteadOfEvents(found.path));
    return !isText;
  });
}

void LogDirectory::Impl::found(FoundRun run) {
  std::erase_if(run.files, [this](const FoundFile& file) { return m_store->isOwnFile(file.path); });
  // The watcher alone adds entries.
  if (!m_entries.contains(run.name) && !holdsEvents(run.files)) return;
  const std::lock_guard lock(m_mutex);
  auto at = m_entries.find(run.name);
  if (at == m_entries.end()) {
    auto entry = std::make_unique<Entry>();
    entry->loader =
        std::make_unique<RunLoader>(m_store->openRun(m_name, run.name),
                                    [this](Message problem) { addProblem(std::move(problem)); });
    at = m_entries.emplace(run.name, std::move(entry)).first;
  }
  at->second->seen = true;
  update(*at->second, std::move(run.files));
}

void LogDirectory::Impl::update(Entry& entry, std::vector<FoundFile> files) {
  if (isSame(entry.files, files) && !entry.failed) return;
  entry.files = std::move(files);
  entry.changed = true;
  entry.failed = false;
  if (!m_discovering) {
    entry.grew = Clock::now();
    std::erase(m_recent, &entry);
    m_recent.push_front(&entry);
    if (m_recent.size() > kMaxRecent) m_recent.pop_back();
  }
  if (!entry.queued && !entry.busy) {
    ++m_waiting;
    enqueue(entry);
  }
}

// --- reading them --------------------------------------------------------------------------------

void LogDirectory::Impl::enqueue(Entry& entry) {
  entry.queued = true;
  m_queue.push_back(&entry);
  m_wakeLoaders.notify_one();
}

void LogDirectory::Impl::load() {
  Lock lock(m_mutex);
  while (true) {
    m_wakeLoaders.wait(lock, [this] { return m_stop || !m_queue.empty(); });
    if (m_stop) return;
    Entry& entry = *m_queue.front();
    m_queue.pop_front();
    entry.queued = false;
    entry.busy = true;
    const bool changed = std::exchange(entry.changed, false);
    const std::vector<FoundFile> files = changed ? entry.files : std::vector<FoundFile>();
    lock.unlock();
    if (changed) entry.loader->setFiles(files);
    const RunLoader::Outcome outcome = entry.loader->read(kSliceBytes, m_stop);
    if (!m_options.follow && !outcome.more && !m_stop) entry.loader->reportIncompleteEnds();
    lock.lock();
    entry.busy = false;
    entry.bytesRead += outcome.bytesRead;
    entry.failed = entry.failed || outcome.failed;
    if (outcome.more || entry.changed) {
      enqueue(entry);
    } else {
      --m_waiting;
      noteIdle();
    }
  }
}

void LogDirectory::Impl::noteIdle() {
  if (m_loaded || m_discovering || m_waiting != 0) return;
  m_loaded = true;
  m_loadedChanged.notify_all();
}

void LogDirectory::Impl::addProblem(Message problem) {
  const std::lock_guard lock(m_mutex);
  if (m_knownProblems.insert(problem.english()).second) m_problems.push_back(std::move(problem));
}

// --- reporting -----------------------------------------------------------------------------------

LoadProgress LogDirectory::Impl::progress() const {
  const std::lock_guard lock(m_mutex);
  LoadProgress progress;
  progress.discovering = m_discovering;
  progress.loaded = m_loaded;
  for (const auto& [name, entry] : m_entries) {
    progress.bytesRead += entry->bytesRead;
    progress.filesFound += entry->files.size();
    if (!entry->queued && !entry->busy) progress.filesDone += entry->files.size();
    for (const FoundFile& file : entry->files) progress.bytesFound += file.state.size;
  }
  return progress;
}

bool LogDirectory::Impl::waitUntilLoaded(std::chrono::milliseconds timeout) {
  Lock lock(m_mutex);
  m_loadedChanged.wait_for(lock, timeout, [this] { return m_loaded || m_stop; });
  return m_loaded;
}

void LogDirectory::Impl::rescan() {
  m_rescan = true;
  m_watch.wake();
}

std::vector<Message> LogDirectory::Impl::problems() const {
  const std::lock_guard lock(m_mutex);
  return m_problems;
}

// --- the public face -----------------------------------------------------------------------------

LogDirectory::LogDirectory(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

LogDirectory::~LogDirectory() = default;

Result<std::unique_ptr<LogDirectory>> LogDirectory::open(const fs::path& path,
                                                         std::shared_ptr<RunStore> store,
                                                         RunSourceOptions options) {
  std::error_code error;
  const fs::path normal = normalPath(path);
  const fs::file_status status = fs::status(normal, error);
  if (status.type() == fs::file_type::not_found) {
    return makeError(ErrorCode::kNotFound, "there is no file or folder '%1'", normal);
  }
  if (error) return cannotRead(normal, error);
  const bool isFolder = status.type() == fs::file_type::directory;
  if (!isFolder && status.type() != fs::file_type::regular) {
    return makeError(ErrorCode::kInvalidArgument,
                     "can read a folder or a file, but '%1' is neither", normal);
  }
  if (isFolder) {
    const fs::directory_iterator readable(normal, error);
    if (error) return cannotRead(normal, error);
  } else if (const auto taken = takeAsEventFile(normal); !taken) {
    return tl::unexpected<Error>(taken.error());
  }
  auto impl = std::make_unique<Impl>(isFolder ? normal : normal.parent_path(),
                                     isFolder ? fs::path() : normal, std::move(store), options);
  return std::unique_ptr<LogDirectory>(new LogDirectory(std::move(impl)));
}

const std::string& LogDirectory::path() const noexcept {
  return m_impl->name();
}

LoadProgress LogDirectory::progress() const {
  return m_impl->progress();
}

bool LogDirectory::waitUntilLoaded(std::chrono::milliseconds timeout) {
  return m_impl->waitUntilLoaded(timeout);
}

void LogDirectory::rescan() {
  m_impl->rescan();
}

std::vector<Message> LogDirectory::problems() const {
  return m_impl->problems();
}

}  // namespace eventio
