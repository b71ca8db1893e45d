// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string_view>

#include "eventio/result.h"

namespace training {

/// Replaces `file` by `content`: a temporary file in the same folder, fsync, rename, fsync of the
/// folder. Whatever fails, the old file stays as it was and no temporary file is left behind.
[[nodiscard]] eventio::Result<void> writeFileAtomically(const std::filesystem::path& file,
                                                        std::string_view content);

}  // namespace training
