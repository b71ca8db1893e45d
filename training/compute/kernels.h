// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace training {

/// Layers that LibTorch computes slowly, or through a BLAS that not every thread may call: Debian's
/// libopenblas0-serial gives wrong products when two threads multiply at once. Single-threaded, any
/// number of calls at once. All matrices row by row.

/// Image sizes of a pooling layer, channels last: count x rows x columns x channels floats; rows
/// and columns even.
struct PoolShape {
  std::size_t count = 0;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t channels = 0;
};

/// ReLU of 2x2 max-pooling with stride 2. `argmax` gets, for each output, which of the window's
/// four (0 1 / 2 3) was the first largest; 4 where the output is 0 and no gradient flows. NaN stays
/// NaN.
void maxPoolRelu(const float* input, const PoolShape& shape, float* output,
                 std::int32_t* argmax) noexcept;
/// Gradient of the input; writes all of it.
void maxPoolReluBackward(const float* gradient, const std::int32_t* argmax, const PoolShape& shape,
                         float* inputGradient) noexcept;

/// Sizes of a fully connected layer: `count` rows of `inputs` floats become rows of `outputs`
/// floats.
struct LinearShape {
  std::size_t count = 0;
  std::size_t inputs = 0;
  std::size_t outputs = 0;
};

/// output = input * weight^T + bias, `weight` is outputs x inputs.
void linear(const float* input, const float* weight, const float* bias, const LinearShape& shape,
            float* output) noexcept;
/// inputGradient = gradient * weight.
void linearInputGradient(const float* gradient, const float* weight, const LinearShape& shape,
                         float* inputGradient) noexcept;
/// weightGradient = gradient^T * input; biasGradient = column sums of gradient.
void linearParameterGradient(const float* gradient, const float* input, const LinearShape& shape,
                             float* weightGradient, float* biasGradient) noexcept;

}  // namespace training
