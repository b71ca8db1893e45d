// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/optimisers/optimiser_state.h"

namespace training {

OptimiserState newOptimiserState(const Optimiser& optimiser, std::size_t parameters) {
  OptimiserState state;
  state.optimiser = optimiser.name();
  state.buffers.assign(optimiser.bufferNames().size(), std::vector<float>(parameters));
  return state;
}

}  // namespace training
