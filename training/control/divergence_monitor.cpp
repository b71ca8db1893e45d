// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/control/divergence_monitor.h"

#include <algorithm>
#include <cmath>

namespace training {
namespace {

constexpr double kSmoothing = 0.95;
constexpr std::int64_t kMinBatches = 20;
constexpr double kDivergedTimesBest = 4;
constexpr double kDivergedOfFirst = 0.9;
constexpr double kExplodedTimesFirst = 20;
constexpr double kRecoveredTimesBest = 2;
constexpr double kRecoveredOfFirst = 0.5;

}  // namespace

DivergenceMonitor::DivergenceMonitor(LossHistory history, bool diverged)
    : m_history(history),
      m_decay(std::pow(kSmoothing, static_cast<double>(history.batches))),
      m_diverged(diverged) {}

double DivergenceMonitor::smoothedLoss() const noexcept {
  return m_history.batches > 0 ? m_history.average / (1 - m_decay) : 0;
}

void DivergenceMonitor::add(double loss) {
  if (!std::isfinite(loss)) return;
  if (m_history.batches == 0) m_history.firstLoss = loss;
  ++m_history.batches;
  m_decay *= kSmoothing;
  m_history.average = kSmoothing * m_history.average + (1 - kSmoothing) * loss;
  judge();
  noteBest();
}

void DivergenceMonitor::judge() noexcept {
  const double smoothed = smoothedLoss();
  const double best = m_history.best;
  const double first = m_history.firstLoss;
  if (m_diverged) {
    // A model that has never learnt, and predicts nothing any more, has the untrained one's loss.
    const bool isLow =
        smoothed < kRecoveredTimesBest * best || smoothed < kRecoveredOfFirst * first;
    m_diverged = !isLow || smoothed >= kDivergedOfFirst * first;
  } else if (m_history.batches <= kMinBatches) {
    m_diverged = first > 0 && smoothed >= kExplodedTimesFirst * first;
  } else {
    m_diverged = smoothed >= kDivergedTimesBest * best && smoothed >= kDivergedOfFirst * first;
  }
}

void DivergenceMonitor::noteBest() noexcept {
  const double smoothed = smoothedLoss();
  if (m_diverged && m_history.batches <= kMinBatches) {
    m_history.best = m_history.firstLoss;
  } else if (m_history.batches == kMinBatches ||
             (m_history.batches > kMinBatches && smoothed < m_history.best)) {
    m_history.best = smoothed;
  }
}

}  // namespace training
