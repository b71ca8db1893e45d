// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window_live.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "app/window/main_window_old_events.h"
#include "app/window/main_window_text.h"

namespace app {
namespace {

enum Kind : std::size_t { kChange, kCheckpoint, kAlert, kPhase };

constexpr std::array<std::string_view, 4> kTags{
    "traindeck/changes/text_summary", "traindeck/checkpoints/text_summary",
    "traindeck/alerts/text_summary", "traindeck/phases/text_summary"};
constexpr std::array<widgets::Severity, 4> kSeverities{
    widgets::Severity::kWarning, widgets::Severity::kInfo, widgets::Severity::kError,
    widgets::Severity::kInfo};
constexpr std::string_view kAccuracy = "validation/accuracy";
/// The writer's failures are reported from its status, which also knows when they are over.
constexpr std::string_view kWriterFailure = "The log cannot be written";

QString capitalised(QString text) {
  if (!text.isEmpty()) text[0] = text[0].toUpper();
  return text;
}

}  // namespace

void LiveRunWatch::watch(std::shared_ptr<eventio::Run> run, double since,
                         const std::optional<Continuation>& continuation) {
  m_run = std::move(run);
  m_version = 0;
  m_best = 0;
  m_told = {};
  m_epochsTold = 0;
  if (!m_run) return;
  const double firstSince = m_firstWatched.try_emplace(m_run->path(), since).first->second;
  if (!continuation) return;
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    static_cast<void>(newTexts(kind));
    std::erase_if(m_told[kind], [since](double time) { return time >= since; });
  }
  tellEarlier(continuation->label, firstSince);
  tell(widgets::Severity::kInfo,
       continuation->step > 0
           ? tr("%1 continued from step %2").arg(continuation->label, countText(continuation->step))
           : tr("%1 continued from its start").arg(continuation->label),
       continuation->step);
  const eventio::ScalarView accuracy = m_run->scalars(kAccuracy);
  m_epochsTold = accuracy.size();
  for (std::size_t i = 0; i < accuracy.size(); ++i) m_best = std::max(m_best, accuracy.value(i));
}

bool LiveRunWatch::hasWatched(const eventio::Run& run) const {
  return m_firstWatched.contains(run.path());
}

/// What the run held before it was first watched.
void LiveRunWatch::tellEarlier(const QString& label, double before) {
  const auto end = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(before * 1000));
  const QList<widgets::EventEntry> entries = recordedEvents(*m_run, label);
  for (widgets::EventEntry entry : entries) {
    if (entry.time >= end) continue;
    entry.isOfOldRun = false;
    emit happened(entry);
  }
}

void LiveRunWatch::poll() {
  if (!m_run || m_run->version() == m_version) return;
  m_version = m_run->version();
  for (std::size_t kind = 0; kind < kKinds; ++kind) tellTexts(kind);
  tellBest();
}

std::vector<eventio::TextPoint> LiveRunWatch::newTexts(std::size_t kind) {
  std::vector<double>& told = m_told[kind];
  // Cheap while nothing was taken away: the last one told is still where it was.
  const std::size_t first = told.empty() ? 0 : told.size() - 1;
  auto texts = m_run->texts(kTags[kind], first);
  std::size_t known = 0;
  if (!told.empty() && !texts.empty() && texts.front().wallTime == told.back()) {
    known = 1;
  } else if (!told.empty()) {
    texts = m_run->texts(kTags[kind]);
    while (known < texts.size() && known < told.size() && texts[known].wallTime == told[known]) {
      ++known;
    }
    told.resize(known);
  }
  texts.erase(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(known));
  for (const eventio::TextPoint& point : texts) told.push_back(point.wallTime);
  return texts;
}

void LiveRunWatch::tell(widgets::Severity severity, const QString& text, std::int64_t step) {
  emit happened({severity, QDateTime::currentDateTime(), text, step});
}

void LiveRunWatch::tellTexts(std::size_t kind) {
  for (const eventio::TextPoint& point : newTexts(kind)) {
    const std::string raw = point.value.empty() ? std::string() : point.value.front();
    if (raw.starts_with(kWriterFailure)) continue;
    // How the run ended is told from the trainer's status, with more words.
    if (kind == kPhase && raw.find("begins") == std::string::npos) continue;
    const QString text = QString::fromStdString(raw);
    const QString step = countText(point.step);
    // A change holds from its step on; going back names its steps itself.
    const bool isChange = kind == kChange && raw.find("\u2192") != std::string::npos;
    const QString sentence = isChange          ? tr("%1 from step %2").arg(capitalised(text), step)
                             : kind == kChange ? capitalised(text)
                                               : tr("Step %1: %2").arg(step, text);
    tell(kSeverities[kind], sentence, point.step);
  }
}

void LiveRunWatch::tellBest() {
  const eventio::ScalarView accuracy = m_run->scalars(kAccuracy);
  if (accuracy.size() < m_epochsTold) {  // the run went back
    m_epochsTold = accuracy.size();
    m_best = 0;
    for (std::size_t i = 0; i < accuracy.size(); ++i) m_best = std::max(m_best, accuracy.value(i));
  }
  for (; m_epochsTold < accuracy.size(); ++m_epochsTold) {
    const double value = accuracy.value(m_epochsTold);
    if (!(value > m_best)) continue;
    m_best = value;
    tell(widgets::Severity::kGood, bestAccuracyText(value, m_epochsTold + 1),
         accuracy.step(m_epochsTold));
  }
}

}  // namespace app
