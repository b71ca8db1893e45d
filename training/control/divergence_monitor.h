// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace training {

/// What a DivergenceMonitor has seen; saved with the model, so that a continued run judges alike.
struct LossHistory {
  std::int64_t batches = 0;  ///< with a finite loss
  double firstLoss = 0;      ///< of the first of them: the level of the untrained model
  double average = 0;        ///< exponential moving average, biased towards 0 at its start
  double best = 0;           ///< lowest smoothed loss

  friend bool operator==(const LossHistory&, const LossHistory&) = default;
};

/// Distinguishes a training loss that has exploded from one that is merely noisy.
///
/// The loss is smoothed as the charts smooth it, a = s a + (1 - s) loss, divided by 1 - s^n, with
/// s = 0.95. The run has diverged when the smoothed loss is at least 4 times its best and back at
/// 0.9 of the untrained model's loss or above. The best is sought from the 20th batch on; up to it
/// the run has diverged when the smoothed loss is at least 20 times the first loss, which is then
/// the best. It has recovered when the loss is below 2 times its best or half of the untrained
/// model's loss, and below 0.9 of the latter. One thread.
class DivergenceMonitor {
 public:
  explicit DivergenceMonitor(LossHistory history = {}, bool diverged = false);

  /// Takes the mean loss of a batch. One that is not finite is passed over.
  void add(double loss);
  [[nodiscard]] bool diverged() const noexcept { return m_diverged; }
  /// 0 before the first loss.
  [[nodiscard]] double smoothedLoss() const noexcept;
  [[nodiscard]] const LossHistory& history() const noexcept { return m_history; }

 private:
  void judge() noexcept;
  void noteBest() noexcept;

  LossHistory m_history;
  double m_decay = 1;  // s^n
  bool m_diverged = false;
};

}  // namespace training
