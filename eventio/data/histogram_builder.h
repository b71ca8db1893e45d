// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <cstdint>
#include <span>

#include "eventio/data/run_data.h"

namespace eventio {

/// Values that a histogram could not hold.
struct HistogramLeftOut {
  std::uint64_t nans = 0;
  std::uint64_t infinities = 0;
  std::uint64_t pastEdges = 0;  ///< finite, but beyond +-1e20
};

/// Bins `values` with TensorBoard's default bins: edges 1e-12 * 1.1^k below 1e20, mirrored, with 0
/// between; half-open bins, the last one closed; trimmed to the span of filled bins with one empty
/// bucket before. No finite value gives an empty histogram. What could not be binned is counted in
/// `leftOut` when it is given; finite values past the edges still count in min, max, num and the
/// sums. Each sum is computed in double, in an order of its own: it is off by less than
/// (num / 1024 + 260) * 2^-53 times the sum of its terms' sizes.
[[nodiscard]] Histogram buildHistogram(std::span<const float> values,
                                       HistogramLeftOut* leftOut = nullptr);
[[nodiscard]] Histogram buildHistogram(std::span<const double> values,
                                       HistogramLeftOut* leftOut = nullptr);

}  // namespace eventio
