// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace training {

/// Bounds of ModelSettings::hidden.
inline constexpr std::int64_t kMaxHiddenWidth = 65'536;
inline constexpr std::size_t kMaxHiddenLayers = 64;

/// Which model is trained, and what can be chosen about it. Input shape and number of outputs come
/// from the data.
struct ModelSettings {
  std::string name = "conv_net";                  ///< one of the catalogue, models/models.h
  std::vector<std::int64_t> hidden = {256, 128};  ///< widths of the MLP's hidden layers
  double dropout = 0;  ///< the MLP's, after each hidden layer: probability in [0, 1) of a zero

  friend bool operator==(const ModelSettings&, const ModelSettings&) = default;
};

}  // namespace training
