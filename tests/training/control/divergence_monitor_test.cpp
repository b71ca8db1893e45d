// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/control/divergence_monitor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace {

using training::DivergenceMonitor;

/// Losses as of a classifier of ten classes that learns: from ln 10 down to `end`.
DivergenceMonitor learned(double end) {
  DivergenceMonitor monitor;
  for (int i = 0; i < 500; ++i) monitor.add(end + (std::log(10) - end) * std::exp(-i / 30.0));
  return monitor;
}

void add(DivergenceMonitor& monitor, double loss, int times) {
  for (int i = 0; i < times; ++i) monitor.add(loss);
}

TEST(DivergenceMonitor, SmoothsAsTheChartsDo) {
  // s = 0.95, losses 1, 0.5, 0: (0.95^2 * 1 + 0.95 * 0.5) * 0.05 / (1 - 0.95^3).
  DivergenceMonitor monitor;
  EXPECT_EQ(monitor.smoothedLoss(), 0);
  for (const double loss : {1.0, 0.5, 0.0}) monitor.add(loss);
  EXPECT_NEAR(monitor.smoothedLoss(), (0.9025 + 0.475) * 0.05 / (1 - 0.857375), 1e-12);
}

TEST(DivergenceMonitor, SeesAModelThatFellBackToChance) {
  DivergenceMonitor monitor = learned(0.3);
  EXPECT_FALSE(monitor.diverged());
  add(monitor, std::log(10), 100);  // dead units: every class is as likely
  EXPECT_TRUE(monitor.diverged());
  EXPECT_NEAR(monitor.history().best, 0.3, 0.01);
}

TEST(DivergenceMonitor, SeesAnExplosionAtOnce) {
  DivergenceMonitor monitor = learned(0.3);
  monitor.add(1e5);
  EXPECT_TRUE(monitor.diverged());
}

TEST(DivergenceMonitor, SeesARunThatExplodesInItsFirstSteps) {
  DivergenceMonitor monitor;
  for (const double loss : {2.3, 246.0, 2.8e9, 1.3e17, 5.8e12}) monitor.add(loss);
  add(monitor, 150, 30);
  EXPECT_TRUE(monitor.diverged());
}

TEST(DivergenceMonitor, SeesAnExplosionOfARunOfAFewSteps) {
  DivergenceMonitor monitor;
  for (const double loss : {2.3, 246.0, 2.8e9, 1.3e17}) monitor.add(loss);
  EXPECT_TRUE(monitor.diverged());
  EXPECT_EQ(monitor.history().best, 2.3);
  // Saved and continued it is judged alike, and may recover.
  DivergenceMonitor continued(monitor.history(), monitor.diverged());
  EXPECT_TRUE(continued.diverged());
  add(continued, 2.31, 1000);  // dead units: every class is as likely
  EXPECT_TRUE(continued.diverged());
  EXPECT_EQ(continued.history().best, 2.3);
  add(continued, 1, 1000);
  EXPECT_FALSE(continued.diverged());
}

TEST(DivergenceMonitor, ALossThatRisesAFewTimesAtFirstHasNotExploded) {
  DivergenceMonitor monitor;  // of batch norm with a high rate: it falls again
  for (const double loss : {2.4, 9.0, 15.0, 12.0, 7.0, 4.0, 3.0}) monitor.add(loss);
  EXPECT_FALSE(monitor.diverged());
}

TEST(DivergenceMonitor, AFirstBatchThatIsEasyIsNoMeasure) {
  DivergenceMonitor monitor;  // of a trained model
  monitor.add(0.02);
  add(monitor, 0.12, 100);
  EXPECT_FALSE(monitor.diverged());
}

TEST(DivergenceMonitor, NoiseOfASmallLossIsNoDivergence) {
  DivergenceMonitor monitor = learned(0.01);
  add(monitor, 0.08, 100);  // eight times the best, and still a good model
  EXPECT_FALSE(monitor.diverged());
  monitor.add(5);  // one hard batch
  EXPECT_FALSE(monitor.diverged());
}

TEST(DivergenceMonitor, ALossThatNeverFellHasNotDiverged) {
  DivergenceMonitor monitor;
  add(monitor, std::log(10), 1000);
  EXPECT_FALSE(monitor.diverged());
}

TEST(DivergenceMonitor, RecoversWhenTheLossIsLowAgain) {
  DivergenceMonitor monitor = learned(0.3);
  add(monitor, std::log(10), 100);
  add(monitor, 0.5, 15);
  EXPECT_TRUE(monitor.diverged());  // not below half of the untrained loss yet
  add(monitor, 0.5, 100);
  EXPECT_FALSE(monitor.diverged());
}

TEST(DivergenceMonitor, PassesOverWhatIsNotFinite) {
  DivergenceMonitor monitor = learned(0.3);
  const double before = monitor.smoothedLoss();
  monitor.add(std::numeric_limits<double>::quiet_NaN());
  monitor.add(std::numeric_limits<double>::infinity());
  EXPECT_EQ(monitor.smoothedLoss(), before);
}

TEST(DivergenceMonitor, GoesOnFromItsHistory) {
  DivergenceMonitor whole = learned(0.3);
  DivergenceMonitor continued(whole.history(), whole.diverged());
  for (int i = 0; i < 50; ++i) {
    whole.add(0.3 + i * 0.05);
    continued.add(0.3 + i * 0.05);
    EXPECT_NEAR(continued.smoothedLoss(), whole.smoothedLoss(), 1e-12);
    EXPECT_EQ(continued.diverged(), whole.diverged());
  }
}

}  // namespace
