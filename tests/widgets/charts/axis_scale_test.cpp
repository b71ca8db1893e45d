// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/axis_scale.h"

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
    QCOMPARE(shortNumber(1234567, 1), QStringLiteral("1,234,567"));
    QCOMPARE(shortNumber(0.00002, 0.00001), QStringLiteral("2e-5"));
  }

  void labelsOfAnAxisHaveOneUnitAndFewDigits() {
    const auto on = [](double lower, double upper, AxisUnit unit = AxisUnit::kNumber) {
      return labels(axisTicks(AxisScale::kLinear, unit, lower, upper, 4));
    };
    QCOMPARE(on(1554, 1556, AxisUnit::kStep), QStringList({"1,554", "1,555", "1,556"}));
    QCOMPARE(on(0, 2000), QStringList({"0", "500", "1,000", "1,500", "2,000"}));
    QCOMPARE(on(0, 20000), QStringList({"0", "5k", "10k", "15k", "20k"}));
    QCOMPARE(on(10000, 12000), QStringList({"10.0k", "10.5k", "11.0k", "11.5k", "12.0k"}));
    QCOMPARE(on(1e6, 1.2e6), QStringList({"1,000k", "1,050k", "1,100k", "1,150k", "1,200k"}));
    QCOMPARE(on(0, 2e-4), QStringList({"0", "5e-5", "1e-4", "1.5e-4", "2e-4"}));
  }

  void stepsAreWhole() {
    // There is none between two.
    QCOMPARE(labels(axisTicks(AxisScale::kLinear, AxisUnit::kStep, -1, 1, 8)),
             QStringList({"-1", "0", "1"}));
    QCOMPARE(labels(axisTicks(AxisScale::kLinear, AxisUnit::kStep, 0, 3, 8)),
             QStringList({"0", "1", "2", "3"}));
  }

  void noTwoTicksAreLabelledAlike_data() {
    QTest::addColumn<double>("middle");
    QTest::addColumn<double>("width");
    for (const double middle : {0.0, 1.0, -7.3e-5, 123456.0, 1e9 + 7, -1e12, 1e15, 1e18, 9.2e18}) {
      for (const double share : {1e-12, 1e-9, 1e-6, 1e-3, 1.0, 3.0}) {
        const double width = std::max(std::abs(middle), 1.0) * share;
        QTest::addRow("%g wide %g", middle, width) << middle << width;
      }
    }
  }
  void noTwoTicksAreLabelledAlike() {
    QFETCH(double, middle);
    QFETCH(double, width);
    for (const AxisUnit unit : {AxisUnit::kNumber, AxisUnit::kStep}) {
      QString offset;
      const auto ticks =
          axisTicks(AxisScale::kLinear, unit, middle - width / 2, middle + width / 2, 6, &offset);
      QStringList found = labels(ticks);
      const auto count = found.size();
      QCOMPARE(found.removeDuplicates(), qsizetype{0});
      if (unit == AxisUnit::kNumber || width >= 6) QVERIFY(count >= 2);
      // With what they have in common they say where they stand, if not in units.
      for (const auto& tick : ticks) {
        bool isNumber = false;
        double value = QString(tick.label).remove(',').toDouble(&isNumber);
        if (!isNumber) continue;
        if (!offset.isEmpty()) value += QString(offset).remove(',').chopped(2).toDouble();
        const double error = std::abs(value - tick.position);
        QVERIFY(error <= std::abs(middle) * 1e-15 + width * 1e-3);
      }
    }
  }

  void largeStepsAreShownFromWhatTheyHaveInCommon() {
    QString offset;
    const auto ticks =
        axisTicks(AxisScale::kLinear, AxisUnit::kStep, 1e18, 1e18 + 1024000, 5, &offset);
    QCOMPARE(offset, QString("1,000,000,000,000,000,000 +"));
    QCOMPARE(labels(ticks), QStringList({"0", "0.2M", "0.4M", "0.6M", "0.8M", "1.0M"}));
    QCOMPARE(labels(axisTicks(AxisScale::kLinear, AxisUnit::kStep, 1e12 - 1, 1e12 + 1, 5, &offset)),
             QStringList({"-1", "0", "1"}));
    QCOMPARE(offset, QString("1,000,000,000,000 +"));
    QVERIFY(!axisTicks(AxisScale::kLinear, AxisUnit::kStep, 0, 1e18, 5, &offset).empty());
    QVERIFY(offset.isEmpty());
  }

  void anotherDayIsNamed() {
    const QDateTime evening({2026, 11, 27}, {22, 0});
    const double from = static_cast<double>(evening.toSecsSinceEpoch());
    const auto found =
        labels(axisTicks(AxisScale::kLinear, AxisUnit::kDateTime, from, from + 14400, 4));
    QCOMPARE(found, QStringList({"22:00", "23:00", "11-28", "01:00", "02:00"}));
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
