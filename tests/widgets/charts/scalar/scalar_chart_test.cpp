// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/scalar/scalar_chart.h"

#include <QApplication>
#include <QSignalSpy>
#include <QtTest>
#include <cmath>
#include <limits>

#include "tests/widgets/chart_fixture.h"
#include "widgets/charts/chart_tooltip.h"
#include "widgets/charts/scalar/chart_link.h"
#include "widgets/style/theme.h"

using eventio::Run;
using eventio::RunStore;
using widgets::AxisScale;
using widgets::ScalarChart;
using widgets::ScalarChartOptions;
using widgets::ScalarChartSeries;
using widgets::XAxis;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Pixels of the plot that look like the run's colour, within `area` (widget coordinates).
int pixelsLike(ScalarChart& chart, int colorIndex, QRect area) {
  const QImage image = chart.grab().toImage();
  const QColor wanted = widgets::runColor(colorIndex);
  area = area.intersected(image.rect());
  int count = 0;
  for (int y = area.top(); y <= area.bottom(); ++y) {
    for (int x = area.left(); x <= area.right(); ++x) {
      const QColor color = image.pixelColor(x, y);
      const int distance = std::abs(color.red() - wanted.red()) +
                           std::abs(color.green() - wanted.green()) +
                           std::abs(color.blue() - wanted.blue());
      // The band of a downsampled column is drawn at 40 % of the colour.
      const int toWhite = (255 - wanted.red()) + (255 - wanted.green()) + (255 - wanted.blue());
      count += distance < toWhite * 0.7;
    }
  }
  return count;
}

}  // namespace

class ScalarChartTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }

  void aSingleValueIsADotToBeSeen() {
    RunStore store;
    ScalarChart chart;
    show(chart, {{makeRun(store, "a", 1, [](std::size_t) { return 2.0; }), "loss", "a", 0}});
    QVERIFY(pixelsLike(chart, 0, chart.rect()) >= 20);
  }

  void drawsALine() {
    RunStore store;
    ScalarChart chart;
    show(chart,
         {{makeRun(store, "a", 100, [](std::size_t i) { return i * 0.01; }), "loss", "a", 0}});
    QVERIFY(pixelsLike(chart, 0, chart.plotArea()) > 500);
    QCOMPARE(chart.xRange().lower, 0.0);
    QCOMPARE(chart.xRange().upper, 99.0);
    QVERIFY(chart.isFitted());
  }

  void spikeOfOnePointIsSeenAtEveryZoom() {
    constexpr std::size_t kCount = 1000000;
    constexpr std::size_t kSpike = 612345;
    RunStore store;
    ScalarChart chart;
    show(chart, {{makeRun(store, "a", kCount, [](std::size_t i) { return i == kSpike ? 100 : 1; }),
                  "loss", "a", 0}});
    for (double width = kCount; width > 20; width /= 9) {
      chart.setXRange({kSpike - width / 2, kSpike + width / 2});
      chart.setYRange({0, 110});
      redraw(chart);
      const QRect plot = chart.plotArea();
      // From a third to nine tenths of the height only the spike can have its colour.
      QRect middle = plot.adjusted(0, plot.height() / 8, 0, -plot.height() / 3);
      QVERIFY2(pixelsLike(chart, 0, middle) >= middle.height() / 2,
               qPrintable(QString::number(width)));
    }
  }

  void newPointsAppear() {
    RunStore store;
    auto run = makeRun(store, "a", 10, [](std::size_t) { return 1; });
    ScalarChart chart;
    show(chart, {{run, "loss", "a", 0}});
    const QImage before = chart.grab().toImage();
    QVERIFY(!chart.refresh());
    for (int i = 10; i < 20; ++i) run->appendScalar("loss", i, 1.7e9 + i, 5);
    QVERIFY(chart.refresh());
    QCoreApplication::processEvents();
    QCOMPARE(chart.xRange().upper, 19.0);
    QVERIFY(chart.yRange().upper >= 5);
    QVERIFY(chart.grab().toImage() != before);
    const QRect plot = chart.plotArea();
    QVERIFY(pixelsLike(chart, 0,
                       QRect(plot.center().x() + 20, plot.top(), plot.width() / 3, plot.height())) >
            50);
  }

  void hiddenChartDoesNothing() {
    RunStore store;
    auto run = makeRun(store, "a", 10, [](std::size_t) { return 1; });
    ScalarChart chart;
    show(chart, {{run, "loss", "a", 0}});
    chart.hide();
    run->appendScalar("loss", 100, 1.8e9, 2);
    QVERIFY(!chart.refresh());
    QCOMPARE(chart.xRange().upper, 9.0);
    chart.show();
    chart.refresh();
    QCOMPARE(chart.xRange().upper, 100.0);
  }

  void doesNotFollowWhileZoomedAndFitsAgain() {
    RunStore store;
    auto run = makeRun(store, "a", 1000, [](std::size_t i) { return i; });
    ScalarChart chart;
    show(chart, {{run, "loss", "a", 0}});
    chart.setXRange({100, 200});
    redraw(chart);
    run->appendScalar("loss", 5000, 1.8e9, 2);
    redraw(chart);
    QCOMPARE(chart.xRange().lower, 100.0);
    QCOMPARE(chart.xRange().upper, 200.0);
    // y goes on to follow what is visible.
    QVERIFY(chart.yRange().upper < 300);
    QTest::mouseDClick(chart.childAt(chart.plotArea().center()), Qt::LeftButton, {},
                       chart.plotArea().center());
    QVERIFY(chart.isFitted());
    QCOMPARE(chart.xRange().upper, 5000.0);
  }

  void keysPanZoomAndFit() {
    RunStore store;
    ScalarChart chart;
    show(chart, {{makeRun(store, "a", 1001, [](std::size_t i) { return i; }), "loss", "a", 0}});
    QTest::keyClick(&chart, Qt::Key_Plus);
    QCOMPARE(chart.xRange().upper - chart.xRange().lower, 800.0);
    QTest::keyClick(&chart, Qt::Key_Right);
    QCOMPARE(chart.xRange().lower, 180.0);
    QTest::keyClick(&chart, Qt::Key_Left);
    QTest::keyClick(&chart, Qt::Key_Minus);
    QVERIFY(std::abs(chart.xRange().upper - 1000) < 1e-9);
    QTest::keyClick(&chart, Qt::Key_F);
    QVERIFY(chart.isFitted());
  }

  void mousePansAndZoomsIntoABox() {
    RunStore store;
    ScalarChart chart;
    show(chart, {{makeRun(store, "a", 1001, [](std::size_t i) { return i; }), "loss", "a", 0}});
    QWidget* plot = chart.childAt(chart.plotArea().center());
    const auto onPlot = [&](double x, double y) {
      const QRect area = chart.plotArea();
      return plot->mapFrom(&chart, QPoint(area.left() + static_cast<int>(x * area.width()),
                                          area.top() + static_cast<int>(y * area.height())));
    };
    QTest::mousePress(plot, Qt::LeftButton, Qt::ShiftModifier, onPlot(0.25, 0.25));
    QTest::mouseMove(plot, onPlot(0.5, 0.75));
    QTest::mouseRelease(plot, Qt::LeftButton, Qt::ShiftModifier, onPlot(0.5, 0.75));
    QVERIFY(std::abs(chart.xRange().lower - 250) < 5);
    QVERIFY(std::abs(chart.xRange().upper - 500) < 5);
    QVERIFY(!chart.isFittedY());
    QVERIFY(std::abs(chart.yRange().lower - 250) < 15);

    QTest::mousePress(plot, Qt::LeftButton, {}, onPlot(0.5, 0.5));
    QTest::mouseMove(plot, onPlot(0.7, 0.5));
    QTest::mouseRelease(plot, Qt::LeftButton, {}, onPlot(0.7, 0.5));
    QVERIFY(std::abs(chart.xRange().lower - 200) < 5);
  }

  void lineOnTheEdgeIsWhole() {
    // Good runs beside a diverged one, and values at 0, lie on the lower edge; one that keeps its
    // best value lies on the upper one.
    for (const double value : {0.0, 1000.0}) {
      RunStore store;
      ScalarChart chart;
      auto other = makeRun(store, "other", 101, [&](std::size_t) { return 1000 - value; });
      show(chart,
           {{other, "loss", "other", 1},
            {makeRun(store, "flat", 101, [&](std::size_t) { return value; }), "loss", "flat", 0}});
      QCOMPARE(value == 0 ? chart.yRange().lower : chart.yRange().upper, value);
      const QRect plot = chart.plotArea();
      const QRect middle(plot.left() + 20, plot.top() - 8, plot.width() - 40, plot.height() + 16);
      QVERIFY(pixelsLike(chart, 0, middle) >= 2 * middle.width());
    }
  }

  void onePointAndLargeStepsHaveAnAxisAroundThem() {
    for (const std::int64_t step : {std::int64_t{0}, std::int64_t{7}, std::int64_t{1000000000000},
                                    std::int64_t{1000000000000000000}}) {
      for (const int count : {1, 3}) {
        RunStore store;
        auto run = store.openRun("/log", "a");
        for (int i = 0; i < count; ++i) run->appendScalar("loss", step + i, 1.7e9, 2);
        ScalarChart chart;
        show(chart, {{run, "loss", "a", 0}});
        const auto range = chart.xRange();
        const double first = widgets::stepsFrom(chart.stepOrigin(), step);
        QVERIFY(range.lower <= first);
        QVERIFY(range.upper >= first + count - 1);
        QVERIFY(range.upper > range.lower);
        if (count == 1) QVERIFY(range.lower < first);
        if (count == 1) QVERIFY(pixelsLike(chart, 0, chart.plotArea()) >= 10);
      }
    }
  }

  void nanIsMarkedAtTheEdge() {
    RunStore store;
    ScalarChart chart;
    show(chart, {{makeRun(store, "a", 101, [](std::size_t i) { return i == 50 ? kNan : 1; }),
                  "loss", "a", 1}});
    const QRect plot = chart.plotArea();
    const QRect edge(plot.center().x() - 6, plot.bottom() - 9, 13, 9);
    QVERIFY(pixelsLike(chart, 1, edge) >= 6);
    QCOMPARE(pixelsLike(chart, 1, edge.translated(60, 0)), 0);
  }

  void smoothedLineFollowsWithItsOwnPace() {
    RunStore store;
    ScalarChart chart;
    QSignalSpy busy(&chart, &ScalarChart::busyChanged);
    ScalarChartOptions options;
    options.smoothing = 0.9;
    chart.setOptions(options);
    chart.setSeries(
        {{makeRun(store, "a", 300000, [](std::size_t i) { return i % 2; }), "loss", "a", 0}});
    chart.resize(640, 320);
    chart.show();
    chart.refresh(QDeadlineTimer(0));  // one slice only
    QVERIFY(!chart.isSmoothed());
    QCOMPARE(busy.count(), 1);
    while (!chart.isSmoothed()) chart.refresh();
    QCOMPARE(busy.count(), 2);
    const auto& curve = *chart.curves().front();
    QVERIFY(std::abs(curve.smoothedValue(299999) - 0.5) < 0.06);
  }

  void whatSmoothingFalsifiesIsDrawnAsItIs() {
    RunStore store;
    auto run = makeRun(store, "a", 100, [](std::size_t i) { return i; });
    for (int i = 0; i < 100; ++i) run->appendScalar("train/lr", i, 1.7e9 + i, i < 50 ? 0.1 : 0.01);
    for (int i = 0; i < 10; ++i) run->appendScalar("val/loss", i, 1.7e9 + i, 10 - i);
    ScalarChart chart;
    show(chart, {{run, "loss", "a", 0}, {run, "train/lr", "a", 1}, {run, "val/loss", "a", 2}}, 0.9);
    QVERIFY(chart.curves()[0]->isSmoothed());
    QVERIFY(!chart.curves()[1]->isSmoothed());
    QVERIFY(!chart.curves()[2]->isSmoothed());
    QVERIFY(chart.isSmoothed());
    for (int i = 10; i < 30; ++i) run->appendScalar("val/loss", i, 1.7e9 + i, 1);
    redraw(chart);
    QVERIFY(chart.curves()[2]->isSmoothed());
  }

  void theChangeToFineTuningIsMarked() {
    RunStore store;
    ScalarChart chart;
    auto run = makeRun(store, "a", 101, [](std::size_t) { return 1; });
    chart.setMarkedRun(run.get());
    const auto mark = [](std::int64_t step) {
      return widgets::ChartMark{widgets::ChartMark::Kind::kPhase, step, 0, {}};
    };
    show(chart, {{run, "loss", "a", 0}});
    const QRect plot = chart.plotArea();
    const QRect upper(plot.left() + 2, plot.top() + 4, plot.width() - 4, plot.height() / 4);
    const auto lines = [&] {
      const QImage image = chart.grab().toImage();
      int count = 0;
      for (int x = upper.left(); x <= upper.right(); ++x) {
        const int y = upper.bottom() - 9;  // between two lines of the grid
        count += image.pixelColor(x, y).lightness() < 200 &&
                 image.pixelColor(x, y + 3).lightness() < 200;
      }
      return count;
    };
    QCOMPARE(lines(), 0);
    chart.setMarks({mark(0), mark(100)});  // it begins and ends: no change
    redraw(chart);
    QCOMPARE(lines(), 0);
    chart.setMarks({mark(0), mark(50), mark(100)});
    redraw(chart);
    QVERIFY(lines() >= 1);
  }

  void aCircleOnTheEdgeIsWhole() {
    RunStore store;
    auto run = makeRun(store, "a", 2, [](std::size_t) { return 1.0; });
    ScalarChart chart;
    show(chart, {{run, "loss", "a", 0, widgets::ScalarChartSeries::Role::kCircles}}, 0);
    const QRect plot = chart.plotArea();
    const QImage picture = chart.grab().toImage();
    const QRgb line = widgets::seriesColor(0, 0).rgb();
    int outside = 0;
    for (int y = plot.top(); y <= plot.bottom(); ++y) {
      for (int x = plot.right() + 2; x < picture.width(); ++x)
        outside += picture.pixel(x, y) == line;
    }
    QVERIFY(outside > 0);
  }

  void theLastEpochEndsWithItsRun() {
    RunStore store;
    auto longer = makeRun(store, "longer", 201, [](std::size_t) { return 1.0; });
    auto marked = makeRun(store, "marked", 101, [](std::size_t) { return 2.0; });
    ScalarChart chart;
    chart.setEpochs({{1, 0, 0}, {2, 40, 0}, {3, 80, 0}});
    chart.setMarkedRun(marked.get());
    show(chart, {{longer, "loss", "longer", 1}, {marked, "loss", "marked", 0}}, 0);
    const QRect plot = chart.plotArea();
    const auto across = [&plot](double step) {
      return plot.left() + static_cast<int>(step / 200 * plot.width());
    };
    const auto headAt = [&](double step) {
      chart.hover(QPoint(across(step), plot.center().y()));
      return chart.tooltip()->head();
    };
    QCOMPARE(headAt(90), QStringLiteral("step 90 · epoch 3"));
    QCOMPARE(headAt(150), QStringLiteral("step 150"));
    chart.endHover();
    const QImage picture = chart.grab().toImage();
    const auto colorAt = [&](double step) {
      return picture.pixelColor(across(step), plot.center().y() + plot.height() / 4);
    };
    QCOMPARE(colorAt(90), colorAt(10));  // both in a band
    QVERIFY(colorAt(90) != colorAt(60));
    QCOMPARE(colorAt(150), colorAt(60));
  }

  void emptyChartIsHarmless() {
    RunStore store;
    auto run = store.openRun("/log", "empty");
    ScalarChart chart;
    chart.setEmptyText("nothing here");
    show(chart, {{run, "loss", "a", 0}});
    QVERIFY(chart.isEmpty());
    chart.hover(chart.plotArea().center());
    chart.zoom(0.5, 0.5);
    chart.fit();
    redraw(chart);
    run->appendScalar("loss", 5, 1, 3);
    redraw(chart);
    QVERIFY(chart.xRange().lower < 5 && chart.xRange().upper > 5);
    QVERIFY(chart.yRange().lower < 3 && chart.yRange().upper > 3);
  }

  void onlyNonFiniteValuesAreHarmless() {
    RunStore store;
    ScalarChart chart;
    show(chart, {{makeRun(store, "a", 5000, [](std::size_t) { return kNan; }), "loss", "a", 0}},
         0.6);
    QVERIFY(chart.yRange().upper > chart.yRange().lower);
    const QRect plot = chart.plotArea();
    QVERIFY(pixelsLike(chart, 0, QRect(plot.left(), plot.bottom() - 10, plot.width(), 10)) > 20);
  }

  void purgedPointsGo() {
    RunStore store;
    auto run = makeRun(store, "a", 1000, [](std::size_t i) { return i; });
    ScalarChart chart;
    show(chart, {{run, "loss", "a", 0}}, 0.9);
    run->purgeFrom(100);
    redraw(chart);
    QCOMPARE(chart.xRange().upper, 99.0);
    QVERIFY(chart.yRange().upper <= 100);
  }

  void seriesCanGoAndCome() {
    RunStore store;
    auto a = makeRun(store, "a", 100, [](std::size_t) { return 1; });
    auto b = makeRun(store, "b", 100, [](std::size_t) { return 2; });
    ScalarChart chart;
    show(chart, {{a, "loss", "a", 0}, {b, "loss", "b", 1}});
    QVERIFY(pixelsLike(chart, 1, chart.plotArea()) > 300);
    chart.setSeries({{a, "loss", "a", 0}});
    redraw(chart);
    QCOMPARE(pixelsLike(chart, 1, chart.plotArea()), 0);
    chart.setSeries({});
    redraw(chart);
    QVERIFY(chart.isEmpty());
  }
};

QTEST_MAIN(ScalarChartTest)
#include "scalar_chart_test.moc"
