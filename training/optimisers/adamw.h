// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "training/optimisers/optimiser.h"

namespace training {

/// PyTorch's AdamW without AMSGrad: weight decay shrinks the parameters, apart from the gradients.
[[nodiscard]] const Optimiser& adamw() noexcept;

}  // namespace training
