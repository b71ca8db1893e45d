// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/main_window_live.h"

#include <array>
#include <string_view>

#include "app/main_window_text.h"

namespace app {
namespace {

enum Kind : std::size_t { kChange, kCheckpoint, kAlert, kPhase };

constexpr std::array<std::string_view, 4> kTags{
    "traindeck/changes/text_summary", "traindeck/checkpoints/text_summary",
    "traindeck/alerts/text_summary", "traindeck/phases/text_summary"};
constexpr std::string_view kAccuracy = "validation/accuracy";
/// The writer's failures are told from its status, which also knows when they are over.
constexpr std::string_view kWriterFailure = "The log cannot be written";

QString capitalised(QString text) {
  if (!text.isEmpty()) text[0] = text[0].toUpper();
  return text;
}

}  // namespace

void LiveRunWatch::watch(std::shared_ptr<eventio::Run> run, bool continued) {
  m_run = std::move(run);
  m_version = 0;
  m_best = 0;
  m_told = {};
  m_epochsTold = 0;
  if (!m_run || !continued) return;
  for (std::size_t kind = 0; kind < kKinds; ++kind) m_told[kind] = m_run->texts(kTags[kind]).size();
  const eventio::ScalarView accuracy = m_run->scalars(kAccuracy);
  m_epochsTold = accuracy.size();
  for (std::size_t i = 0; i < accuracy.size(); ++i) m_best = std::max(m_best, accuracy.value(i));
}

void LiveRunWatch::poll() {
  if (!m_run || m_run->version() == m_version) return;
  m_version = m_run->version();
  for (std::size_t kind = 0; kind < kKinds; ++kind) tellTexts(kind, kTags[kind]);
  tellBest();
}

void LiveRunWatch::tellTexts(std::size_t kind, std::string_view tag) {
  const auto texts = m_run->texts(tag, m_told[kind]);
  m_told[kind] += texts.size();
  for (const eventio::TextPoint& point : texts) {
    const std::string raw = point.value.empty() ? std::string() : point.value.front();
    if (raw.starts_with(kWriterFailure)) continue;
    // How the run ended is told from the trainer's status, with more words.
    if (kind == kPhase && raw.find("begins") == std::string::npos) continue;
    const QString text = capitalised(QString::fromStdString(raw));
    const QString step = countText(point.step);
    switch (kind) {
      case kChange:
        emit happened(widgets::Severity::kWarning, tr("%1 from step %2").arg(text, step));
        break;
      case kAlert:
        emit happened(widgets::Severity::kError, tr("Step %1: %2").arg(step, text));
        break;
      case kCheckpoint:
        emit happened(widgets::Severity::kInfo, tr("Checkpoint at step %1: %2").arg(step, text));
        break;
      default:
        emit happened(widgets::Severity::kInfo, tr("Step %1: %2").arg(step, text));
        break;
    }
  }
}

void LiveRunWatch::tellBest() {
  const eventio::ScalarView accuracy = m_run->scalars(kAccuracy);
  if (accuracy.size() < m_epochsTold) m_epochsTold = accuracy.size();
  for (; m_epochsTold < accuracy.size(); ++m_epochsTold) {
    const double value = accuracy.value(m_epochsTold);
    if (!(value > m_best)) continue;
    m_best = value;
    emit happened(widgets::Severity::kGood, tr("Best validation accuracy so far: %1 (epoch %2)")
                                                .arg(value, 0, 'f', 4)
                                                .arg(m_epochsTold + 1));
  }
}

}  // namespace app
