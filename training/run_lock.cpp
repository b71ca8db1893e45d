// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/run_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace training {
namespace {

constexpr const char* kLockFile = "run.lock";

struct flock wholeFile(short kind) {
  struct flock lock = {};  // l_pid must be 0
  lock.l_type = kind;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

eventio::Result<RunLock> RunLock::acquire(const std::filesystem::path& runFolder) {
  const std::filesystem::path file = runFolder / kLockFile;
  // Not truncated, not followed to a device: the file's content means nothing.
  const int descriptor =
      ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
  if (descriptor < 0) {
    return eventio::makeError(
        eventio::ErrorCode::kIo,
        file.string() + ": the run cannot be locked: " + std::generic_category().message(errno));
  }
  struct flock lock = wholeFile(F_WRLCK);
  if (::fcntl(descriptor, F_OFD_SETLK, &lock) == 0) return RunLock(descriptor, true);
  if (errno != EAGAIN && errno != EACCES) return RunLock(descriptor, false);
  ::close(descriptor);
  return eventio::makeError(eventio::ErrorCode::kInvalidArgument,
                            runFolder.string() +
                                ": is being trained at this moment; wait until that ends, or stop "
                                "it there");
}

bool RunLock::isHeld(const std::filesystem::path& runFolder) {
  const int descriptor =
      ::open((runFolder / kLockFile).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return false;
  struct flock lock = wholeFile(F_WRLCK);
  const bool known = ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0;
  ::close(descriptor);
  return known && lock.l_type != F_UNLCK;
}

RunLock::RunLock(RunLock&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)), m_exclusive(other.m_exclusive) {}

RunLock& RunLock::operator=(RunLock&& other) noexcept {
  std::swap(m_descriptor, other.m_descriptor);
  std::swap(m_exclusive, other.m_exclusive);
  return *this;
}

RunLock::~RunLock() {
  if (m_descriptor >= 0) ::close(m_descriptor);
}

}  // namespace training
