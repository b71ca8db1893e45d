// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/kernels.h"

#include "training/compute/vectorised.h"

#define TRAINDECK_INLINE inline __attribute__((always_inline))

namespace training {
namespace {

constexpr std::size_t kLanes = 8;
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));

// Through references: passing wide vectors by value depends on the instruction set.
TRAINDECK_INLINE void load(Lanes& lanes, const float* from) noexcept {
  __builtin_memcpy(&lanes, from, sizeof(Lanes));
}
TRAINDECK_INLINE void store(float* to, const Lanes& lanes) noexcept {
  __builtin_memcpy(to, &lanes, sizeof(Lanes));
}
TRAINDECK_INLINE float sumOf(const Lanes& lanes) noexcept {
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

/// `best` and `bestIndex` become `value` and `index` when that is larger, or NaN.
TRAINDECK_INLINE void keepLarger(float value, std::int32_t index, float& best,
                                 std::int32_t& bestIndex) noexcept {
  const bool isLarger = (value > best) | (value != value);
  best = isLarger ? value : best;
  bestIndex = isLarger ? index : bestIndex;
}

/// `kChannels` 0: as many as the shape says. A number known to the compiler is what makes it fast.
template <std::size_t kChannels>
TRAINDECK_INLINE void pool(const float* __restrict input, const PoolShape& shape,
                           float* __restrict output, std::int32_t* __restrict argmax) noexcept {
  const std::size_t channels = kChannels > 0 ? kChannels : shape.channels;
  const std::size_t rowSize = shape.columns * channels;
  for (std::size_t row = 0; row < shape.count * shape.rows / 2; ++row) {
    const float* top = input + 2 * row * rowSize;
    const float* bottom = top + rowSize;
    for (std::size_t column = 0; column < shape.columns / 2; ++column) {
      for (std::size_t c = 0; c < channels; ++c) {
        float best = top[c];
        std::int32_t bestIndex = 0;
        keepLarger(top[c + channels], 1, best, bestIndex);
        keepLarger(bottom[c], 2, best, bestIndex);
        keepLarger(bottom[c + channels], 3, best, bestIndex);
        const bool passes = !(best <= 0);
        output[c] = passes ? best : 0;
        argmax[c] = passes ? bestIndex : 4;
      }
      top += 2 * channels;
      bottom += 2 * channels;
      output += channels;
      argmax += channels;
    }
  }
}

/// `gradient` where `argmax` is `index`, else 0: a mask, for a branch would be mispredicted.
TRAINDECK_INLINE float masked(std::uint32_t gradient, std::int32_t argmax,
                              std::int32_t index) noexcept {
  const std::uint32_t mask = 0U - static_cast<std::uint32_t>(argmax == index);
  return __builtin_bit_cast(float, gradient& mask);
}

template <std::size_t kChannels>
TRAINDECK_INLINE void poolBackward(const float* __restrict gradient,
                                   const std::int32_t* __restrict argmax, const PoolShape& shape,
                                   float* __restrict inputGradient) noexcept {
  const std::size_t channels = kChannels > 0 ? kChannels : shape.channels;
  const std::size_t rowSize = shape.columns * channels;
  for (std::size_t row = 0; row < shape.count * shape.rows / 2; ++row) {
    float* top = inputGradient + 2 * row * rowSize;
    float* bottom = top + rowSize;
    for (std::size_t column = 0; column < shape.columns / 2; ++column) {
      for (std::size_t c = 0; c < channels; ++c) {
        const auto bits = __builtin_bit_cast(std::uint32_t, gradient[c]);
        top[c] = masked(bits, argmax[c], 0);
        top[c + channels] = masked(bits, argmax[c], 1);
        bottom[c] = masked(bits, argmax[c], 2);
        bottom[c + channels] = masked(bits, argmax[c], 3);
      }
      top += 2 * channels;
      bottom += 2 * channels;
      gradient += channels;
      argmax += channels;
    }
  }
}

/// out[i] = sum over k < count of factors[k * factorStride] * rows[k * width + i], for i < width.
TRAINDECK_INLINE void combineRows(const float* rows, std::size_t width, const float* factors,
                                  std::size_t factorStride, std::size_t count,
                                  float* out) noexcept {
  constexpr std::size_t kUnroll = 8;
  std::size_t i = 0;
  for (; i + kUnroll * kLanes <= width; i += kUnroll * kLanes) {
    Lanes sums[kUnroll] = {};
    for (std::size_t k = 0; k < count; ++k) {
      const float factor = factors[k * factorStride];
      const float* row = rows + k * width + i;
#pragma GCC unroll 8
      for (std::size_t u = 0; u < kUnroll; ++u) {
        Lanes values;
        load(values, row + u * kLanes);
        sums[u] += factor * values;
      }
    }
#pragma GCC unroll 8
    for (std::size_t u = 0; u < kUnroll; ++u) store(out + i + u * kLanes, sums[u]);
  }
  for (; i + kLanes <= width; i += kLanes) {
    Lanes sum = {};
    for (std::size_t k = 0; k < count; ++k) {
      Lanes values;
      load(values, rows + k * width + i);
      sum += factors[k * factorStride] * values;
    }
    store(out + i, sum);
  }
  for (; i < width; ++i) {
    float sum = 0;
    for (std::size_t k = 0; k < count; ++k) sum += factors[k * factorStride] * rows[k * width + i];
    out[i] = sum;
  }
}

/// The products of `input` with kRows rows of the weight that follow each other.
template <std::size_t kRows>
TRAINDECK_INLINE void dotRows(const float* input, const float* weight, const float* bias,
                              std::size_t inputs, float* output) noexcept {
  Lanes sums[kRows] = {};
  std::size_t i = 0;
  for (; i + kLanes <= inputs; i += kLanes) {
    Lanes values;
    load(values, input + i);
#pragma GCC unroll 4
    for (std::size_t r = 0; r < kRows; ++r) {
      Lanes factors;
      load(factors, weight + r * inputs + i);
      sums[r] += values * factors;
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    float sum = sumOf(sums[r]);
    for (std::size_t rest = i; rest < inputs; ++rest) {
      sum += input[rest] * weight[r * inputs + rest];
    }
    output[r] = sum + bias[r];
  }
}

}  // namespace

TRAINDECK_VECTORISED
void maxPoolRelu(const float* input, const PoolShape& shape, float* output,
                 std::int32_t* argmax) noexcept {
  switch (shape.channels) {
    case 10:
      return pool<10>(input, shape, output, argmax);
    case 20:
      return pool<20>(input, shape, output, argmax);
    default:
      return pool<0>(input, shape, output, argmax);
  }
}

TRAINDECK_VECTORISED
void maxPoolReluBackward(const float* gradient, const std::int32_t* argmax, const PoolShape& shape,
                         float* inputGradient) noexcept {
  switch (shape.channels) {
    case 10:
      return poolBackward<10>(gradient, argmax, shape, inputGradient);
    case 20:
      return poolBackward<20>(gradient, argmax, shape, inputGradient);
    default:
      return poolBackward<0>(gradient, argmax, shape, inputGradient);
  }
}

TRAINDECK_VECTORISED
void linear(const float* input, const float* weight, const float* bias, const LinearShape& shape,
            float* output) noexcept {
  constexpr std::size_t kRows = 4;
  for (std::size_t n = 0; n < shape.count; ++n) {
    const float* row = input + n * shape.inputs;
    float* out = output + n * shape.outputs;
    std::size_t o = 0;
    for (; o + kRows <= shape.outputs; o += kRows) {
      dotRows<kRows>(row, weight + o * shape.inputs, bias + o, shape.inputs, out + o);
    }
    for (; o < shape.outputs; ++o) {
      dotRows<1>(row, weight + o * shape.inputs, bias + o, shape.inputs, out + o);
    }
  }
}

TRAINDECK_VECTORISED
void linearInputGradient(const float* gradient, const float* weight, const LinearShape& shape,
                         float* inputGradient) noexcept {
  for (std::size_t n = 0; n < shape.count; ++n) {
    combineRows(weight, shape.inputs, gradient + n * shape.outputs, 1, shape.outputs,
                inputGradient + n * shape.inputs);
  }
}

TRAINDECK_VECTORISED
void linearParameterGradient(const float* gradient, const float* input, const LinearShape& shape,
                             float* weightGradient, float* biasGradient) noexcept {
  for (std::size_t o = 0; o < shape.outputs; ++o) {
    combineRows(input, shape.inputs, gradient + o, shape.outputs, shape.count,
                weightGradient + o * shape.inputs);
    float sum = 0;
    for (std::size_t n = 0; n < shape.count; ++n) sum += gradient[n * shape.outputs + o];
    biasGradient[o] = sum;
  }
}

}  // namespace training
