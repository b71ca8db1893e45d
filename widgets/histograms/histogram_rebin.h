// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "eventio/data/run_data.h"
#include "widgets/charts/axis_scale.h"

namespace widgets {

/// Counts of a histogram over a range of values, and what lies outside of it.
struct BinnedHistogram {
  std::vector<double> counts;  ///< of equal bins over the range
  double below = 0;            ///< finite
  double above = 0;
  double minusInfinity = 0;
  double plusInfinity = 0;
};

/// Spreads the counts over `bins` equal bins of `range`, a bucket's count evenly over its width.
/// The sum of all counts, those outside the range included, is the histogram's.
[[nodiscard]] BinnedHistogram rebin(const eventio::Histogram& histogram, const AxisRange& range,
                                    int bins);

/// The same from counts over another range, as well as these allow.
[[nodiscard]] BinnedHistogram rebin(const BinnedHistogram& binned, const AxisRange& before,
                                    const AxisRange& range, int bins);

}  // namespace widgets
