// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/optimisers/adamw.h"

#include "training/optimisers/adam_update.h"

namespace training {
namespace {

AdamFactors factorsOf(std::int64_t step, const OptimiserSettings& settings) noexcept {
  AdamFactors factors = adamFactors(step, settings);
  factors.keep = static_cast<float>(1 - settings.learningRate * settings.weightDecay);
  return factors;
}

class AdamW final : public Optimiser {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "adamw"; }
  [[nodiscard]] std::string_view label() const noexcept override { return "AdamW"; }
  [[nodiscard]] std::string_view help() const noexcept override {
    return "Adam; weight decay apart from the gradients";
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

const Optimiser& adamw() noexcept {
  static const AdamW kAdamW;
  return kAdamW;
}

}  // namespace training
