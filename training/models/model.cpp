// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/models/model.h"

#include <algorithm>
#include <cmath>

#include "training/base/random.h"
#include "training/models/model_builder.h"

namespace training {

std::size_t flatSize(std::span<const ParameterPlace> places) noexcept {
  std::size_t size = 0;
  for (const ParameterPlace& place : places) size = std::max(size, place.offset + place.size);
  return alignedSize(size);
}

std::string Model::text() const {
  return name + " for " + input.text() + ", " + std::to_string(outputs) +
         (outputs == 1 ? " output" : " outputs");
}

std::vector<float> Model::initialParameters(std::uint64_t seed) const {
  std::vector<float> flat(flatSize(parameters));
  Random random(seed);
  for (const ParameterPlace& place : parameters) {
    const std::span<float> values = std::span(flat).subspan(place.offset, place.size);
    if (place.fanIn == 0) {
      std::fill(values.begin(), values.end(), place.fill);
      continue;
    }
    const double bound = 1.0 / std::sqrt(static_cast<double>(place.fanIn));
    for (float& value : values) {
      value = static_cast<float>((2.0 * random.uniform() - 1.0) * bound);
    }
  }
  return flat;
}

std::vector<float> Model::initialBuffers() const {
  std::vector<float> flat(flatSize(buffers));
  for (const ParameterPlace& place : buffers) {
    std::fill_n(flat.begin() + static_cast<std::ptrdiff_t>(place.offset), place.size, place.fill);
  }
  return flat;
}

}  // namespace training
