// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histogram_rebin.h"

#include <algorithm>
#include <cmath>

namespace widgets {

std::vector<HistogramBucket> filledBuckets(const eventio::Histogram& histogram) {
  std::vector<HistogramBucket> buckets;
  const bool bounded = std::isfinite(histogram.min) && std::isfinite(histogram.max) &&
                       histogram.min <= histogram.max;
  const std::size_t count = std::min(histogram.limits.size(), histogram.counts.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (!(histogram.counts[i] > 0) || !std::isfinite(histogram.counts[i])) continue;
    double right = histogram.limits[i];
    double left = i > 0 ? histogram.limits[i - 1] : bounded ? histogram.min : right;
    if (bounded && std::max(left, histogram.min) <= std::min(right, histogram.max)) {
      left = std::max(left, histogram.min);
      right = std::min(right, histogram.max);
    }
    if (!std::isfinite(left)) left = right;
    if (!std::isfinite(right)) right = left;
    if (!std::isfinite(left) || left > right) continue;
    buckets.push_back({left, right, histogram.counts[i]});
  }
  return buckets;
}

std::vector<double> rebin(const eventio::Histogram& histogram, double lower, double upper,
                          int bins) {
  std::vector<double> result(static_cast<std::size_t>(std::max(bins, 0)), 0.0);
  if (result.empty() || !(upper > lower)) return result;
  const double width = (upper - lower) / bins;
  const auto binOf = [&](double value) {
    return std::clamp(static_cast<int>(std::floor((value - lower) / width)), 0, bins - 1);
  };
  for (const HistogramBucket& bucket : filledBuckets(histogram)) {
    if (bucket.right < lower || bucket.left > upper) continue;
    const double size = bucket.right - bucket.left;
    if (!(size > 0)) {
      result[static_cast<std::size_t>(binOf(bucket.left))] += bucket.count;
      continue;
    }
    const int last = binOf(bucket.right);
    for (int bin = binOf(bucket.left); bin <= last; ++bin) {
      const double left = std::max(bucket.left, lower + bin * width);
      const double right =
          std::min(bucket.right, bin + 1 == bins ? upper : lower + (bin + 1) * width);
      if (right > left)
        result[static_cast<std::size_t>(bin)] += bucket.count * (right - left) / size;
    }
  }
  return result;
}

std::vector<double> percentiles(const eventio::Histogram& histogram,
                                std::span<const double> percents) {
  const auto buckets = filledBuckets(histogram);
  if (buckets.empty()) return {};
  double total = 0;
  for (const HistogramBucket& bucket : buckets) total += bucket.count;
  std::vector<double> result;
  std::size_t at = 0;
  double before = 0;
  for (const double percent : percents) {
    const double wanted = percent / 100 * total;
    while (at + 1 < buckets.size() && before + buckets[at].count < wanted) {
      before += buckets[at++].count;
    }
    const double along = std::clamp((wanted - before) / buckets[at].count, 0.0, 1.0);
    result.push_back(buckets[at].left + (buckets[at].right - buckets[at].left) * along);
  }
  return result;
}

}  // namespace widgets
