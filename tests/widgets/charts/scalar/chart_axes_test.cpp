// SPDX-License-Identifier: GPL-3.0-or-later
// The ranges and axes of a scalar chart.
#include <qcustomplot.h>
#include <QApplication>
#include <QSignalSpy>
#include <QtTest>

#include <cmath>

#include "tests/widgets/chart_fixture.h"
#include "widgets/charts/scalar/chart_link.h"
#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/style/theme.h"

using eventio::RunStore;
using widgets::AxisScale;
using widgets::ScalarChart;
using widgets::ScalarChartOptions;
using widgets::XAxis;

class ChartAxesTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }

  void ignoresOutliers() {
    RunStore store;
    ScalarChart chart;
    // 0 to 999 with two values far off.
    show(chart, {{makeRun(store, "a", 1000,
                          [](std::size_t i) {
                            return i == 3 ? 1e6 : i == 7 ? -1e6 : static_cast<double>(i);
                          }),
                  "loss", "a", 0}});
    QVERIFY(chart.yRange().upper >= 1e6);
    ScalarChartOptions options = chart.options();
    options.ignoreOutliers = true;
    chart.setOptions(options);
    redraw(chart);
    // The 5th and 95th percentile are about 50 and 950; the range is rounded outwards.
    QVERIFY(chart.yRange().lower >= 0 && chart.yRange().lower <= 52);
    QVERIFY(chart.yRange().upper >= 947 && chart.yRange().upper <= 1000);
  }

  void outliersAreThoseOfEachRun() {
    RunStore store;
    ScalarChart chart;
    ScalarChartOptions options;
    options.ignoreOutliers = true;
    chart.setOptions(options);
    // A short run with one spike, beside a long one: its spike is no outlier of all points, and
    // its other values are.
    show(chart,
         {{makeRun(store, "short", 10, [](std::size_t i) { return i == 4 ? 1e6 : 50.0 + i; }),
           "loss", "short", 0},
          {makeRun(store, "long", 5000, [](std::size_t i) { return (i % 100) * 0.01; }), "loss",
           "long", 1}});
    QVERIFY(chart.yRange().lower <= 0.05);
    QVERIFY2(chart.yRange().upper >= 58 && chart.yRange().upper <= 80,
             qPrintable(QString::number(chart.yRange().upper)));
  }

  void relativeAxisShowsTheLastPoint() {
    RunStore store;
    ScalarChart chart;
    ScalarChartOptions options;
    options.xAxis = XAxis::kRelative;
    chart.setOptions(options);
    show(chart, {{makeRun(store, "a", 5, [](std::size_t i) { return i; }), "loss", "a", 0}});
    QCOMPARE(chart.xRange().upper, 4.0);
    QVERIFY(chart.yRange().upper >= 4);
    // A logarithm and back: 3 is not 3 any more.
    options.xScale = AxisScale::kLog;
    for (int last = 3; last < 50; ++last) {
      ScalarChart each;
      each.setOptions(options);
      const auto run = makeRun(store, std::to_string(last), static_cast<std::size_t>(last) + 1,
                               [](std::size_t i) { return i; });
      show(each, {{run, "loss", "a", 0}});
      QVERIFY2(each.yRange().upper >= last, qPrintable(QString::number(last)));
    }
  }

  void logAxisSaysWhatItLeavesOut() {
    RunStore store;
    ScalarChart chart;
    QSignalSpy notices(&chart, &ScalarChart::noticeChanged);
    show(chart,
         {{makeRun(store, "a", 100, [](std::size_t i) { return i % 2 == 0 ? -1.0 : 10.0 + i; }),
           "loss", "a", 0}});
    QVERIFY(chart.notice().isEmpty());
    ScalarChartOptions options = chart.options();
    options.yScale = AxisScale::kLog;
    chart.setOptions(options);
    redraw(chart);
    QVERIFY(!chart.notice().isEmpty());
    QCOMPARE(notices.count(), 1);
    QVERIFY(chart.yRange().lower > 0.9 && chart.yRange().lower < std::log10(11));
  }

  void chartsOfAPageKeepOneLeftEdge() {
    RunStore store;
    widgets::ChartLink link;
    ScalarChart wide;
    ScalarChart narrow;
    for (ScalarChart* chart : {&wide, &narrow}) chart->setLink(&link);
    auto large = makeRun(store, "large", 50, [](std::size_t i) { return 123456.0 + i * 0.01; });
    show(wide, {{large, "loss", "a", 0}});
    show(narrow, {{makeRun(store, "small", 50, [](std::size_t i) { return i; }), "loss", "b", 1}});
    for (ScalarChart* chart : {&wide, &narrow}) redraw(*chart);
    const int before = narrow.plotArea().left();
    QCOMPARE(wide.plotArea().left(), before);
    // The wide labels go: both follow.
    wide.setSeries(
        {{makeRun(store, "other", 50, [](std::size_t i) { return i; }), "loss", "c", 2}});
    for (int i = 0; i < 2; ++i) {
      for (ScalarChart* chart : {&wide, &narrow}) redraw(*chart);
    }
    QCOMPARE(wide.plotArea().left(), narrow.plotArea().left());
    QVERIFY(narrow.plotArea().left() < before);
  }

  void linkedChartsShareTheRange() {
    RunStore store;
    widgets::ChartLink link;
    link.setRangeLinked(true);
    ScalarChart first;
    ScalarChart second;
    first.setLink(&link);
    second.setLink(&link);
    show(first, {{makeRun(store, "a", 500, [](std::size_t i) { return i; }), "loss", "a", 0}});
    show(second, {{makeRun(store, "b", 900, [](std::size_t i) { return i; }), "loss", "b", 0}});
    redraw(first);
    QCOMPARE(first.xRange().upper, 899.0);  // all of both
    first.setXRange({100, 300});
    QCOMPARE(second.xRange().lower, 100.0);
    QCOMPARE(second.xRange().upper, 300.0);
    second.fit();
    QCOMPARE(first.xRange().upper, 899.0);
    QVERIFY(first.isFitted());
    link.setRangeLinked(false);
    first.setXRange({100, 300});
    QCOMPARE(second.xRange().upper, 899.0);
  }

  void xAxesChange() {
    RunStore store;
    ScalarChart chart;
    show(chart, {{makeRun(store, "a", 11, [](std::size_t i) { return i; }), "loss", "a", 0}});
    ScalarChartOptions options = chart.options();
    options.xAxis = XAxis::kWall;
    chart.setOptions(options);
    redraw(chart);
    QCOMPARE(chart.xRange().lower, 1.7e9);
    QCOMPARE(chart.xRange().upper, 1.7e9 + 10);
    options.xAxis = XAxis::kRelative;
    chart.setOptions(options);
    redraw(chart);
    QCOMPARE(chart.xRange().upper, 10.0);
    options.xAxis = XAxis::kStep;
    options.xScale = AxisScale::kLog;
    chart.setOptions(options);
    redraw(chart);
    QCOMPARE(chart.xRange().lower, 0.0);  // step 1: step 0 has no place
    QCOMPARE(chart.xRange().upper, 1.0);
  }

  void labelsBelowTheAxisKeepApart_data() {
    QTest::addColumn<double>("seconds");
    QTest::addColumn<int>("axis");
    QTest::addColumn<int>("width");
    for (const double seconds : {0.002, 0.2, 2.0, 20.0, 3e3, 3e5}) {
      for (const int width : {240, 420, 640, 1010}) {
        QTest::addRow("wall %g s, %d px", seconds, width)
            << seconds << static_cast<int>(XAxis::kWall) << width;
        QTest::addRow("relative %g s, %d px", seconds, width)
            << seconds << static_cast<int>(XAxis::kRelative) << width;
      }
    }
  }
  void labelsBelowTheAxisKeepApart() {
    QFETCH(double, seconds);
    QFETCH(int, axis);
    QFETCH(int, width);
    RunStore store;
    auto run = store.openRun("/log", "a");
    for (int i = 0; i < 20; ++i) run->appendScalar("loss", i, 1.7e9 + seconds * i / 19, i);
    ScalarChart chart;
    ScalarChartOptions options;
    options.xAxis = static_cast<XAxis>(axis);
    chart.setOptions(options);
    show(chart, {{run, "loss", "a", 0}});
    chart.resize(width, 320);
    QCoreApplication::processEvents();
    redraw(chart);
    const auto* plot = chart.findChild<QCustomPlot*>();
    QVERIFY(plot != nullptr);
    const QVector<double> places = plot->xAxis->tickVector();
    const QVector<QString> labels = plot->xAxis->tickVectorLabels();
    QVERIFY(!places.isEmpty());
    const QFontMetrics metrics(plot->xAxis->tickLabelFont());
    for (qsizetype i = 1; i < places.size(); ++i) {
      const double between =
          plot->xAxis->coordToPixel(places[i]) - plot->xAxis->coordToPixel(places[i - 1]);
      const double needed =
          (metrics.horizontalAdvance(labels[i]) + metrics.horizontalAdvance(labels[i - 1])) / 2.0;
      QVERIFY2(between > needed + 3, qPrintable(labels[i - 1] + '|' + labels[i]));
    }
  }

  void axisIsFittedToVeryLargeSteps_data() {
    QTest::addColumn<qint64>("first");
    QTest::newRow("10^12") << qint64{1'000'000'000'003};
    QTest::newRow("10^15") << qint64{1'000'000'000'000'000};
    QTest::newRow("10^18") << qint64{1'000'000'000'000'000'000};
    QTest::newRow("below 0") << qint64{-1'000'000'123'456'789'000};
    QTest::newRow("the last ones") << std::numeric_limits<qint64>::max() - 1393;
    QTest::newRow("the first ones") << std::numeric_limits<qint64>::min();
  }
  void axisIsFittedToVeryLargeSteps() {
    QFETCH(qint64, first);
    RunStore store;
    auto run = store.openRun("/log", "a");
    for (int i = 0; i < 200; ++i) run->appendScalar("loss", first + 7 * i, 1.7e9 + i, i);
    ScalarChart chart;
    show(chart, {{run, "loss", "a", 0}});
    QCOMPARE(chart.xRange().lower, widgets::stepsFrom(chart.stepOrigin(), first));
    QCOMPARE(chart.xRange().upper - chart.xRange().lower, 1393.0);
    // The ticks say where they stand, in whole numbers.
    const auto* plot = chart.findChild<QCustomPlot*>();
    const QVector<double> places = plot->xAxis->tickVector();
    const QVector<QString> labels = plot->xAxis->tickVectorLabels();
    QVERIFY(places.size() >= 2);
    QString offset;
    static_cast<void>(widgets::axisTicks(widgets::AxisScale::kLinear, widgets::AxisUnit::kStep,
                                         chart.xRange().lower, chart.xRange().upper, 5, &offset,
                                         chart.stepOrigin()));
    QVERIFY(offset.endsWith(" +"));
    const qint64 common = offset.chopped(2).remove(',').toLongLong();
    for (qsizetype i = 0; i < places.size(); ++i) {
      const qint64 step = common + QString(labels[i]).remove(',').toLongLong();
      QCOMPARE(widgets::stepsFrom(chart.stepOrigin(), step), places[i]);
    }
    // Zoomed in, a point in the middle of two ticks is found at its own place.
    const double place = widgets::stepsFrom(chart.stepOrigin(), first + 700);
    chart.setXRange({place - 20, place + 20});
    redraw(chart);
    QCOMPARE(chart.yRange().lower, 98.0);
    QCOMPARE(chart.yRange().upper, 102.0);
  }

  void aViewOfVeryLargeStepsComesBack() {
    RunStore store;
    auto run = store.openRun("/log", "a");
    constexpr qint64 kLarge = 1'000'000'000'000'000'000;
    for (int i = 0; i < 200; ++i) run->appendScalar("loss", kLarge + i, 1.7e9 + i, i);
    ScalarChart chart;
    show(chart, {{run, "loss", "a", 0}});
    chart.setXRange({20, 40});
    ScalarChart other;
    other.setView(chart.view());
    show(other, {{run, "loss", "a", 0}});
    QCOMPARE(other.stepOrigin(), kLarge);
    QCOMPARE(other.xRange(), chart.xRange());
  }

  void aChartOutlivesItsLink() {
    RunStore store;
    auto run = makeRun(store, "a", 101, [](std::size_t) { return 1.0; });
    auto link = std::make_unique<widgets::ChartLink>();
    ScalarChart chart;
    chart.setLink(link.get());
    show(chart, {{run, "loss", "a", 0}});
    link.reset();
    chart.setXRange({20, 40});
    QCOMPARE(chart.xRange().lower, 20.0);
    redraw(chart);
  }

  void axisFollowsWhereLargeStepsAreJoinedBySmallOnes() {
    RunStore store;
    auto run = makeRun(store, "a", 0, [](std::size_t) { return 0; });
    constexpr qint64 kLarge = 1'000'000'000'000'000;
    for (int i = 0; i < 10; ++i) run->appendScalar("loss", kLarge + i, 1.7e9 + i, i);
    widgets::ChartLink link;
    link.setRangeLinked(true);
    ScalarChart chart;
    ScalarChart other;
    chart.setLink(&link);
    other.setLink(&link);
    show(chart, {{run, "loss", "a", 0}});
    show(other, {{run, "loss", "a", 0}});
    redraw(chart);
    QCOMPARE(chart.stepOrigin(), kLarge);
    chart.setXRange({2, 4});
    QCOMPARE(other.xRange(), chart.xRange());
    run->appendScalar("loss", 5, 1.8e9, 1);
    redraw(chart);
    QCOMPARE(chart.stepOrigin(), qint64{0});
    QCOMPARE(chart.xRange().lower, 1e15 + 2);
    chart.fit();
    QCOMPARE(chart.xRange().lower, 0.0);
    QCOMPARE(chart.xRange().upper, 1e15 + 9);
  }

  void powersOfTenAreWrittenAsEverywhereElse() {
    RunStore store;
    ScalarChart chart;
    show(chart,
         {{makeRun(store, "a", 3, [](std::size_t i) { return static_cast<double>(i) * 1e28; }),
           "loss", "a", 0}});
    QTemporaryDir folder;
    const QString path = folder.filePath("a.svg");
    QVERIFY(chart.savePicture(path).isEmpty());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString svg = QString::fromUtf8(file.readAll());
    QVERIFY2(svg.contains(">2e28<"), qPrintable(svg.right(3000)));
  }

  void anImpossibleTimeDoesNotStretchTheAxis_data() {
    QTest::addColumn<double>("time");
    QTest::addColumn<int>("axis");
    for (const double time : {-1e300, 1e300, -1e13, 5e15}) {
      for (const XAxis axis : {XAxis::kRelative, XAxis::kWall}) {
        QTest::addRow("%g on axis %d", time, static_cast<int>(axis))
            << time << static_cast<int>(axis);
      }
    }
  }
  void anImpossibleTimeDoesNotStretchTheAxis() {
    QFETCH(double, time);
    QFETCH(int, axis);
    RunStore store;
    auto run = makeRun(store, "a", 101, [](std::size_t i) { return i; });
    for (int i = 0; i < 20; ++i) {
      run->appendScalar("other", i, i == 7 ? time : 1.7e9 + 10 + i, i);
    }
    ScalarChart chart;
    ScalarChartOptions options;
    options.xAxis = static_cast<XAxis>(axis);
    chart.setOptions(options);
    const double zero = options.xAxis == XAxis::kWall ? 1.7e9 : 0;
    show(chart, {{run, "loss", "a", 0}});
    QCOMPARE(chart.xRange().lower, zero);
    QCOMPARE(chart.xRange().upper, zero + 100);
    QVERIFY(chart.notice().isEmpty());
    chart.setSeries({{run, "other", "a", 0}});
    redraw(chart);
    QCOMPARE(chart.xRange().lower, zero + 10);
    QCOMPARE(chart.xRange().upper, zero + 29);
    QVERIFY(chart.notice().contains("times left out"));
  }

  void relativeTimeCountsFromTheFirstPointOfTheRun() {
    RunStore store;
    auto run = makeRun(store, "a", 101, [](std::size_t) { return 1.0; });
    for (const std::int64_t step : {30, 90}) {
      run->appendScalar("validation", step, 1.7e9 + static_cast<double>(step), 2);
    }
    ScalarChart chart;
    ScalarChartOptions options;
    options.xAxis = XAxis::kRelative;
    chart.setOptions(options);
    show(chart, {{run, "validation", "a", 0}});
    QCOMPARE(chart.xRange().lower, 30.0);
    QCOMPARE(chart.xRange().upper, 90.0);
    // A point that arrives late can be an earlier one: all tags count from it.
    run->appendScalar("late", 0, 1.7e9 - 5, 1);
    redraw(chart);
    QCOMPARE(chart.xRange().lower, 35.0);
    QCOMPARE(chart.xRange().upper, 95.0);
  }
};

QTEST_MAIN(ChartAxesTest)
#include "chart_axes_test.moc"
