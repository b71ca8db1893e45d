// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/base/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace eventio {

namespace {

FileState toFileState(const struct stat& state) {
  constexpr std::int64_t kSecond = 1000000000;
  return {state.st_dev, state.st_ino, static_cast<std::uint64_t>(state.st_size),
          state.st_mtim.tv_sec * kSecond + state.st_mtim.tv_nsec};
}

class DiskInput : public InputFile {
 public:
  explicit DiskInput(int descriptor) : m_descriptor(descriptor) {}
  ~DiskInput() override { ::close(m_descriptor); }
  DiskInput(const DiskInput&) = delete;
  DiskInput& operator=(const DiskInput&) = delete;

  tl::expected<std::size_t, SystemError> readAt(std::uint64_t offset, char* out,
                                                std::size_t size) override {
    std::size_t done = 0;
    while (done < size) {
      const ssize_t got =
          ::pread(m_descriptor, out + done, size - done, static_cast<off_t>(offset + done));
      if (got == 0) break;
      if (got < 0) {
        if (errno == EINTR) continue;
        return lastSystemError();
      }
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  tl::expected<FileState, SystemError> state() override {
    struct stat state = {};
    if (::fstat(m_descriptor, &state) != 0) return lastSystemError();
    return toFileState(state);
  }

 private:
  int m_descriptor;
};

}  // namespace

tl::expected<std::unique_ptr<InputFile>, SystemError> openInputFile(const std::string& path) {
  // O_NONBLOCK: a named pipe must not hold the thread that opens it.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return lastSystemError();
  auto file = std::make_unique<DiskInput>(descriptor);
  struct stat state = {};
  if (::fstat(descriptor, &state) != 0) return lastSystemError();
  if (!S_ISREG(state.st_mode)) return tl::unexpected<SystemError>(SystemError{EINVAL});
  return file;
}

tl::expected<FileState, SystemError> fileState(const std::string& path) {
  struct stat state = {};
  if (::stat(path.c_str(), &state) != 0) return lastSystemError();
  return toFileState(state);
}

}  // namespace eventio
