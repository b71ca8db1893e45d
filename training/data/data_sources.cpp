// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/data_sources.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <new>
#include <system_error>

namespace training {

const DataSource& cifarSource();
const DataSource& csvSource();
const DataSource& idxSource();
const DataSource& imageFolderSource();
const DataSource& npzSource();

namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

std::string formatNames() {
  std::string names;
  for (const DataSource* source : dataSources()) {
    names += (names.empty() ? "" : ", ") + std::string(source->format());
  }
  return names;
}

Result<void> checkReadable(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    const fs::directory_iterator entries(path, error);
  } else if (::access(path.c_str(), R_OK) != 0) {
    error = std::error_code(errno, std::generic_category());
  }
  if (!error) return {};
  return makeError(ErrorCode::kIo, path.string() + ": cannot be read: " + error.message());
}

template <class Read>
auto withMemoryErrors(const fs::path& path, const Read& read) -> decltype(read()) {
  try {
    return read();
  } catch (const std::bad_alloc&) {
    return makeError(ErrorCode::kUnsupported,
                     path.string() + ": the memory does not suffice for its samples");
  }
}

}  // namespace

std::span<const DataSource* const> dataSources() {
  static const std::array kSources = {
      &idxSource(), &cifarSource(), &npzSource(), &csvSource(), &imageFolderSource(),
  };
  return kSources;
}

Result<const DataSource*> findDataSource(const fs::path& path, const DataOptions& options) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    return makeError(ErrorCode::kNotFound,
                     path.string() + " is not a folder or file that can be read");
  }
  if (!fs::is_directory(path, error) && !fs::is_regular_file(path, error)) {
    return makeError(ErrorCode::kInvalidArgument, path.string() + ": not a folder or regular file");
  }
  if (const auto readable = checkReadable(path); !readable) {
    return tl::unexpected(readable.error());
  }
  for (const DataSource* source : dataSources()) {
    const bool chosen =
        options.format.empty() ? source->matches(path) : source->format() == options.format;
    if (chosen) return source;
  }
  if (!options.format.empty()) {
    return makeError(ErrorCode::kInvalidArgument,
                     "'" + options.format + "' is no data format; choose one of " + formatNames());
  }
  return makeError(
      ErrorCode::kNotFound,
      path.string() + " holds no data set of a known format (" + formatNames() +
          "; docs/catalogues.md describes them); pictures must lie in a folder for each class");
}

Result<DataDescription> probeData(const fs::path& path, const DataOptions& options) {
  return withMemoryErrors(path, [&] {
    return findDataSource(path, options).and_then([&](const DataSource* source) {
      return source->probe(path, options);
    });
  });
}

Result<LoadedData> loadData(const fs::path& path, const DataOptions& options) {
  return withMemoryErrors(path, [&] {
    return findDataSource(path, options).and_then([&](const DataSource* source) {
      return source->load(path, options);
    });
  });
}

}  // namespace training
