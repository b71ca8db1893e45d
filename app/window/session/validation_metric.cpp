// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/session/validation_metric.h"

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

QString bestMetricText(const ValidationMetric& validation, std::size_t index,
                       std::span<const eventio::RunNote> notes) {
  const QString best = tr("Best validation %1 so far: %2")
                           .arg(tr(validation.metric->word),
                                valueText(*validation.metric, validation.values.value(index)));
  const std::int64_t step = validation.values.step(index);
  for (const eventio::RunNote& note : notes) {
    const bool begins = note.kind == eventio::RunNote::Kind::kPhaseBegins;
    if (!begins || note.name != "fine-tuning" || note.step > step) continue;
    std::size_t epoch = 1;
    while (epoch <= index && validation.values.step(index - epoch) >= note.step) ++epoch;
    return tr("%1 (fine-tuning epoch %2)").arg(best).arg(epoch);
  }
  return tr("%1 (epoch %2)").arg(best).arg(index + 1);
}

QString metricPhrase(const std::string& task, double value) {
  const training::Metric& metric = training::findTask(task)->metrics().front();
  return tr("%1 %2").arg(tr(metric.word), valueText(metric, value));
}

}  // namespace app
