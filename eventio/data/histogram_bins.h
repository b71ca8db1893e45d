// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "eventio/base/result.h"
#include "eventio/data/histogram_builder.h"

namespace eventio {

/// How values are sorted into bins.
struct HistogramBins {
  /// Ascending; half-open bins between two of them, the last one closed. Empty: TensorBoard's
  /// default edges (histogram_builder.h).
  std::vector<double> edges{};
  /// More bins than this are joined, as many neighbours together as `bins / maxBins` says, whole:
  /// tensorboardX's rule, which leaves up to twice as many.
  std::optional<std::size_t> maxBins{};
};

/// How NumPy chooses the number of equally wide bins (numpy.histogram_bin_edges).
enum class BinRule {
  kAuto,     ///< the narrower of Sturges' bins and Freedman's and Diaconis', those not too narrow
  kSturges,  ///< by log2 of the number of values
  kFreedmanDiaconis,  ///< by interquartile range
  kScott,             ///< by standard deviation
  kSquareRoot,        ///< by the square root of the number of values
  kRice,              ///< by the cube root of the number of values
};

/// The edges of `count` equally wide bins from the least to the largest finite value; from 0.5
/// below to 0.5 above where those are one, from 0 to 1 where there is none.
[[nodiscard]] std::vector<double> equalEdges(std::span<const double> values, std::size_t count);
[[nodiscard]] std::vector<double> equalEdges(std::span<const double> values, BinRule rule);

/// Sorts `values` into the given bins; the span of filled bins is kept, with one empty bucket
/// before it, as buildHistogram() with the default bins does. Values that are not finite or lie
/// past the edges are counted in `leftOut`; the latter still count in min, max, num and the sums.
/// kInvalidArgument where fewer than two edges are given, one is not finite, they do not grow, or
/// maxBins is 0.
[[nodiscard]] Result<Histogram> buildHistogram(std::span<const double> values,
                                               const HistogramBins& bins,
                                               HistogramLeftOut* leftOut = nullptr);

}  // namespace eventio
