// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/data/scalar_series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace {

using eventio::ScalarPoint;
using eventio::ScalarSeries;
using eventio::ScalarView;
using eventio::ValueRange;
using testing::ElementsAre;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

ValueRange bruteForce(const std::vector<ScalarPoint>& points, std::size_t first, std::size_t last) {
  ValueRange range;
  for (std::size_t i = first; i < last; ++i) {
    const double value = points[i].value;
    if (!std::isfinite(value)) {
      range.nonFinite = true;
      continue;
    }
    const bool none = range.empty();
    range.min = none ? value : std::min(range.min, value);
    range.max = none ? value : std::max(range.max, value);
  }
  return range;
}

/// Random points: mostly floats, some non-finite, doubles from `firstDouble` on, steps that
/// restart.
std::vector<ScalarPoint> randomPoints(std::size_t count, std::size_t firstDouble, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<ScalarPoint> points;
  std::int64_t step = -3;
  double wall = 1.7e9;
  for (std::size_t i = 0; i < count; ++i) {
    step += static_cast<std::int64_t>(random() % 3);
    if (random() % 1000 == 0) step -= 500;
    wall += random() % 700 == 0 ? -100.0 : 0.25;
    double value = static_cast<float>(normal(random));
    if (i >= firstDouble) value = normal(random) * 1e300;
    const auto dice = random() % 300;
    if (dice == 0) value = kNan;
    if (dice == 1) value = -kInf;
    points.push_back({step, wall, value});
  }
  return points;
}

void expectSamePoints(const ScalarView& view, const std::vector<ScalarPoint>& points) {
  ASSERT_EQ(view.size(), points.size());
  std::vector<std::int64_t> steps(points.size());
  std::vector<double> walls(points.size());
  std::vector<double> values(points.size());
  view.copySteps(0, steps);
  view.copyWallTimes(0, walls);
  view.copyValues(0, values);
  for (std::size_t i = 0; i < points.size(); ++i) {
    ASSERT_EQ(steps[i], points[i].step) << i;
    ASSERT_EQ(walls[i], points[i].wallTime) << i;
    ASSERT_EQ(view.step(i), points[i].step) << i;
    ASSERT_EQ(view.wallTime(i), points[i].wallTime) << i;
    if (std::isnan(points[i].value)) {
      ASSERT_TRUE(std::isnan(values[i])) << i;
      ASSERT_TRUE(std::isnan(view.value(i))) << i;
    } else {
      ASSERT_EQ(values[i], points[i].value) << i;
      ASSERT_EQ(view.value(i), points[i].value) << i;
    }
  }
}

TEST(ScalarSeries, EmptyViewHoldsNothing) {
  const ScalarView none;
  EXPECT_TRUE(none.empty());
  EXPECT_TRUE(none.range(0, 10).empty());
  EXPECT_TRUE(none.stepSegments().empty());
  EXPECT_TRUE(ScalarSeries().view().empty());
  EXPECT_TRUE(ScalarSeries().view().wallSegments().empty());
}

TEST(ScalarSeries, KeepsEveryPointExactly) {
  for (const std::size_t firstDouble : {std::size_t{100000}, std::size_t{0}, std::size_t{5000}}) {
    const auto points = randomPoints(10000, firstDouble, 1);
    ScalarSeries single;
    for (const auto& point : points) single.append(point.step, point.wallTime, point.value);
    expectSamePoints(single.view(), points);

    ScalarSeries batched;
    std::size_t done = 0;
    for (std::size_t size = 1; done < points.size(); size = size * 3 + 1) {
      const std::size_t count = std::min(size, points.size() - done);
      batched.append(std::span(points).subspan(done, count));
      done += count;
    }
    expectSamePoints(batched.view(), points);
  }
}

TEST(ScalarSeries, KeepsExtremeValues) {
  ScalarSeries series;
  const std::vector<double> values = {0.0,
                                      -0.0,
                                      1e-45,
                                      std::numeric_limits<double>::max(),
                                      std::numeric_limits<double>::denorm_min(),
                                      0.1,
                                      static_cast<double>(0.1F),
                                      3.5e38};
  for (const double value : values) series.append(0, 0, value);
  const ScalarView view = series.view();
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(view.value(i), values[i]);
    EXPECT_EQ(std::signbit(view.value(i)), std::signbit(values[i]));
  }
}

