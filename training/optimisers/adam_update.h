// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "training/optimisers/optimiser.h"

/// What Adam and AdamW share: the moments of the gradients, https://arxiv.org/abs/1412.6980,
/// rounded as PyTorch rounds.
namespace training {

inline constexpr std::array<std::string_view, 2> kAdamBuffers{"exp_avg", "exp_avg_sq"};

inline constexpr std::array kAdamLive{HyperParameter::kLearningRate, HyperParameter::kWeightDecay};

/// g += l2Penalty * p; m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g^2;
/// p = keep * p - stepSize * m / (sqrt(v) / rootOfBias + epsilon).
struct AdamFactors {
  float l2Penalty;
  float keep;
  float beta1;
  float gradientShare;  ///< 1 - beta1
  float beta2;
  float squareShare;  ///< 1 - beta2
  float rootOfBias;   ///< sqrt(1 - beta2^step)
  float epsilon;
  float stepSize;  ///< learning rate / (1 - beta1^step)
};

/// Without weight decay in either form.
[[nodiscard]] AdamFactors adamFactors(std::int64_t step,
                                      const OptimiserSettings& settings) noexcept;

void adamUpdate(const UpdateBuffers& buffers, Part part, const AdamFactors& factors) noexcept;
[[nodiscard]] bool adamStaysFinite(const UpdateBuffers& buffers, Part part,
                                   const AdamFactors& factors) noexcept;

}  // namespace training
