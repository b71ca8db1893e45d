// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "eventio/data/scalar_series.h"
#include "widgets/charts/axis_scale.h"
#include "widgets/charts/curves/smoothing.h"

namespace widgets {

enum class XAxis {
  kStep,
  kRelative,  ///< seconds since the run's first point
  kWall,      ///< seconds since 1970
};

/// A scalar series as a chart reads it: its points, and which x axis counts.
struct CurveSource {
  const eventio::ScalarView* view = nullptr;
  /// The values of the line above the raw ones, as far as they are known; null for none.
  const SmoothedColumn* smoothed = nullptr;
  XAxis xAxis = XAxis::kStep;
  double origin = 0;            ///< the run's first wall time, that relative times count from
  std::int64_t stepOrigin = 0;  ///< the step that steps count from (stepOrigin())
  AxisScale xScale = AxisScale::kLinear;
  bool positiveOnly = false;  ///< a logarithmic y axis: other values have no place
  /// First indices of the segments along that x axis, ascending.
  const std::vector<std::size_t>* segments = nullptr;

  [[nodiscard]] std::size_t size() const { return view ? view->size() : 0; }
  /// Whether the value can be drawn.
  [[nodiscard]] bool isShown(double value) const;
  /// False for wall times as damaged files hold: before the run's first one, or ages away.
  [[nodiscard]] bool isPlausible(double wallTime) const noexcept;
  /// Whether the point has a place on the x axis: on one of time, a plausible time.
  [[nodiscard]] bool hasPlace(std::size_t index) const;
  /// Range of the values in [first, last) that can be drawn.
  [[nodiscard]] eventio::ValueRange range(std::size_t first, std::size_t last) const;
  /// The smoothed value of one point, the middle of the smoothed values of several; NaN where they
  /// are not known yet or cannot be drawn.
  [[nodiscard]] double smoothedMiddle(std::size_t first, std::size_t last) const;
  /// Steps or seconds, from the origin, and where they stand on the axis.
  [[nodiscard]] double x(std::size_t index) const;
  [[nodiscard]] double xPosition(std::size_t index) const { return toAxis(xScale, x(index)); }
  /// First index in [first, last), within one segment, that stands at `x` or right of it.
  [[nodiscard]] std::size_t lowerBound(std::size_t first, std::size_t last, double x) const;
  /// First index in [first, last), within one segment, that stands right of `x`.
  [[nodiscard]] std::size_t upperBound(std::size_t first, std::size_t last, double x) const;
  /// First index in the segment's [first, last) that stands at the axis position or right of it.
  [[nodiscard]] std::size_t lowerBoundPosition(std::size_t first, std::size_t last,
                                               double position) const;
  /// [first, last) of a segment.
  [[nodiscard]] std::pair<std::size_t, std::size_t> segment(std::size_t index) const;
};

/// The x of one point after another, with little to do for the next of a run.
class AxisCursor {
 public:
  /// The source must stay as it is.
  explicit AxisCursor(const CurveSource& source);
  /// CurveSource::x().
  [[nodiscard]] double x(std::size_t index) {
    if (index - m_begin >= m_count) load(index);
    const std::size_t at = index - m_begin;
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): load() has set one of the two.
    return m_steps ? stepsFrom(m_source.stepOrigin, m_steps[at]) : m_wallTimes[at] - m_origin;
  }

 private:
  void load(std::size_t index);

  const CurveSource& m_source;
  double m_origin = 0;  // of the wall times
  // The run at hand:
  std::size_t m_begin = 0;
  std::size_t m_count = 0;
  const std::int64_t* m_steps = nullptr;
  const double* m_wallTimes = nullptr;
};

}  // namespace widgets
