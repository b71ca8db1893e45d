// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

namespace eventio {

/// Numbers that lie in the caller's memory, dense, outermost dimension first. An empty shape is a
/// single number.
struct TensorArray {
  std::variant<std::span<const float>, std::span<const double>, std::span<const std::int32_t>,
               std::span<const std::int64_t>, std::span<const std::uint8_t>>
      values{};
  std::vector<std::int64_t> shape{};
};

}  // namespace eventio
