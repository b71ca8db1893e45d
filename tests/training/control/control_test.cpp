// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/control/control.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <thread>

namespace {

using namespace training;
using Order = TrainerControl::Order;

/// A loop that only counts its steps.
class CountingLoop {
 public:
  CountingLoop() { m_control.begin({}); }
  ~CountingLoop() {
    m_control.stopNow();
    if (m_thread.joinable()) m_thread.join();
  }
  void run() {
    m_control.update([](TrainerStatus& status) { status.state = TrainerState::kTraining; });
    m_thread = std::thread([this] {
      while (m_control.beforeStep().order == Order::kGoOn) ++m_steps;
      m_ended = true;
    });
  }
  TrainerControl& control() { return m_control; }
  std::int64_t steps() const { return m_steps; }
  bool ended() const { return m_ended; }
  TrainerState state() const { return m_control.status().state; }

 private:
  TrainerControl m_control;
  std::atomic<std::int64_t> m_steps{0};
  std::atomic<bool> m_ended{false};
  std::thread m_thread;
};

template <class Condition>
bool comesTrue(const Condition& condition) {
  for (int i = 0; i < 5000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

TEST(TrainerControl, PausesAndResumes) {
  CountingLoop loop;
  loop.run();
  ASSERT_TRUE(comesTrue([&] { return loop.steps() > 10; }));
  loop.control().pause();
  ASSERT_TRUE(comesTrue([&] { return loop.state() == TrainerState::kPaused; }));
  const std::int64_t steps = loop.steps();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(loop.steps(), steps);
  loop.control().resume();
  EXPECT_TRUE(comesTrue([&] { return loop.steps() > steps + 10; }));
  EXPECT_EQ(loop.state(), TrainerState::kTraining);
}

TEST(TrainerControl, OneStepIsExactlyOne) {
  CountingLoop loop;
  loop.control().pause();
  loop.run();
  ASSERT_TRUE(comesTrue([&] { return loop.state() == TrainerState::kPaused; }));
  EXPECT_EQ(loop.steps(), 0);
  for (std::int64_t step = 1; step <= 5; ++step) {
    loop.control().stepOnce();
    ASSERT_TRUE(comesTrue([&] { return loop.steps() == step; }));
    ASSERT_TRUE(comesTrue([&] { return loop.state() == TrainerState::kPaused; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(loop.steps(), step);
  }
}

TEST(TrainerControl, OneStepFromRunningPauses) {
  CountingLoop loop;
  loop.run();
  ASSERT_TRUE(comesTrue([&] { return loop.steps() > 10; }));
  loop.control().stepOnce();
  EXPECT_TRUE(comesTrue([&] { return loop.state() == TrainerState::kPaused; }));
}

TEST(TrainerControl, StopWakesAPausedLoop) {
  CountingLoop loop;
  loop.control().pause();
  loop.run();
  ASSERT_TRUE(comesTrue([&] { return loop.state() == TrainerState::kPaused; }));
  loop.control().stopNow();
  EXPECT_TRUE(comesTrue([&] { return loop.ended(); }));
  EXPECT_EQ(loop.steps(), 0);
  EXPECT_TRUE(loop.control().stopRequested());
}

TEST(TrainerControl, AnOrderGivenBeforeTheFirstStepHolds) {
  TrainerControl control;
  control.begin({});
  control.stopNow();
  EXPECT_EQ(control.beforeStep().order, Order::kStop);
  control.begin({});
  EXPECT_EQ(control.beforeStep().order, Order::kGoOn);
}

TEST(TrainerControl, StopAfterEpochCanBeTakenBack) {
  TrainerControl control;
  control.begin({});
  EXPECT_FALSE(control.stopsAtEpochEnd());
  control.stopAfterEpoch();
  EXPECT_TRUE(control.stopAfterEpochPending());
  EXPECT_TRUE(control.stopsAtEpochEnd());
  EXPECT_EQ(control.beforeStep().order, Order::kGoOn);
  control.cancelStopAfterEpoch();
  EXPECT_FALSE(control.stopsAtEpochEnd());
}

TEST(TrainerControl, AChangeReachesTheNextStep) {
  TrainerControl control;
  control.begin({0.01, 0.9, 0, 100});
  EXPECT_EQ(control.beforeStep().live.learningRate, 0.01);
  const std::uint64_t version = control.version();
  EXPECT_EQ(control.set(&LiveHyperParameters::learningRate, 0.5).kind,
            ChangeAnswer::Kind::kApplied);
  EXPECT_EQ(control.set(&LiveHyperParameters::momentum, 0).kind, ChangeAnswer::Kind::kApplied);
  EXPECT_EQ(control.set(&LiveHyperParameters::weightDecay, 0.1).kind, ChangeAnswer::Kind::kApplied);
  EXPECT_EQ(control.set(&LiveHyperParameters::histogramInterval, 7).kind,
            ChangeAnswer::Kind::kApplied);
  EXPECT_EQ(control.set(&LiveHyperParameters::beta1, 0).kind, ChangeAnswer::Kind::kApplied);
  EXPECT_EQ(control.set(&LiveHyperParameters::beta2, 0.99).kind, ChangeAnswer::Kind::kApplied);
  EXPECT_GT(control.version(), version);
  const LiveHyperParameters expected{0.5, 0, 0.1, 7, 0, 0.99};
  EXPECT_EQ(control.beforeStep().live, expected);
  EXPECT_EQ(control.beforeStep().live, expected);
  EXPECT_EQ(control.live(), expected);
  EXPECT_EQ(control.status().live, expected);
}

TEST(TrainerControl, RefusesValuesThatCannotBe) {
  TrainerControl control;
  control.begin({});
  const auto refused = [&control](HyperParameter parameter, double value) {
    const ChangeAnswer answer = control.set(parameter, value);
    return answer.kind == ChangeAnswer::Kind::kRejected && !answer.reason.empty();
  };
  EXPECT_TRUE(refused(&LiveHyperParameters::learningRate, 0));
  EXPECT_TRUE(refused(&LiveHyperParameters::learningRate, std::nan("")));
  EXPECT_TRUE(refused(&LiveHyperParameters::learningRate, INFINITY));
  EXPECT_TRUE(refused(&LiveHyperParameters::learningRate, 1e300));
  EXPECT_TRUE(refused(&LiveHyperParameters::learningRate, 1e-300));
  EXPECT_TRUE(refused(&LiveHyperParameters::weightDecay, 1e300));
  EXPECT_TRUE(refused(&LiveHyperParameters::momentum, 0.999999999999));  // 1 as a float
  EXPECT_TRUE(refused(&LiveHyperParameters::momentum, 1));
  EXPECT_TRUE(refused(&LiveHyperParameters::momentum, -0.1));
  EXPECT_TRUE(refused(&LiveHyperParameters::beta1, 1));
  EXPECT_TRUE(refused(&LiveHyperParameters::beta1, -0.1));
  EXPECT_TRUE(refused(&LiveHyperParameters::beta2, 1));
  EXPECT_TRUE(refused(&LiveHyperParameters::beta2, std::nan("")));
  EXPECT_TRUE(refused(&LiveHyperParameters::weightDecay, -1));
  EXPECT_TRUE(refused(&LiveHyperParameters::histogramInterval, 1.5));
  EXPECT_TRUE(refused(&LiveHyperParameters::histogramInterval, -1));
  EXPECT_EQ(control.live(), LiveHyperParameters{});
}

TEST(TrainerControl, WhatIsNotLiveNeedsARestart) {
  for (const char* field : {"batchSize", "device"}) {
    const ChangeAnswer answer = TrainerControl::setRestartOnly(field);
    EXPECT_EQ(answer.kind, ChangeAnswer::Kind::kNeedsRestart) << field;
    EXPECT_FALSE(answer.reason.empty());
  }
  EXPECT_EQ(TrainerControl::setRestartOnly("colour").kind, ChangeAnswer::Kind::kRejected);
}

TEST(TrainerControl, WaitsForTheAnswerToANonFiniteValue) {
  TrainerControl control;
  control.begin({});
  control.answerNonFinite(NonFiniteAnswer::kLowerRate);  // nothing was asked: must not count
  NonFiniteAnswer answer = NonFiniteAnswer::kStop;
  std::thread loop([&] { answer = control.waitForNonFiniteAnswer({12, "fc1", {"NaN"}}); });
  const bool asked = comesTrue([&] { return control.status().state == TrainerState::kNonFinite; });
  const TrainerStatus status = control.status();
  control.answerNonFinite(NonFiniteAnswer::kGoOn);
  loop.join();
  ASSERT_TRUE(asked);
  ASSERT_TRUE(status.nonFinite.has_value());
  EXPECT_EQ(status.nonFinite->step, 12);
  EXPECT_EQ(status.nonFinite->layer, "fc1");
  EXPECT_EQ(answer, NonFiniteAnswer::kGoOn);
  EXPECT_FALSE(control.status().nonFinite.has_value());
}

TEST(TrainerControl, StopAnswersANonFiniteValue) {
  TrainerControl control;
  control.begin({});
  control.stopNow();
  EXPECT_EQ(control.waitForNonFiniteAnswer({}), NonFiniteAnswer::kStop);
}

TEST(TrainerControl, HandsOutFinishedEpochsOnceAndBounded) {
  TrainerControl control;
  control.begin({});
  const std::uint64_t before = control.version();
  const auto published = static_cast<std::int64_t>(TrainerControl::kMaxFinishedEpochs) + 5;
  for (std::int64_t i = 0; i < published; ++i) {
    EpochRecord record;
    record.epoch = i;
    control.publishEpoch(record);
  }
  EXPECT_GT(control.version(), before);
  const std::vector<EpochRecord> taken = control.takeFinishedEpochs();
  ASSERT_EQ(taken.size(), TrainerControl::kMaxFinishedEpochs);
  EXPECT_EQ(taken.front().epoch, 5);
  EXPECT_EQ(taken.back().epoch, published - 1);
  EXPECT_TRUE(control.takeFinishedEpochs().empty());
}

TEST(TrainerControl, GoesBackOnlyToASavedState) {
  TrainerControl control;
  control.begin({});
  EXPECT_EQ(control.goBack(0, 0.1).kind, ChangeAnswer::Kind::kRejected);
  control.update([](TrainerStatus& status) {
    status.state = TrainerState::kTraining;
    status.savedStates = {{SavedState::Kind::kBest, 40}};
  });
  EXPECT_EQ(control.goBack(41, 0.1).kind, ChangeAnswer::Kind::kRejected);
  EXPECT_EQ(control.goBack(40, 0).kind, ChangeAnswer::Kind::kRejected);
  EXPECT_EQ(control.goBack(40, 0.5).kind, ChangeAnswer::Kind::kApplied);
  EXPECT_EQ(control.beforeStep().order, Order::kGoBack);
  const auto request = control.takeGoBackRequest();
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->step, 40);
  EXPECT_EQ(request->learningRateFactor, 0.5);
  EXPECT_EQ(control.beforeStep().order, Order::kGoOn);
}

TEST(TrainerControl, GoingBackWakesAPausedLoopAndLeavesItPaused) {
  TrainerControl control;
  control.begin({});
  control.update([](TrainerStatus& status) {
    status.state = TrainerState::kTraining;
    status.savedStates = {{SavedState::Kind::kLast, 7}};
  });
  control.pause();
  Order order = Order::kGoOn;
  std::thread loop([&] { order = control.beforeStep().order; });
  const auto paused = [&] { return control.status().state == TrainerState::kPaused; };
  EXPECT_TRUE(comesTrue(paused));
  EXPECT_EQ(control.goBack(7, 1).kind, ChangeAnswer::Kind::kApplied);
  loop.join();
  EXPECT_EQ(order, Order::kGoBack);
  EXPECT_TRUE(control.takeGoBackRequest().has_value());
  std::thread again([&] { order = control.beforeStep().order; });
  EXPECT_TRUE(comesTrue(paused));
  control.stopNow();
  again.join();
  EXPECT_EQ(order, Order::kStop);
}

TEST(TrainerControl, GoingBackAnswersANonFiniteValue) {
  TrainerControl control;
  control.begin({});
  std::thread loop([&] {
    EXPECT_EQ(control.waitForNonFiniteAnswer({12, "fc1", {"NaN"}}), NonFiniteAnswer::kGoBack);
  });
  EXPECT_TRUE(comesTrue([&] { return control.status().state == TrainerState::kNonFinite; }));
  control.answerNonFinite(NonFiniteAnswer::kGoBack);  // there is no state to go back to
  EXPECT_EQ(control.status().state, TrainerState::kNonFinite);
  control.update([](TrainerStatus& status) { status.goBackStep = 5; });
  control.answerNonFinite(NonFiniteAnswer::kGoBack);
  loop.join();
  const auto request = control.takeGoBackRequest();
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->step, 5);
  EXPECT_EQ(request->learningRateFactor, 0.1);
}

TEST(TrainerControl, AChangeWhilePausedIsPendingUntilTheLoopAppliesIt) {
  CountingLoop loop;
  loop.run();
  loop.control().pause();
  ASSERT_TRUE(comesTrue([&] { return loop.state() == TrainerState::kPaused; }));
  ASSERT_EQ(loop.control().set(&LiveHyperParameters::learningRate, 0.5).kind,
            ChangeAnswer::Kind::kApplied);
  EXPECT_EQ(loop.control().status().live.learningRate, 0.5);
  EXPECT_EQ(loop.control().status().applied.learningRate, 0.01);
  loop.control().stepOnce();
  EXPECT_TRUE(comesTrue([&] { return loop.control().status().applied.learningRate == 0.5; }));
}

}  // namespace
