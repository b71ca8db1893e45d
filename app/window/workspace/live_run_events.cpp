// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/workspace/live_run_events.h"

#include <algorithm>

#include "app/window/session/status_text.h"
#include "app/window/session/validation_metric.h"
#include "app/window/workspace/old_run_events.h"
#include "widgets/runs/run_note_text.h"

namespace app {
namespace {

using eventio::RunNote;

/// Failures of the log and of saving, and how the run ended, are reported from the status, which
/// also knows when they are over.
bool isReportedFromStatus(const RunNote& note) {
  return note.kind == RunNote::Kind::kEnded || note.about == RunNote::About::kLog ||
         note.about == RunNote::About::kSaving;
}

QString capitalised(QString text) {
  if (!text.isEmpty()) text[0] = text[0].toUpper();
  return text;
}

}  // namespace

void LiveRunEvents::follow(std::shared_ptr<eventio::Run> run, double since,
                           const std::optional<Continuation>& continuation) {
  m_run = std::move(run);
  m_version = 0;
  m_best = -1;
  m_notes = {};
  m_reported = 0;
  m_epochsReported = 0;
  if (!m_run) return;
  const double firstSince = m_firstFollowed.try_emplace(m_run->path(), since).first->second;
  if (!continuation) return;
  static_cast<void>(m_notes.update(*m_run));
  const std::vector<RunNote>& notes = m_notes.notes();
  while (m_reported < notes.size() && notes[m_reported].wallTime < since) ++m_reported;
  reportEarlier(continuation->label, firstSince);
  report(
      widgets::Severity::kInfo,
      continuation->step > 0
          ? tr("%1 continued from step %2").arg(continuation->label, countText(continuation->step))
          : tr("%1 continued from its start").arg(continuation->label),
      continuation->step);
  const ValidationMetric validation = validationMetricOf(*m_run);
  m_epochsReported = validation.values.size();
  findBest(validation);
}

bool LiveRunEvents::hasFollowed(const eventio::Run& run) const {
  return m_firstFollowed.contains(run.path());
}

/// What the run held before it was first followed.
void LiveRunEvents::reportEarlier(const QString& label, double before) {
  const auto end = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(before * 1000));
  const QList<widgets::EventEntry> entries = recordedEvents(*m_run, label);
  for (widgets::EventEntry entry : entries) {
    if (entry.time >= end) continue;
    entry.isOfOldRun = false;
    emit happened(entry);
  }
}

void LiveRunEvents::poll() {
  if (!m_run || m_run->version() == m_version) return;
  m_version = m_run->version();
  reportNotes();
  reportBest();
}

void LiveRunEvents::report(widgets::Severity severity, const QString& text, std::int64_t step) {
  emit happened({severity, QDateTime::currentDateTime(), text, step});
}

void LiveRunEvents::reportNotes() {
  // A run that went back has lost what came after.
  m_reported = std::min(m_reported, m_notes.update(*m_run));
  const std::vector<RunNote>& notes = m_notes.notes();
  for (; m_reported < notes.size(); ++m_reported) {
    const RunNote& note = notes[m_reported];
    if (isReportedFromStatus(note)) continue;
    const QString text = widgets::noteText(note);
    const QString step = countText(note.step);
    // A change holds from its step on; going back names its steps itself.
    const QString sentence =
        note.kind == RunNote::Kind::kChanged    ? tr("%1 from step %2").arg(capitalised(text), step)
        : note.kind == RunNote::Kind::kWentBack ? capitalised(text)
                                                : tr("Step %1: %2").arg(step, text);
    // Where files are at fault no saved model is offered to go back to.
    const bool offersGoingBack = note.about == RunNote::About::kTraining;
    widgets::EventEntry entry{severityOf(note), QDateTime::currentDateTime(), sentence,
                              offersGoingBack ? std::optional(note.step) : std::nullopt};
    joinSaves(*m_run, note, entry);
    emit happened(entry);
  }
}

void LiveRunEvents::findBest(const ValidationMetric& validation) {
  m_best = -1;
  for (std::size_t i = 0; i < m_epochsReported; ++i) {
    const double value = validation.values.value(i);
    if (isBetter(*validation.metric, value, m_best)) m_best = value;
  }
}

void LiveRunEvents::reportBest() {
  const ValidationMetric validation = validationMetricOf(*m_run);
  if (validation.values.size() < m_epochsReported) {  // the run went back
    m_epochsReported = validation.values.size();
    findBest(validation);
  }
  for (; m_epochsReported < validation.values.size(); ++m_epochsReported) {
    const double value = validation.values.value(m_epochsReported);
    if (!isBetter(*validation.metric, value, m_best)) continue;
    m_best = value;
    report(widgets::Severity::kGood, bestMetricText(validation, m_epochsReported, m_notes.notes()),
           validation.values.step(m_epochsReported));
  }
}

}  // namespace app
