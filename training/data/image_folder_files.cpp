// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/image_folder_files.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "eventio/media/image_decoder.h"
#include "training/data/packed_file.h"
#include "training/data/sample_checks.h"

namespace training {
namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

bool hasPictureName(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& letter : extension) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return extension == ".png" || extension == ".jpg" || extension == ".jpeg";
}

/// The files below `folder` in order of path. Links to folders are not followed; they, pipes and
/// the like count as `skipped`.
Result<std::vector<fs::path>> filesBelow(const fs::path& folder, std::int64_t& skipped) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  for (const fs::recursive_directory_iterator end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    const bool isFolder = it->is_directory(ignored);
    if (it->is_regular_file(ignored)) {
      files.push_back(it->path());
    } else if (!isFolder || it->is_symlink(ignored) || fs::is_empty(it->path(), ignored)) {
      ++skipped;
    }
  }
  if (error) {
    return makeError(ErrorCode::kIo, "%1: cannot be read: %2", folder, error.message());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::vector<fs::path> foldersIn(const fs::path& root) {
  std::vector<fs::path> folders;
  std::error_code ignored;
  for (const fs::path& entry : entriesOf(root)) {
    const std::string name = entry.filename().string();
    if (!name.starts_with('.') && name != "__MACOSX" && fs::is_directory(entry, ignored)) {
      folders.push_back(entry);
    }
  }
  return folders;
}

bool holdsPictures(const fs::path& root) {
  constexpr std::size_t kLooked = 100;
  for (const fs::path& folder : foldersIn(root)) {
    const std::vector<fs::path> files = entriesOf(folder, kLooked);
    if (std::any_of(files.begin(), files.end(), hasPictureName)) return true;
  }
  return false;
}

SplitFolders splitsOf(const fs::path& root) {
  std::error_code ignored;
  const auto firstOf = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (fs::is_directory(root / name, ignored)) return root / name;
    }
    return fs::path();
  };
  SplitFolders splits{firstOf({"train"}), firstOf({"val", "valid", "validation"}),
                      firstOf({"test"})};
  if (splits.train.empty() || !holdsPictures(splits.train)) return {root, {}, {}};
  if (splits.test.empty()) std::swap(splits.test, splits.validation);
  return splits;
}

Result<bool> isPicture(const fs::path& path) {
  std::array<std::uint8_t, 8> start{};
  auto file = PackedFile::open(path);
  if (!file) return tl::unexpected(file.error());
  if (!file->read(start)) return false;
  const auto format = eventio::imageFormat({reinterpret_cast<const char*>(start.data()), 8});
  return format == eventio::ImageFormat::kPng || format == eventio::ImageFormat::kJpeg;
}

bool isAbove(const fs::path& folder, const fs::path& place) {
  std::error_code ignored;
  const fs::path inner = fs::canonical(place, ignored);
  const fs::path outer = fs::canonical(folder, ignored);
  if (outer.empty()) return false;
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

Result<Listing> listPictures(const fs::path& root) {
  Listing listing;
  std::error_code error;
  for (const fs::path& entry : entriesOf(root)) {
    if (fs::is_regular_file(entry, error)) ++listing.skipped;
  }
  for (const fs::path& folder : foldersIn(root)) {
    if (isAbove(folder, root)) {
      return makeError(ErrorCode::kInvalidArgument,
                       "%1: a link to a folder that it lies in is no class", folder);
    }
    Result<std::vector<fs::path>> files = filesBelow(folder, listing.skipped);
    if (!files) return tl::unexpected(files.error());
    const std::size_t before = listing.pictures.size();
    for (fs::path& file : *files) {
      const Result<bool> picture = isPicture(file);
      if (!picture) return tl::unexpected(picture.error());
      if (*picture) {
        listing.pictures.push_back({std::move(file), folder.filename().string()});
      } else {
        ++listing.skipped;
      }
    }
    if (listing.pictures.size() == before) listing.emptyFolders.push_back(folder);
  }
  if (!listing.pictures.empty()) return listing;
  return makeError(ErrorCode::kNotFound,
                   "%1 holds no PNG or JPEG pictures in folders named as classes", root);
}

Result<std::string> readPicture(const fs::path& file) {
  return readWholeFile(file).map([](const std::vector<std::uint8_t>& bytes) {
    return std::string(bytes.begin(), bytes.end());
  });
}

}  // namespace training
