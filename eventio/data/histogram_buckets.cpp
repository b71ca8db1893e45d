// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/data/histogram_buckets.h"

namespace eventio {

namespace {

double within(const HistogramBucket& bucket, double share) {
  if (!(bucket.left < bucket.right)) return bucket.left;
  return std::lerp(bucket.left, bucket.right, std::clamp(share, 0.0, 1.0));
}

}  // namespace

std::vector<HistogramBucket> filledBuckets(const Histogram& histogram) {
  std::vector<HistogramBucket> buckets;
  eachFilledBucket(histogram,
                   [&buckets](const HistogramBucket& bucket) { buckets.push_back(bucket); });
  return buckets;
}

void percentiles(const Histogram& histogram, std::span<const double> percents,
                 std::span<double> values) {
  std::fill(values.begin(), values.end(), std::numeric_limits<double>::quiet_NaN());
  const std::size_t count = std::min(percents.size(), values.size());
  double total = 0;
  HistogramBucket last;
  eachFilledBucket(histogram, [&](const HistogramBucket& bucket) {
    total += bucket.count;
    last = bucket;
  });
  if (!(total > 0)) return;
  std::size_t at = 0;
  double before = 0;
  eachFilledBucket(histogram, [&](const HistogramBucket& bucket) {
    for (; at < count; ++at) {
      const double wanted = percents[at] / 100 * total;
      if (before + bucket.count < wanted) break;
      values[at] = within(bucket, (wanted - before) / bucket.count);
    }
    before += bucket.count;
  });
  // Rounding may leave the last sum below the total.
  for (; at < count; ++at) values[at] = last.right;
}

}  // namespace eventio
