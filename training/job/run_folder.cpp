// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/run_folder.h"

#include <algorithm>
#include <system_error>

namespace training {
namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

constexpr int kMaxNames = 100'000;

}  // namespace

RunFolder runFolderAt(const fs::path& folder) {
  fs::path path = fs::absolute(folder).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  return {path.parent_path(), path.filename().string()};
}

eventio::Message runNameProblem(const std::string& name) {
  const bool hasControl = std::any_of(name.begin(), name.end(), [](char letter) {
    const auto code = static_cast<unsigned char>(letter);
    return code < 0x20 || code == 0x7f;
  });
  if (!hasControl) return {};
  return {"Must be a name without control characters such as line breaks"};
}

Result<RunFolder> makeRunFolder(const fs::path& logDirectory, const std::string& name) {
  if (const eventio::Message problem = runNameProblem(name); !problem.empty()) {
    return makeError(ErrorCode::kInvalidArgument, "name of the run: %1", problem);
  }
  RunFolder folder{fs::absolute(logDirectory).lexically_normal(), name};
  if (!folder.logDirectory.has_filename()) folder.logDirectory = folder.logDirectory.parent_path();
  std::error_code error;
  fs::create_directories(folder.logDirectory, error);
  if (error) {
    return makeError(ErrorCode::kIo, "%1: the log directory cannot be made: %2",
                     folder.logDirectory, error.message());
  }
  for (int number = 1; number < kMaxNames; ++number) {
    folder.name = number == 1 ? name : name + "-" + std::to_string(number);
    const bool made = fs::create_directory(folder.path(), error);
    if (made) return folder;
    // A file of that name is an error of its own kind, but a name taken all the same.
    if (error && error != std::errc::file_exists && error != std::errc::not_a_directory) {
      return makeError(ErrorCode::kIo, "%1: the run's folder cannot be made: %2", folder.path(),
                       error.message());
    }
  }
  return makeError(ErrorCode::kIo, "%1: no free name like %2", folder.logDirectory, name);
}

}  // namespace training
