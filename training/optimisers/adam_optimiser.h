// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "training/optimisers/optimiser.h"

namespace training {

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

/// What Adam and AdamW share, https://arxiv.org/abs/1412.6980, rounded as PyTorch rounds; they
/// differ in the weight decay alone.
class AdamOptimiser : public Optimiser {
 public:
  [[nodiscard]] std::span<const std::string_view> bufferNames() const noexcept final;
  [[nodiscard]] std::span<const HyperParameter> liveHyperParameters() const noexcept final;
  void update(const UpdateBuffers& buffers, Part part, std::int64_t step,
              const OptimiserSettings& settings) const noexcept final;
  [[nodiscard]] bool staysFinite(const UpdateBuffers& buffers, Part part, std::int64_t step,
                                 const OptimiserSettings& settings) const noexcept final;

 private:
  /// Puts the weight decay into factors that have none.
  virtual void addWeightDecay(const OptimiserSettings& settings,
                              AdamFactors& factors) const noexcept = 0;
  [[nodiscard]] AdamFactors factorsOf(std::int64_t step,
                                      const OptimiserSettings& settings) const noexcept;
};

}  // namespace training
