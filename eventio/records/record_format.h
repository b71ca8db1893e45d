// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "eventio/base/crc32c.h"

/// The framing of event files, little-endian:
/// u64 length | u32 maskedCrc(length) | data | u32 maskedCrc(data).
namespace eventio {

inline constexpr std::size_t kRecordHeaderBytes = 12;
inline constexpr std::size_t kRecordFooterBytes = 4;
inline constexpr std::size_t kRecordOverhead = kRecordHeaderBytes + kRecordFooterBytes;
/// Protobuf cannot hold more in one message; a longer record is damage.
inline constexpr std::uint64_t kMaxRecordBytes = (std::uint64_t{1} << 31) - 1;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are read and written in place");

template <class Number>
[[nodiscard]] Number loadNumber(const char* at) noexcept {
  Number number;
  std::memcpy(&number, at, sizeof number);
  return number;
}

template <class Number>
void storeNumber(char* at, Number number) noexcept {
  std::memcpy(at, &number, sizeof number);
}

/// How the files that this library writes name their writer in their first record.
inline constexpr std::string_view kWriterName = "traindeck";

/// True when the 12 bytes at `at` are a header whose CRC holds.
[[nodiscard]] inline bool isRecordHeader(const char* at) noexcept {
  return loadNumber<std::uint32_t>(at + 8) == maskedCrc32c({at, 8});
}

/// Fills in header and footer of a record whose data already stand between them.
inline void frameRecord(char* record, std::size_t dataBytes) noexcept {
  storeNumber<std::uint64_t>(record, dataBytes);
  storeNumber<std::uint32_t>(record + 8, maskedCrc32c({record, 8}));
  storeNumber<std::uint32_t>(record + kRecordHeaderBytes + dataBytes,
                             maskedCrc32c({record + kRecordHeaderBytes, dataBytes}));
}

/// Appends `data` as a record.
inline void appendRecord(std::string& out, std::string_view data) {
  const std::size_t start = out.size();
  out.resize(start + data.size() + kRecordOverhead);
  std::memcpy(out.data() + start + kRecordHeaderBytes, data.data(), data.size());
  frameRecord(out.data() + start, data.size());
}

}  // namespace eventio