TEST(ScalarSeries, RangeIsThatOfAllPointsInIt) {
  const std::size_t size = 3 * 4096 + 777;
  for (const std::size_t firstDouble : {size, std::size_t{6000}}) {
    const auto points = randomPoints(size, firstDouble, 7);
    ScalarSeries series;
    series.append(points);
    const ScalarView view = series.view();
    std::mt19937 random(3);
    for (int trial = 0; trial < 2000; ++trial) {
      std::size_t first = random() % (size + 1);
      std::size_t last = first + random() % (trial % 2 == 0 ? 40 : size + 1 - first);
      last = std::min(last, size);
      const ValueRange got = view.range(first, last);
      const ValueRange expected = bruteForce(points, first, last);
      ASSERT_EQ(got.empty(), expected.empty()) << first << ' ' << last;
      ASSERT_EQ(got.nonFinite, expected.nonFinite) << first << ' ' << last;
      if (expected.empty()) continue;
      ASSERT_EQ(got.min, expected.min) << first << ' ' << last;
      ASSERT_EQ(got.max, expected.max) << first << ' ' << last;
    }
  }
}

TEST(ScalarSeries, RangeOfNonFiniteValuesAloneIsEmpty) {
  ScalarSeries series;
  for (int i = 0; i < 40; ++i) series.append(i, i, i % 2 == 0 ? kNan : kInf);
  const ValueRange range = series.view().range(0, 40);
  EXPECT_TRUE(range.empty());
  EXPECT_TRUE(range.nonFinite);
}

TEST(ScalarSeries, OneSpikeInManyPointsIsFound) {
  ScalarSeries series;
  const std::size_t spike = 123456;
  for (std::size_t i = 0; i < 200000; ++i) {
    series.append(static_cast<std::int64_t>(i), 0, i == spike ? 1000.0 : 0.5);
  }
  EXPECT_EQ(series.view().range(0, 200000).max, 1000.0);
  EXPECT_EQ(series.view().range(spike + 1, 200000).max, 0.5);
  EXPECT_EQ(series.view().range(0, spike).max, 0.5);
}

TEST(ScalarSeries, ViewStaysAsItWasTaken) {
  const auto points = randomPoints(9000, 4500, 11);
  ScalarSeries series;
  std::vector<ScalarView> views;
  for (const auto& point : points) {
    if (series.size() % 500 == 0) views.push_back(series.view());
    series.append(point.step, point.wallTime, point.value);
  }
  for (const ScalarView& view : views) {
    const std::vector<ScalarPoint> then(points.begin(),
                                        points.begin() + static_cast<std::ptrdiff_t>(view.size()));
    expectSamePoints(view, then);
    EXPECT_EQ(view.generation(), series.view().generation());
    if (view.empty()) continue;
    EXPECT_EQ(view.range(0, view.size()).max, bruteForce(points, 0, view.size()).max);
    std::int64_t maxStep = then.front().step;
    double minWall = then.front().wallTime;
    for (const auto& point : then) {
      maxStep = std::max(maxStep, point.step);
      minWall = std::min(minWall, point.wallTime);
    }
    EXPECT_EQ(view.maxStep(), maxStep);
    EXPECT_EQ(view.minWallTime(), minWall);
  }
}

TEST(ScalarSeries, SegmentsBeginWhereAnAxisFalls) {
  ScalarSeries series;
  const std::vector<std::int64_t> steps = {0, 1, 1, 2, 1, 5, 4, 4};
  const std::vector<double> walls = {10, 11, 12, 12, 13, 9, 9, 14};
  for (std::size_t i = 0; i < steps.size(); ++i) series.append(steps[i], walls[i], 0);
  const ScalarView view = series.view();
  EXPECT_THAT(view.stepSegments(), ElementsAre(0, 4, 6));
  EXPECT_THAT(view.wallSegments(), ElementsAre(0, 5));
  EXPECT_EQ(view.minStep(), 0);
  EXPECT_EQ(view.maxStep(), 5);
  EXPECT_EQ(view.minWallTime(), 9);
  EXPECT_EQ(view.maxWallTime(), 14);
}

TEST(ScalarSeries, SegmentsOfAnEarlierViewStopAtItsEnd) {
  ScalarSeries series;
  series.append(5, 5, 0);
  const ScalarView early = series.view();
  series.append(1, 1, 0);
  series.append(0, 0, 0);
  EXPECT_THAT(early.stepSegments(), ElementsAre(0));
  EXPECT_THAT(series.view().stepSegments(), ElementsAre(0, 1, 2));
  EXPECT_THAT(series.view().wallSegments(), ElementsAre(0, 1, 2));
}

