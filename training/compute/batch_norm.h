// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace training {

/// The loops of batch norm over `rows` x `channels` floats, channels last: rows are the samples, or
/// the pixels of all images. Ioffe, Szegedy 2015. Single-threaded, any number of calls at once.
struct BatchNormShape {
  std::size_t rows = 0;
  std::size_t channels = 0;
};

inline constexpr double kBatchNormEpsilon = 1e-5;  ///< added to the variance
inline constexpr float kBatchNormMomentum = 0.1F;  ///< share of a batch in running statistics

/// A channel's statistics: its mean and 1 / sqrt(variance + kBatchNormEpsilon).
struct BatchNormStatistics {
  const float* mean = nullptr;
  const float* inverseDeviation = nullptr;
};

/// Sums of each channel's values and of their squares.
void batchNormSums(const float* input, const BatchNormShape& shape, double* sums,
                   double* squares) noexcept;
/// output = (input - mean) * inverseDeviation * weight + bias.
void batchNorm(const float* input, const BatchNormShape& shape,
               const BatchNormStatistics& statistics, const float* weight, const float* bias,
               float* output) noexcept;
/// Sums of each channel's gradients, and of gradient * normalised input: the gradients of bias and
/// weight.
void batchNormGradientSums(const float* gradient, const float* input, const BatchNormShape& shape,
                           const BatchNormStatistics& statistics, double* sums,
                           double* products) noexcept;
/// Gradient of the input, where the statistics are those of the whole batch: meanGradient and
/// meanProduct are batchNormGradientSums() of the whole batch divided by its rows.
void batchNormInputGradient(const float* gradient, const float* input, const BatchNormShape& shape,
                            const BatchNormStatistics& statistics, const float* weight,
                            const float* meanGradient, const float* meanProduct,
                            float* inputGradient) noexcept;

}  // namespace training
