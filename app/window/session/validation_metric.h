// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstddef>
#include <span>
#include <string>

#include "eventio/data/run_store.h"
#include "eventio/text/run_notes.h"
#include "training/tasks/metric.h"

namespace app {

/// A run's validation values of the metric that says which of its models is the best.
struct ValidationMetric {
  const training::Metric* metric = nullptr;  ///< null: the run has none that a task knows
  eventio::ScalarView values;
};
[[nodiscard]] ValidationMetric validationMetricOf(const eventio::Run& run);

/// "Best validation accuracy so far: 0.9871 (epoch 3)" of value `index`; epochs of fine-tuning,
/// which the run's notes name, count anew: "(fine-tuning epoch 1)".
[[nodiscard]] QString bestMetricText(const ValidationMetric& validation, std::size_t index,
                                     std::span<const eventio::RunNote> notes);

/// "accuracy 0.9871": the first metric of a task, by the task's name.
[[nodiscard]] QString metricPhrase(const std::string& task, double value);

}  // namespace app
