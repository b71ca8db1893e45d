// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/control/go_back_trial.h"

#include <algorithm>

namespace training {

void GoBackTrial::begin(std::int64_t step, Phase phase, double learningRate,
                        bool evaluated) noexcept {
  m_attempts = m_active && step == m_step ? m_attempts + 1 : 1;
  m_active = true;
  m_step = step;
  m_phase = phase;
  m_learningRate = learningRate;
  m_evaluated = evaluated;
}

void GoBackTrial::beforeStep(std::int64_t step, double learningRate) noexcept {
  // What a rate that the user raised meanwhile does is not the state's fault.
  if (step >= m_step + kSteps || learningRate > m_learningRate) end();
}

bool GoBackTrial::isSpoilt(std::int64_t step) const noexcept {
  return m_active && (step == m_step || (!m_evaluated && m_attempts >= kMaxAttempts));
}

double GoBackTrial::limited(double learningRate, Phase phase) const noexcept {
  return m_active && phase == m_phase ? std::min(learningRate, m_learningRate) : learningRate;
}

}  // namespace training
