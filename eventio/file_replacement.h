// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string_view>

#include "eventio/result.h"

namespace eventio {

/// Puts `content` in the place of `file`: a temporary file beside it, fsync, rename, fsync of the
/// folder. Whatever fails, the old file stays as it was and nothing is left behind.
[[nodiscard]] Result<void> replaceFile(const std::filesystem::path& file, std::string_view content);

}  // namespace eventio
