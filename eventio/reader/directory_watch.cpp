// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/reader/directory_watch.h"

#include <unordered_map>
#include <utility>

#ifdef __linux__
#include <linux/magic.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#else
#include <condition_variable>
#include <mutex>
#endif

namespace eventio {

#ifdef __linux__

namespace {

/// True where every change goes through this machine's kernel, which reports it.
bool isLocal(const std::string& folder) {
  constexpr std::uint32_t kXfs = 0x58465342;
  constexpr std::uint32_t kZfs = 0x2fc12fc1;
  struct statfs system = {};
  if (::statfs(folder.c_str(), &system) != 0) return false;
  switch (static_cast<std::uint32_t>(system.f_type)) {
    case EXT4_SUPER_MAGIC:  // ext2 and ext3 have the same number
    case BTRFS_SUPER_MAGIC:
    case F2FS_SUPER_MAGIC:
    case TMPFS_MAGIC:
    case RAMFS_MAGIC:
    case OVERLAYFS_SUPER_MAGIC:
    case kXfs:
    case kZfs:
      return true;
    default:
      return false;
  }
}

/// Watches that this user may have, all programs together.
std::size_t systemLimit() {
  std::size_t limit = 0;
  std::ifstream("/proc/sys/fs/inotify/max_user_watches") >> limit;
  return limit;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : m_number(number) {}
  ~Descriptor() {
    if (m_number >= 0) ::close(m_number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const noexcept { return m_number; }
  [[nodiscard]] bool isOpen() const noexcept { return m_number >= 0; }

 private:
  int m_number;
};

}  // namespace

class DirectoryWatch::Impl {
 public:
  explicit Impl(std::size_t limit)
      : m_limit(std::min(limit, systemLimit() / 2)),
        m_events(limit > 0 ? ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC) : -1) {}

  bool add(const std::string& folder, std::uint64_t device) {
    if (!m_events.isOpen()) return false;
    const auto known = m_byFolder.find(folder);
    if (known != m_byFolder.end()) {
      m_watches[known->second].used = true;
      return true;
    }
    const auto local = m_isLocal.find(device);
    const bool isReported = local != m_isLocal.end()
                                ? local->second
                                : m_isLocal.emplace(device, isLocal(folder)).first->second;
    if (!isReported || m_refused || m_watches.size() >= m_limit) return false;
    constexpr std::uint32_t kMask = IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                    IN_MOVED_TO | IN_ONLYDIR | IN_EXCL_UNLINK;
    const int number = ::inotify_add_watch(m_events.number(), folder.c_str(), kMask);
    if (number < 0) {
      m_refused = errno == ENOSPC || errno == ENOMEM;
      return false;
    }
    // A folder that was renamed, or that a link leads to, keeps its watch: the last name counts.
    Watch& watch = m_watches[number];
    m_byFolder.erase(watch.folder);
    watch = {folder, true};
    m_byFolder[folder] = number;
    return true;
  }

  void dropUnused() {
    for (auto at = m_watches.begin(); at != m_watches.end();) {
      if (std::exchange(at->second.used, false)) {
        ++at;
        continue;
      }
      ::inotify_rm_watch(m_events.number(), at->first);
      m_byFolder.erase(at->second.folder);
      at = m_watches.erase(at);
    }
  }

  void retry() noexcept { m_refused = false; }

  void wait(std::chrono::milliseconds timeout, bool forChanges) {
    // Without a descriptor to be woken by, a short sleep at a time.
    constexpr std::chrono::milliseconds kNap{50};
    if (!m_wake.isOpen() && timeout > kNap) timeout = kNap;
    if (m_woken.exchange(false)) return;
    std::array<pollfd, 2> waits{
        {{forChanges ? m_events.number() : -1, POLLIN, 0}, {m_wake.number(), POLLIN, 0}}};
    // poll() passes over negative descriptors.
    static_cast<void>(::poll(waits.data(), waits.size(), static_cast<int>(timeout.count())));
    std::uint64_t count = 0;
    if (m_wake.isOpen()) static_cast<void>(::read(m_wake.number(), &count, sizeof count) == 0);
    m_woken = false;
  }

  void wake() noexcept {
    m_woken = true;
    const std::uint64_t one = 1;
    if (m_wake.isOpen()) static_cast<void>(::write(m_wake.number(), &one, sizeof one) == 0);
  }

  std::vector<DirectoryChange> take() {
    std::vector<DirectoryChange> changes;
    if (!m_events.isOpen()) return changes;
    alignas(inotify_event) std::array<char, 16384> buffer;
    while (true) {
      const ssize_t got = ::read(m_events.number(), buffer.data(), buffer.size());
      if (got <= 0) return changes;
      for (ssize_t at = 0; at < got;) {
        inotify_event event{};
        std::memcpy(&event, buffer.data() + at, sizeof event);
        const char* name = buffer.data() + at + sizeof event;
        at += static_cast<ssize_t>(sizeof event + event.len);
        note(event, event.len > 0 ? name : "", changes);
      }
    }
  }

 private:
  struct Watch {
    std::string folder;
    bool used = false;  // since the last dropUnused()
  };

  void note(const inotify_event& event, const char* name, std::vector<DirectoryChange>& changes) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      changes.push_back({DirectoryChange::Kind::kUnknown, {}, {}, false});
      return;
    }
    const auto watch = m_watches.find(event.wd);
    if (watch == m_watches.end()) return;
    if ((event.mask & IN_IGNORED) != 0) {  // the folder is gone
      m_byFolder.erase(watch->second.folder);
      m_watches.erase(watch);
      return;
    }
    const auto kind = (event.mask & IN_MODIFY) != 0 ? DirectoryChange::Kind::kContent
                                                    : DirectoryChange::Kind::kStructure;
    changes.push_back({kind, watch->second.folder, name, (event.mask & IN_ISDIR) != 0});
  }

