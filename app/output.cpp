// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace app {

namespace {

tl::unexpected<eventio::Error> cannotWrite(const std::string& file, int error) {
  return eventio::makeError(eventio::ErrorCode::kIo, "cannot write '" + file + "': " +
                                                         std::generic_category().message(error));
}

}  // namespace

Output::Output() : m_descriptor(STDOUT_FILENO) {}

eventio::Result<Output> Output::open(const std::string& file) {
  Output output;
  if (file.empty()) return output;
  output.m_file = file;
  output.m_temporary = file + ".part-" + std::to_string(::getpid());
  output.m_descriptor =
      ::open(output.m_temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (output.m_descriptor < 0) {
    const int error = errno;
    const std::string temporary = std::exchange(output.m_temporary, {});
    return cannotWrite(temporary, error);
  }
  return output;
}

Output::Output(Output&& other) noexcept : Output() {
  *this = std::move(other);
}

Output& Output::operator=(Output&& other) noexcept {
  std::swap(m_file, other.m_file);
  std::swap(m_temporary, other.m_temporary);
  std::swap(m_descriptor, other.m_descriptor);
  return *this;
}

Output::~Output() {
  if (m_temporary.empty()) return;
  ::close(m_descriptor);
  ::unlink(m_temporary.c_str());
}

eventio::Result<void> Output::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t taken = ::write(m_descriptor, bytes.data(), bytes.size());
    if (taken < 0 && errno == EINTR) continue;
    if (taken <= 0) return cannotWrite(m_file.empty() ? "standard output" : m_file, errno);
    bytes.remove_prefix(static_cast<std::size_t>(taken));
  }
  return {};
}

eventio::Result<void> Output::finish() {
  if (m_temporary.empty()) return {};
  if (::fsync(m_descriptor) != 0 && errno != EINVAL) return cannotWrite(m_file, errno);
  if (::rename(m_temporary.c_str(), m_file.c_str()) != 0) return cannotWrite(m_file, errno);
  ::close(m_descriptor);
  m_temporary.clear();
  return {};
}

}  // namespace app
