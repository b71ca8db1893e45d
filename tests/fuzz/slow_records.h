// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The framing of event files, written down a second time without eventio's code: what the fuzz
/// targets hold the reader against.
namespace slow {

inline constexpr std::uint64_t kHeader = 12;
inline constexpr std::uint64_t kOverhead = 16;
inline constexpr std::uint64_t kLongest = 0x7fffffffU;

/// The judge's own branches are nothing that inputs should be found for.
#if defined(__clang__)
#define SLOW_NO_COVERAGE __attribute__((no_sanitize("coverage")))
#else
#define SLOW_NO_COVERAGE
#endif

SLOW_NO_COVERAGE inline std::uint32_t maskedCrc(std::string_view data) {
  static const auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t crc = i;
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0x82f63b78U & (0U - (crc & 1U)));
      table[i] = crc;
    }
    return table;
  }();
  std::uint32_t crc = 0xffffffffU;
  for (const char letter : data) {
    crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(letter)) & 0xffU];
  }
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

template <class Number>
Number load(std::string_view bytes, std::uint64_t at) {
  Number number;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

template <class Number>
std::string raw(Number number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

inline std::string header(std::uint64_t length) {
  const std::string bytes = raw(length);
  return bytes + raw(maskedCrc(bytes));
}

inline std::string record(std::string_view data) {
  return header(data.size()) + std::string(data) + raw(maskedCrc(data));
}

/// The length that stands at `at`, where a header's checksum holds.
SLOW_NO_COVERAGE inline std::optional<std::uint64_t> lengthAt(std::string_view bytes,
                                                              std::uint64_t at) {
  if (at + kHeader > bytes.size()) return std::nullopt;
  const auto length = load<std::uint64_t>(bytes, at);
  if (length > kLongest) return std::nullopt;
  if (load<std::uint32_t>(bytes, at + 8) != maskedCrc(bytes.substr(at, 8))) return std::nullopt;
  return length;
}

/// True for a whole record at `at` whose two checksums hold.
SLOW_NO_COVERAGE inline bool isRecordAt(std::string_view bytes, std::uint64_t at) {
  const auto length = lengthAt(bytes, at);
  if (!length || *length + kOverhead > bytes.size() - at) return false;
  const std::string_view data = bytes.substr(at + kHeader, *length);
  return load<std::uint32_t>(bytes, at + kHeader + *length) == maskedCrc(data);
}

/// Every offset at which a header's checksum holds, whether its record is whole or not.
SLOW_NO_COVERAGE inline std::vector<std::uint64_t> headers(std::string_view bytes) {
  std::vector<std::uint64_t> found;
  for (std::uint64_t at = 0; at + kHeader <= bytes.size(); ++at) {
    if (lengthAt(bytes, at)) found.push_back(at);
  }
  return found;
}

/// True when no record begins within another one: there is one way to take the file apart then.
inline bool isUnambiguous(std::string_view bytes, const std::vector<std::uint64_t>& headers) {
  for (std::size_t i = 1; i < headers.size(); ++i) {
    if (headers[i] < headers[i - 1] + *lengthAt(bytes, headers[i - 1]) + kOverhead) return false;
  }
  return true;
}

}  // namespace slow
