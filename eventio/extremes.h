// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace eventio {

/// Smallest and largest finite value of what was added; infinities the wrong way round when there
/// was none.
template <class Value>
struct Extremes {
  Value min = std::numeric_limits<Value>::infinity();
  Value max = -std::numeric_limits<Value>::infinity();
  bool nonFinite = false;  ///< a NaN or an infinity was among the values

  [[nodiscard]] bool empty() const noexcept { return min > max; }

  void addValues(const Value* values, std::size_t count) noexcept;
  /// The extremes of blocks of values, as this structure keeps them.
  void addBlocks(const Value* mins, const Value* maxs, std::size_t count) noexcept;

 private:
  static constexpr std::size_t kLanes = 4;  // side by side, for the compiler to put in one register
  using Lanes = std::array<Value, kLanes>;
  void addLanes(const Lanes& mins, const Lanes& maxs) noexcept;
};

template <class Value>
void Extremes<Value>::addLanes(const Lanes& mins, const Lanes& maxs) noexcept {
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    min = std::min(min, mins[lane]);
    max = std::max(max, maxs[lane]);
  }
}

template <class Value>
void Extremes<Value>::addValues(const Value* values, std::size_t count) noexcept {
  Extremes added;
  Value check = 0;  // a sum of zeros unless a value is not finite
  std::size_t i = 0;
  if (count >= 2 * kLanes) {
    Lanes mins;
    Lanes maxs;
    Lanes checks{};
    mins.fill(added.min);
    maxs.fill(added.max);
    for (; i + kLanes <= count; i += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const Value value = values[i + lane];
        mins[lane] = value < mins[lane] ? value : mins[lane];
        maxs[lane] = value > maxs[lane] ? value : maxs[lane];
        checks[lane] += value * 0;
      }
    }
    added.addLanes(mins, maxs);
    for (const Value each : checks) check += each;
  }
  for (; i < count; ++i) {
    added.min = values[i] < added.min ? values[i] : added.min;
    added.max = values[i] > added.max ? values[i] : added.max;
    check += values[i] * 0;
  }
  if (check != 0) {
    added = {};
    nonFinite = true;
    for (i = 0; i < count; ++i) {
      if (!std::isfinite(values[i])) continue;
      added.min = std::min(added.min, values[i]);
      added.max = std::max(added.max, values[i]);
    }
  }
  min = std::min(min, added.min);
  max = std::max(max, added.max);
}

template <class Value>
void Extremes<Value>::addBlocks(const Value* mins, const Value* maxs, std::size_t count) noexcept {
  std::size_t i = 0;
  if (count >= 2 * kLanes) {
    Lanes lowest;
    Lanes highest;
    lowest.fill(min);
    highest.fill(max);
    for (; i + kLanes <= count; i += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        lowest[lane] = mins[i + lane] < lowest[lane] ? mins[i + lane] : lowest[lane];
        highest[lane] = maxs[i + lane] > highest[lane] ? maxs[i + lane] : highest[lane];
      }
    }
    addLanes(lowest, highest);
  }
  for (; i < count; ++i) {
    min = mins[i] < min ? mins[i] : min;
    max = maxs[i] > max ? maxs[i] : max;
  }
}

}  // namespace eventio
