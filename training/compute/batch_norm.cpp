// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/batch_norm.h"

#include <algorithm>

#include "training/compute/vectorised.h"

namespace training {

TRAINDECK_VECTORISED void batchNormSums(const float* __restrict input, const BatchNormShape& shape,
                                        double* __restrict sums,
                                        double* __restrict squares) noexcept {
  std::fill_n(sums, shape.channels, 0.0);
  std::fill_n(squares, shape.channels, 0.0);
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t c = 0; c < shape.channels; ++c) {
      const auto value = static_cast<double>(input[c]);
      sums[c] += value;
      squares[c] += value * value;
    }
    input += shape.channels;
  }
}

TRAINDECK_VECTORISED void batchNorm(const float* __restrict input, const BatchNormShape& shape,
                                    const BatchNormStatistics& statistics,
                                    const float* __restrict weight, const float* __restrict bias,
                                    float* __restrict output) noexcept {
  const float* __restrict mean = statistics.mean;
  const float* __restrict inverse = statistics.inverseDeviation;
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t c = 0; c < shape.channels; ++c) {
      const float normalised = (input[c] - mean[c]) * inverse[c];
      output[c] = normalised * weight[c] + bias[c];
    }
    input += shape.channels;
    output += shape.channels;
  }
}

TRAINDECK_VECTORISED void batchNormGradientSums(const float* __restrict gradient,
                                                const float* __restrict input,
                                                const BatchNormShape& shape,
                                                const BatchNormStatistics& statistics,
                                                double* __restrict sums,
                                                double* __restrict products) noexcept {
  const float* __restrict mean = statistics.mean;
  const float* __restrict inverse = statistics.inverseDeviation;
  std::fill_n(sums, shape.channels, 0.0);
  std::fill_n(products, shape.channels, 0.0);
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t c = 0; c < shape.channels; ++c) {
      const float normalised = (input[c] - mean[c]) * inverse[c];
      sums[c] += static_cast<double>(gradient[c]);
      products[c] += static_cast<double>(gradient[c]) * static_cast<double>(normalised);
    }
    gradient += shape.channels;
    input += shape.channels;
  }
}

TRAINDECK_VECTORISED void batchNormInputGradient(
    const float* __restrict gradient, const float* __restrict input, const BatchNormShape& shape,
    const BatchNormStatistics& statistics, const float* __restrict weight,
    const float* __restrict meanGradient, const float* __restrict meanProduct,
    float* __restrict inputGradient) noexcept {
  const float* __restrict mean = statistics.mean;
  const float* __restrict inverse = statistics.inverseDeviation;
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t c = 0; c < shape.channels; ++c) {
      const float normalised = (input[c] - mean[c]) * inverse[c];
      inputGradient[c] =
          (gradient[c] - meanGradient[c] - normalised * meanProduct[c]) * (inverse[c] * weight[c]);
    }
    gradient += shape.channels;
    input += shape.channels;
    inputGradient += shape.channels;
  }
}

}  // namespace training
