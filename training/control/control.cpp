// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/control/control.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "training/settings/hyper_parameters.h"
#include "training/settings/setting.h"

namespace training {
namespace {

/// What going back from a non-finite value does to the learning rate.
constexpr double kGoBackRateFactor = 0.1;

ChangeAnswer rejected(eventio::Message reason) {
  return {ChangeAnswer::Kind::kRejected, std::move(reason)};
}

/// Puts the value in its place, or says why it cannot be.
ChangeAnswer apply(HyperParameter parameter, double value, LiveHyperParameters& live) {
  eventio::Message problem = hyperParameterProblem(parameter, value);
  if (!problem.empty()) return rejected(std::move(problem));
  setValue(live, parameter, value);
  return {};
}

}  // namespace

void TrainerControl::pause() {
  const std::lock_guard lock(m_mutex);
  m_pause = true;
  m_stepsAllowed = 0;
  m_attention.store(true, std::memory_order_release);
}

void TrainerControl::resume() {
  const std::lock_guard lock(m_mutex);
  m_pause = false;
  m_stepsAllowed = 0;
  m_attention.store(true, std::memory_order_release);
  m_wake.notify_all();
}

void TrainerControl::stepOnce() {
  const std::lock_guard lock(m_mutex);
  if (m_pause) ++m_stepsAllowed;
  m_pause = true;
  m_attention.store(true, std::memory_order_release);
  m_wake.notify_all();
}

void TrainerControl::stopNow() {
  const std::lock_guard lock(m_mutex);
  m_stopNow.store(true, std::memory_order_release);
  m_attention.store(true, std::memory_order_release);
  m_version.fetch_add(1, std::memory_order_release);  // stopRequested() is another now
  m_wake.notify_all();
}

void TrainerControl::stopAfterEpoch() {
  const std::lock_guard lock(m_mutex);
  m_stopAfterEpoch = true;
}

void TrainerControl::cancelStopAfterEpoch() {
  const std::lock_guard lock(m_mutex);
  m_stopAfterEpoch = false;
}

bool TrainerControl::stopAfterEpochPending() const {
  const std::lock_guard lock(m_mutex);
  return m_stopAfterEpoch;
}

bool TrainerControl::stopsAtEpochEnd() const {
  return stopAfterEpochPending();
}

ChangeAnswer TrainerControl::set(HyperParameter parameter, double value) {
  ChangeAnswer answer;
  {
    const std::lock_guard lock(m_mutex);
    answer = apply(parameter, value, m_live);
    if (answer.kind != ChangeAnswer::Kind::kApplied) return answer;
    m_status.live = m_live;
    m_attention.store(true, std::memory_order_release);
  }
  m_version.fetch_add(1, std::memory_order_release);
  return answer;
}

ChangeAnswer TrainerControl::setRestartOnly(const std::string& name) {
  const Setting* setting = findSetting(name);
  if (setting == nullptr) return rejected({"There is no setting '%1'", name});
  if (setting->live) return rejected({"'%1' changes while training runs", name});
  return {ChangeAnswer::Kind::kNeedsRestart, eventio::Message::ofTable(setting->restartReason)};
}

void TrainerControl::answerNonFinite(NonFiniteAnswer answer) {
  const std::lock_guard lock(m_mutex);
  if (m_status.state != TrainerState::kNonFinite) return;
  if (answer == NonFiniteAnswer::kGoBack) {
    if (!m_status.goBackStep) return;
    m_goBack = GoBackRequest{*m_status.goBackStep, kGoBackRateFactor};
  }
  m_answer = answer;
  m_wake.notify_all();
}

ChangeAnswer TrainerControl::goBack(std::int64_t step, double learningRateFactor) {
  const std::lock_guard lock(m_mutex);
  const bool running =
      m_status.state == TrainerState::kTraining || m_status.state == TrainerState::kEvaluating ||
      m_status.state == TrainerState::kPaused || m_status.state == TrainerState::kNonFinite;
  if (!running) return rejected({"Nothing is being trained"});
  if (!std::isfinite(learningRateFactor) || learningRateFactor <= 0) {
    return rejected({"The factor must be a number above 0"});
  }
  const bool saved = std::any_of(m_status.savedStates.begin(), m_status.savedStates.end(),
                                 [step](const SavedState& state) { return state.step == step; });
  if (!saved) return rejected({"No model was saved at step %1", step});
  m_goBack = GoBackRequest{step, learningRateFactor};
  m_attention.store(true, std::memory_order_release);
  m_wake.notify_all();
  return {};
}

bool TrainerControl::pauseRequested() const {
  const std::lock_guard lock(m_mutex);
  return m_pause;
}

bool TrainerControl::goBackRequested() const {
  const std::lock_guard lock(m_mutex);
  return m_goBack.has_value();
}

std::optional<TrainerControl::GoBackRequest> TrainerControl::takeGoBackRequest() {
  const std::lock_guard lock(m_mutex);
  return std::exchange(m_goBack, std::nullopt);
}

TrainerStatus TrainerControl::status() const {
  const std::lock_guard lock(m_mutex);
  return m_status;
}

LiveHyperParameters TrainerControl::live() const {
  const std::lock_guard lock(m_mutex);
  return m_live;
}

TrainerControl::BeforeStep TrainerControl::beforeStep() {
  if (!m_attention.load(std::memory_order_acquire)) return {Order::kGoOn, m_loopLive};
  std::unique_lock lock(m_mutex);
  const TrainerState before = m_status.state;
  const auto mayGoOn = [this] {
    return m_stopNow.load(std::memory_order_relaxed) || m_goBack || !m_pause || m_stepsAllowed > 0;
  };
  if (!mayGoOn()) {
    m_status.state = TrainerState::kPaused;
    m_version.fetch_add(1, std::memory_order_release);
    m_wake.wait(lock, mayGoOn);
    m_status.state = before;
    m_version.fetch_add(1, std::memory_order_release);
  }
  m_loopLive = m_live;
  m_status.applied = m_live;
  if (m_stopNow.load(std::memory_order_relaxed)) return {Order::kStop, m_loopLive};
  if (m_goBack) return {Order::kGoBack, m_loopLive};
  if (m_stepsAllowed > 0) --m_stepsAllowed;
  m_attention.store(m_pause, std::memory_order_release);
  return {Order::kGoOn, m_loopLive};
}

NonFiniteAnswer TrainerControl::waitForNonFiniteAnswer(NonFiniteReport report) {
  std::unique_lock lock(m_mutex);
  const TrainerState before = m_status.state;
  m_answer.reset();
  m_status.state = TrainerState::kNonFinite;
  m_status.nonFinite = std::move(report);
  m_version.fetch_add(1, std::memory_order_release);
  m_wake.wait(lock, [this] {
    return m_stopNow.load(std::memory_order_relaxed) || m_answer.has_value() || m_goBack;
  });
  const NonFiniteAnswer answer = m_stopNow.load(std::memory_order_relaxed) ? NonFiniteAnswer::kStop
                                 : m_goBack ? NonFiniteAnswer::kGoBack
                                            : *m_answer;
  m_status.state = before;
  m_status.nonFinite.reset();
  m_version.fetch_add(1, std::memory_order_release);
  return answer;
}

void TrainerControl::begin(const LiveHyperParameters& live) {
  {
    const std::lock_guard lock(m_mutex);
    m_pause = false;
    m_stopAfterEpoch = false;
    m_stepsAllowed = 0;
    m_stopNow.store(false, std::memory_order_release);
    m_answer.reset();
    m_finishedEpochs.clear();
    m_goBack.reset();
    m_live = live;
    m_status = {};
    m_status.state = TrainerState::kPreparing;
    m_status.live = live;
    m_status.applied = live;
    m_attention.store(true, std::memory_order_release);
  }
  m_version.fetch_add(1, std::memory_order_release);
}

std::vector<EpochRecord> TrainerControl::takeFinishedEpochs() {
  const std::lock_guard lock(m_mutex);
  std::vector<EpochRecord> epochs(m_finishedEpochs.begin(), m_finishedEpochs.end());
  m_finishedEpochs.clear();
  return epochs;
}

void TrainerControl::publishEpoch(const EpochRecord& epoch) {
  {
    const std::lock_guard lock(m_mutex);
    if (m_finishedEpochs.size() == kMaxFinishedEpochs) m_finishedEpochs.pop_front();
    m_finishedEpochs.push_back(epoch);
  }
  m_version.fetch_add(1, std::memory_order_release);
}

void TrainerControl::adopt(const LiveHyperParameters& live) {
  {
    const std::lock_guard lock(m_mutex);
    m_live = live;
    m_status.live = live;
    m_status.applied = live;
    m_attention.store(true, std::memory_order_release);
  }
  m_version.fetch_add(1, std::memory_order_release);
}

}  // namespace training
