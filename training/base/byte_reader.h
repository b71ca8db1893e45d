// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace training {

/// Takes little-endian numbers and stretches off the front of bytes; never beyond their end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) noexcept : m_rest(bytes) {}

  [[nodiscard]] std::size_t left() const noexcept { return m_rest.size(); }

  [[nodiscard]] std::optional<std::string_view> take(std::uint64_t size) noexcept {
    if (size > m_rest.size()) return std::nullopt;
    const std::string_view taken = m_rest.substr(0, size);
    m_rest.remove_prefix(size);
    return taken;
  }

  template <class Number>
  [[nodiscard]] std::optional<Number> number() noexcept {
    const auto bytes = take(sizeof(Number));
    if (!bytes) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = sizeof(Number); i > 0; --i) {
      value = value << 8 | static_cast<unsigned char>((*bytes)[i - 1]);
    }
    return static_cast<Number>(value);
  }

 private:
  std::string_view m_rest;
};

}  // namespace training