  const std::size_t m_limit;
  const Descriptor m_events;
  const Descriptor m_wake{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  std::atomic<bool> m_woken{false};
  bool m_refused = false;  // the system has no watch left
  std::unordered_map<int, Watch> m_watches;
  std::unordered_map<std::string, int> m_byFolder;
  std::unordered_map<std::uint64_t, bool> m_isLocal;  // by device
};

#else

class DirectoryWatch::Impl {
 public:
  explicit Impl(std::size_t) {}
  bool add(const std::string&, std::uint64_t) { return false; }
  void dropUnused() {}
  void retry() noexcept {}
  void wait(std::chrono::milliseconds timeout, bool) {
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, timeout, [this] { return m_woken; });
    m_woken = false;
  }
  void wake() noexcept {
    {
      const std::lock_guard lock(m_mutex);
      m_woken = true;
    }
    m_changed.notify_all();
  }
  std::vector<DirectoryChange> take() { return {}; }

 private:
  std::mutex m_mutex;
  std::condition_variable m_changed;
  bool m_woken = false;
};

#endif

DirectoryWatch::DirectoryWatch(std::size_t limit) : m_impl(std::make_unique<Impl>(limit)) {}

DirectoryWatch::~DirectoryWatch() = default;

bool DirectoryWatch::add(const std::string& folder, std::uint64_t device) {
  return m_impl->add(folder, device);
}

void DirectoryWatch::dropUnused() {
  m_impl->dropUnused();
}

void DirectoryWatch::retry() noexcept {
  m_impl->retry();
}

void DirectoryWatch::wait(std::chrono::milliseconds timeout) {
  m_impl->wait(timeout, true);
}

void DirectoryWatch::debounce(std::chrono::milliseconds timeout) {
  m_impl->wait(timeout, false);
}

void DirectoryWatch::wake() noexcept {
  m_impl->wake();
}

std::vector<DirectoryChange> DirectoryWatch::take() {
  return m_impl->take();
}

}  // namespace eventio
