// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/optimisers/adam_optimiser.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "training/compute/finite.h"

namespace training {
namespace {

struct Updated {
  float average;
  float square;
  float parameter;
};

// The one place with the formula: the check must see the very values that the update writes.
Updated updated(float parameter, float average, float square, float gradient,
                const AdamFactors& f) noexcept {
  const float g = gradient + f.l2Penalty * parameter;
  const float newAverage = f.beta1 * average + f.gradientShare * g;
  const float newSquare = f.beta2 * square + f.squareShare * g * g;
  const float denominator = std::sqrt(newSquare) / f.rootOfBias + f.epsilon;
  return {newAverage, newSquare, f.keep * parameter - f.stepSize * newAverage / denominator};
}

AdamFactors factorsWithoutDecay(std::int64_t step, const OptimiserSettings& settings) noexcept {
  const auto steps = static_cast<double>(step);
  const double bias1 = 1 - std::pow(settings.beta1, steps);
  const double bias2 = 1 - std::pow(settings.beta2, steps);
  AdamFactors factors{};
  factors.keep = 1;
  factors.beta1 = static_cast<float>(settings.beta1);
  factors.gradientShare = static_cast<float>(1 - settings.beta1);
  factors.beta2 = static_cast<float>(settings.beta2);
  factors.squareShare = static_cast<float>(1 - settings.beta2);
  factors.rootOfBias = static_cast<float>(std::sqrt(bias2));
  factors.epsilon = static_cast<float>(settings.epsilon);
  factors.stepSize = static_cast<float>(settings.learningRate / bias1);
  return factors;
}

}  // namespace

std::span<const std::string_view> AdamOptimiser::bufferNames() const noexcept {
  static constexpr std::array<std::string_view, 2> kNames{"exp_avg", "exp_avg_sq"};
  return kNames;
}

std::span<const HyperParameter> AdamOptimiser::liveHyperParameters() const noexcept {
  static constexpr std::array<HyperParameter, 4> kLive{
      &LiveHyperParameters::learningRate, &LiveHyperParameters::beta1, &LiveHyperParameters::beta2,
      &LiveHyperParameters::weightDecay};
  return kLive;
}

AdamFactors AdamOptimiser::factorsOf(std::int64_t step,
                                     const OptimiserSettings& settings) const noexcept {
  AdamFactors factors = factorsWithoutDecay(step, settings);
  addWeightDecay(settings, factors);
  return factors;
}

void AdamOptimiser::update(const UpdateBuffers& buffers, Part part, std::int64_t step,
                           const OptimiserSettings& settings) const noexcept {
  const AdamFactors f = factorsOf(step, settings);
  float* const parameters = buffers.parameters;
  float* const average = buffers.state[0];
  float* const square = buffers.state[1];
  const float* const gradients = buffers.gradients;
  for (std::size_t i = part.first; i < part.first + part.size; ++i) {
    const Updated next = updated(parameters[i], average[i], square[i], gradients[i], f);
    average[i] = next.average;
    square[i] = next.square;
    parameters[i] = next.parameter;
  }
}

bool AdamOptimiser::staysFinite(const UpdateBuffers& buffers, Part part, std::int64_t step,
                                const OptimiserSettings& settings) const noexcept {
  const AdamFactors factors = factorsOf(step, settings);
  const float* const parameters = buffers.parameters;
  const float* const average = buffers.state[0];
  const float* const square = buffers.state[1];
  const float* const gradients = buffers.gradients;
  std::uint32_t largest = 0;
  for (std::size_t i = part.first; i < part.first + part.size; ++i) {
    const Updated next = updated(parameters[i], average[i], square[i], gradients[i], factors);
    largest = std::max(
        {largest, exponentOf(next.average), exponentOf(next.square), exponentOf(next.parameter)});
  }
  return largest != kNonFiniteExponent;
}

}  // namespace training
