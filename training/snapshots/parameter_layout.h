// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "training/models/model.h"

/// Parameters between the flat buffer (model.h) and PyTorch's order, row by row.
namespace training {

/// PyTorch's shape, without the unused dimensions.
[[nodiscard]] std::vector<std::uint64_t> shapeOf(const ParameterPlace& place);

/// The parameter's values, row by row; `flat` is the whole buffer.
[[nodiscard]] std::vector<float> toRowMajor(const ParameterPlace& place,
                                            std::span<const float> flat);

/// Puts place.size values that lie row by row into the whole buffer `flat`.
void fromRowMajor(const ParameterPlace& place, std::span<const float> values,
                  std::span<float> flat);

}  // namespace training
