// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/encode/pr_curve_builder.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace eventio {

namespace {

constexpr double kLeastCount = 1e-7;
constexpr int kMaxThresholds = 1 << 24;  // whole numbers that a float distinguishes

template <class... Arguments>
tl::unexpected<Error> bad(MessageText<sizeof...(Arguments)> what, Arguments&&... arguments) {
  return makeError(ErrorCode::kInvalidArgument, "a precision-recall curve cannot be made: %1",
                   Message(what, std::forward<Arguments>(arguments)...));
}

Result<void> check(std::span<const std::uint8_t> labels, std::span<const float> predictions,
                   int thresholds, std::span<const float> weights) {
  if (labels.size() != predictions.size()) {
    return bad("there are %1 labels, but %2 predictions", labels.size(), predictions.size());
  }
  if (!weights.empty() && weights.size() != labels.size()) {
    return bad("there are %1 labels, but %2 weights", labels.size(), weights.size());
  }
  if (thresholds < 2 || thresholds > kMaxThresholds) {
    return bad("it needs at least 2 thresholds and at most 2^24");
  }
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    if (!(predictions[i] >= 0 && predictions[i] <= 1)) {
      return bad("prediction %1 is %2, not from 0 to 1", i, std::to_string(predictions[i]));
    }
    if (!weights.empty() && !std::isfinite(weights[i])) {
      return bad("weight %1 is not finite", i);
    }
  }
  return {};
}

/// column[i] becomes the sum of column[i] and all behind it.
void sumFromTheEnd(std::vector<double>& column) {
  for (std::size_t i = column.size() - 1; i-- > 0;) column[i] += column[i + 1];
}

}  // namespace

Result<PrCurve> buildPrCurve(std::span<const std::uint8_t> labels,
                             std::span<const float> predictions, int thresholds,
                             std::span<const float> weights) {
  if (const auto good = check(labels, predictions, thresholds, weights); !good) {
    return tl::unexpected<Error>(good.error());
  }
  const auto count = static_cast<std::size_t>(thresholds);
  PrCurve curve;
  curve.truePositives.resize(count);
  curve.falsePositives.resize(count);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto bin =
        static_cast<std::size_t>(std::floor(predictions[i] * static_cast<float>(thresholds - 1)));
    auto& column = labels[i] != 0 ? curve.truePositives : curve.falsePositives;
    column[bin] += weights.empty() ? 1.0 : static_cast<double>(weights[i]);
  }
  sumFromTheEnd(curve.truePositives);
  sumFromTheEnd(curve.falsePositives);
  for (std::size_t i = 0; i < count; ++i) {
    const double hits = curve.truePositives[i];
    const double misses = curve.truePositives[0] - hits;
    const double falseAlarms = curve.falsePositives[i];
    curve.falseNegatives.push_back(misses);
    curve.trueNegatives.push_back(curve.falsePositives[0] - falseAlarms);
    curve.precision.push_back(hits / std::max(kLeastCount, hits + falseAlarms));
    curve.recall.push_back(hits / std::max(kLeastCount, hits + misses));
  }
  return curve;
}

Result<void> checkPrCurve(const PrCurve& curve) {
  const std::size_t count = curve.thresholds();
  for (const auto* column : {&curve.truePositives, &curve.falsePositives, &curve.trueNegatives,
                             &curve.falseNegatives, &curve.recall}) {
    if (column->size() != count) return bad("its columns are not of one length");
  }
  if (count < 2) return bad("it needs at least 2 thresholds");
  return {};
}

}  // namespace eventio
