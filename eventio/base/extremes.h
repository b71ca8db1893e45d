// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
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

  /// Calls `add` with the places of groups of kLanes that cover `count` values. The last two may
  /// overlap, as what is added twice changes nothing: no loop of uneven length is left over, which
  /// the processor would guess wrong.
  template <class Add>
  static void forEachGroup(std::size_t count, const Add& add) noexcept {
    std::size_t at = 0;
    for (; at + kLanes < count; at += kLanes) add(at);
    add(count - kLanes);
  }
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
  if (count >= kLanes) {
    Lanes mins;
    Lanes maxs;
    Lanes checks{};
    mins.fill(added.min);
    maxs.fill(added.max);
    forEachGroup(count, [&](std::size_t at) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const Value value = values[at + lane];
        mins[lane] = value < mins[lane] ? value : mins[lane];
        maxs[lane] = value > maxs[lane] ? value : maxs[lane];
        checks[lane] += value * 0;
      }
    });
    added.addLanes(mins, maxs);
    for (const Value each : checks) check += each;
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      added.min = values[i] < added.min ? values[i] : added.min;
      added.max = values[i] > added.max ? values[i] : added.max;
      check += values[i] * 0;
    }
  }
  if (check != 0) {
    added = {};
    nonFinite = true;
    for (std::size_t i = 0; i < count; ++i) {
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
  if (count >= kLanes) {
    Lanes lowest;
    Lanes highest;
    lowest.fill(min);
    highest.fill(max);
    forEachGroup(count, [&](std::size_t at) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        lowest[lane] = mins[at + lane] < lowest[lane] ? mins[at + lane] : lowest[lane];
        highest[lane] = maxs[at + lane] > highest[lane] ? maxs[at + lane] : highest[lane];
      }
    });
    addLanes(lowest, highest);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    min = mins[i] < min ? mins[i] : min;
    max = maxs[i] > max ? maxs[i] : max;
  }
}

}  // namespace eventio
