// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "eventio/base/extremes.h"
#include "eventio/data/scalar_series.h"

namespace widgets {

/// The exponential moving average of a scalar series, freed of its start's bias, with a min/max
/// pyramid (16 to 1 a level) that grows with it.
///
/// With weight s and the finite values y of the series in order of arrival:
/// last = s·last + (1−s)·y from last = 0, n += 1, smoothed = last / (1 − sⁿ). Non-finite values
/// stay where they are and leave the state alone. One thread at a time.
class SmoothedColumn {
 public:
  /// `weight` lies in [0, 1): 0 leaves the values as they are.
  explicit SmoothedColumn(double weight = 0);

  [[nodiscard]] double weight() const noexcept { return m_weight; }
  /// Starts again from the first point when the weight differs.
  void setWeight(double weight);

  /// Smooths up to `maxPoints` further points of `view`; starts again when its generation is
  /// another than that of the last call. The result does not depend on how the work is cut into
  /// calls. Returns how many points of the view are still to be done.
  std::size_t advance(const eventio::ScalarView& view, std::size_t maxPoints);

  /// Number of points smoothed so far.
  [[nodiscard]] std::size_t size() const noexcept { return m_size; }
  /// `index` < size().
  [[nodiscard]] double value(std::size_t index) const noexcept {
    return (*m_chunks[index / kChunk])[index % kChunk];
  }
  /// Range of the finite smoothed values in [first, last), last <= size(); `nonFinite` is left out.
  [[nodiscard]] eventio::ValueRange range(std::size_t first, std::size_t last) const noexcept;

 private:
  static constexpr std::size_t kChunk = 4096;
  static constexpr std::size_t kFanOut = 16;

  void clear();
  void append(double smoothed);
  void closeBlocks();

  using Extremes = eventio::Extremes<double>;
  /// Extremes of whole blocks.
  struct Level {
    std::vector<double> mins;
    std::vector<double> maxs;

    void addTo(Extremes& extremes, std::size_t first, std::size_t last) const noexcept {
      extremes.addBlocks(mins.data() + first, maxs.data() + first, last - first);
    }
  };
  void addValues(Extremes& extremes, std::size_t first, std::size_t last) const noexcept;

  double m_weight = 0;
  double m_last = 0;   // the smoothed value of the last finite point
  double m_power = 1;  // weight to the number of finite points, 0 once it no longer counts
  std::size_t m_size = 0;
  std::uint64_t m_generation = 0;
  bool m_started = false;
  std::vector<std::unique_ptr<std::array<double, kChunk>>> m_chunks;
  std::vector<Level> m_levels;  // blocks of 16, 256, ... values
};

/// Widens `into` by `other`.
void mergeRange(eventio::ValueRange& into, const eventio::ValueRange& other) noexcept;

}  // namespace widgets
