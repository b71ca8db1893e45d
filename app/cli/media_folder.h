// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "eventio/base/result.h"

namespace app {

/// A folder that values' own bytes are written to as files: `<run>/<tag>/<step>_<n>.<ending>`.
///
/// In names, every byte but letters, digits, '-', '_' and inner '.' becomes %XX, so that no name
/// leads out of the folder and no two are the same; a long one is cut and gets a checksum.
class MediaFolder {
 public:
  /// `folder`: empty where nothing is to be written.
  explicit MediaFolder(std::string folder) : m_folder(std::move(folder)) {}

  [[nodiscard]] bool isWanted() const noexcept { return !m_folder.empty(); }

  /// The files of this tag come next. n counts from 0 for each step of it.
  void begin(const std::string& run, const std::string& tag);

  /// Writes one file; gives back its path below the folder, or nothing where nothing is wanted.
  [[nodiscard]] eventio::Result<std::string> write(std::int64_t step, std::string_view bytes,
                                                   std::string_view ending);
  /// The same for a file that is copied.
  [[nodiscard]] eventio::Result<std::string> copy(std::int64_t step, const std::string& file,
                                                  std::string_view ending);

 private:
  [[nodiscard]] eventio::Result<std::string> nextName(std::int64_t step, std::string_view ending);

  std::string m_folder;
  std::string m_below;                   // <run>/<tag>
  bool m_made = false;                   // that folder is there
  std::map<std::int64_t, int> m_counts;  // files of a step
};

/// A run's or tag's name as that of a file.
[[nodiscard]] std::string safeName(std::string_view name);

}  // namespace app
