// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace app {

/// How many letters must be put in, taken out or changed to make one text the other, in any case
/// (Levenshtein's distance).
[[nodiscard]] std::size_t editDistance(std::string_view a, std::string_view b);

}  // namespace app
