// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/data/histogram_bins.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace eventio {

namespace {

constexpr std::size_t kMaxBins = std::size_t{1} << 26;  // what a record can hold

std::vector<double> defaultEdges() {
  std::vector<double> positive;
  double edge = 1e-12;
  while (edge < 1e20) {
    positive.push_back(edge);
    edge *= 1.1;
  }
  std::vector<double> edges;
  for (auto size = positive.rbegin(); size != positive.rend(); ++size) edges.push_back(-*size);
  edges.push_back(0);
  edges.insert(edges.end(), positive.begin(), positive.end());
  return edges;
}

template <class... Arguments>
tl::unexpected<Error> bad(MessageText<sizeof...(Arguments)> what, Arguments&&... arguments) {
  return makeError(ErrorCode::kInvalidArgument, "a histogram cannot be made: %1",
                   Message(what, std::forward<Arguments>(arguments)...));
}

Result<void> check(const HistogramBins& bins) {
  if (bins.maxBins == 0U) return bad("at most 0 bins are none");
  if (bins.edges.empty()) return {};
  if (bins.edges.size() < 2) return bad("one edge makes no bin");
  if (bins.edges.size() > kMaxBins) return bad("there are too many edges for a record");
  for (std::size_t i = 0; i < bins.edges.size(); ++i) {
    if (!std::isfinite(bins.edges[i])) return bad("edge %1 is not finite", i);
    if (i > 0 && bins.edges[i] <= bins.edges[i - 1]) {
      return bad("edge %1 is not larger than the one before", i);
    }
  }
  return {};
}

/// Fills everything but the buckets and counts the values of each bin.
std::vector<double> sortIn(std::span<const double> values, const std::vector<double>& edges,
                           Histogram& histogram, HistogramLeftOut& out) {
  std::vector<double> counts(edges.size() - 1);
  for (const double value : values) {
    if (!std::isfinite(value)) {
      ++(std::isnan(value) ? out.nans : out.infinities);
      continue;
    }
    histogram.min = histogram.num == 0 ? value : std::min(histogram.min, value);
    histogram.max = histogram.num == 0 ? value : std::max(histogram.max, value);
    histogram.sum += value;
    histogram.sumSquares += value * value;
    ++histogram.num;
    if (value < edges.front() || value > edges.back()) {
      ++out.pastEdges;
      continue;
    }
    const auto above = std::upper_bound(edges.begin(), edges.end() - 1, value);
    ++counts[static_cast<std::size_t>(above - edges.begin()) - 1];
  }
  return counts;
}

void joinBins(std::size_t maxBins, std::vector<double>& edges, std::vector<double>& counts) {
  if (counts.size() <= maxBins) return;
  const std::size_t together = counts.size() / maxBins;
  std::vector<double> joinedCounts;
  std::vector<double> joinedEdges;
  for (std::size_t first = 0; first < counts.size(); first += together) {
    double sum = 0;
    const std::size_t end = std::min(first + together, counts.size());
    for (std::size_t i = first; i < end; ++i) sum += counts[i];
    joinedCounts.push_back(sum);
    joinedEdges.push_back(edges[first]);
  }
  joinedEdges.push_back(edges.back());
  edges = std::move(joinedEdges);
  counts = std::move(joinedCounts);
}

void keepFilledSpan(const std::vector<double>& edges, const std::vector<double>& counts,
                    Histogram& histogram) {
  const auto filled = [](double count) { return count != 0; };
  const auto first = std::find_if(counts.begin(), counts.end(), filled) - counts.begin();
  const auto end = std::find_if(counts.rbegin(), counts.rend(), filled).base() - counts.begin();
  if (first >= end) return;
  histogram.limits.assign(edges.begin() + first, edges.begin() + end + 1);
  histogram.counts.assign(1, 0.0);
  histogram.counts.insert(histogram.counts.end(), counts.begin() + first, counts.begin() + end);
}

std::vector<double> finiteOnes(std::span<const double> values) {
  std::vector<double> finite;
  std::copy_if(values.begin(), values.end(), std::back_inserter(finite),
               [](double value) { return std::isfinite(value); });
  return finite;
}

/// The quantile of sorted values, linear between two of them.
double quantile(const std::vector<double>& sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - std::floor(at));
}

double standardDeviation(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value / count;
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / count);
}

/// 0 where the rule finds no width.
double binWidth(std::vector<double>& values, BinRule rule) {
  std::sort(values.begin(), values.end());
  const auto count = static_cast<double>(values.size());
  const double range = values.back() - values.front();
  const auto freedmanDiaconis = [&] {
    return 2 * (quantile(values, 0.75) - quantile(values, 0.25)) / std::cbrt(count);
  };
  const double sturges = range / (std::log2(count) + 1);
  switch (rule) {
    case BinRule::kSturges:
      return sturges;
    case BinRule::kFreedmanDiaconis:
      return freedmanDiaconis();
    case BinRule::kScott:
      return std::cbrt(24 * std::sqrt(M_PI) / count) * standardDeviation(values);
    case BinRule::kSquareRoot:
      return range / std::sqrt(count);
    case BinRule::kRice:
      return range / (2 * std::cbrt(count));
    case BinRule::kAuto:
      break;
  }
  return std::min(std::max(freedmanDiaconis(), range / std::sqrt(count) / 2), sturges);
}

}  // namespace

std::vector<double> equalEdges(std::span<const double> values, std::size_t count) {
  count = std::clamp<std::size_t>(count, 1, kMaxBins);
  double low = 0;
  double high = 1;
  bool any = false;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    low = any ? std::min(low, value) : value;
    high = any ? std::max(high, value) : value;
    any = true;
  }
  if (low == high) {
    low -= 0.5;
    high += 0.5;
  }
  const double width = (high - low) / static_cast<double>(count);
  std::vector<double> edges;
  edges.reserve(count + 1);
  for (std::size_t i = 0; i < count; ++i) edges.push_back(low + static_cast<double>(i) * width);
  edges.push_back(high);
  return edges;
}

std::vector<double> equalEdges(std::span<const double> values, BinRule rule) {
  std::vector<double> finite = finiteOnes(values);
  if (finite.empty()) return equalEdges(values, 1);
  const double width = binWidth(finite, rule);
  const double range = finite.back() - finite.front();
  const double bins = width > 0 ? std::ceil(range / width) : 1;
  return equalEdges(values,
                    static_cast<std::size_t>(std::clamp(bins, 1.0, static_cast<double>(kMaxBins))));
}

Result<Histogram> buildHistogram(std::span<const double> values, const HistogramBins& bins,
                                 HistogramLeftOut* leftOut) {
  if (const auto good = check(bins); !good) return tl::unexpected<Error>(good.error());
  std::vector<double> edges = bins.edges.empty() ? defaultEdges() : bins.edges;
  Histogram histogram;
  HistogramLeftOut out;
  std::vector<double> counts = sortIn(values, edges, histogram, out);
  if (bins.maxBins) joinBins(*bins.maxBins, edges, counts);
  keepFilledSpan(edges, counts, histogram);
  if (leftOut != nullptr) *leftOut = out;
  return histogram;
}

}  // namespace eventio
