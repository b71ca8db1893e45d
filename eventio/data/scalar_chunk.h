// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "eventio/data/scalar_series.h"

namespace eventio::detail {

inline constexpr std::size_t kFanOut = 16;
inline constexpr std::size_t kChunkPoints = 4096;  // 16^3: three levels of the pyramid end with it

/// The columns of up to 4096 consecutive points and the pyramid over them.
///
/// Written by one thread at a time. Readers touch only points, and pyramid entries of whole blocks,
/// that were complete when they took their view; those never change again, so they need no lock.
class ScalarChunk {
 public:
  /// Room for `capacity` points (a multiple of 16, at most 4096); `wide`: values are doubles.
  ScalarChunk(std::size_t capacity, bool wide);
  /// The first `count` points of another chunk, with other room or width.
  ScalarChunk(const ScalarChunk& other, std::size_t count, std::size_t capacity, bool wide);

  [[nodiscard]] std::size_t capacity() const noexcept { return m_capacity; }
  [[nodiscard]] bool wide() const noexcept { return m_wide; }
  [[nodiscard]] std::size_t memoryBytes() const noexcept;

  void put(std::size_t index, const ScalarPoint& point) noexcept;

  [[nodiscard]] const std::int64_t* steps() const noexcept { return m_steps; }
  [[nodiscard]] const double* wallTimes() const noexcept { return m_wallTimes; }
  [[nodiscard]] double value(std::size_t index) const noexcept {
    return m_wide ? m_doubles[index] : static_cast<double>(m_floats[index]);
  }
  void copyValues(std::size_t first, std::size_t count, double* out) const noexcept;

  /// Widens `range` by the values in [first, last).
  void extendRange(std::size_t first, std::size_t last, ValueRange& range) const noexcept;
  /// Hints that extendRange() will read about `index`, between multiples of `block`.
  void expectRange(std::size_t index, std::size_t block) const noexcept;

 private:
  template <class Value>
  void putValue(Value* column, std::size_t index, double value) noexcept;
  template <class Value>
  void extend(const Value* column, std::size_t first, std::size_t last,
              ValueRange& range) const noexcept;
  [[nodiscard]] std::size_t levelOffset(int level) const noexcept;
  void layOut(bool wide);

  std::size_t m_capacity = 0;
  bool m_wide = false;
  std::unique_ptr<std::byte[]> m_storage;
  std::size_t m_bytes = 0;
  std::int64_t* m_steps = nullptr;
  double* m_wallTimes = nullptr;
  float* m_floats = nullptr;            // values, then minima, then maxima of all levels; or
  double* m_doubles = nullptr;          // the same as doubles when wide
  std::uint8_t* m_nonFinite = nullptr;  // one flag a block
};

/// The chunks of a series. Unchanged from the moment a view holds it.
struct ScalarTable {
  std::vector<std::shared_ptr<ScalarChunk>> chunks;
  std::vector<std::size_t> stepSegments;
  std::vector<std::size_t> wallSegments;
};

}  // namespace eventio::detail
