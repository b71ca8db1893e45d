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
  return makeError(ErrorCode::kIo, "%1: cannot be read: %2", path, error.message());
}

template <class Read>
auto withMemoryErrors(const fs::path& path, const Read& read) -> decltype(read()) {
  try {
    return read();
  } catch (const std::bad_alloc&) {
    return makeError(ErrorCode::kUnsupported, "%1: the memory does not suffice for its samples",
                     path);
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
    return makeError(ErrorCode::kNotFound, "%1 is not a folder or file that can be read", path);
  }
  if (!fs::is_directory(path, error) && !fs::is_regular_file(path, error)) {
    return makeError(ErrorCode::kInvalidArgument, "%1: not a folder or regular file", path);
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
    return makeError(ErrorCode::kInvalidArgument, "'%1' is no data format; choose one of %2",
                     options.format, formatNames());
  }
  return makeError(ErrorCode::kNotFound,
                   "%1 holds no data set of a known format (%2; docs/catalogues.md describes "
                   "them); pictures must lie in a folder for each class",
                   path, formatNames());
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
