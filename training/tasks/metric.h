// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace training {

/// A measure of how well a model does its task. Values are never negative.
struct Metric {
  const char* name = "";   ///< in tags: "accuracy" of "validation/accuracy"
  const char* label = "";  ///< title: "Accuracy"
  const char* word = "";   ///< within a sentence: "accuracy"
  const char* unit = "";   ///< of its values: "fraction"
  bool higherIsBetter = true;
  bool isFraction = false;  ///< of the samples, 0 to 1
  /// What other programs call it in tags, as `acc` of "val_acc"; the rest is null.
  std::array<const char*, 2> otherNames{};
};

inline constexpr std::size_t kMaxMetrics = 4;

/// Values of a task's metrics, in the order of Task::metrics().
using MetricValues = std::array<double, kMaxMetrics>;

/// "0.8900" of a fraction, "9.803" of another metric.
[[nodiscard]] std::string metricText(const Metric& metric, double value);

/// Whether `value` is better than `best`; a negative `best` stands for none yet.
[[nodiscard]] constexpr bool isBetter(const Metric& metric, double value, double best) noexcept {
  return best < 0 ? value >= 0 : (metric.higherIsBetter ? value > best : value < best);
}

}  // namespace training
