// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "eventio/base/result.h"

/// Which files of a folder are pictures of which class. Classes are folders; links to folders
/// within a class are not followed.
namespace training {

/// Folders that may be classes or splits, in alphabetical order.
[[nodiscard]] std::vector<std::filesystem::path> foldersIn(const std::filesystem::path& root);

/// Whether a folder of `root` holds files with names of pictures.
[[nodiscard]] bool holdsPictures(const std::filesystem::path& root);

struct SplitFolders {
  std::filesystem::path train;
  std::filesystem::path validation;  ///< may be empty, as test
  std::filesystem::path test;
};

/// The folders train, val and test in `root`, or `root` itself as the only one.
[[nodiscard]] SplitFolders splitsOf(const std::filesystem::path& root);

struct PictureFile {
  std::filesystem::path file;
  std::string className;
};

/// The files of a split.
struct Listing {
  std::vector<PictureFile> pictures;
  std::int64_t skipped = 0;                           ///< files that are no pictures
  std::vector<std::filesystem::path> emptyFolders{};  ///< that hold none
};

/// Whether the file begins as PNG and JPEG do.
[[nodiscard]] eventio::Result<bool> isPicture(const std::filesystem::path& path);

/// Whether `folder`, links followed, is `place` or holds it.
[[nodiscard]] bool isAbove(const std::filesystem::path& folder, const std::filesystem::path& place);

/// The pictures of a split, by class and then by path.
[[nodiscard]] eventio::Result<Listing> listPictures(const std::filesystem::path& root);

[[nodiscard]] eventio::Result<std::string> readPicture(const std::filesystem::path& file);

}  // namespace training
