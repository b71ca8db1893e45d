// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/old_run_events.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <string_view>

#include "app/window/status_text.h"
#include "app/window/validation_metric.h"
#include "widgets/style/note_text.h"

namespace app {
namespace {

struct Kind {
  std::string_view tag;
  widgets::Severity severity;
};

constexpr std::array<Kind, 4> kKinds{
    {{"traindeck/changes/text_summary", widgets::Severity::kWarning},
     {"traindeck/checkpoints/text_summary", widgets::Severity::kInfo},
     {"traindeck/alerts/text_summary", widgets::Severity::kError},
     {"traindeck/phases/text_summary", widgets::Severity::kInfo}}};

widgets::EventEntry oldEntry(widgets::Severity severity, double wallTime, const QString& label,
                             std::int64_t step, const QString& text) {
  widgets::EventEntry entry;
  entry.severity = severity;
  entry.time = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(wallTime * 1000));
  entry.text = QCoreApplication::translate("app::OldRunEvents", "%1, step %2: %3")
                   .arg(label, countText(step), text);
  entry.isOfOldRun = true;
  return entry;
}

void appendBestMetrics(const eventio::Run& run, const QString& label,
                       QList<widgets::EventEntry>& entries) {
  const auto [metric, values] = validationMetricOf(run);
  double best = -1;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values.value(i);
    if (!isBetter(*metric, value, best)) continue;
    best = value;
    entries.append(oldEntry(widgets::Severity::kGood, values.wallTime(i), label, values.step(i),
                            bestMetricText(*metric, value, i + 1)));
  }
}

}  // namespace

QList<widgets::EventEntry> recordedEvents(const eventio::Run& run, const QString& label) {
  QList<widgets::EventEntry> entries;
  for (const Kind& kind : kKinds) {
    for (const eventio::TextPoint& point : run.texts(kind.tag)) {
      QString text = point.value.empty()
                         ? QString()
                         : widgets::noteText(QString::fromStdString(point.value.front()));
      if (text.isEmpty()) continue;
      text[0] = text[0].toUpper();
      entries.append(oldEntry(kind.severity, point.wallTime, label, point.step, text));
    }
  }
  appendBestMetrics(run, label, entries);
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
  return entries;
}

void OldRunEvents::poll(const std::shared_ptr<eventio::Run>& run, const QString& label) {
  const std::uint64_t version = run ? run->version() : 0;
  if (run == m_run && version == m_version) return;
  m_run = run;
  m_version = version;
  QList<widgets::EventEntry> entries;
  if (run) entries = recordedEvents(*run, label);
  if (entries.size() > static_cast<qsizetype>(kMaxEvents)) {
    entries = entries.last(static_cast<qsizetype>(kMaxEvents));
  }
  m_events->setOldRunEntries(entries);
}

}  // namespace app
