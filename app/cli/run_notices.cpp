// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_notices.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace app {
namespace {

std::string describe(const training::TrainerStatus& status) {
  const training::DivergenceReport& report = *status.divergence;
  const bool hasBest = std::any_of(
      status.savedStates.begin(), status.savedStates.end(),
      [](const auto& state) { return state.kind == training::SavedState::Kind::kBest; });
  std::array<char, 200> text{};
  std::snprintf(text.data(), text.size(),
                "diverged at step %lld: the smoothed loss, %.4g, is %.3g times its best%s",
                static_cast<long long>(report.step), report.loss, report.loss / report.bestLoss,
                hasBest ? "; the best model is kept" : "");
  return text.data();
}

}  // namespace

std::vector<std::string> RunNotices::update(const training::TrainerStatus& status,
                                            const eventio::SummaryWriterStatus& log) {
  std::vector<std::string> lines;
  if (std::exchange(m_logFails, log.failing) != log.failing) {
    lines.push_back(log.failing ? "the log cannot be written, tried again every second: " +
                                      log.failure.english()
                                : "the log is written again");
  }
  for (; m_warnings < status.warnings.size(); ++m_warnings) {
    lines.push_back(status.warnings[m_warnings].english());
  }
  if (std::exchange(m_filesLost, log.filesLost) != log.filesLost)
    lines.push_back(log.fileLoss.english());
  if (m_recordsLost == 0 && log.recordsLost > 0) {
    lines.push_back("memory for the log is full: records are being lost");
  }
  m_recordsLost = log.recordsLost;
  const bool saveFails = !status.saveFailure.empty();
  if (std::exchange(m_saveFails, saveFails) != saveFails) {
    lines.push_back(saveFails ? "the model could not be saved, tried again after the epoch: " +
                                    status.saveFailure.english()
                              : "the model is saved again");
  }
  const bool diverged = status.divergence.has_value();
  if (std::exchange(m_diverged, diverged) != diverged) {
    lines.push_back(diverged ? describe(status) : "the loss has recovered");
  }
  return lines;
}

}  // namespace app
