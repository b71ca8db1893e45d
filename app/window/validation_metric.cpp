// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/validation_metric.h"

#include <QCoreApplication>

#include "training/tasks/tasks.h"

namespace app {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("Metrics", text);
}

QString valueText(const training::Metric& metric, double value) {
  return QString::fromStdString(metricText(metric, value));
}

}  // namespace

ValidationMetric validationMetricOf(const eventio::Run& run) {
  for (const training::Task* task : training::tasks()) {
    const training::Metric& metric = task->metrics().front();
    eventio::ScalarView values = run.scalars(std::string("validation/") + metric.name);
    if (values.size() > 0) return {&metric, std::move(values)};
  }
  return {};
}

QString bestMetricText(const training::Metric& metric, double value, std::size_t epoch) {
  return tr("Best validation %1 so far: %2 (epoch %3)")
      .arg(tr(metric.word), valueText(metric, value))
      .arg(epoch);
}

QString metricPhrase(const std::string& task, double value) {
  const training::Metric& metric = training::findTask(task)->metrics().front();
  return tr("%1 %2").arg(tr(metric.word), valueText(metric, value));
}

}  // namespace app
