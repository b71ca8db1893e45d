// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "eventio/result.h"

namespace eventio {

struct LoggedPoint {
  float value = 0;   ///< of a simple scalar
  std::string text;  ///< of a tensor of strings the first
};

/// Of each tag the newest point at each step.
using LoggedPoints = std::map<std::string, std::map<std::int64_t, LoggedPoint>, std::less<>>;

/// What the event files directly in `runFolder` hold of these tags: for a writer that goes on with
/// a run and must not write a point twice.
///
/// Reads the files once, in order of name, past damage; a START drops the points at and after its
/// step. Memory is bounded by the points of these tags and the longest record. kIo when a file
/// cannot be read.
[[nodiscard]] Result<LoggedPoints> readLoggedPoints(const std::filesystem::path& runFolder,
                                                    std::span<const std::string_view> tags);

}  // namespace eventio
