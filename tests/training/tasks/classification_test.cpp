// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/tasks/classification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "training/tasks/tasks.h"

namespace {

using namespace training;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

TaskSums lossOf(std::span<const float> outputs, std::size_t width, const SampleTargets& targets,
                std::span<const std::uint32_t> samples, float* gradient = nullptr, float scale = 1,
                const TaskSettings& settings = {}) {
  return classification().loss({outputs, width, targets, samples}, gradient, scale, settings);
}

TEST(Classification, IsTheFormula) {
  const std::array<float, 6> logits = {1, 2, 3, 0.5F, -1, 0};
  const SampleTargets labels = std::vector<std::int64_t>{0, 1, 2};
  const std::array<std::uint32_t, 2> samples = {2, 1};  // of the labels 2 and 1
  std::array<float, 6> gradient{};
  const TaskSums sum = lossOf(logits, 3, labels, samples, gradient.data(), 0.5F);
  double expected = 0;
  for (std::size_t row = 0; row < 2; ++row) {
    const std::size_t label = row == 0 ? 2 : 1;
    double total = 0;
    for (std::size_t i = 0; i < 3; ++i) total += std::exp(logits[row * 3 + i]);
    expected += std::log(total) - logits[row * 3 + label];
    for (std::size_t i = 0; i < 3; ++i) {
      const double slope = std::exp(logits[row * 3 + i]) / total - (i == label ? 1 : 0);
      EXPECT_NEAR(gradient[row * 3 + i], slope / 2, 1e-6);
    }
  }
  EXPECT_NEAR(sum.loss, expected, 1e-6);
  EXPECT_EQ(classification().metricValues(sum, 2)[0], 0.5);  // the first row alone is right
}

TEST(Classification, StandsLargeLogitsAndPassesOnNaN) {
  const SampleTargets label = std::vector<std::int64_t>{0};
  const std::array<std::uint32_t, 1> sample = {0};
  const std::array<float, 2> large = {1000, 0};
  EXPECT_NEAR(lossOf(large, 2, label, sample).loss, 0, 1e-6);
  const std::array<float, 2> broken = {kNaN, 0};
  EXPECT_TRUE(std::isnan(lossOf(broken, 2, label, sample).loss));
}

TEST(Classification, TakesMoreClassesThanAByteCounts) {
  std::vector<float> logits(1000, 0);
  logits[700] = 1;
  const SampleTargets label = std::vector<std::int64_t>{700};
  const std::array<std::uint32_t, 1> sample = {0};
  const TaskSums sum = lossOf(logits, 1000, label, sample);
  EXPECT_NEAR(sum.loss, std::log(999 + std::exp(1.0)) - 1, 1e-4);
  EXPECT_EQ(sum.metrics[0], 1);
}

TEST(Classification, RefusesDataWithoutClasses) {
  DataDescription data;
  data.path = "/data/prices.csv";
  const auto outputs = classification().outputs(data);
  ASSERT_FALSE(outputs);
  EXPECT_THAT(outputs.error().message.english(),
              testing::AllOf(testing::HasSubstr("prices.csv"), testing::HasSubstr("regression")));
  data.classes = 26;
  EXPECT_EQ(classification().outputs(data).value(), 26);
  data.classes = 4;
  EXPECT_EQ(classification().outputs(data).value(), 4);
  data.format = "idx";  // of digits or garments, of which a small set lacks some
  EXPECT_EQ(classification().outputs(data).value(), 10);
}

TEST(Tasks, HaveNamesOfTheirOwnAndAtMostAsManyMetricsAsThereIsRoomFor) {
  for (const Task* task : tasks()) {
    EXPECT_EQ(findTask(task->name()), task);
    EXPECT_GE(task->metrics().size(), 1U);
    EXPECT_LE(task->metrics().size(), kMaxMetrics);
  }
  EXPECT_EQ(findTask("pray"), nullptr);
}

TEST(Metric, IsBetterByItsDirection) {
  const Metric accuracy{"accuracy", "", "", "", true, true};
  const Metric error{"rmse", "", "", "", false, false};
  EXPECT_TRUE(isBetter(accuracy, 0.9, 0.8));
  EXPECT_FALSE(isBetter(accuracy, 0.8, 0.8));
  EXPECT_TRUE(isBetter(error, 1, 2));
  EXPECT_FALSE(isBetter(error, 2, 1));
  EXPECT_TRUE(isBetter(error, 2, -1));
  EXPECT_FALSE(isBetter(error, static_cast<double>(kNaN), -1));
  EXPECT_EQ(metricText(accuracy, 0.89), "0.8900");
  EXPECT_EQ(metricText(error, 9.8031), "9.803");
}

}  // namespace
