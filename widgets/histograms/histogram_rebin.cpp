// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histograms/histogram_rebin.h"

#include <algorithm>
#include <cmath>

#include "eventio/data/histogram_buckets.h"

namespace widgets {
namespace {

using eventio::HistogramBucket;

void addBucket(const HistogramBucket& bucket, const AxisRange& range, BinnedHistogram& result) {
  if (std::isinf(bucket.left)) {
    (bucket.left < 0 ? result.minusInfinity : result.plusInfinity) += bucket.count;
    return;
  }
  if (bucket.right < range.lower || bucket.left > range.upper) {
    (bucket.left > range.upper ? result.above : result.below) += bucket.count;
    return;
  }
  const auto bins = static_cast<int>(result.counts.size());
  const double width = (range.upper - range.lower) / bins;
  const auto binOf = [&](double value) {
    const double bin = std::floor((value - range.lower) / width);
    return static_cast<std::size_t>(std::clamp(bin, 0.0, bins - 1.0));
  };
  // Halved, so that the width of the widest bucket is a number.
  const double size = bucket.right / 2 - bucket.left / 2;
  if (!(size > 0)) {
    result.counts[binOf(bucket.left)] += bucket.count;
    return;
  }
  const auto part = [&](double left, double right) {
    return right > left ? bucket.count * ((right / 2 - left / 2) / size) : 0;
  };
  result.below += part(bucket.left, range.lower);
  result.above += part(range.upper, bucket.right);
  const std::size_t last = binOf(bucket.right);
  for (std::size_t bin = binOf(bucket.left); bin <= last; ++bin) {
    const double left = range.lower + static_cast<double>(bin) * width;
    const bool isLast = bin + 1 == result.counts.size();
    result.counts[bin] += part(std::max(bucket.left, left),
                               std::min(bucket.right, isLast ? range.upper : left + width));
  }
}

}  // namespace

BinnedHistogram rebin(const eventio::Histogram& histogram, const AxisRange& range, int bins) {
  BinnedHistogram result;
  result.counts.assign(static_cast<std::size_t>(std::max(bins, 0)), 0.0);
  if (result.counts.empty() || !(range.upper > range.lower)) return result;
  eventio::eachFilledBucket(
      histogram, [&](const HistogramBucket& bucket) { addBucket(bucket, range, result); });
  return result;
}

BinnedHistogram rebin(const BinnedHistogram& binned, const AxisRange& before,
                      const AxisRange& range, int bins) {
  BinnedHistogram result;
  result.counts.assign(static_cast<std::size_t>(std::max(bins, 0)), 0.0);
  if (result.counts.empty() || !(range.upper > range.lower)) return result;
  const double width = (before.upper - before.lower) /
                       static_cast<double>(std::max<std::size_t>(binned.counts.size(), 1));
  for (std::size_t i = 0; i < binned.counts.size(); ++i) {
    if (!(binned.counts[i] > 0)) continue;
    const double left = before.lower + static_cast<double>(i) * width;
    addBucket({left, left + width, binned.counts[i]}, range, result);
  }
  result.below += binned.below;
  result.above += binned.above;
  result.minusInfinity = binned.minusInfinity;
  result.plusInfinity = binned.plusInfinity;
  return result;
}

}  // namespace widgets
