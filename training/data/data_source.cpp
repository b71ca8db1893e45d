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
  for (const std::uint32_t index : indices) {
    const std::size_t first = index * length;
    if (const auto* bytes = std::get_if<std::vector<std::uint8_t>>(&values)) {
      std::transform(bytes->data() + first, bytes->data() + first + length, to,
                     [](std::uint8_t value) { return static_cast<float>(value) / 255.0F; });
    } else {
      const float* from = std::get<std::vector<float>>(values).data() + first;
      std::copy(from, from + length, to);
    }
    to += length;
  }
}

}  // namespace training
