// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "training/optimisers/optimiser.h"

namespace training {

/// PyTorch's Adam without AMSGrad; weight decay is an L2 penalty added to the gradients.
[[nodiscard]] const Optimiser& adam() noexcept;

}  // namespace training
