// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/training_metrics.h"

#include <QCoreApplication>

#include "training/tasks/tasks.h"

namespace app {

std::vector<widgets::TrainingMetric> trainingMetrics() {
  const auto tr = [](const char* text) { return QCoreApplication::translate("Metrics", text); };
  std::vector<widgets::TrainingMetric> metrics;
  for (const training::Task* task : training::tasks()) {
    for (const training::Metric& metric : task->metrics()) {
      widgets::TrainingMetric& shown =
          metrics.emplace_back(widgets::TrainingMetric{tr(metric.label), tr(metric.unit), {}});
      shown.names.emplace_back(metric.name);
      for (const char* name : metric.otherNames) {
        if (name != nullptr) shown.names.emplace_back(name);
      }
    }
  }
  return metrics;
}

}  // namespace app
