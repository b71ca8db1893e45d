// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/settings/hyper_parameters.h"

#include <cmath>
#include <type_traits>

namespace training {
namespace {

std::string rateProblem(double value) {
  if (value > kMaxRate) return "Must be at most 1e30: the model computes with 32-bit numbers";
  if (value < kMinRate) return "Must be at least 1e-30: the model computes with 32-bit numbers";
  return {};
}

}  // namespace

LiveMember memberOf(HyperParameter parameter) {
  switch (parameter) {
    case HyperParameter::kLearningRate:
      return &LiveHyperParameters::learningRate;
    case HyperParameter::kMomentum:
      return &LiveHyperParameters::momentum;
    case HyperParameter::kBeta1:
      return &LiveHyperParameters::beta1;
    case HyperParameter::kBeta2:
      return &LiveHyperParameters::beta2;
    case HyperParameter::kWeightDecay:
      return &LiveHyperParameters::weightDecay;
    case HyperParameter::kHistogramInterval:
      break;
  }
  return &LiveHyperParameters::histogramInterval;
}

double valueIn(const LiveHyperParameters& live, HyperParameter parameter) {
  return std::visit([&live](const auto member) { return static_cast<double>(live.*member); },
                    memberOf(parameter));
}

void setValue(LiveHyperParameters& live, HyperParameter parameter, double value) {
  std::visit(
      [&live, value](const auto member) {
        live.*member = static_cast<std::decay_t<decltype(live.*member)>>(value);
      },
      memberOf(parameter));
}

std::string hyperParameterProblem(HyperParameter parameter, double value) {
  if (!std::isfinite(value)) return "Must be a finite number";
  switch (parameter) {
    case HyperParameter::kLearningRate:
      return value <= 0 ? "Must be a number above 0" : rateProblem(value);
    case HyperParameter::kMomentum:
      // As a float it must be below 1 too.
      if (value < 0 || static_cast<float>(value) >= 1) return "Must be at least 0 and below 1";
      return {};
    case HyperParameter::kBeta1:
    case HyperParameter::kBeta2:
      return value < 0 || value >= 1 ? "Must be at least 0 and below 1" : "";
    case HyperParameter::kWeightDecay:
      if (value < 0) return "Must be a number of at least 0";
      return value == 0 ? std::string() : rateProblem(value);
    case HyperParameter::kHistogramInterval:
      if (value < 0 || value > 1e15 || value != std::floor(value)) {
        return "Must be a whole number of at least 0";
      }
      return {};
  }
  return "Unknown hyper-parameter";
}

}  // namespace training
