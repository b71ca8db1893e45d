// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace eventio {

/// Orders names as people do: runs of digits by their number ("step2" before "step10"), all else
/// byte by byte. Names that differ only in leading zeros are ordered by their bytes, so that it is
/// a strict total order.
[[nodiscard]] bool naturalLess(std::string_view a, std::string_view b) noexcept;

}  // namespace eventio
