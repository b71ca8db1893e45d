// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "eventio/data/run_data.h"
#include "widgets/charts/axis_scale.h"
#include "widgets/histograms/histogram_rebin.h"

namespace widgets {

/// The values that pictures of these histograms show: from the least to the largest, but without
/// those that would hide the rest. Left out are the tails of a step that reach a hundred times
/// farther than its middle 87 %, unless that is all 0, and steps twenty times wider than three of
/// four of those that are not all 0. Infinities do not count. [0, 1] where there is nothing.
[[nodiscard]] AxisRange histogramRange(const std::vector<eventio::HistogramPoint>& points,
                                       std::span<const std::size_t> shown);

/// Where along an axis from 0 to 1 the bins of a histogram lie: equal bins of the range, and at
/// either end narrow slots for what lies beyond it and for infinities, where there is any.
class HistogramAxis {
 public:
  static constexpr int kBins = 30;
  /// Slots beside the bins 0 to kBins - 1.
  static constexpr int kMinusInfinity = -2, kBelow = -1, kAbove = kBins, kPlusInfinity = kBins + 1;
  static constexpr int kSlots = kBins + 4;

  struct Ends {
    bool minusInfinity = false, below = false, above = false, plusInfinity = false;
    bool operator==(const Ends&) const = default;
  };

  HistogramAxis() : HistogramAxis({0, 1}, {}) {}
  HistogramAxis(const AxisRange& range, const Ends& ends);

  [[nodiscard]] const AxisRange& range() const { return m_range; }
  [[nodiscard]] const Ends& ends() const { return m_ends; }
  /// The part of the axis that the range covers.
  [[nodiscard]] AxisRange finite() const { return m_finite; }
  /// The part that the slot covers; empty for one that there is not.
  [[nodiscard]] std::optional<AxisRange> slot(int slot) const;
  [[nodiscard]] std::optional<int> slotAt(double share) const;
  /// Where a value stands: infinities and, where there is a slot for it, what lies beyond the range
  /// in the middle of their slots. At most a length of the axis outside of it.
  [[nodiscard]] double position(double value) const;
  [[nodiscard]] double valueAt(double share) const;
  /// "-0.1 to -0.08", "+inf", "above 3".
  [[nodiscard]] QString slotText(int slot) const;
  /// The slots beside the bins that there are, with a short label for the axis.
  [[nodiscard]] std::vector<std::pair<int, QString>> endLabels() const;

  bool operator==(const HistogramAxis&) const = default;

 private:
  AxisRange m_range;
  Ends m_ends;
  AxisRange m_finite;
};

/// The count in one of HistogramAxis' slots.
[[nodiscard]] double countIn(const BinnedHistogram& binned, int slot);

}  // namespace widgets
