// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

class Descriptor {
 public:
  explicit Descriptor(int value) noexcept : m_value(value) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const noexcept { return m_value; }
  bool close() noexcept {
    const int value = std::exchange(m_value, -1);
    return value < 0 || ::close(value) == 0;
  }

 private:
  int m_value;
};

tl::unexpected<eventio::Error> failure(const std::filesystem::path& path, const char* what) {
  return makeError(ErrorCode::kIo, path.string() + ": " + what + ": " + std::strerror(errno));
}

bool writeAll(int descriptor, std::string_view content) noexcept {
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

Result<void> writeTemporary(const std::filesystem::path& temporary, std::string_view content) {
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (file.get() < 0) return failure(temporary, "cannot be made");
  if (!writeAll(file.get(), content)) return failure(temporary, "cannot be written");
  if (::fsync(file.get()) != 0) return failure(temporary, "cannot be brought to the disk");
  if (!file.close()) return failure(temporary, "cannot be closed");
  return {};
}

}  // namespace

Result<void> writeFileAtomically(const std::filesystem::path& file, std::string_view content) {
  std::filesystem::path temporary = file;
  temporary += ".new-" + std::to_string(::getpid());
  Result<void> result = writeTemporary(temporary, content);
  if (result && std::rename(temporary.c_str(), file.c_str()) != 0) {
    result = failure(file, "cannot be replaced");
  }
  if (!result) {
    ::unlink(temporary.c_str());
    return result;
  }
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems cannot fsync a folder (EINVAL); the rename is done all the same.
  if (directory.get() >= 0 && ::fsync(directory.get()) != 0 && errno != EINVAL) {
    return failure(folder, "cannot be brought to the disk");
  }
  return {};
}

}  // namespace training
