// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace app {

/// The ending of a file's name, without its dot, for media of these bytes: what the bytes
/// themselves are (libmagic), or else what `contentType`, a MIME type, says; "bin" where neither
/// determines it.
[[nodiscard]] std::string mediaEnding(std::string_view bytes, std::string_view contentType = {});

}  // namespace app
