// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "eventio/records/record_format.h"

/// Protobuf's wire format, read field by field without copying.
namespace eventio::wire {

inline constexpr int kVarint = 0;
inline constexpr int kFixed64 = 1;
inline constexpr int kBytes = 2;
inline constexpr int kGroup = 3;
inline constexpr int kEndGroup = 4;
inline constexpr int kFixed32 = 5;

/// The key of a field as it stands before its content.
constexpr std::uint32_t key(std::uint32_t field, int wireType) {
  return field << 3 | static_cast<std::uint32_t>(wireType);
}

/// Reads the fields of one message. Every read returns false at malformed bytes.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes)
      : m_at(bytes.data()), m_end(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool atEnd() const noexcept { return m_at == m_end; }

  bool readVarint(std::uint64_t& number) noexcept {
    if (m_at != m_end && static_cast<signed char>(*m_at) >= 0) {
      number = static_cast<unsigned char>(*m_at++);
      return true;
    }
    number = 0;
    for (int shift = 0; shift < 70 && m_at != m_end; shift += 7) {
      const auto byte = static_cast<unsigned char>(*m_at++);
      if (shift < 64) number |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  bool readKey(std::uint32_t& fieldKey) noexcept {
    std::uint64_t number = 0;
    if (!readVarint(number) || number >> 35 != 0) return false;
    fieldKey = static_cast<std::uint32_t>(number);  // of five bytes protobuf, too, takes 32 bits
    return fieldKey >= 8;
  }

  bool readBytes(std::string_view& bytes) noexcept {
    std::uint64_t size = 0;
    if (!readVarint(size) || size > left()) return false;
    bytes = {m_at, static_cast<std::size_t>(size)};
    m_at += size;
    return true;
  }

  template <class Number>
  bool readFixed(Number& number) noexcept {
    if (left() < sizeof number) return false;
    number = loadNumber<Number>(m_at);
    m_at += sizeof number;
    return true;
  }

  /// Passes over the content of a field that nobody asked for.
  bool skip(std::uint32_t fieldKey, int depth = 0) noexcept {
    std::uint64_t number = 0;
    std::uint32_t half = 0;
    std::string_view bytes;
    switch (fieldKey & 7U) {
      case kVarint:
        return readVarint(number);
      case kFixed64:
        return readFixed(number);
      case kBytes:
        return readBytes(bytes);
      case kFixed32:
        return readFixed(half);
      case kGroup:
        return skipGroup(fieldKey, depth);
      default:
        return false;
    }
  }

 private:
  [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(m_end - m_at); }

  bool skipGroup(std::uint32_t groupKey, int depth) noexcept {
    if (depth > 50) return false;
    std::uint32_t fieldKey = 0;
    while (readKey(fieldKey)) {
      if ((fieldKey & 7U) == kEndGroup) return fieldKey >> 3 == groupKey >> 3;
      if (!skip(fieldKey, depth + 1)) return false;
    }
    return false;
  }

  const char* m_at;
  const char* m_end;
};

}  // namespace eventio::wire
