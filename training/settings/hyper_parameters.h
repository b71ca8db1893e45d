// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace training {

enum class HyperParameter {
  kLearningRate,
  kMomentum,
  kBeta1,
  kBeta2,
  kWeightDecay,
  kHistogramInterval,
};

/// The hyper-parameters that obey while training runs.
struct LiveHyperParameters {
  double learningRate = 0.01;
  double momentum = 0.9;
  double weightDecay = 0.0;
  std::int64_t histogramInterval = 100;
  double beta1 = 0.9;
  double beta2 = 0.999;

  friend bool operator==(const LiveHyperParameters&, const LiveHyperParameters&) = default;
};

/// The member that holds a hyper-parameter.
using LiveMember = std::variant<double LiveHyperParameters::*, std::int64_t LiveHyperParameters::*>;
[[nodiscard]] LiveMember memberOf(HyperParameter parameter);

[[nodiscard]] double valueIn(const LiveHyperParameters& live, HyperParameter parameter);
/// `value` must be one that it can have: see hyperParameterProblem().
void setValue(LiveHyperParameters& live, HyperParameter parameter, double value);

/// Bounds of a learning rate and of a weight decay above 0. Parameters and updates are 32-bit
/// floats: a rate outside of these is 0 or infinite there, or makes every update so.
inline constexpr double kMinRate = 1e-30;
inline constexpr double kMaxRate = 1e30;

/// Why a hyper-parameter cannot have this value, as a sentence for the user; empty when it can.
[[nodiscard]] std::string hyperParameterProblem(HyperParameter parameter, double value);

}  // namespace training
