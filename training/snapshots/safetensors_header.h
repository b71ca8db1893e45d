// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "training/snapshots/safetensors_file.h"

namespace training {

struct SafetensorsEntry {
  std::string name;
  std::string type;
  std::vector<std::uint64_t> shape;
  std::vector<std::uint64_t> offsets;
};

/// The JSON header as written: nothing is held against the data yet.
struct SafetensorsHeader {
  SafetensorsMetadata metadata;
  std::vector<SafetensorsEntry> entries;
};

/// Fields of an entry that the format does not name are skipped. kCorrupt for what is no such
/// header, holds a name twice, or is deeper or longer than a header has reason to be.
[[nodiscard]] eventio::Result<SafetensorsHeader> parseSafetensorsHeader(
    std::string_view json, const SafetensorsLimits& limits);

}  // namespace training
