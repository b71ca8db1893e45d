// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "eventio/run_data.h"

namespace widgets {

/// A filled bucket with both of its edges, left <= right, both finite.
struct HistogramBucket {
  double left = 0;
  double right = 0;
  double count = 0;
};

/// The filled buckets, cut to the histogram's min and max where these are known.
[[nodiscard]] std::vector<HistogramBucket> filledBuckets(const eventio::Histogram& histogram);

/// Spreads the counts over `bins` equal bins of [lower, upper], a bucket's count evenly over its
/// width; what lies outside the range is left out, so a range that covers the histogram keeps its
/// mass.
[[nodiscard]] std::vector<double> rebin(const eventio::Histogram& histogram, double lower,
                                        double upper, int bins);

/// The values below which `percents` (0 to 100, ascending) of the counts lie, linear within a
/// bucket; empty for a histogram without counts.
[[nodiscard]] std::vector<double> percentiles(const eventio::Histogram& histogram,
                                              std::span<const double> percents);

}  // namespace widgets
