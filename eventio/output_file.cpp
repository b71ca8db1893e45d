// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace eventio {

namespace {

tl::unexpected<SystemError> lastError() {
  return tl::unexpected<SystemError>(SystemError{errno});
}

class DiskFile : public OutputFile {
 public:
  explicit DiskFile(int descriptor) : m_descriptor(descriptor) {}
  ~DiskFile() override { ::close(m_descriptor); }
  DiskFile(const DiskFile&) = delete;
  DiskFile& operator=(const DiskFile&) = delete;

  tl::expected<std::size_t, SystemError> write(std::string_view bytes) override {
    while (true) {
      const ssize_t taken = ::write(m_descriptor, bytes.data(), bytes.size());
      if (taken > 0) return static_cast<std::size_t>(taken);
      if (taken == 0) return tl::unexpected<SystemError>(SystemError{EIO});
      if (errno != EINTR) return lastError();
    }
  }

  tl::expected<void, SystemError> sync() override {
    if (::fsync(m_descriptor) != 0) return lastError();
    return {};
  }

  bool isRemoved() override {
    struct stat state = {};
    return ::fstat(m_descriptor, &state) != 0 || state.st_nlink == 0;
  }

 private:
  int m_descriptor;
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
    if (descriptor < 0) return lastError();
    return std::make_unique<DiskFile>(descriptor);
  }
};

}  // namespace

std::shared_ptr<OutputFiles> diskFiles() {
  static const auto kDisk = std::make_shared<Disk>();
  return kDisk;
}

}  // namespace eventio
