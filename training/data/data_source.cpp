// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/data_source.h"

#include <algorithm>

namespace training {

std::int64_t SampleShape::numel() const noexcept {
  std::int64_t product = sizes.empty() ? 0 : 1;
  for (const std::int64_t size : sizes) product *= size;
  return product;
}

std::string SampleShape::text() const {
  std::string text;
  for (const std::int64_t size : sizes) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text;
}

void SampleSet::gather(std::span<const std::uint32_t> indices, std::span<float> out) const {
  const auto length = static_cast<std::size_t>(shape.numel());
  float* to = out.data();
  if (const auto* floats = std::get_if<std::vector<float>>(&values)) {
    for (const std::uint32_t index : indices) {
      to = std::copy_n(floats->data() + index * length, length, to);
    }
    return;
  }
  const std::uint8_t* const bytes = std::get<std::vector<std::uint8_t>>(values).data();
  for (const std::uint32_t index : indices) {
    const std::uint8_t* const from = bytes + index * length;
    for (std::size_t i = 0; i < length; ++i) to[i] = static_cast<float>(from[i]) / 255.0F;
    to += length;
  }
}

}  // namespace training
