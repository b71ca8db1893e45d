// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <type_traits>
#include <variant>

namespace training {

/// The hyper-parameters that obey while training runs. Each is the `live` of one row of the table
/// of settings, which has its name, bounds and the value that it starts with.
struct LiveHyperParameters {
  double learningRate = 0.01;
  double momentum = 0.9;
  double weightDecay = 0.0;
  std::int64_t histogramInterval = 100;
  double beta1 = 0.9;
  double beta2 = 0.999;

  friend bool operator==(const LiveHyperParameters&, const LiveHyperParameters&) = default;
};

/// One of them: &LiveHyperParameters::learningRate.
using HyperParameter =
    std::variant<double LiveHyperParameters::*, std::int64_t LiveHyperParameters::*>;

[[nodiscard]] inline double valueIn(const LiveHyperParameters& live, HyperParameter parameter) {
  return std::visit([&live](const auto member) { return static_cast<double>(live.*member); },
                    parameter);
}

/// `value` must be one that it can have: see hyperParameterProblem() (setting.h).
inline void setValue(LiveHyperParameters& live, HyperParameter parameter, double value) {
  std::visit(
      [&live, value](const auto member) {
        live.*member = static_cast<std::decay_t<decltype(live.*member)>>(value);
      },
      parameter);
}

}  // namespace training
