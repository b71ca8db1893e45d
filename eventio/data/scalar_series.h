// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace eventio {

/// Smallest and largest finite value of a range; `min > max` when it holds none.
struct ValueRange {
  double min = 1;
  double max = 0;
  bool nonFinite = false;  ///< the range holds at least one NaN or infinity

  [[nodiscard]] bool empty() const noexcept { return min > max; }
};

struct ScalarPoint {
  std::int64_t step = 0;
  double wallTime = 0;
  double value = 0;
};

namespace detail {

struct ScalarTable;

/// Extremes of the two axes over the points of a view.
struct ScalarBounds {
  std::int64_t minStep = 0;
  std::int64_t maxStep = 0;
  double minWallTime = 0;
  double maxWallTime = 0;
};

}  // namespace detail

/// An immutable look at the first size() points of a scalar series, in the order of arrival.
///
/// Costs one shared pointer to copy; points that arrive later are not part of it. Any thread may
/// read it without a lock, for as long as it likes. Values written as float are exact, and so are
/// those written as double.
class ScalarView {
 public:
  ScalarView() = default;

  [[nodiscard]] std::size_t size() const noexcept { return m_size; }
  [[nodiscard]] bool empty() const noexcept { return m_size == 0; }

  /// Changes whenever points that an earlier view held were removed or replaced (a restart purged
  /// them). While it stays the same a later view starts with the points of an earlier one, so what
  /// was derived from those (a smoothed column, say) stays valid.
  [[nodiscard]] std::uint64_t generation() const noexcept { return m_generation; }

  [[nodiscard]] std::int64_t step(std::size_t index) const noexcept;
  [[nodiscard]] double wallTime(std::size_t index) const noexcept;
  [[nodiscard]] double value(std::size_t index) const noexcept;
  [[nodiscard]] ScalarPoint point(std::size_t index) const noexcept;

  /// The points around one of them that lie in one piece of memory.
  template <class Value>
  struct Piece {
    std::size_t first = 0;  ///< index of values[0]
    std::span<const Value> values;
  };
  /// The piece that holds `index` < size().
  [[nodiscard]] Piece<std::int64_t> stepsAround(std::size_t index) const noexcept;
  [[nodiscard]] Piece<double> wallTimesAround(std::size_t index) const noexcept;

  /// Copies `out.size()` points from `first` on; the caller keeps first + out.size() <= size().
  void copySteps(std::size_t first, std::span<std::int64_t> out) const noexcept;
  void copyWallTimes(std::size_t first, std::span<double> out) const noexcept;
  void copyValues(std::size_t first, std::span<double> out) const noexcept;

  /// Range of the values in [first, last), from the min/max pyramid: O(16 log n + n / 4096).
  [[nodiscard]] ValueRange range(std::size_t first, std::size_t last) const noexcept;

  /// Hints that memory will be read soon, for those who walk through a long series in strides:
  /// the step (wall time) of a point, and what range() reads about a point when its bounds are
  /// multiples of `block` (1, 16, 256 or 4096). Beyond size() they do nothing.
  void expectStep(std::size_t index) const noexcept;
  void expectWallTime(std::size_t index) const noexcept;
  void expectRange(std::size_t index, std::size_t block) const noexcept;

  /// Range of steps and wall times over the whole view, O(1). Undefined for an empty view.
  [[nodiscard]] std::int64_t minStep() const noexcept;
  [[nodiscard]] std::int64_t maxStep() const noexcept;
  [[nodiscard]] double minWallTime() const noexcept;
  [[nodiscard]] double maxWallTime() const noexcept;

  /// Indices at which a monotonic segment begins, ascending, the first of them 0 (none for an empty
  /// view). Within a segment steps do not decrease; a chart draws each as a line of its own.
  [[nodiscard]] std::vector<std::size_t> stepSegments() const;
  /// The same for wall times.
  [[nodiscard]] std::vector<std::size_t> wallSegments() const;

  /// First index in [first, last) whose step (wall time) is not less than `x`; `last` when none.
  /// The range must lie within one segment of that axis.
  [[nodiscard]] std::size_t lowerBoundStep(std::size_t first, std::size_t last,
                                           double x) const noexcept;
  [[nodiscard]] std::size_t lowerBoundWall(std::size_t first, std::size_t last,
                                           double x) const noexcept;

 private:
  friend class ScalarSeries;
  std::shared_ptr<const detail::ScalarTable> m_table;
  std::size_t m_size = 0;
  std::uint64_t m_generation = 0;
  detail::ScalarBounds m_bounds;
};

/// The columns of one scalar tag with a min/max pyramid (16 to 1 a level) that grows with them.
///
/// Append-only chunks: a view never copies points. Not thread-safe by itself; Run guards it. Takes
/// at most 28 bytes a point in series of a thousand points or more.
class ScalarSeries {
 public:
  ScalarSeries();
  ~ScalarSeries();
  ScalarSeries(ScalarSeries&&) noexcept;
  ScalarSeries& operator=(ScalarSeries&&) noexcept;

  void append(std::int64_t step, double wallTime, double value);
  void append(std::span<const ScalarPoint> points);
  /// Removes every point whose step is `step` or larger, of those only what is older than `before`
  /// where that is given. Views taken before keep theirs. Returns how many were removed.
  std::size_t purgeFrom(std::int64_t step, std::optional<double> before = std::nullopt);

  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] ScalarPoint point(std::size_t index) const noexcept;
  [[nodiscard]] ScalarView view() const;
  /// Heap bytes held, pyramid and spare capacity included.
  [[nodiscard]] std::size_t memoryBytes() const noexcept;

 private:
  detail::ScalarTable& writableTable();
  void makeRoom(std::size_t expected, bool wide);
  void put(const ScalarPoint& point);

  std::shared_ptr<detail::ScalarTable> m_table;
  mutable bool m_tableShared = false;  // a view may hold m_table: clone before changing it
  bool m_wide = false;                 // new chunks keep doubles
  std::size_t m_size = 0;
  std::uint64_t m_generation = 0;
  detail::ScalarBounds m_bounds;
  double m_lastWallTime = 0;
  std::int64_t m_lastStep = 0;
};

}  // namespace eventio
