// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "training/optimisers/optimiser.h"

namespace training {

/// What an optimiser keeps between two updates of a model, as PyTorch's `state_dict()` has it.
struct OptimiserState {
  std::string optimiser;  ///< Optimiser::name()
  /// One for each of Optimiser::bufferNames(), laid out as the parameters.
  std::vector<std::vector<float>> buffers;
  std::int64_t steps = 0;  ///< updates since the state was made: Adam's bias correction

  friend bool operator==(const OptimiserState&, const OptimiserState&) = default;
};

/// The state before the first update of a model of so many parameters: that of a new optimiser.
[[nodiscard]] OptimiserState newOptimiserState(const Optimiser& optimiser, std::size_t parameters);

}  // namespace training
