// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace training {

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine and standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : m_state(seed) {}
  /// A stream of its own for each (seed, a, b).
  Random(std::uint64_t seed, std::uint64_t a, std::uint64_t b) noexcept : m_state(seed) {
    m_state = next() + a;
    m_state = next() + b;
  }

  [[nodiscard]] std::uint64_t next() noexcept {
    std::uint64_t z = (m_state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  /// Uniform in [0, 1), 53 bits.
  [[nodiscard]] double uniform() noexcept { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  /// Uniform in [0, bound), bound > 0; the bias is below bound / 2^64.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }

 private:
  std::uint64_t m_state;
};

}  // namespace training
