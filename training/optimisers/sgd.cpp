// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/optimisers/sgd.h"

#include <algorithm>
#include <array>

#include "training/compute/finite.h"

namespace training {
namespace {

struct Factors {
  float learningRate;
  float momentum;
  float weightDecay;
};

struct Updated {
  float velocity;
  float parameter;
};

// The one place with the formula: the check must see the very values that the update writes.
template <bool kNesterov>
Updated updated(float parameter, float velocity, float gradient, const Factors& factors) noexcept {
  const float decayed = gradient + factors.weightDecay * parameter;
  const float newVelocity = factors.momentum * velocity + decayed;
  const float direction = kNesterov ? decayed + factors.momentum * newVelocity : newVelocity;
  return {newVelocity, parameter - factors.learningRate * direction};
}

template <bool kNesterov>
void updatePart(const UpdateBuffers& buffers, Part part, const Factors factors) noexcept {
  float* const parameters = buffers.parameters;
  float* const velocity = buffers.state.front();
  const float* const gradients = buffers.gradients;
  for (std::size_t i = part.first; i < part.first + part.size; ++i) {
    const Updated next = updated<kNesterov>(parameters[i], velocity[i], gradients[i], factors);
    velocity[i] = next.velocity;
    parameters[i] = next.parameter;
  }
}

template <bool kNesterov>
bool partStaysFinite(const UpdateBuffers& buffers, Part part, const Factors factors) noexcept {
  const float* const parameters = buffers.parameters;
  const float* const velocity = buffers.state.front();
  const float* const gradients = buffers.gradients;
  std::uint32_t largest = 0;
  for (std::size_t i = part.first; i < part.first + part.size; ++i) {
    const Updated next = updated<kNesterov>(parameters[i], velocity[i], gradients[i], factors);
    largest = std::max({largest, exponentOf(next.velocity), exponentOf(next.parameter)});
  }
  return largest != kNonFiniteExponent;
}

class Sgd final : public Optimiser {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "sgd"; }
  [[nodiscard]] std::string_view label() const noexcept override { return "SGD"; }
  [[nodiscard]] std::string_view help() const noexcept override {
    return "stochastic gradient descent with momentum, Nesterov's too";
  }
  [[nodiscard]] std::span<const std::string_view> bufferNames() const noexcept override {
    static constexpr std::array<std::string_view, 1> kNames{"momentum_buffer"};
    return kNames;
  }
  [[nodiscard]] std::span<const HyperParameter> liveHyperParameters() const noexcept override {
    static constexpr std::array<HyperParameter, 3> kLive{&LiveHyperParameters::learningRate,
                                                         &LiveHyperParameters::momentum,
                                                         &LiveHyperParameters::weightDecay};
    return kLive;
  }

  void update(const UpdateBuffers& buffers, Part part, std::int64_t /*step*/,
              const OptimiserSettings& settings) const noexcept override {
    settings.nesterov ? updatePart<true>(buffers, part, factorsOf(settings))
                      : updatePart<false>(buffers, part, factorsOf(settings));
  }
  [[nodiscard]] bool staysFinite(const UpdateBuffers& buffers, Part part, std::int64_t /*step*/,
                                 const OptimiserSettings& settings) const noexcept override {
    return settings.nesterov ? partStaysFinite<true>(buffers, part, factorsOf(settings))
                             : partStaysFinite<false>(buffers, part, factorsOf(settings));
  }

 private:
  static Factors factorsOf(const OptimiserSettings& settings) noexcept {
    return {static_cast<float>(settings.learningRate), static_cast<float>(settings.momentum),
            static_cast<float>(settings.weightDecay)};
  }
};

}  // namespace

const Optimiser& sgd() noexcept {
  static const Sgd kSgd;
  return kSgd;
}

}  // namespace training
