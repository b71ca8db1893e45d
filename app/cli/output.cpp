// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "app/cli/terminal_text.h"
#include "eventio/base/file_replacement.h"

namespace app {

namespace {

tl::unexpected<eventio::Error> cannotWrite(const std::string& file, int error) {
  const std::string where = file.empty() ? "standard output" : "'" + file + "'";
  if (error == EPIPE) {
    return eventio::makeError(eventio::ErrorCode::kIo,
                              "the reader of %1 went away before all was written", where);
  }
  return eventio::makeError(eventio::ErrorCode::kIo, "cannot write %1: %2", where,
                            std::generic_category().message(error));
}

/// The descriptor that a name such as /dev/fd/3 stands for. Opening the name of a redirected file
/// would begin that file anew.
std::optional<int> descriptorNamed(std::string_view file) {
  if (file == "/dev/stdout") return STDOUT_FILENO;
  if (file == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!file.starts_with(folder)) continue;
    const std::string digits(file.substr(folder.size()));
    if (digits.empty() || digits.size() > 6) return std::nullopt;
    if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    return std::atoi(digits.c_str());
  }
  return std::nullopt;
}

std::string printableLines(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    text += printable(bytes.substr(0, end));
    if (end < bytes.size()) text += '\n';
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return text;
}

}  // namespace

Output::Output() : m_descriptor(STDOUT_FILENO) {}

eventio::Result<Output> Output::open(const std::string& file) {
  Output output;
  if (file.empty() || file == "-") return output;
  output.m_file = file;
  if (const auto descriptor = descriptorNamed(file)) {
    output.m_descriptor = ::fcntl(*descriptor, F_DUPFD_CLOEXEC, 0);
    if (output.m_descriptor < 0) return cannotWrite(file, errno);
    output.m_isOurs = true;
    return output;
  }
  struct stat old = {};
  const bool exists = ::stat(file.c_str(), &old) == 0;
  if (exists && !S_ISREG(old.st_mode)) {
    output.m_descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (output.m_descriptor < 0) return cannotWrite(file, errno);
    output.m_isOurs = true;
    return output;
  }
  output.m_target = eventio::linkTarget(file).string();
  output.m_temporary = output.m_target + ".part-" + std::to_string(::getpid());
  output.m_descriptor =
      ::open(output.m_temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (output.m_descriptor < 0) {
    const int error = errno;
    output.m_temporary.clear();
    return cannotWrite(file, error);
  }
  output.m_isOurs = true;
  if (exists) eventio::keepPermissions(output.m_descriptor, output.m_target);
  return output;
}

Output::Output(Output&& other) noexcept : Output() {
  *this = std::move(other);
}

Output& Output::operator=(Output&& other) noexcept {
  std::swap(m_file, other.m_file);
  std::swap(m_target, other.m_target);
  std::swap(m_temporary, other.m_temporary);
  std::swap(m_descriptor, other.m_descriptor);
  std::swap(m_isOurs, other.m_isOurs);
  return *this;
}

Output::~Output() {
  if (m_isOurs) ::close(m_descriptor);
  if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
}

eventio::Result<void> Output::write(std::string_view bytes) const {
  return ::isatty(m_descriptor) != 0 ? writeRaw(printableLines(bytes)) : writeRaw(bytes);
}

eventio::Result<void> Output::writeRaw(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t taken = ::write(m_descriptor, bytes.data(), bytes.size());
    if (taken < 0 && errno == EINTR) continue;
    if (taken <= 0) return cannotWrite(m_file, taken < 0 ? errno : EIO);
    bytes.remove_prefix(static_cast<std::size_t>(taken));
  }
  return {};
}

eventio::Result<void> Output::finish() {
  if (m_temporary.empty()) return {};
  if (::fsync(m_descriptor) != 0 && errno != EINVAL) return cannotWrite(m_file, errno);
  if (::rename(m_temporary.c_str(), m_target.c_str()) != 0) return cannotWrite(m_file, errno);
  m_temporary.clear();
  return {};
}

void ignoreBrokenPipes() {
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace app
