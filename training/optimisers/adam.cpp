// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/optimisers/adam.h"

#include "training/optimisers/adam_update.h"

namespace training {
namespace {

AdamFactors factorsOf(std::int64_t step, const OptimiserSettings& settings) noexcept {
  AdamFactors factors = adamFactors(step, settings);
  factors.l2Penalty = static_cast<float>(settings.weightDecay);
  return factors;
}

class Adam final : public Optimiser {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "adam"; }
  [[nodiscard]] std::string_view label() const noexcept override { return "Adam"; }
  [[nodiscard]] std::string_view help() const noexcept override {
    return "Adam; weight decay is an L2 penalty";
  }
  [[nodiscard]] std::span<const std::string_view> bufferNames() const noexcept override {
    return kAdamBuffers;
  }
  [[nodiscard]] std::span<const HyperParameter> liveHyperParameters() const noexcept override {
    return kAdamLive;
  }

  void update(const UpdateBuffers& buffers, Part part, std::int64_t step,
              const OptimiserSettings& settings) const noexcept override {
    adamUpdate(buffers, part, factorsOf(step, settings));
  }
  [[nodiscard]] bool staysFinite(const UpdateBuffers& buffers, Part part, std::int64_t step,
                                 const OptimiserSettings& settings) const noexcept override {
    return adamStaysFinite(buffers, part, factorsOf(step, settings));
  }
};

}  // namespace

const Optimiser& adam() noexcept {
  static const Adam kAdam;
  return kAdam;
}

}  // namespace training
