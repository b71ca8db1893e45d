// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/tasks/regression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace {

using namespace training;

TEST(Regression, IsTheFormula) {
  const SampleTargets targets = std::vector<float>{10, 20, 30};
  const std::array<std::uint32_t, 3> samples = {2, 0, 1};
  const std::array<float, 3> outputs = {33, 8, 20.5F};  // errors 3, -2, 0.5
  std::array<float, 3> gradient{};
  TaskSettings settings;
  settings.tolerance = 2;
  const TaskSums sums =
      regression().loss({outputs, 1, targets, samples}, gradient.data(), 0.25F, settings);
  EXPECT_DOUBLE_EQ(sums.loss, 9 + 4 + 0.25);
  EXPECT_THAT(gradient, testing::ElementsAre(1.5F, -1, 0.25F));
  const MetricValues metrics = regression().metricValues(sums, 3);
  EXPECT_DOUBLE_EQ(metrics[0], std::sqrt(13.25 / 3));
  EXPECT_DOUBLE_EQ(metrics[1], 5.5 / 3);
  EXPECT_DOUBLE_EQ(metrics[2], 2.0 / 3);
}

TEST(Regression, RefusesDataWithClasses) {
  DataDescription data;
  EXPECT_EQ(regression().outputs(data).value(), 1);
  data.classes = 10;
  data.path = "/data/digits";
  EXPECT_THAT(regression().outputs(data).error().message.english(),
              testing::HasSubstr("classification"));
}

}  // namespace
