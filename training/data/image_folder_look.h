// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "training/data/data_source.h"

namespace training {

struct PictureSize {
  static constexpr std::int64_t kDefaultSide = 64;  ///< where pictures have several sizes
  static constexpr std::int64_t kMaxSide = 16'384;

  std::int64_t height = 0;
  std::int64_t width = 0;
  friend bool operator==(const PictureSize&, const PictureSize&) = default;
};

/// What the first pictures of a data set show of its samples' shape, for a quick look before all of
/// them are read: it ends after kMaxFiles files or kMaxBytes bytes.
class ImageFolderLook {
 public:
  static constexpr int kMaxFiles = 500;
  static constexpr std::size_t kMaxBytes = std::size_t{64} << 20U;

  explicit ImageFolderLook(const DataOptions& options) : m_options(options) {}

  /// Looks at the pictures of a split's folder.
  void addSplit(const std::filesystem::path& root);
  /// Sets shape and isResized where they are certain, whatever the rest of the pictures are.
  void describe(DataDescription& description) const;

 private:
  [[nodiscard]] bool isOver() const noexcept;
  void add(const std::filesystem::path& file);

  DataOptions m_options;
  int m_files = 0;
  std::size_t m_bytes = 0;
  bool m_isWhole = true;  // all files were looked at
  bool m_unreadable = false;
  bool m_sizesDiffer = false;
  bool m_colour = false;
  PictureSize m_size;
};

}  // namespace training
