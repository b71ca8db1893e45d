// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/live_run_events.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "app/window/old_run_events.h"
#include "app/window/status_text.h"
#include "app/window/validation_metric.h"
#include "widgets/style/note_text.h"

namespace app {
namespace {

enum Kind : std::size_t { kChange, kCheckpoint, kAlert, kPhase };

constexpr std::array<std::string_view, 4> kTags{
    "traindeck/changes/text_summary", "traindeck/checkpoints/text_summary",
    "traindeck/alerts/text_summary", "traindeck/phases/text_summary"};
constexpr std::array<widgets::Severity, 4> kSeverities{
    widgets::Severity::kWarning, widgets::Severity::kInfo, widgets::Severity::kError,
    widgets::Severity::kInfo};
/// Failures of the log and of saving are reported from the status, which also knows when they are
/// over.
constexpr std::array<std::string_view, 3> kReportedFromStatus{
    "The log cannot be written", "The model could not be saved", "The model is saved again"};

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
  m_reported = {};
  m_epochsReported = 0;
  if (!m_run) return;
  const double firstSince = m_firstFollowed.try_emplace(m_run->path(), since).first->second;
  if (!continuation) return;
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    static_cast<void>(newTexts(kind));
    std::erase_if(m_reported[kind], [since](double time) { return time >= since; });
  }
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
  for (std::size_t kind = 0; kind < kKinds; ++kind) reportTexts(kind);
  reportBest();
}

std::vector<eventio::TextPoint> LiveRunEvents::newTexts(std::size_t kind) {
  std::vector<double>& reported = m_reported[kind];
  // Cheap while nothing was taken away: the last one reported is still where it was.
  const std::size_t first = reported.empty() ? 0 : reported.size() - 1;
  auto texts = m_run->texts(kTags[kind], first);
  std::size_t known = 0;
  if (!reported.empty() && !texts.empty() && texts.front().wallTime == reported.back()) {
    known = 1;
  } else if (!reported.empty()) {
    texts = m_run->texts(kTags[kind]);
    while (known < texts.size() && known < reported.size() &&
           texts[known].wallTime == reported[known]) {
      ++known;
    }
    reported.resize(known);
  }
  texts.erase(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(known));
  for (const eventio::TextPoint& point : texts) reported.push_back(point.wallTime);
  return texts;
}

void LiveRunEvents::report(widgets::Severity severity, const QString& text, std::int64_t step) {
  emit happened({severity, QDateTime::currentDateTime(), text, step});
}

void LiveRunEvents::reportTexts(std::size_t kind) {
  for (const eventio::TextPoint& point : newTexts(kind)) {
    const std::string raw = point.value.empty() ? std::string() : point.value.front();
    if (std::any_of(kReportedFromStatus.begin(), kReportedFromStatus.end(),
                    [&raw](std::string_view beginning) { return raw.starts_with(beginning); })) {
      continue;
    }
    // How the run ended is reported from the trainer's status, with more words.
    if (kind == kPhase && raw.find("begins") == std::string::npos) continue;
    const QString text = widgets::noteText(QString::fromStdString(raw));
    const QString step = countText(point.step);
    // A change holds from its step on; going back names its steps itself.
    const bool isChange = kind == kChange && raw.find("\u2192") != std::string::npos;
    const QString sentence = isChange          ? tr("%1 from step %2").arg(capitalised(text), step)
                             : kind == kChange ? capitalised(text)
                                               : tr("Step %1: %2").arg(step, text);
    // Where files are at fault no saved model is offered to go back to.
    const bool isAboutFiles = widgets::isAboutFiles(QString::fromStdString(raw));
    emit happened({kSeverities[kind], QDateTime::currentDateTime(), sentence,
                   isAboutFiles ? std::nullopt : std::optional(point.step)});
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
    report(widgets::Severity::kGood,
           bestMetricText(*validation.metric, value, m_epochsReported + 1),
           validation.values.step(m_epochsReported));
  }
}

}  // namespace app
