// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/settings/hyper_parameters.h"

#include <cmath>

namespace training {
namespace {

std::string rateProblem(double value) {
  if (value > kMaxRate) return "Must be at most 1e30: the model computes with 32-bit numbers";
  if (value < kMinRate) return "Must be at least 1e-30: the model computes with 32-bit numbers";
  return {};
}

}  // namespace

std::string hyperParameterProblem(HyperParameter parameter, double value) {
  if (!std::isfinite(value)) return "Must be a finite number";
  switch (parameter) {
    case HyperParameter::kLearningRate:
      return value <= 0 ? "Must be a number above 0" : rateProblem(value);
    case HyperParameter::kMomentum:
      // As a float it must be below 1 too.
      if (value < 0 || static_cast<float>(value) >= 1) return "Must be at least 0 and below 1";
      return {};
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
