// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "eventio/base/output_file.h"

/// A disk in memory that fails on demand. Thread-safe.
class FakeDisk : public eventio::OutputFiles {
 public:
  /// From now on it takes `bytes` more bytes, then answers `error`.
  void failAfter(std::size_t bytes, int error) {
    const std::lock_guard lock(m_mutex);
    m_room = bytes;
    m_error = error;
  }
  void recover() {
    const std::lock_guard lock(m_mutex);
    m_error = 0;
    m_hangs = false;
    m_syncHangs = false;
    m_released.notify_all();
  }
  /// Writes neither fail nor end until recover().
  void hang() {
    const std::lock_guard lock(m_mutex);
    m_hangs = true;
  }
  /// Removes the files that are there; what is written to them is lost.
  void removeAll(int createError = 0) {
    const std::lock_guard lock(m_mutex);
    for (auto& [path, file] : m_files) file->removed = true;
    m_files.clear();
    m_createError = createError;
  }
  void allowCreation() {
    const std::lock_guard lock(m_mutex);
    m_createError = 0;
  }
  /// From now on fsync does not return until recover().
  void hangSync() {
    const std::lock_guard lock(m_mutex);
    m_syncHangs = true;
  }
  void refuseSync(int error) {
    const std::lock_guard lock(m_mutex);
    m_syncError = error;
  }
  [[nodiscard]] std::string bytesOf(const std::filesystem::path& path) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_files.find(path);
    return found == m_files.end() ? std::string() : found->second->bytes;
  }
  [[nodiscard]] int syncs() const {
    const std::lock_guard lock(m_mutex);
    return m_syncs;
  }

  tl::expected<void, eventio::SystemError> makeFolder(const std::filesystem::path&) override {
    return {};
  }
  tl::expected<std::unique_ptr<eventio::OutputFile>, eventio::SystemError> create(
      const std::filesystem::path& path) override {
    const std::lock_guard lock(m_mutex);
    if (m_createError != 0) return fail(m_createError);
    if (m_files.contains(path)) return fail(EEXIST);
    auto file = std::make_shared<Content>();
    m_files[path] = file;
    return std::make_unique<File>(*this, file);
  }
  std::vector<std::string> names(const std::filesystem::path& folder) override {
    const std::lock_guard lock(m_mutex);
    std::vector<std::string> found;
    for (const auto& [path, file] : m_files) {
      if (path.parent_path() == folder) found.push_back(path.filename().string());
    }
    return found;
  }

 private:
  struct Content {
    std::string bytes;
    bool removed = false;
  };

  class File : public eventio::OutputFile {
   public:
    File(FakeDisk& disk, std::shared_ptr<Content> content) : m_disk(disk), m_content(content) {}
    tl::expected<std::size_t, eventio::SystemError> write(std::string_view bytes) override {
      return m_disk.write(*m_content, bytes);
    }
    tl::expected<void, eventio::SystemError> sync() override {
      std::unique_lock lock(m_disk.m_mutex);
      m_disk.m_released.wait(lock, [this] { return !m_disk.m_syncHangs; });
      if (m_disk.m_syncError != 0) return fail(m_disk.m_syncError);
      ++m_disk.m_syncs;
      return {};
    }
    bool isLost() override {
      const std::lock_guard lock(m_disk.m_mutex);
      return m_content->removed;
    }

   private:
    FakeDisk& m_disk;
    std::shared_ptr<Content> m_content;
  };

  static tl::unexpected<eventio::SystemError> fail(int error) {
    return tl::unexpected<eventio::SystemError>(eventio::SystemError{error});
  }

  tl::expected<std::size_t, eventio::SystemError> write(Content& content, std::string_view bytes) {
    std::unique_lock lock(m_mutex);
    m_released.wait(lock, [this] { return !m_hangs; });
    std::size_t taken = bytes.size();
    if (m_error != 0) {
      if (m_room == 0) return fail(m_error);
      taken = std::min(taken, m_room);
      m_room -= taken;
    }
    content.bytes.append(bytes.substr(0, taken));
    return taken;
  }

  mutable std::mutex m_mutex;
  std::condition_variable m_released;
  std::map<std::filesystem::path, std::shared_ptr<Content>> m_files;
  std::size_t m_room = 0;
  int m_error = 0;
  int m_createError = 0;
  int m_syncError = 0;
  int m_syncs = 0;
  bool m_hangs = false;
  bool m_syncHangs = false;
};
