// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string_view>

#include "eventio/result.h"

namespace eventio {

/// Puts `content` in the place of `file`: a temporary file beside it, fsync, rename, fsync of the
/// folder. Whatever fails, the old file stays as it was and nothing is left behind.
[[nodiscard]] Result<void> replaceFile(const std::filesystem::path& file, std::string_view content);

/// Removes from `folder`, not from those below it, the temporary files of replaceFile() calls that
/// a crash cut short. Nobody else may be replacing files there.
void removeAbandonedReplacements(const std::filesystem::path& folder);

}  // namespace eventio
