// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/batch_math.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "training/base/random.h"
#include "training/compute/finite.h"

namespace training {

std::vector<std::uint32_t> shuffledOrder(std::int64_t count, std::uint64_t seed,
                                         std::uint64_t phase, std::uint64_t epoch) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0U);
  Random random(seed, phase, epoch);
  for (std::size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1], order[random.below(left)]);
  }
  return order;
}

Part partOf(std::size_t count, std::size_t part, std::size_t parts) noexcept {
  const std::size_t first = count * part / parts;
  return {first, count * (part + 1) / parts - first};
}

bool sumGradients(std::span<float* const> gradients, float* total, Part part) noexcept {
  const std::size_t last = part.first + part.size;
  if (gradients.front() != total) {
    std::copy_n(gradients.front() + part.first, part.size, total + part.first);
  }
  for (const float* gradient : gradients.subspan(1)) {
    for (std::size_t i = part.first; i < last; ++i) total[i] += gradient[i];
  }
  std::uint32_t largest = 0;
  for (std::size_t i = part.first; i < last; ++i) {
    largest = std::max(largest, exponentOf(total[i]));
  }
  return largest != kNonFiniteExponent;
}

NonFiniteCount countNonFinite(std::span<const float> values) noexcept {
  NonFiniteCount count;
  for (const float value : values) {
    if (std::isnan(value)) ++count.nans;
    if (std::isinf(value)) ++count.infinities;
  }
  return count;
}

}  // namespace training
