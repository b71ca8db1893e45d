// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/run_marks.h"

#include <array>
#include <cmath>
#include <string_view>

#include "widgets/style/note_text.h"

namespace widgets {
namespace {

constexpr std::array<std::pair<ChartMark::Kind, std::string_view>, 4> kMarkTags{
    {{ChartMark::Kind::kChange, "traindeck/changes/text_summary"},
     {ChartMark::Kind::kCheckpoint, "traindeck/checkpoints/text_summary"},
     {ChartMark::Kind::kAlert, "traindeck/alerts/text_summary"},
     {ChartMark::Kind::kPhase, "traindeck/phases/text_summary"}}};
constexpr qsizetype kLongestLabel = 48;

QString labelOf(const eventio::TextPoint& point) {
  QString label;
  for (const std::string& part : point.value) label += QString::fromStdString(part);
  label = noteLabel(label);
  if (label.size() > kLongestLabel) label = label.left(kLongestLabel - 1) + QChar(0x2026);
  return label;
}

}  // namespace

void RunMarks::setRun(std::shared_ptr<eventio::Run> run) {
  if (run == m_run) return;
  m_run = std::move(run);
  m_version = 0;
  m_epochs.clear();
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
  std::vector<ChartMark> marks;
  for (const auto& [kind, tag] : kMarkTags) {
    for (const eventio::TextPoint& point : m_run->texts(tag)) {
      marks.push_back({kind, point.step, point.wallTime, labelOf(point)});
    }
  }
  changed |= m_epochs.size() != epochsBefore || marks.size() != m_marks.size();
  m_marks = std::move(marks);
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
