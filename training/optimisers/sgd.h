// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "training/optimisers/optimiser.h"

namespace training {

/// PyTorch's SGD without dampening: g += weightDecay * p; v = momentum * v + g;
/// p -= learningRate * v, with Nesterov p -= learningRate * (g + momentum * v).
[[nodiscard]] const Optimiser& sgd() noexcept;

}  // namespace training
