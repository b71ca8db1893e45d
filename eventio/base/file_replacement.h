// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <filesystem>
#include <string_view>

#include "eventio/base/result.h"

namespace eventio {

/// What is replaced where a link stands: what it leads to, so that the link stays, or the link
/// itself, so that nothing is written outside the file's folder.
enum class AtLink { kReplaceTarget, kReplaceLink };

/// Puts `content` in the place of `file`: a temporary file beside it, fsync, rename, fsync of the
/// folder. The new file has the permissions of the regular file that it replaces. Whatever fails,
/// the old file stays as it was and nothing is left behind. What is there, but no regular file (a
/// folder, a device, a pipe), is refused.
[[nodiscard]] Result<void> replaceFile(const std::filesystem::path& file, std::string_view content,
                                       AtLink atLink = AtLink::kReplaceTarget);

/// Removes from `folder`, not from those below it, the temporary files of replaceFile() calls that
/// a crash cut short. Nobody else may be replacing files there.
void removeAbandonedReplacements(const std::filesystem::path& folder);

/// Where a chain of links at the end of a path leads, whether that is there or not; the path itself
/// where it is no link, or where the chain does not end.
[[nodiscard]] std::filesystem::path linkTarget(const std::filesystem::path& path);

/// Gives an open file the permissions and, where the process may, the owner of another one.
void keepPermissions(int descriptor, const std::filesystem::path& other);

}  // namespace eventio
