// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace training {

/// The parts of a training step that need no tensor library: plain loops over flat buffers.

/// The order in which the samples of an epoch are seen: a permutation of 0 .. count-1 that depends
/// on (seed, phase, epoch) alone.
[[nodiscard]] std::vector<std::uint32_t> shuffledOrder(std::int64_t count, std::uint64_t seed,
                                                       std::uint64_t phase, std::uint64_t epoch);

/// Share `part` of `parts` of `count` things: contiguous, sizes differ by at most one.
struct Part {
  std::size_t first = 0;
  std::size_t size = 0;
};
[[nodiscard]] Part partOf(std::size_t count, std::size_t part, std::size_t parts) noexcept;

/// total = sums[0] + sums[1] + ... in that order, element by element, over [first, first + size).
/// False when any total is not finite.
[[nodiscard]] bool sumGradients(std::span<float* const> gradients, float* total,
                                Part part) noexcept;

struct NonFiniteCount {
  std::int64_t nans = 0;
  std::int64_t infinities = 0;
};
[[nodiscard]] NonFiniteCount countNonFinite(std::span<const float> values) noexcept;

}  // namespace training
