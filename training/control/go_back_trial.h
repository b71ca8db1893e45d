// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "training/control/control.h"

namespace training {

/// Watches a run that went back to a saved state with a lower learning rate, for kSteps steps:
/// meets it trouble again (a value that is not finite, a loss that diverges), then either the rate
/// is still too high, or the state itself is spoilt. One thread.
class GoBackTrial {
 public:
  static constexpr std::int64_t kSteps = 100;
  /// With which rates one state is tried, each a tenth of the one before.
  static constexpr int kMaxAttempts = 3;

  /// The run went back to the state of `step`. At the same step as before it is a further attempt.
  /// `evaluated`: the test set was evaluated at this state.
  void begin(std::int64_t step, Phase phase, double learningRate, bool evaluated) noexcept;
  void end() noexcept { m_active = false; }
  /// To be called before each step.
  void beforeStep(std::int64_t step, double learningRate) noexcept;

  /// Trouble was met at `step`: true when the state is spoilt. That is so when already the first
  /// step meets it, which no learning rate has touched, and after kMaxAttempts where the state was
  /// not evaluated.
  [[nodiscard]] bool isSpoilt(std::int64_t step) const noexcept;
  /// The step of the state that is tried.
  [[nodiscard]] std::int64_t step() const noexcept { return m_step; }
  /// `learningRate` of a state of this phase; not above the one of the trial in hand.
  [[nodiscard]] double limited(double learningRate, Phase phase) const noexcept;

 private:
  bool m_active = false;
  std::int64_t m_step = 0;
  Phase m_phase = Phase::kTraining;
  double m_learningRate = 0;
  bool m_evaluated = false;
  int m_attempts = 0;
};

}  // namespace training
