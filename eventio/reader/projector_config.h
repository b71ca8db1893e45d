// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"

namespace eventio {

/// One embedding of a projector_config.pbtxt, its paths as written.
struct ProjectorEntry {
  std::string tensorName;
  std::string tensorPath;
  std::string metadataPath;
  std::string bookmarksPath;
  std::string spritePath;
  std::vector<std::uint32_t> shape;
  std::vector<std::uint32_t> spriteSize;  ///< width, height of one small picture
};

/// Reads protobuf's text format; fields that are not known here are passed over. The Error names
/// the line.
[[nodiscard]] Result<std::vector<ProjectorEntry>> parseProjectorConfig(std::string_view text);

}  // namespace eventio
