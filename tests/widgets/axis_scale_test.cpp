// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/axis_scale.h"

#include <QtTest>
#include <cmath>

using widgets::AxisScale;
using widgets::axisTicks;
using widgets::AxisUnit;
using widgets::fromAxis;
using widgets::niceRange;
using widgets::shortNumber;
using widgets::toAxis;

namespace {

QStringList labels(const std::vector<widgets::AxisTick>& ticks) {
  QStringList result;
  for (const auto& tick : ticks) result.append(tick.label);
  return result;
}

}  // namespace

class AxisScaleTest : public QObject {
  Q_OBJECT

 private slots:
  void scalesInvert() {
    for (const AxisScale scale : {AxisScale::kLinear, AxisScale::kLog, AxisScale::kSymLog}) {
      for (const double value : {1e-9, 0.02, 1.0, 345.6, 1e12}) {
        QVERIFY(std::abs(fromAxis(scale, toAxis(scale, value)) / value - 1) < 1e-6);
      }
    }
    QCOMPARE(toAxis(AxisScale::kLog, 1000), 3.0);
    QVERIFY(std::isnan(toAxis(AxisScale::kLog, 0)));
    QVERIFY(std::isnan(toAxis(AxisScale::kLog, -1)));
  }

  void symmetricLogIsOddAndGrows() {
    QCOMPARE(toAxis(AxisScale::kSymLog, 0), 0.0);
    double last = -1e9;
    for (const double value : {-1e6, -1.0, -1e-4, 0.0, 1e-4, 1.0, 1e6}) {
      QCOMPARE(toAxis(AxisScale::kSymLog, -value), -toAxis(AxisScale::kSymLog, value));
      QVERIFY(toAxis(AxisScale::kSymLog, value) > last);
      last = toAxis(AxisScale::kSymLog, value);
    }
  }

  void shortNumbers() {
    QCOMPARE(shortNumber(0, 0.5), QStringLiteral("0.0"));
    QCOMPARE(shortNumber(1.5, 0.5), QStringLiteral("1.5"));
    QCOMPARE(shortNumber(-0.4, 0.2), QStringLiteral("-0.4"));
    QCOMPARE(shortNumber(250, 50), QStringLiteral("250"));
    QCOMPARE(shortNumber(1000, 1000), QStringLiteral("1k"));
    QCOMPARE(shortNumber(2500000, 500000), QStringLiteral("2.5M"));
    QCOMPARE(shortNumber(1234567, 1), QStringLiteral("1.234567M"));
    QCOMPARE(shortNumber(0.00002, 0.00001), QStringLiteral("2e-5"));
  }

  void linearTicksAreRound() {
    QCOMPARE(labels(axisTicks(AxisScale::kLinear, AxisUnit::kNumber, 0, 2, 4)),
             QStringList({"0.0", "0.5", "1.0", "1.5", "2.0"}));
    QCOMPARE(labels(axisTicks(AxisScale::kLinear, AxisUnit::kNumber, 0, 9000, 9)),
             QStringList({"0", "1k", "2k", "3k", "4k", "5k", "6k", "7k", "8k", "9k"}));
  }

  void logTicksArePowersOfTen() {
    const auto ticks = axisTicks(AxisScale::kLog, AxisUnit::kNumber, -2, 3, 6);
    QCOMPARE(labels(ticks), QStringList({"0.01", "0.1", "1", "10", "100", "1k"}));
    QCOMPARE(ticks[5].position, 3.0);
  }

  void narrowLogRangeStillHasTicks() {
    const auto ticks =
        axisTicks(AxisScale::kLog, AxisUnit::kNumber, std::log10(0.3), std::log10(0.36), 5);
    QVERIFY(ticks.size() >= 3);
    for (const auto& tick : ticks)
      QVERIFY(std::abs(std::pow(10, tick.position) - tick.label.toDouble()) < 1e-9);
  }

  void symmetricLogTicksStandOnBothSides() {
    const double edge = toAxis(AxisScale::kSymLog, 1000);
    const auto found = labels(axisTicks(AxisScale::kSymLog, AxisUnit::kNumber, -edge, edge, 9));
    QVERIFY(found.size() >= 5);
    QVERIFY(found.contains(QStringLiteral("0")));
    for (const QString& label : found) {
      if (label != QStringLiteral("0") && !label.startsWith('-'))
        QVERIFY(found.contains('-' + label));
    }
  }

  void durationsAndTimes() {
    QCOMPARE(labels(axisTicks(AxisScale::kLinear, AxisUnit::kDuration, 0, 7200, 4)),
             QStringList({"0", "30 min", "1 h", "1.5 h", "2 h"}));
    QCOMPARE(widgets::durationText(3.21), QStringLiteral("3.2 s"));
    QCOMPARE(widgets::durationText(200), QStringLiteral("3 min 20 s"));
    QCOMPARE(widgets::durationText(7500), QStringLiteral("2 h 05 min"));
    const auto ticks = axisTicks(AxisScale::kLinear, AxisUnit::kDateTime, 1.7e9, 1.7e9 + 3600, 4);
    QVERIFY(ticks.size() >= 3);
    for (const auto& tick : ticks) {
      QCOMPARE(tick.label,
               QDateTime::fromSecsSinceEpoch(static_cast<qint64>(tick.position)).toString("HH:mm"));
    }
  }

  void rangesHaveRoundBounds() {
    const auto range = niceRange(AxisScale::kLinear, 0.03, 1.97);
    QCOMPARE(range.lower, 0.0);
    QCOMPARE(range.upper, 2.0);
    const auto constant = niceRange(AxisScale::kLinear, 5, 5);
    QVERIFY(constant.lower < 5 && constant.upper > 5);
    const auto zero = niceRange(AxisScale::kLinear, 0, 0);
    QVERIFY(zero.lower < 0 && zero.upper > 0);
    const auto none = niceRange(AxisScale::kLinear, std::nan(""), 1);
    QVERIFY(none.upper > none.lower);
  }

  void hopelessRangesGiveNoTicks() {
    QVERIFY(axisTicks(AxisScale::kLinear, AxisUnit::kNumber, 1, 1, 5).empty());
    QVERIFY(axisTicks(AxisScale::kLinear, AxisUnit::kNumber, std::nan(""), 1, 5).empty());
    QVERIFY(axisTicks(AxisScale::kLinear, AxisUnit::kNumber, -1e308, 1e308, 5).size() < 100);
  }

  void steps() {
    QCOMPARE(widgets::stepText(3376), QStringLiteral("3,376"));
    QCOMPARE(widgets::stepText(-1234567), QStringLiteral("-1,234,567"));
    QCOMPARE(widgets::stepText(12), QStringLiteral("12"));
    QCOMPARE(widgets::valueText(0.33812), QStringLiteral("0.3381"));
    QCOMPARE(widgets::valueText(std::nan("")), QStringLiteral("NaN"));
  }
};

QTEST_MAIN(AxisScaleTest)
#include "axis_scale_test.moc"
