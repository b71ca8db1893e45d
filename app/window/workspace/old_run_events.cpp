// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/workspace/old_run_events.h"

#include <QCoreApplication>
#include <QHash>
#include <algorithm>
#include <utility>

#include "app/window/session/status_text.h"
#include "app/window/session/validation_metric.h"
#include "widgets/runs/run_note_text.h"

namespace app {
namespace {

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

void appendBestMetrics(const eventio::Run& run, const eventio::RunNotes& notes,
                       const QString& label, QList<widgets::EventEntry>& entries) {
  const ValidationMetric validation = validationMetricOf(run);
  const auto& [metric, values] = validation;
  double best = -1;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values.value(i);
    if (!isBetter(*metric, value, best)) continue;
    best = value;
    entries.append(oldEntry(widgets::Severity::kGood, values.wallTime(i), label, values.step(i),
                            bestMetricText(validation, i, notes.notes())));
  }
}

/// Of each series the last entry, with how many there were.
void keepLastOfSeries(QList<widgets::EventEntry>& entries) {
  QHash<QString, int> counts;
  for (const widgets::EventEntry& entry : std::as_const(entries)) ++counts[entry.series];
  QHash<QString, int> seen;
  QList<widgets::EventEntry> kept;
  for (widgets::EventEntry& entry : entries) {
    if (!entry.series.isEmpty()) {
      entry.count = counts.value(entry.series);
      if (++seen[entry.series] < entry.count) continue;
    }
    kept.append(std::move(entry));
  }
  entries = std::move(kept);
}

}  // namespace

widgets::Severity severityOf(const eventio::RunNote& note) {
  switch (note.kind) {
    case eventio::RunNote::Kind::kChanged:
    case eventio::RunNote::Kind::kWentBack:
      return widgets::Severity::kWarning;
    case eventio::RunNote::Kind::kAlert:
      return note.about == eventio::RunNote::About::kData ? widgets::Severity::kInfo
                                                          : widgets::Severity::kError;
    case eventio::RunNote::Kind::kEnded:
      return note.detail == "diverged" || note.detail == "failed" ? widgets::Severity::kError
                                                                  : widgets::Severity::kInfo;
    default:
      return widgets::Severity::kInfo;
  }
}

void joinSaves(const eventio::Run& run, const eventio::RunNote& note, widgets::EventEntry& entry) {
  if (note.kind != eventio::RunNote::Kind::kSaved) return;
  entry.series = QStringLiteral("saved ") + QString::fromStdString(run.path());
  entry.seriesNote = QCoreApplication::translate("app::OldRunEvents", "%1 saved so far");
}

QList<widgets::EventEntry> recordedEvents(const eventio::Run& run, const QString& label) {
  QList<widgets::EventEntry> entries;
  eventio::RunNotes notes;
  static_cast<void>(notes.update(run));
  for (const eventio::RunNote& note : notes.notes()) {
    QString text = widgets::noteText(note);
    if (text.isEmpty()) continue;
    text[0] = text[0].toUpper();
    widgets::EventEntry entry = oldEntry(severityOf(note), note.wallTime, label, note.step, text);
    joinSaves(run, note, entry);
    entries.append(std::move(entry));
  }
  keepLastOfSeries(entries);
  appendBestMetrics(run, notes, label, entries);
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
