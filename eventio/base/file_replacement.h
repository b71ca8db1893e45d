// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string_view>

#include "eventio/base/result.h"

namespace eventio {

/// Puts `content` in the place of `file`: a temporary file beside it, fsync, rename, fsync of the
/// folder. Where `file` is a link, what it leads to is replaced and the link stays; the new file
/// has the old one's permissions. Whatever fails, the old file stays as it was and nothing is left
/// behind. What is there, but no regular file (a folder, a device, a pipe), is refused.
[[nodiscard]] Result<void> replaceFile(const std::filesystem::path& file, std::string_view content);

/// Removes from `folder`, not from those below it, the temporary files of replaceFile() calls that
/// a crash cut short. Nobody else may be replacing files there.
void removeAbandonedReplacements(const std::filesystem::path& folder);

/// Where a chain of links at the end of a path leads, whether that is there or not; the path itself
/// where it is no link, or where the chain does not end.
[[nodiscard]] std::filesystem::path linkTarget(const std::filesystem::path& path);

/// Gives an open file the permissions and, where the process may, the owner of another one.
void keepPermissions(int descriptor, const std::filesystem::path& other);

}  // namespace eventio
