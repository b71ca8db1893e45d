// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/smoothing.h"

#include <QtTest>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using eventio::ScalarSeries;
using widgets::SmoothedColumn;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// last = s·last + (1−s)·y; out = last / (1 − sⁿ): straight from its definition.
std::vector<double> byDefinition(const std::vector<double>& values, double s) {
  std::vector<double> result;
  double last = 0;
  int n = 0;
  for (const double y : values) {
    if (!std::isfinite(y)) {
      result.push_back(y);
      continue;
    }
    last = s * last + (1 - s) * y;
    ++n;
    result.push_back(last / (1 - std::pow(s, n)));
  }
  return result;
}

std::vector<double> noise(std::size_t count) {
  std::mt19937 random(7);
  std::normal_distribution<double> normal(1, 2);
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(normal(random));
  return values;
}

ScalarSeries seriesOf(const std::vector<double>& values) {
  ScalarSeries series;
  for (std::size_t i = 0; i < values.size(); ++i) {
    series.append(static_cast<std::int64_t>(i), static_cast<double>(i), values[i]);
  }
  return series;
}

bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

}  // namespace

class SmoothingTest : public QObject {
  Q_OBJECT

 private slots:
  void example() {
    const auto series = seriesOf({1, 0.5, 0});
    SmoothedColumn column(0.6);
    QCOMPARE(column.advance(series.view(), 100), std::size_t{0});
    QCOMPARE(column.size(), std::size_t{3});
    QCOMPARE(column.value(0), 1.0);
    QCOMPARE(column.value(1), 0.6875);
    QVERIFY(std::abs(column.value(2) - 0.264 / 0.784) < 1e-15);
  }

  void matchesDefinition_data() {
    QTest::addColumn<double>("weight");
    for (const double weight : {0.0, 0.3, 0.6, 0.9, 0.99, 0.999}) {
      QTest::addRow("%g", weight) << weight;
    }
  }
  void matchesDefinition() {
    QFETCH(double, weight);
    auto values = noise(5000);
    values[0] = kNan;
    values[17] = kInfinity;
    values[18] = -kInfinity;
    values[4999] = kNan;
    SmoothedColumn column(weight);
    column.advance(seriesOf(values).view(), values.size());
    const auto expected = byDefinition(values, weight);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isfinite(expected[i])) {
        QVERIFY2(std::abs(column.value(i) - expected[i]) < 1e-11, qPrintable(QString::number(i)));
      } else {
        QVERIFY(same(column.value(i), expected[i]));
      }
    }
  }

  void constantStaysExactlyConstant() {
    const auto series = seriesOf(std::vector<double>(3000, 0.1));
    SmoothedColumn column(0.97);
    column.advance(series.view(), 3000);
    for (std::size_t i = 0; i < column.size(); ++i) QCOMPARE(column.value(i), 0.1);
  }

  void slicesDoNotMatter() {
    const auto values = noise(10000);
    const auto series = seriesOf(values);
    SmoothedColumn whole(0.9);
    whole.advance(series.view(), values.size());
    SmoothedColumn sliced(0.9);
    std::size_t slice = 1;
    while (sliced.advance(series.view(), slice) > 0) slice = slice * 3 % 1009 + 1;
    QCOMPARE(sliced.size(), whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) QCOMPARE(sliced.value(i), whole.value(i));
  }

  void followsGrowingSeries() {
    const auto values = noise(300);
    ScalarSeries series;
    SmoothedColumn column(0.6);
    for (std::size_t i = 0; i < values.size(); ++i) {
      series.append(static_cast<std::int64_t>(i), 0, values[i]);
      column.advance(series.view(), 10);
    }
    const auto expected = byDefinition(values, 0.6);
    QCOMPARE(column.size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      QVERIFY(std::abs(column.value(i) - expected[i]) < 1e-12);
    }
  }

  void startsAgainAfterPurgeAndOtherWeight() {
    auto series = seriesOf({5, 5, 5, 5});
    SmoothedColumn column(0.6);
    column.advance(series.view(), 100);
    series.purgeFrom(1);
    series.append(1, 1, 9);
    column.advance(series.view(), 100);
    const auto expected = byDefinition({5, 9}, 0.6);
    QCOMPARE(column.size(), std::size_t{2});
    QVERIFY(std::abs(column.value(1) - expected[1]) < 1e-12);

    column.setWeight(0.2);
    QCOMPARE(column.size(), std::size_t{0});
    column.advance(series.view(), 100);
    QVERIFY(std::abs(column.value(1) - byDefinition({5, 9}, 0.2)[1]) < 1e-12);
  }

  void rangeEqualsScan() {
    auto values = noise(9000);
    for (std::size_t i = 4096; i < 4096 + 300; ++i) values[i] = kNan;
    SmoothedColumn column(0.5);
    column.advance(seriesOf(values).view(), values.size());
    std::mt19937 random(3);
    std::uniform_int_distribution<std::size_t> place(0, values.size());
    for (int i = 0; i < 2000; ++i) {
      auto [first, last] = std::minmax({place(random), place(random)});
      if (i < 50) last = std::min(values.size(), first + static_cast<std::size_t>(i));
      eventio::ValueRange expected;
      for (std::size_t k = first; k < last; ++k) {
        const double v = column.value(k);
        if (std::isfinite(v)) widgets::mergeRange(expected, {v, v, false});
      }
      const auto range = column.range(first, last);
      QCOMPARE(range.empty(), expected.empty());
      if (expected.empty()) continue;
      QCOMPARE(range.min, expected.min);
      QCOMPARE(range.max, expected.max);
    }
  }
};

QTEST_APPLESS_MAIN(SmoothingTest)
#include "smoothing_test.moc"
