// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/base/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#define EVENTIO_CRC_TARGET __attribute__((target("sse4.2")))
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#define EVENTIO_CRC_TARGET
#endif

namespace eventio {

namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78U;

using ByteTables = std::array<std::array<std::uint32_t, 256>, 8>;

/// tables[k][b]: what byte b does to the CRC when k more bytes follow it.
constexpr ByteTables makeByteTables() {
  ByteTables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? kPolynomial : 0U);
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < 8; ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8) ^ tables[0][before & 0xffU];
    }
  }
  return tables;
}

constexpr ByteTables kByteTables = makeByteTables();

std::uint64_t load64(const char* at) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

std::uint32_t extendPortable(std::uint32_t crc, const char* at, std::size_t size) noexcept {
  for (; size >= 8; at += 8, size -= 8) {
    const std::uint64_t word = load64(at) ^ crc;
    crc = 0;
    for (std::size_t k = 0; k < 8; ++k) crc ^= kByteTables[7 - k][(word >> (8 * k)) & 0xffU];
  }
  for (; size > 0; ++at, --size) {
    crc = (crc >> 8) ^ kByteTables[0][(crc ^ static_cast<unsigned char>(*at)) & 0xffU];
  }
  return crc;
}

#ifdef EVENTIO_CRC_TARGET

#if defined(__x86_64__)
EVENTIO_CRC_TARGET inline std::uint32_t crcWord(std::uint32_t crc, std::uint64_t word) noexcept {
  return static_cast<std::uint32_t>(_mm_crc32_u64(crc, word));
}
EVENTIO_CRC_TARGET inline std::uint32_t crcHalf(std::uint32_t crc, std::uint32_t word) noexcept {
  return _mm_crc32_u32(crc, word);
}
EVENTIO_CRC_TARGET inline std::uint32_t crcByte(std::uint32_t crc, char byte) noexcept {
  return _mm_crc32_u8(crc, static_cast<unsigned char>(byte));
}
bool hasInstruction() noexcept {
  return __builtin_cpu_supports("sse4.2") != 0;
}
#else
inline std::uint32_t crcWord(std::uint32_t crc, std::uint64_t word) noexcept {
  return __crc32cd(crc, word);
}
inline std::uint32_t crcHalf(std::uint32_t crc, std::uint32_t word) noexcept {
  return __crc32cw(crc, word);
}
inline std::uint32_t crcByte(std::uint32_t crc, char byte) noexcept {
  return __crc32cb(crc, static_cast<unsigned char>(byte));
}
bool hasInstruction() noexcept {
  return true;
}
#endif

/// One lane of the three that are computed side by side: the instruction takes three cycles but a
/// new one can start in each.
constexpr std::size_t kLane = 512;

using ShiftTables = std::array<std::array<std::uint32_t, 256>, 4>;

/// tables[k][b]: byte k of a CRC, carried over kLane zero bytes.
ShiftTables makeShiftTables() noexcept {
  ShiftTables tables{};
  for (std::size_t k = 0; k < 4; ++k) {
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      std::uint32_t crc = byte << (8 * k);
      for (std::size_t i = 0; i < kLane; ++i) crc = (crc >> 8) ^ kByteTables[0][crc & 0xffU];
      tables[k][byte] = crc;
    }
  }
  return tables;
}

std::uint32_t overLane(std::uint32_t crc) noexcept {
  static const ShiftTables kShift = makeShiftTables();
  return kShift[0][crc & 0xffU] ^ kShift[1][(crc >> 8) & 0xffU] ^ kShift[2][(crc >> 16) & 0xffU] ^
         kShift[3][crc >> 24];
}

EVENTIO_CRC_TARGET std::uint32_t extendInstruction(std::uint32_t crc, const char* at,
                                                   std::size_t size) noexcept {
  for (; size >= 3 * kLane; at += 3 * kLane, size -= 3 * kLane) {
    std::uint32_t second = 0;
    std::uint32_t third = 0;
    for (std::size_t i = 0; i < kLane; i += 8) {
      crc = crcWord(crc, load64(at + i));
      second = crcWord(second, load64(at + kLane + i));
      third = crcWord(third, load64(at + 2 * kLane + i));
    }
    crc = overLane(overLane(crc) ^ second) ^ third;
  }
  for (; size >= 8; at += 8, size -= 8) crc = crcWord(crc, load64(at));
  if (size >= 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, at, sizeof word);
    crc = crcHalf(crc, word);
    at += 4;
    size -= 4;
  }
  for (; size > 0; ++at, --size) crc = crcByte(crc, *at);
  return crc;
}

const bool kAccelerated = hasInstruction();

#endif

}  // namespace

std::uint32_t crc32c(std::string_view data, std::uint32_t before) noexcept {
#ifdef EVENTIO_CRC_TARGET
  if (kAccelerated) return ~extendInstruction(~before, data.data(), data.size());
#endif
  return ~extendPortable(~before, data.data(), data.size());
}

std::uint32_t crc32cPortable(std::string_view data, std::uint32_t before) noexcept {
  return ~extendPortable(~before, data.data(), data.size());
}

bool crc32cIsAccelerated() noexcept {
#ifdef EVENTIO_CRC_TARGET
  return kAccelerated;
#else
  return false;
#endif
}

}  // namespace eventio
