// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
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

bool isTaken(int error) {
  return error == EAGAIN || error == EACCES;
}

tl::unexpected<eventio::Error> cannotLock(const std::filesystem::path& path, int error) {
  return eventio::makeError(eventio::ErrorCode::kIo, "%1: the run cannot be locked: %2", path,
                            std::generic_category().message(error));
}

tl::unexpected<eventio::Error> isTrained(const std::filesystem::path& runFolder) {
  return eventio::makeError(
      eventio::ErrorCode::kInvalidArgument,
      "%1: is being trained at this moment; wait until that ends, or stop it there", runFolder);
}

int openFolder(const std::filesystem::path& runFolder) {
  return ::open(runFolder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/// Whether the path leads to what the descriptor is of.
bool isAt(const std::filesystem::path& path, int descriptor) {
  struct stat there = {};
  struct stat held = {};
  return ::stat(path.c_str(), &there) == 0 && ::fstat(descriptor, &held) == 0 &&
         there.st_dev == held.st_dev && there.st_ino == held.st_ino;
}

bool hasLock(int descriptor) {
  struct flock lock = wholeFile(F_WRLCK);
  return ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace

eventio::Result<RunLock> RunLock::acquire(const std::filesystem::path& runFolder) {
  RunLock held;
  held.m_folder = openFolder(runFolder);
  if (held.m_folder < 0) return cannotLock(runFolder, errno);
  const bool folderLocked = ::flock(held.m_folder, LOCK_EX | LOCK_NB) == 0;
  if (!folderLocked && isTaken(errno)) return isTrained(runFolder);
  // flock() cannot be asked without taking it: isHeld() looks for this one.
  struct flock mark = wholeFile(F_RDLCK);
  if (folderLocked) static_cast<void>(::fcntl(held.m_folder, F_OFD_SETLK, &mark));

  const eventio::Result<bool> fileLocked = held.lockFile(runFolder);
  if (!fileLocked) return tl::unexpected(fileLocked.error());
  held.m_exclusive = folderLocked || *fileLocked;
  return held;
}

eventio::Result<bool> RunLock::lockFile(const std::filesystem::path& runFolder) {
  const std::filesystem::path file = runFolder / kLockFile;
  // Not truncated, not followed to a device: the file's content means nothing.
  const int descriptor =
      ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
  if (descriptor < 0) return cannotLock(file, errno);
  struct flock lock = wholeFile(F_WRLCK);
  const bool locked = ::fcntl(descriptor, F_OFD_SETLK, &lock) == 0;
  if (!locked && isTaken(errno)) {
    ::close(descriptor);
    return isTrained(runFolder);
  }
  if (m_file >= 0) ::close(m_file);
  m_file = descriptor;
  return locked;
}

eventio::Result<void> RunLock::renew(const std::filesystem::path& runFolder) {
  if (!isAt(runFolder, m_folder)) {
    eventio::Result<RunLock> fresh = acquire(runFolder);
    if (!fresh) return tl::unexpected(fresh.error());
    *this = std::move(*fresh);
    return {};
  }
  if (isAt(runFolder / kLockFile, m_file)) return {};
  const eventio::Result<bool> locked = lockFile(runFolder);
  return locked ? eventio::Result<void>() : tl::unexpected(locked.error());
}

bool RunLock::isHeld(const std::filesystem::path& runFolder) {
  bool held = false;
  for (const int descriptor :
       {openFolder(runFolder),
        ::open((runFolder / kLockFile).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)}) {
    if (descriptor < 0) continue;
    held = held || hasLock(descriptor);
    ::close(descriptor);
  }
  return held;
}

RunLock::RunLock(RunLock&& other) noexcept
    : m_folder(std::exchange(other.m_folder, -1)),
      m_file(std::exchange(other.m_file, -1)),
      m_exclusive(other.m_exclusive) {}

RunLock& RunLock::operator=(RunLock&& other) noexcept {
  std::swap(m_folder, other.m_folder);
  std::swap(m_file, other.m_file);
  std::swap(m_exclusive, other.m_exclusive);
  return *this;
}

RunLock::~RunLock() {
  if (m_file >= 0) ::close(m_file);
  if (m_folder >= 0) ::close(m_folder);
}

}  // namespace training
