// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>

namespace training {

/// The exponent bits of infinity and of NaN, and of no other value.
inline constexpr std::uint32_t kNonFiniteExponent = 0x7f800000U;

/// A value's exponent bits. Loops take the maximum of them and look at it once at their end: that
/// vectorises, a branch on each value does not.
inline std::uint32_t exponentOf(float value) noexcept {
  return std::bit_cast<std::uint32_t>(value) & kNonFiniteExponent;
}

}  // namespace training
