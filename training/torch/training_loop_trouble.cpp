// SPDX-License-Identifier: GPL-3.0-or-later
// What the loop does about values that are not finite and a loss that diverges.
#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "training/torch/replica_group.h"
#include "training/torch/training_loop.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::Result;

constexpr std::int64_t kStepsBeforeAskingAgain =
    100;  // after "go on" at a value that is not finite

/// A number with so many digits.
std::string figure(double value, int digits) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*g", digits, value);
  return text.data();
}

}  // namespace

TrainingLoop::Next TrainingLoop::handleNonFinite(std::span<const std::uint32_t> batch,
                                                 const TaskSums& sum) {
  if (m_stepFinite && !m_divergence.diverged()) m_divergedRate = m_state.live.learningRate;
  if (m_state.step < m_askAgainStep) return Next::kGoOn;
  const ReplicaGroup::FirstNonFinite cause =
      m_replicas->findFirstNonFinite(m_data.train, batch, sum.loss, optimiserSettings());
  alert(cause.what, m_state.step);
  judgeStateGoneBackTo();
  const NonFiniteAnswer answer =
      m_control.waitForNonFiniteAnswer({m_state.step, cause.layer, cause.what});
  switch (answer) {
    case NonFiniteAnswer::kStop:
      m_stoppedNonFinite = true;
      m_state.diverged = 1;
      return Next::kStop;
    case NonFiniteAnswer::kGoBack:
      return Next::kGoBack;
    case NonFiniteAnswer::kGoOn:
      m_askAgainStep = m_state.step + kStepsBeforeAskingAgain;
      return Next::kGoOn;
    case NonFiniteAnswer::kLowerRate:
      static_cast<void>(
          m_control.set(&LiveHyperParameters::learningRate, m_control.live().learningRate / 10));
      return Next::kGoOn;
  }
  return Next::kGoOn;
}

void TrainingLoop::alert(const eventio::Message& what, std::int64_t step) {
  m_recorder.alert(AlertAbout::kTraining, what, step);
  m_lastAlert = what;
  m_lastAlertStep = step;
}

void TrainingLoop::watchDivergence(double loss) {
  const bool before = m_divergence.diverged();
  m_divergence.add(loss);
  m_state.lossHistory = m_divergence.history();
  m_state.diverged = m_divergence.diverged() ? 1 : 0;
  if (m_divergence.diverged() == before) return;
  const DivergenceReport report{m_state.step - 1, m_divergence.smoothedLoss(),
                                m_divergence.history().best};
  const bool diverged = m_divergence.diverged();
  if (diverged) {
    alert({"diverged: the smoothed loss, %1, is %2 times its best, %3", figure(report.loss, 4),
           figure(report.loss / report.bestLoss, 3), figure(report.bestLoss, 4)},
          report.step);
    m_divergedRate = m_state.live.learningRate;
    judgeStateGoneBackTo();
  }
  m_control.update([&](TrainerStatus& status) {
    status.divergence = diverged ? std::optional(report) : std::nullopt;
  });
}

void TrainingLoop::judgeStateGoneBackTo() {
  // The state at step 0 comes from the seed.
  if (!m_trial.isSpoilt(m_state.step) || m_trial.step() == 0) return;
  m_recorder.alert(
      AlertAbout::kTraining,
      {"The state of step %1 is spoilt: the run went back to it and met the same again",
       m_trial.step()},
      m_state.step);
  m_saver.markDiverged(m_trial.step());
}

std::int64_t TrainingLoop::skippedInEpoch() const noexcept {
  const std::int64_t met = std::min(m_state.batch * m_config.batchSize, m_data.train.count);
  // Rounded up: the epoch's last batch may be a smaller one.
  return (met - m_state.samples + m_config.batchSize - 1) / m_config.batchSize;
}

