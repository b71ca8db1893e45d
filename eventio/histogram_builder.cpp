// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/histogram_builder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <vector>

namespace eventio {

namespace {

/// The positive edges and a quick way to the one below a value.
class DefaultEdges {
 public:
  DefaultEdges() {
    double edge = 1e-12;
    while (edge < 1e20) {
      m_edges.push_back(edge);
      edge *= 1.1;
    }
    std::size_t below = 0;
    for (std::size_t key = 0; key < m_start.size(); ++key) {
      const double least = std::bit_cast<double>(std::uint64_t{key} << kKeyShift);
      while (below < m_edges.size() && m_edges[below] <= least) ++below;
      m_start[key] = static_cast<std::uint16_t>(below);
    }
  }

  [[nodiscard]] std::size_t count() const noexcept { return m_edges.size(); }

  /// Edge `index` of all edges: the mirrored ones, 0, the positive ones.
  [[nodiscard]] double edge(std::size_t index) const noexcept {
    const std::size_t n = m_edges.size();
    if (index < n) return -m_edges[n - 1 - index];
    return index == n ? 0.0 : m_edges[index - n - 1];
  }

  /// The bin [edge(i), edge(i + 1)) that holds a finite `value`; -1 when it lies past the edges.
  [[nodiscard]] std::ptrdiff_t binOf(double value) const noexcept {
    const auto n = static_cast<std::ptrdiff_t>(m_edges.size());
    const double last = m_edges.back();
    if (value >= 0) {
      if (value >= last) return value == last ? 2 * n - 1 : -1;  // the last bin is closed
      return n + edgesUpTo(value);
    }
    const double size = -value;
    if (size > last) return -1;
    std::ptrdiff_t below = edgesUpTo(size);
    if (below > 0 && m_edges[static_cast<std::size_t>(below - 1)] == size) --below;
    return n - 1 - below;
  }

 private:
  // A double's sign, exponent and three bits of mantissa: at most two edges share such a key.
  static constexpr int kKeyShift = 49;

  /// How many edges are not larger than `size`, which is not negative.
  [[nodiscard]] std::ptrdiff_t edgesUpTo(double size) const noexcept {
    if (size == 0) return 0;  // minus zero, too
    std::size_t below = m_start[std::bit_cast<std::uint64_t>(size) >> kKeyShift];
    while (below < m_edges.size() && m_edges[below] <= size) ++below;
    return static_cast<std::ptrdiff_t>(below);
  }

  std::vector<double> m_edges;
  std::array<std::uint16_t, std::size_t{1} << (63 - kKeyShift)> m_start{};
};

const DefaultEdges& defaultEdges() {
  static const DefaultEdges kEdges;
  return kEdges;
}

void trim(const DefaultEdges& edges, const std::vector<std::uint64_t>& counts,
          Histogram& histogram) {
  const auto filled = [](std::uint64_t count) { return count != 0; };
  const auto first = std::find_if(counts.begin(), counts.end(), filled);
  if (first == counts.end()) return;
  const auto last = std::find_if(counts.rbegin(), counts.rend(), filled).base();
  const auto start = static_cast<std::size_t>(first - counts.begin());
  const auto end = static_cast<std::size_t>(last - counts.begin());
  histogram.limits.reserve(end - start + 1);
  histogram.counts.reserve(end - start + 1);
  histogram.limits.push_back(edges.edge(start));
  histogram.counts.push_back(0);
  for (std::size_t bin = start; bin < end; ++bin) {
    histogram.limits.push_back(edges.edge(bin + 1));
    histogram.counts.push_back(static_cast<double>(counts[bin]));
  }
}

template <class Value>
Histogram build(std::span<const Value> values, HistogramLeftOut* leftOut) {
  const DefaultEdges& edges = defaultEdges();
  std::vector<std::uint64_t> counts(2 * edges.count());
  HistogramLeftOut out;
  Histogram histogram;
  std::uint64_t finite = 0;
  for (const Value raw : values) {
    const auto value = static_cast<double>(raw);
    if (!std::isfinite(value)) {
      ++(std::isnan(value) ? out.nans : out.infinities);
      continue;
    }
    histogram.min = finite == 0 ? value : std::min(histogram.min, value);
    histogram.max = finite == 0 ? value : std::max(histogram.max, value);
    histogram.sum += value;
    histogram.sumSquares += value * value;
    ++finite;
    const std::ptrdiff_t bin = edges.binOf(value);
    if (bin < 0) {
      ++out.pastEdges;
    } else {
      ++counts[static_cast<std::size_t>(bin)];
    }
  }
  histogram.num = static_cast<double>(finite);
  trim(edges, counts, histogram);
  if (leftOut != nullptr) *leftOut = out;
  return histogram;
}

}  // namespace

Histogram buildHistogram(std::span<const float> values, HistogramLeftOut* leftOut) {
  return build(values, leftOut);
}

Histogram buildHistogram(std::span<const double> values, HistogramLeftOut* leftOut) {
  return build(values, leftOut);
}

}  // namespace eventio
