// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/base/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace eventio {

namespace {

/// The error number, 0 when all is on the disk. Only an interrupted call is repeated: after another
/// failure the system counts the pages as written, and the next call would succeed without them.
int bringToDisk(int descriptor) {
  while (::fsync(descriptor) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

class DiskFile : public OutputFile {
 public:
  DiskFile(int descriptor, std::filesystem::path path)
      : m_descriptor(descriptor),
        m_path(std::move(path)),
        m_folder(m_path.has_parent_path() ? m_path.parent_path() : std::filesystem::path(".")) {}
  ~DiskFile() override { ::close(m_descriptor); }
  DiskFile(const DiskFile&) = delete;
  DiskFile& operator=(const DiskFile&) = delete;

  tl::expected<std::size_t, SystemError> write(std::string_view bytes) override {
    while (true) {
      const ssize_t taken = ::write(m_descriptor, bytes.data(), bytes.size());
      if (taken > 0) {
        m_written += static_cast<std::uint64_t>(taken);
        return static_cast<std::size_t>(taken);
      }
      if (taken == 0) return tl::unexpected<SystemError>(SystemError{EIO});
      if (errno != EINTR) return lastSystemError();
    }
  }

  tl::expected<void, SystemError> sync() override {
    if (const int error = bringToDisk(m_descriptor); error != 0) {
      return tl::unexpected<SystemError>(SystemError{error});
    }
    // The file's name stands in its folder.
    if (m_nameIsOnDisk) return {};
    const int folder = ::open(m_folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return lastSystemError();
    const int error = bringToDisk(folder);
    ::close(folder);
    // Some file systems know no such call for folders.
    if (error != 0 && error != EINVAL) return tl::unexpected<SystemError>(SystemError{error});
    m_nameIsOnDisk = true;
    return {};
  }

  bool isLost() override {
    struct stat state = {};
    struct stat named = {};
    return ::fstat(m_descriptor, &state) != 0 || state.st_nlink == 0 ||
           static_cast<std::uint64_t>(state.st_size) < m_written ||
           (::stat(m_path.c_str(), &named) != 0
                ? errno == ENOENT || errno == ENOTDIR
                : named.st_ino != state.st_ino || named.st_dev != state.st_dev);
  }

 private:
  int m_descriptor;
  std::filesystem::path m_path;
  std::filesystem::path m_folder;
  std::uint64_t m_written = 0;
  bool m_nameIsOnDisk = false;
};

class Disk : public OutputFiles {
 public:
  tl::expected<void, SystemError> makeFolder(const std::filesystem::path& folder) override {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return tl::unexpected<SystemError>(SystemError{error.value()});
    return {};
  }

  tl::expected<std::unique_ptr<OutputFile>, SystemError> create(
      const std::filesystem::path& path) override {
    const int descriptor =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor < 0) return lastSystemError();
    return std::make_unique<DiskFile>(descriptor, path);
  }

  std::vector<std::string> names(const std::filesystem::path& folder) override {
    std::vector<std::string> found;
    std::error_code error;
    std::filesystem::directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      found.push_back(entry->path().filename().string());
    }
    return found;
  }
};

/// Takes everything and keeps nothing.
class NoFiles : public OutputFiles {
 public:
  tl::expected<void, SystemError> makeFolder(const std::filesystem::path&) override { return {}; }
  tl::expected<std::unique_ptr<OutputFile>, SystemError> create(
      const std::filesystem::path&) override {
    return std::make_unique<NoFile>();
  }
  std::vector<std::string> names(const std::filesystem::path&) override { return {}; }

 private:
  class NoFile : public OutputFile {
    tl::expected<std::size_t, SystemError> write(std::string_view bytes) override {
      return bytes.size();
    }
    tl::expected<void, SystemError> sync() override { return {}; }
    bool isLost() override { return false; }
  };
};

}  // namespace

std::shared_ptr<OutputFiles> noFiles() {
  static const auto kNoFiles = std::make_shared<NoFiles>();
  return kNoFiles;
}

std::shared_ptr<OutputFiles> diskFiles() {
  static const auto kDisk = std::make_shared<Disk>();
  return kDisk;
}

}  // namespace eventio
