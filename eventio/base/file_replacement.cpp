// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/base/file_replacement.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>
#include <vector>

namespace eventio {

namespace {

constexpr const char* kTemporaryMark = ".new-";  // then process and number

/// `text` gets the path and what the system says.
tl::unexpected<Error> failure(MessageText<2> text, const std::filesystem::path& path) {
  const int number = errno;
  return makeError(ErrorCode::kIo, text, path, std::strerror(number));
}

tl::unexpected<Error> cannotBeWritten(const std::filesystem::path& path) {
  return failure("'%1' cannot be written: %2; free space or allow writing", path);
}

tl::unexpected<Error> cannotReachTheDisk(const std::filesystem::path& path) {
  return failure("'%1' cannot be brought to the disk: %2; free space or allow writing", path);
}

bool writeAll(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t taken = ::write(descriptor, content.data(), content.size());
    if (taken < 0 && errno == EINTR) continue;
    if (taken <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(taken));
  }
  return true;
}

/// Messages name the file that is to be replaced: nobody knows the temporary one.
Result<void> writeTemporary(const std::filesystem::path& temporary, std::string_view content,
                            const std::filesystem::path& file) {
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return cannotBeWritten(file);
  struct stat old = {};
  if (::lstat(file.c_str(), &old) == 0 && S_ISREG(old.st_mode)) keepPermissions(descriptor, file);
  Result<void> result;
  if (!writeAll(descriptor, content)) {
    result = cannotBeWritten(file);
  } else if (::fsync(descriptor) != 0) {
    result = cannotReachTheDisk(file);
  }
  if (::close(descriptor) != 0 && result) {
    result = failure("'%1' cannot be closed: %2; free space or allow writing", file);
  }
  return result;
}

}  // namespace

std::filesystem::path linkTarget(const std::filesystem::path& path) {
  constexpr int kMaxLinks = 40;  // as the system has it
  std::filesystem::path target = path;
  for (int i = 0; i < kMaxLinks; ++i) {
    std::error_code error;
    const std::filesystem::path next = std::filesystem::read_symlink(target, error);
    if (error) return target;
    target = next.is_absolute() ? next : target.parent_path() / next;
  }
  return path;
}

void keepPermissions(int descriptor, const std::filesystem::path& other) {
  struct stat state = {};
  if (::stat(other.c_str(), &state) != 0) return;
  // The owner first: changing it takes some permissions away.
  if (::fchown(descriptor, state.st_uid, state.st_gid) != 0 && errno == EPERM) {
    static_cast<void>(::fchown(descriptor, static_cast<uid_t>(-1), state.st_gid) == 0);
  }
  static_cast<void>(::fchmod(descriptor, state.st_mode & 07777U) == 0);
}

Result<void> replaceFile(const std::filesystem::path& path, std::string_view content,
                         AtLink atLink) {
  static std::atomic<unsigned> counter{0};
  const std::filesystem::path file = atLink == AtLink::kReplaceTarget ? linkTarget(path) : path;
  struct stat state = {};
  if (::lstat(file.c_str(), &state) == 0 && !S_ISREG(state.st_mode) && !S_ISLNK(state.st_mode)) {
    return makeError(ErrorCode::kIo,
                     "'%1' cannot be replaced: it is no regular file; remove or rename it", file);
  }
  std::filesystem::path temporary = file;
  temporary += kTemporaryMark + std::to_string(::getpid()) + "-" + std::to_string(counter++);
  Result<void> result = writeTemporary(temporary, content, file);
  if (result && std::rename(temporary.c_str(), file.c_str()) != 0) {
    result = failure("'%1' cannot be replaced: %2; free space or allow writing", file);
  }
  if (!result) {
    ::unlink(temporary.c_str());
    return result;
  }
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return {};
  // Some file systems cannot fsync a folder (EINVAL); the rename is done all the same.
  if (::fsync(descriptor) != 0 && errno != EINVAL) {
    result = cannotReachTheDisk(folder);
  }
  ::close(descriptor);
  return result;
}

void removeAbandonedReplacements(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> abandoned;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const std::size_t mark = name.rfind(kTemporaryMark);
    if (mark == std::string::npos || mark == 0) continue;
    const std::string rest = name.substr(mark + std::string_view(kTemporaryMark).size());
    const bool isNumbers = !rest.empty() && rest.find_first_not_of("0123456789-") == rest.npos;
    if (isNumbers && entry.is_regular_file(error)) abandoned.push_back(entry.path());
  }
  for (const std::filesystem::path& file : abandoned) std::filesystem::remove(file, error);
}

}  // namespace eventio
