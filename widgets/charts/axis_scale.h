// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <vector>

namespace widgets {

/// Font size of the labels beside axes, marks and legends, in logical pixels.
constexpr double kChartLabelPixels = 11;

enum class AxisScale {
  kLinear,
  kLog,     ///< log10; values that are not positive have no place on it
  kSymLog,  ///< logarithmic for both signs, linear below about 0.001
};

/// Where a value stands on an axis of that scale; charts pan and zoom in these positions. NaN for a
/// value that has no place.
[[nodiscard]] double toAxis(AxisScale scale, double value) noexcept;
/// The inverse of toAxis().
[[nodiscard]] double fromAxis(AxisScale scale, double position) noexcept;

enum class AxisUnit {
  kNumber,
  kStep,      ///< whole numbers
  kDuration,  ///< seconds, shown as 90 s, 1.5 min, 2 h
  kDateTime,  ///< seconds since 1970, shown in local time
};

struct AxisTick {
  double position = 0;  ///< on the axis
  QString label;
};

/// About `wanted` ticks at round values between two positions, ascending, no two labelled alike.
///
/// Where whole numbers are large beside what is between them and `offset` is not null, what they
/// have in common goes there ("1,000,000,000,000,000,000 +") and the labels say what is to be
/// added; else it is left empty. On a linear axis of steps the positions count from `origin`.
[[nodiscard]] std::vector<AxisTick> axisTicks(AxisScale scale, AxisUnit unit, double lower,
                                              double upper, int wanted, QString* offset = nullptr,
                                              std::int64_t origin = 0);

/// What a linear axis counts from that shows the steps from `first` to `last`: 0, or, where a
/// double would not distinguish neighbouring steps well, a multiple of 10^12 near them.
[[nodiscard]] std::int64_t stepOrigin(std::int64_t first, std::int64_t last) noexcept;
/// `step` - `origin`, exact where the result is below 2^53.
[[nodiscard]] inline double stepsFrom(std::int64_t origin, std::int64_t step) noexcept {
  if (origin == 0) return static_cast<double>(step);
  if ((origin < 0) != (step < 0)) return static_cast<double>(step) - static_cast<double>(origin);
  return static_cast<double>(step - origin);
}

struct AxisRange {
  double lower = 0;
  double upper = 1;
  bool operator==(const AxisRange&) const = default;
};

/// The range of positions that shows [min, max] (positions too) with bounds on round values, so
/// that it does not move with every new point.
[[nodiscard]] AxisRange niceRange(AxisScale scale, double min, double max);

/// 1, 2 or 5 times a power of ten, not less than `step`.
[[nodiscard]] double niceStep(double step) noexcept;

/// A number for an axis with ticks `step` apart up to `largest` in size: 0.5, 250, 1,500, 20k,
/// 12.5M. All labels of the axis have one unit, and no more than one digit after its point: 15,545
/// instead of 15.545k.
[[nodiscard]] QString shortNumber(double value, double step, double largest);
[[nodiscard]] QString shortNumber(double value, double step);
/// A value for reading: four or five significant digits, NaN, inf.
[[nodiscard]] QString valueText(double value);
/// 3,376: a step with its thousands apart.
[[nodiscard]] QString stepText(qint64 step);
/// 12 s, 3 min 20 s, 2 h 05 min.
[[nodiscard]] QString durationText(double seconds);

}  // namespace widgets
