// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/parameter_layout.h"

namespace training {
namespace {

/// Calls visit(row-major index, index within the place) for every value.
template <class Visit>
void eachValue(const ParameterPlace& place, const Visit& visit) {
  if (place.shape[3] == 0) {
    for (std::size_t i = 0; i < place.size; ++i) visit(i, i);
    return;
  }
  const auto channels = static_cast<std::size_t>(place.shape[1]);
  const auto pixels = static_cast<std::size_t>(place.shape[2] * place.shape[3]);
  for (std::size_t i = 0; i < place.size; ++i) {
    const std::size_t pixel = i % pixels;
    const std::size_t channel = i / pixels % channels;
    const std::size_t out = i / pixels / channels;
    visit(i, (out * pixels + pixel) * channels + channel);
  }
}

}  // namespace

std::vector<std::uint64_t> shapeOf(const ParameterPlace& place) {
  std::vector<std::uint64_t> shape;
  for (const std::int64_t extent : place.shape) {
    if (extent > 0) shape.push_back(static_cast<std::uint64_t>(extent));
  }
  return shape;
}

std::vector<float> toRowMajor(const ParameterPlace& place, std::span<const float> flat) {
  std::vector<float> values(place.size);
  const std::span<const float> source = flat.subspan(place.offset, place.size);
  eachValue(place, [&](std::size_t row, std::size_t within) { values[row] = source[within]; });
  return values;
}

void fromRowMajor(const ParameterPlace& place, std::span<const float> values,
                  std::span<float> flat) {
  const std::span<float> target = flat.subspan(place.offset, place.size);
  eachValue(place, [&](std::size_t row, std::size_t within) { target[within] = values[row]; });
}

}  // namespace training
