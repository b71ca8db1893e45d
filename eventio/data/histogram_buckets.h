// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "eventio/data/run_data.h"

namespace eventio {

/// A filled bucket with both of its edges, left <= right. Both edges are finite, or both are the
/// same infinity: a bucket that is open at one end (an edge that is infinite or the largest double,
/// and no min or max within it).
struct HistogramBucket {
  double left = 0;
  double right = 0;
  double count = 0;
};

/// Calls `visit` with each filled bucket, ascending, cut to the histogram's min and max where these
/// are known. Buckets whose edges are NaN or fall are passed over.
template <class Visit>
void eachFilledBucket(const Histogram& histogram, Visit visit) {
  constexpr double kMaxDouble = std::numeric_limits<double>::max();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double min = histogram.min;
  const double max = histogram.max;
  const bool isBounded = min <= max;
  const std::size_t size = std::min(histogram.limits.size(), histogram.counts.size());
  for (std::size_t i = 0; i < size; ++i) {
    const double count = histogram.counts[i];
    if (!(count > 0 && count <= kMaxDouble)) continue;
    double right = histogram.limits[i];
    double left = i > 0 ? histogram.limits[i - 1] : isBounded ? min : right;
    if (isBounded && std::max(left, min) <= std::min(right, max)) {
      left = std::max(left, min);
      right = std::min(right, max);
    }
    if (std::isnan(left)) left = right;
    if (std::isnan(right)) right = left;
    if (!(left <= right)) continue;
    if (right >= kMaxDouble) {
      left = right = kInfinity;
    } else if (left <= -kMaxDouble) {
      left = right = -kInfinity;
    }
    visit(HistogramBucket{left, right, count});
  }
}

[[nodiscard]] std::vector<HistogramBucket> filledBuckets(const Histogram& histogram);

/// Fills `values` with the values below which `percents` (0 to 100, ascending, as many as there are
/// values) of the counts lie, linear within a bucket; NaN for a histogram without counts.
void percentiles(const Histogram& histogram, std::span<const double> percents,
                 std::span<double> values);

}  // namespace eventio
