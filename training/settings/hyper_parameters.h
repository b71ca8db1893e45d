// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace training {

enum class HyperParameter { kLearningRate, kMomentum, kWeightDecay, kHistogramInterval };

/// The hyper-parameters that obey while training runs.
struct LiveHyperParameters {
  double learningRate = 0.01;
  double momentum = 0.9;
  double weightDecay = 0.0;
  std::int64_t histogramInterval = 100;

  friend bool operator==(const LiveHyperParameters&, const LiveHyperParameters&) = default;
};

/// Bounds of a learning rate and of a weight decay above 0. Parameters and updates are 32-bit
/// floats: a rate outside of these is 0 or infinite there, or makes every update so.
inline constexpr double kMinRate = 1e-30;
inline constexpr double kMaxRate = 1e30;

/// Why a hyper-parameter cannot have this value, as a sentence for the user; empty when it can.
[[nodiscard]] std::string hyperParameterProblem(HyperParameter parameter, double value);

}  // namespace training
