// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/run_marks.h"

#include <algorithm>
#include <cmath>

#include "widgets/runs/run_note_text.h"

namespace widgets {
namespace {

using eventio::RunNote;

constexpr qsizetype kLongestLabel = 48;

ChartMark::Kind kindOf(RunNote::Kind kind) {
  switch (kind) {
    case RunNote::Kind::kChanged:
    case RunNote::Kind::kWentBack:
      return ChartMark::Kind::kChange;
    case RunNote::Kind::kSaved:
      return ChartMark::Kind::kCheckpoint;
    case RunNote::Kind::kPhaseBegins:
    case RunNote::Kind::kEnded:
      return ChartMark::Kind::kPhase;
    case RunNote::Kind::kAlert:
      break;
  }
  return ChartMark::Kind::kAlert;
}

ChartMark markOf(const RunNote& note) {
  ChartMark mark;
  mark.kind = kindOf(note.kind);
  mark.step = note.step;
  mark.wallTime = note.wallTime;
  mark.label = noteLabel(note);
  if (mark.label.size() > kLongestLabel) {
    mark.label = mark.label.left(kLongestLabel - 1) + QChar(0x2026);
  }
  mark.offersGoingBack = note.about == RunNote::About::kTraining;
  return mark;
}

}  // namespace

void RunMarks::setRun(std::shared_ptr<eventio::Run> run) {
  if (run == m_run) return;
  m_run = std::move(run);
  m_version = 0;
  m_epochs.clear();
  m_notes = {};
  m_marks.clear();
  m_changed = true;
}

bool RunMarks::poll() {
  bool changed = m_changed;
  m_changed = false;
  if (!m_run || m_run->version() == m_version) return changed;
  m_version = m_run->version();

  const std::size_t epochsBefore = m_epochs.size();
  readEpochs();
  const std::size_t firstNew = m_notes.update(*m_run);
  const std::vector<RunNote>& notes = m_notes.notes();
  changed |=
      m_epochs.size() != epochsBefore || firstNew < notes.size() || notes.size() != m_marks.size();
  if (notes.size() == m_marks.size() && firstNew == notes.size()) return changed;
  m_marks.clear();
  for (const RunNote& note : notes) {
    if (note.about != RunNote::About::kData) m_marks.push_back(markOf(note));
  }
  std::stable_sort(m_marks.begin(), m_marks.end(),
                   [](const ChartMark& a, const ChartMark& b) { return a.kind < b.kind; });
  return changed;
}

void RunMarks::readEpochs() {
  const eventio::ScalarView view = m_run->scalars("train/epoch");
  m_epochs.clear();
  for (std::size_t i = 0; i < view.size(); ++i) {
    const auto point = view.point(i);
    if (!std::isfinite(point.value) || std::abs(point.value) > 1e9) continue;
    // A continued run goes back over steps: the later account holds.
    while (!m_epochs.empty() && m_epochs.back().step >= point.step) m_epochs.pop_back();
    const int epoch = static_cast<int>(std::lround(point.value));
    if (!m_epochs.empty() && m_epochs.back().epoch == epoch) continue;
    m_epochs.push_back({epoch, point.step, point.wallTime});
  }
}

}  // namespace widgets
