// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace eventio {

/// CRC-32C (Castagnoli, reflected polynomial 0x82f63b78) of `data`; `before` is the CRC of what
/// came before it. Uses the processor's instruction where there is one.
[[nodiscard]] std::uint32_t crc32c(std::string_view data, std::uint32_t before = 0) noexcept;

/// The same from tables alone.
[[nodiscard]] std::uint32_t crc32cPortable(std::string_view data,
                                           std::uint32_t before = 0) noexcept;

/// True when crc32c() uses an instruction of the processor.
[[nodiscard]] bool crc32cIsAccelerated() noexcept;

/// The form in which event files store a CRC, so that a CRC of bytes that hold CRCs stays useful.
[[nodiscard]] constexpr std::uint32_t maskCrc(std::uint32_t crc) noexcept {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

[[nodiscard]] inline std::uint32_t maskedCrc32c(std::string_view data) noexcept {
  return maskCrc(crc32c(data));
}

}  // namespace eventio
