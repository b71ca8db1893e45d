// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/log_directory.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "eventio/directory_walk.h"
#include "eventio/run_loader.h"

namespace eventio {

namespace {

namespace fs = std::filesystem;

/// What a loader thread reads of one run before it turns to the next one that waits.
constexpr std::uint64_t kSliceBytes = 8U << 20;
/// Looking for changes takes at most this part of one processor.
constexpr int kWalkShare = 10;

fs::path normalPath(const fs::path& path) {
  fs::path normal = fs::absolute(path).lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

tl::unexpected<Error> refusal(ErrorCode code, std::string_view what, const fs::path& path,
                              std::string_view why) {
  std::string message(what);
  message.append(" '").append(path.string()).append("'").append(why);
  return makeError(code, std::move(message));
}

tl::unexpected<Error> cannotRead(const fs::path& path, const std::error_code& error) {
  return refusal(ErrorCode::kIo, "cannot read", path, ": " + error.message());
}

bool isSame(const std::vector<FoundFile>& a, const std::vector<FoundFile>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const FoundFile& left, const FoundFile& right) {
                      return left.path == right.path && left.state.sameFile(right.state) &&
                             left.state.size == right.state.size;
                    });
}

}  // namespace

class LogDirectory::Impl {
 public:
  Impl(fs::path root, fs::path singleFile, std::shared_ptr<RunStore> store,
       LogDirectoryOptions options)
      : m_root(std::move(root)),
        m_name(m_root.string()),
        m_singleFile(std::move(singleFile)),
        m_store(std::move(store)),
        m_options(options) {
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
    m_wakeWatcher.notify_all();
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
  [[nodiscard]] std::vector<std::string> problems() const;

 private:
  using Lock = std::unique_lock<std::mutex>;

  struct Entry {
    std::unique_ptr<RunLoader> loader;
    std::vector<FoundFile> files;  // as last seen
    bool changed = false;          // the loader does not know of `files` yet
    bool queued = false;
    bool busy = false;  // a thread is reading
    bool seen = false;  // by the present walk
    std::uint64_t bytesRead = 0;
  };

  void watch();
  void lookForChanges();
  void found(FoundRun run);
  void update(Entry& entry, std::vector<FoundFile> files);
  void load();
  void enqueue(Entry& entry);
  void noteIdle();
  void addProblem(std::string problem);

  const fs::path m_root;
  const std::string m_name;
  const fs::path m_singleFile;  // empty: the whole folder
  const std::shared_ptr<RunStore> m_store;
  const LogDirectoryOptions m_options;

  mutable std::mutex m_mutex;
  std::condition_variable m_wakeLoaders;
  std::condition_variable m_wakeWatcher;
  std::condition_variable m_loadedChanged;
  std::map<std::string, std::unique_ptr<Entry>> m_entries;  // by name of run
  std::deque<Entry*> m_queue;
  int m_waiting = 0;  // entries queued or busy
  bool m_discovering = true;
  bool m_loaded = false;
  bool m_rescan = false;
  std::set<std::string> m_problems;

  std::atomic<bool> m_stop{false};
  std::vector<std::thread> m_loaders;
  std::thread m_watcher;
};

// --- looking for files ---------------------------------------------------------------------------

void LogDirectory::Impl::watch() {
  while (true) {
    const auto start = std::chrono::steady_clock::now();
    lookForChanges();
    const auto took = std::chrono::steady_clock::now() - start;
    Lock lock(m_mutex);
    m_discovering = false;
    noteIdle();
    if (!m_options.follow && !m_rescan) {
      m_wakeWatcher.wait(lock, [this] { return m_stop || m_rescan; });
    }
    const auto pause =
        std::max<std::chrono::steady_clock::duration>(m_options.pollInterval, kWalkShare * took);
    m_wakeWatcher.wait_for(lock, pause, [this] { return m_stop || m_rescan; });
    if (m_stop) return;
    m_rescan = false;
  }
}

void LogDirectory::Impl::lookForChanges() {
  {
    const std::lock_guard lock(m_mutex);
    for (const auto& [name, entry] : m_entries) entry->seen = false;
  }
  if (m_singleFile.empty()) {
    walkRuns(m_root, {.run = [this](FoundRun run) { found(std::move(run)); },
                      .problem = [this](std::string problem) { addProblem(std::move(problem)); },
                      .stop = [this] { return m_stop.load(); }});
  } else if (const auto state = fileState(m_singleFile.string())) {
    found({".", {{m_singleFile.string(), *state}}});
  }
  const std::lock_guard lock(m_mutex);
  if (m_stop) return;
  for (const auto& [name, entry] : m_entries) {
    if (!entry->seen) update(*entry, {});
  }
}

void LogDirectory::Impl::found(FoundRun run) {
  std::erase_if(run.files, [this](const FoundFile& file) { return m_store->isOwnFile(file.path); });
  const std::lock_guard lock(m_mutex);
  auto at = m_entries.find(run.name);
  if (at == m_entries.end()) {
    if (run.files.empty()) return;
    auto entry = std::make_unique<Entry>();
    entry->loader = std::make_unique<RunLoader>(
        m_store->openRun(m_name, run.name),
        [this](std::string problem) { addProblem(std::move(problem)); });
    at = m_entries.emplace(run.name, std::move(entry)).first;
  }
  at->second->seen = true;
  update(*at->second, std::move(run.files));
}

void LogDirectory::Impl::update(Entry& entry, std::vector<FoundFile> files) {
  if (isSame(entry.files, files)) return;
  entry.files = std::move(files);
  entry.changed = true;
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
    lock.lock();
    entry.busy = false;
    entry.bytesRead += outcome.bytesRead;
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

void LogDirectory::Impl::addProblem(std::string problem) {
  const std::lock_guard lock(m_mutex);
  m_problems.insert(std::move(problem));
}

// --- telling -------------------------------------------------------------------------------------

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
  {
    const std::lock_guard lock(m_mutex);
    m_rescan = true;
  }
  m_wakeWatcher.notify_all();
}

std::vector<std::string> LogDirectory::Impl::problems() const {
  const std::lock_guard lock(m_mutex);
  return {m_problems.begin(), m_problems.end()};
}

// --- the public face -----------------------------------------------------------------------------

LogDirectory::LogDirectory(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

LogDirectory::~LogDirectory() = default;

Result<std::unique_ptr<LogDirectory>> LogDirectory::open(const fs::path& path,
                                                         std::shared_ptr<RunStore> store,
                                                         LogDirectoryOptions options) {
  std::error_code error;
  const fs::path normal = normalPath(path);
  const fs::file_status status = fs::status(normal, error);
  if (status.type() == fs::file_type::not_found) {
    return refusal(ErrorCode::kNotFound, "there is no file or folder", normal, "");
  }
  if (error) return cannotRead(normal, error);
  const bool isFolder = status.type() == fs::file_type::directory;
  if (!isFolder && status.type() != fs::file_type::regular) {
    return refusal(ErrorCode::kInvalidArgument, "can read a folder or a file, but", normal,
                   " is neither");
  }
  if (isFolder) {
    const fs::directory_iterator readable(normal, error);
    if (error) return cannotRead(normal, error);
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

std::vector<std::string> LogDirectory::problems() const {
  return m_impl->problems();
}

}  // namespace eventio
