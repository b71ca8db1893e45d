// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string>

#include "eventio/data/run_store.h"
#include "training/tasks/metric.h"

namespace app {

/// A run's validation values of the metric that says which of its models is the best.
struct ValidationMetric {
  const training::Metric* metric = nullptr;  ///< null: the run has none that a task knows
  eventio::ScalarView values;
};
[[nodiscard]] ValidationMetric validationMetricOf(const eventio::Run& run);

/// "Best validation accuracy so far: 0.9871 (epoch 3)"; `epoch` counts from 1.
[[nodiscard]] QString bestMetricText(const training::Metric& metric, double value,
                                     std::size_t epoch);

/// "accuracy 0.9871": the first metric of a task, by the task's name.
[[nodiscard]] QString metricPhrase(const std::string& task, double value);

}  // namespace app
