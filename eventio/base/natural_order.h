// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <string_view>

namespace eventio {

/// Whether `a` stands before `b` in the one order of all lists of tags and runs: numbers by their
/// value, the case of ASCII letters aside: "conv2" before "conv10", "lr_1e-3" before "lr_0.05"
/// before "lr_0.1". Numbers of a version or date are whole ones: "1.2.9" before "1.2.10". A strict
/// order of all names: of equal ones the bytes decide.
[[nodiscard]] bool naturalLess(std::string_view a, std::string_view b) noexcept;

}  // namespace eventio