eventio::Message TrainingLoop::leftOutText(std::int64_t skipped) const {
  const std::int64_t epoch = m_state.epoch + 1;
  if (m_state.phase == Phase::kTraining) {
    return {
        "%1 of %2 batches of training epoch %3 were left out: loss or gradients were not finite",
        skipped, m_state.batch, epoch};
  }
  return {
      "%1 of %2 batches of fine-tuning epoch %3 were left out: loss or gradients were not finite",
      skipped, m_state.batch, epoch};
}

bool TrainingLoop::judgeSkipped() {
  const std::int64_t skipped = skippedInEpoch();
  if (skipped == 0) return false;
  const eventio::Message text = leftOutText(skipped);
  const bool tooMany =
      static_cast<double>(skipped) > kMaxSkippedShare * static_cast<double>(m_state.batch);
  if (tooMany) m_divergedWhy = text;
  const eventio::Message alert = tooMany ? eventio::Message("diverged: %1", text) : text;
  m_recorder.alert(AlertAbout::kTraining, alert, m_state.step - 1);
  return tooMany;
}

Result<TrainingState> TrainingLoop::stateAt(std::int64_t step) const {
  Result<TrainingState> saved = m_saver.load(step);
  if (saved || step != 0 || saved.error().code != ErrorCode::kNotFound) return saved;
  return initialState();
}

void TrainingLoop::goBack(const TrainerControl::GoBackRequest& request) {
  Result<TrainingState> saved = stateAt(request.step);
  const Result<void> usable = saved ? checkPosition(*saved) : tl::unexpected(saved.error());
  if (!usable) {
    m_recorder.alert(AlertAbout::kFiles,
                     {"Cannot go back to step %1: %2", request.step, usable.error().message},
                     m_state.step);
    return;
  }
  takeMissingFromSettings(saved->live);
  const std::int64_t from = m_state.step;
  // Going back to where fine-tuning begins changes the rate of fine-tuning.
  if (isBeforeFineTuning(*saved)) beginFineTuning(*saved);
  saved->bestMetric = m_state.bestMetric;
  saved->bestLoss = m_state.bestLoss;
  saved->live.histogramInterval = m_control.live().histogramInterval;
  const double rate = saved->live.learningRate;
  double before = m_trial.limited(rate, saved->phase);
  if (request.learningRateFactor < 1 && saved->phase == m_state.phase) {
    before = std::min(before, m_state.live.learningRate);
  }
  saved->live.learningRate = before * request.learningRateFactor;
  // The replicas use parameters and buffers in place: they keep their memory.
  std::copy(saved->parameters.begin(), saved->parameters.end(), m_state.parameters.begin());
  std::copy(saved->buffers.begin(), saved->buffers.end(), m_state.buffers.begin());
  saved->parameters = std::move(m_state.parameters);
  saved->buffers = std::move(m_state.buffers);
  m_state = std::move(*saved);
  m_control.adopt(m_state.live);
  m_divergence = DivergenceMonitor(m_state.lossHistory, m_state.diverged != 0);
  m_askAgainStep = 0;
  m_stepFinite = true;
  std::erase_if(m_skippedSteps, [this](std::int64_t step) { return step >= m_state.step; });
  if (request.learningRateFactor < 1) {
    m_trial.begin(m_state.step, m_state.phase, m_state.live.learningRate,
                  m_state.validationMetric >= 0);
  } else {
    m_trial.end();
  }
  m_histogramStep = m_state.step - 1;

  // Saved before the log is cut: a crash in between leaves a log that reaches past the model, which
  // continuing cuts again.
  m_saver.dropAfter(m_state.step);
  m_saved = false;
  save(ModelSaver::IfLogFails::kSaveState);
  m_recorder.wentBack({.from = from,
                       .to = m_state.step,
                       .phase = m_state.phase,
                       .epochsDone = m_state.epoch,
                       .why = std::exchange(m_lastAlert, {}),
                       .whyStep = m_lastAlertStep});
  recordChange(&LiveHyperParameters::learningRate, rate, m_state.live.learningRate);
  m_control.update([](TrainerStatus& status) { status.divergence.reset(); });
  publishPosition(m_state.epoch + 1);
}

}  // namespace training
