// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace at {
class Tensor;
}

namespace training {

/// Layers that autograd knows and that several threads may compute at once (kernels.h); on other
/// devices than the CPU they are LibTorch's own.

/// ReLU of 2x2 max-pooling with stride 2 of N x C x even x even, channels last in and out.
[[nodiscard]] at::Tensor maxPoolReluLayer(const at::Tensor& input);

/// N x I times O x I transposed plus O.
[[nodiscard]] at::Tensor linearLayer(const at::Tensor& input, const at::Tensor& weight,
                                     const at::Tensor& bias);

}  // namespace training
