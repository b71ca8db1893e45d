// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/optimisers/adamw.h"

#include "training/optimisers/adam_optimiser.h"

namespace training {
namespace {

class AdamW final : public AdamOptimiser {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "adamw"; }
  [[nodiscard]] std::string_view label() const noexcept override { return "AdamW"; }
  [[nodiscard]] std::string_view help() const noexcept override {
    return "Adam; weight decay apart from the gradients";
  }

 private:
  void addWeightDecay(const OptimiserSettings& settings,
                      AdamFactors& factors) const noexcept override {
    factors.keep = static_cast<float>(1 - settings.learningRate * settings.weightDecay);
  }
};

}  // namespace

const Optimiser& adamw() noexcept {
  static const AdamW kAdamW;
  return kAdamW;
}

}  // namespace training
