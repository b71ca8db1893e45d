// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/optimisers/adam.h"

#include "training/optimisers/adam_optimiser.h"

namespace training {
namespace {

class Adam final : public AdamOptimiser {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "adam"; }
  [[nodiscard]] std::string_view label() const noexcept override { return "Adam"; }
  [[nodiscard]] std::string_view help() const noexcept override {
    return "Adam; weight decay is an L2 penalty";
  }

 private:
  void addWeightDecay(const OptimiserSettings& settings,
                      AdamFactors& factors) const noexcept override {
    factors.l2Penalty = static_cast<float>(settings.weightDecay);
  }
};

}  // namespace

const Optimiser& adam() noexcept {
  static const Adam kAdam;
  return kAdam;
}

}  // namespace training