TEST(ScalarSeries, NanWallTimeMakesSegmentsButNoBounds) {
  ScalarSeries series;
  series.append(0, kNan, 0);
  series.append(1, 3, 0);
  series.append(2, kNan, 0);
  series.append(3, 4, 0);
  EXPECT_THAT(series.view().wallSegments(), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(series.view().minWallTime(), 3);
  EXPECT_EQ(series.view().maxWallTime(), 4);
}

TEST(ScalarSeries, LowerBoundFindsTheFirstPointNotBefore) {
  ScalarSeries series;
  for (int i = 0; i < 10000; ++i) series.append(i / 2 * 10, 1000 + i * 0.5, 0);
  const ScalarView view = series.view();
  EXPECT_EQ(view.lowerBoundStep(0, 10000, -1), 0U);
  EXPECT_EQ(view.lowerBoundStep(0, 10000, 10), 2U);
  EXPECT_EQ(view.lowerBoundStep(0, 10000, 10.5), 4U);
  EXPECT_EQ(view.lowerBoundStep(0, 10000, 49990), 9998U);
  EXPECT_EQ(view.lowerBoundStep(0, 10000, 1e30), 10000U);
  EXPECT_EQ(view.lowerBoundStep(0, 10000, -1e30), 0U);
  EXPECT_EQ(view.lowerBoundStep(100, 200, 0), 100U);
  EXPECT_EQ(view.lowerBoundWall(0, 10000, 1000.25), 1U);
  EXPECT_EQ(view.lowerBoundWall(0, 10000, 1e12), 10000U);
}

TEST(ScalarSeries, PurgeRemovesPointsAtAndAfterAStep) {
  const auto points = randomPoints(9000, 6000, 5);
  ScalarSeries series;
  series.append(points);
  const ScalarView before = series.view();
  const std::int64_t step = points[4000].step;
  std::vector<ScalarPoint> kept;
  for (const auto& point : points) {
    if (point.step < step) kept.push_back(point);
  }
  EXPECT_EQ(series.purgeFrom(step), points.size() - kept.size());
  const ScalarView after = series.view();
  expectSamePoints(after, kept);
  EXPECT_LT(after.maxStep(), step);
  EXPECT_NE(after.generation(), before.generation());
  expectSamePoints(before, points);

  EXPECT_EQ(series.purgeFrom(step), 0U);
  EXPECT_EQ(series.view().generation(), after.generation());
  EXPECT_EQ(series.purgeFrom(std::numeric_limits<std::int64_t>::min()), kept.size());
  EXPECT_TRUE(series.view().empty());
  series.append(3, 4, 5);
  EXPECT_THAT(series.view().stepSegments(), ElementsAre(0));
}

TEST(ScalarSeries, TakesAtMost28BytesAPoint) {
  for (const bool doubles : {false, true}) {
    for (const bool batched : {false, true}) {
      ScalarSeries series;
      std::vector<ScalarPoint> batch;
      for (int i = 0; i < 70000; ++i) {
        const double value = doubles ? 0.1 * i : 0.5 * i;
        if (batched) {
          batch.push_back({i, 1.7e9 + i, value});
          if (batch.size() == 37) {
            series.append(batch);
            batch.clear();
          }
        } else {
          series.append(i, 1.7e9 + i, value);
        }
        const std::size_t size = series.size();
        if (size < 1000) continue;
        ASSERT_LE(series.memoryBytes(), 28 * size) << size << " doubles " << doubles;
      }
    }
  }
}

TEST(ScalarSeries, ReadersAndAWriterDoNotDisturbEachOther) {
  ScalarSeries series;
  std::mutex mutex;
  std::atomic<bool> done{false};
  constexpr std::int64_t kPoints = 60000;
  const auto read = [&] {
    while (!done.load()) {
      ScalarView view;
      {
        const std::lock_guard lock(mutex);
        view = series.view();
      }
      if (view.empty()) continue;
      const std::size_t size = view.size();
      EXPECT_EQ(view.step(size - 1), static_cast<std::int64_t>(size - 1));
      const ValueRange range = view.range(size / 3, size);
      EXPECT_EQ(range.min, static_cast<double>(size / 3));
      EXPECT_EQ(range.max, static_cast<double>(size - 1));
      EXPECT_EQ(view.stepSegments().size(), 1U);
      std::vector<double> values(std::min<std::size_t>(size, 100));
      view.copyValues(size - values.size(), values);
      EXPECT_EQ(values.back(), static_cast<double>(size - 1));
    }
  };
  std::thread one(read);
  std::thread two(read);
  for (std::int64_t i = 0; i < kPoints; ++i) {
    const std::lock_guard lock(mutex);
    series.append(i, static_cast<double>(i), static_cast<double>(i));
  }
  done = true;
  one.join();
  two.join();
}

}  // namespace
