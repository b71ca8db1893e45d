// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "training/models/model.h"

namespace at {
class Tensor;
}

namespace training {

/// A parameter's tensor over its place in a flat buffer, which must outlive it. The shape is
/// PyTorch's; 4-dimensional weights have channels-last strides.
[[nodiscard]] at::Tensor parameterView(const ParameterPlace& place, float* flat);

}  // namespace training
