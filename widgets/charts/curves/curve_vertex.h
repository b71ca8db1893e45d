// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>

namespace widgets {

/// A vertex of a curve: a point (low == high), or a column of points from its smallest to its
/// largest value. `low` NaN: the line is broken here. x is an axis position, the others are values.
struct CurveVertex {
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

  double x = 0;
  double low = 0;
  double high = 0;
  double smoothed = kNone;  ///< CurveSource::smoothedMiddle() of its points

  [[nodiscard]] bool isBreak() const noexcept { return low != low; }
  [[nodiscard]] static CurveVertex gap(double x) noexcept { return {x, kNone, kNone, kNone}; }
};

}  // namespace widgets
