// SPDX-License-Identifier: GPL-3.0-or-later
// Tooltip and cross-hair of a scalar chart.
#include <QDateTime>
#include <QtTest>

#include "tests/widgets/chart_fixture.h"
#include "widgets/charts/chart_tooltip.h"
#include "widgets/charts/scalar/chart_link.h"
#include "widgets/style/theme.h"

using eventio::RunStore;
using widgets::ScalarChart;
using widgets::ScalarChartOptions;
using widgets::ScalarChartSeries;
using widgets::XAxis;

class ChartHoverTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }

  void tooltipShowsTheNearestPointOfEveryRun() {
    RunStore store;
    auto near = makeRun(store, "near", 101, [](std::size_t) { return 1.0; });
    auto far = makeRun(store, "far", 101, [](std::size_t i) { return i <= 50 ? 9.0 : 9.5; });
    ScalarChart chart;
    chart.setEpochs({{1, 0, 0}, {2, 40, 0}, {3, 80, 0}});
    show(chart, {{far, "loss", "far", 1}, {near, "loss", "near", 0}}, 0.6);
    const QRect plot = chart.plotArea();
    chart.hover(QPoint(plot.left() + plot.width() / 2, plot.bottom() - 2));
    QVERIFY(chart.tooltip() && chart.tooltip()->isVisible());
    QCOMPARE(chart.tooltip()->head(), QStringLiteral("step 50 · epoch 2"));
    const auto& rows = chart.tooltip()->rows();
    QCOMPARE(rows.size(), std::size_t{2});
    QCOMPARE(rows[0].label, QStringLiteral("near"));
    QCOMPARE(rows[0].value, QStringLiteral("1.0000"));
    QCOMPARE(rows[0].smoothed, QStringLiteral("1.0000"));
    QCOMPARE(rows[0].step, QStringLiteral("50"));
    QCOMPARE(rows[0].time, QStringLiteral("50 s"));
    QCOMPARE(rows[1].label, QStringLiteral("far"));
    chart.hover(QPoint(plot.left() + plot.width() / 2, plot.top() + 2));
    QCOMPARE(chart.tooltip()->rows()[0].label, QStringLiteral("far"));
    chart.endHover();
    QVERIFY(!chart.tooltip()->isVisible());
  }

  void tooltipStaysWithinItsChartWhereItCan() {
    RunStore store;
    QWidget window;
    window.resize(1000, 600);
    ScalarChart chart(&window);
    auto run = makeRun(store, "a", 101, [](std::size_t) { return 1.0; });
    chart.setSeries({{run, "loss", "a run with a name", 0}});
    chart.setGeometry(200, 100, 600, 200);
    window.show();
    redraw(chart);
    const auto hoverAt = [&](double share) {
      const QRect plot = chart.plotArea();
      chart.hover(QPoint(plot.left() + static_cast<int>(share * plot.width()), plot.top() + 2));
      return chart.tooltip()->geometry();
    };
    for (const double share : {0.0, 0.3, 0.7, 0.99}) {
      const QRect at = hoverAt(share);
      QVERIFY(chart.geometry().contains(at));
      const int x =
          chart.x() + chart.plotArea().left() + static_cast<int>(share * chart.plotArea().width());
      QVERIFY(at.left() > x || at.right() < x);
    }
    // Where the chart has no space for it, the window has.
    chart.setGeometry(200, 100, 150, 120);
    redraw(chart);
    const QRect at = hoverAt(0.5);
    QVERIFY(!chart.geometry().contains(at));
    QVERIFY(window.rect().contains(at));
  }

  void aLargeTooltipStandsBesideTheChartAndNeverBelowTheMouse() {
    RunStore store;
    QWidget window;
    window.resize(1200, 800);
    ScalarChart chart(&window);
    std::vector<ScalarChartSeries> series;
    for (int i = 0; i < 50; ++i) {
      const QString name = QStringLiteral("run %1").arg(i);
      series.push_back(
          {makeRun(store, name.toStdString(), 101, [i](std::size_t) { return i; }), "loss", name});
    }
    chart.setSeries(series);
    chart.setGeometry(400, 250, 400, 200);
    window.show();
    redraw(chart);
    for (const QPoint corner : {QPoint(0, 0), QPoint(800, 0), QPoint(400, 250), QPoint(0, 600),
                                QPoint(800, 600), QPoint(400, 600)}) {
      chart.move(corner);
      redraw(chart);
      const QRect plot = chart.plotArea();
      for (const double share : {0.01, 0.5, 0.99}) {
        const QPoint place(plot.left() + static_cast<int>(share * plot.width()),
                           plot.top() + static_cast<int>(share * plot.height()));
        chart.hover(place);
        const QRect at = chart.tooltip()->geometry();
        QVERIFY(window.rect().contains(at));
        QVERIFY(!at.intersects(chart.geometry()));
        QCOMPARE(chart.tooltip()->rows().size(), std::size_t{10});
        QCOMPARE(chart.tooltip()->more(), 40);
      }
    }
    // A chart that fills the window leaves no space around it.
    window.resize(600, 300);
    chart.setGeometry(window.rect());
    redraw(chart);
    const QPoint place = chart.plotArea().center();
    chart.hover(place);
    const QRect at = chart.tooltip()->geometry();
    QVERIFY(window.rect().contains(at));
    QVERIFY(!at.contains(place));
    QVERIFY(chart.tooltip()->rows().size() < 10);
    QCOMPARE(static_cast<int>(chart.tooltip()->rows().size()) + chart.tooltip()->more(), 50);
  }

  void theTooltipIsHeadedByTheAxisInUse() {
    RunStore store;
    ScalarChart chart;
    show(chart, {{makeRun(store, "a", 101, [](std::size_t) { return 1.0; }), "loss", "a", 0}});
    const auto headWith = [&chart](XAxis axis) {
      ScalarChartOptions options = chart.options();
      options.xAxis = axis;
      chart.setOptions(options);
      redraw(chart);
      const QRect plot = chart.plotArea();
      chart.hover(QPoint(plot.left() + plot.width() / 2, plot.top() + 2));
      return chart.tooltip()->head();
    };
    QCOMPARE(headWith(XAxis::kStep), QStringLiteral("step 50"));
    QCOMPARE(headWith(XAxis::kRelative), QStringLiteral("50 s from the start"));
    const auto time = QDateTime::fromSecsSinceEpoch(1700000050);
    QVERIFY2(headWith(XAxis::kWall).contains(time.toString("HH:mm:ss")),
             qPrintable(chart.tooltip()->head()));
  }

  void theCrossHairStandsWhereTheValuesAre() {
    RunStore store;
    auto run = store.openRun("/log", "a");
    for (const int step : {0, 100, 200}) run->appendScalar("loss", step, 1.7e9 + step, 1);
    ScalarChart chart;
    show(chart, {{run, "loss", "a", 0}});
    const QRect plot = chart.plotArea();
    for (const auto& [share, step] :
         {std::pair(0.1, 0), std::pair(0.4, 100), std::pair(0.7, 100), std::pair(0.8, 200)}) {
      chart.hover(QPoint(plot.left() + static_cast<int>(share * plot.width()), plot.center().y()));
      QCOMPARE(chart.cursor(), static_cast<double>(step));
      QCOMPARE(chart.tooltip()->head(), QStringLiteral("step %1").arg(step));
    }
    // Between two points that are out of sight there is nothing to show.
    chart.setXRange({110, 190});
    redraw(chart);
    chart.hover(plot.center());
    QVERIFY(!chart.tooltip()->isVisible());
  }

  void pointsFarAwayAreNotListedAsEquals() {
    RunStore store;
    auto ended = makeRun(store, "ended", 51, [](std::size_t) { return 1.0; });
    auto longer = makeRun(store, "longer", 101, [](std::size_t) { return 9.0; });
    ScalarChart chart;
    show(chart, {{ended, "loss", "ended", 1}, {longer, "loss", "longer", 0}});
    const QRect plot = chart.plotArea();
    const auto hoverAt = [&](double step) {
      // The mouse is nearer to the run that ended.
      chart.hover(
          QPoint(plot.left() + static_cast<int>(step / 100 * plot.width()), plot.bottom() - 2));
      return chart.tooltip()->rows();
    };
    const auto both = hoverAt(40);
    QCOMPARE(both[0].label, QStringLiteral("ended"));
    QVERIFY(!both[0].faint && !both[1].faint);
    const auto after = hoverAt(90);
    QCOMPARE(after[0].label, QStringLiteral("longer"));
    QVERIFY(!after[0].faint);
    QCOMPARE(after[1].label, QStringLiteral("ended"));
    QVERIFY(after[1].faint);
    QCOMPARE(after[1].step, QStringLiteral("50"));
  }

  void noTooltipWhileDragging() {
    RunStore store;
    ScalarChart chart;
    show(chart, {{makeRun(store, "a", 1001, [](std::size_t i) { return i; }), "loss", "a", 0}});
    QWidget* plot = chart.childAt(chart.plotArea().center());
    const QPoint from = plot->mapFrom(&chart, chart.plotArea().center());
    const QPoint to = from + QPoint(60, 20);
    for (const auto modifier : {Qt::NoModifier, Qt::ShiftModifier}) {
      QTest::mouseMove(plot, from - QPoint(3, 3));
      QTest::mouseMove(plot, from);
      QVERIFY(chart.tooltip()->isVisible());
      QTest::mousePress(plot, Qt::LeftButton, modifier, from);
      QTest::mouseMove(plot, to);
      QVERIFY(!chart.tooltip()->isVisible());
      redraw(chart);  // new points do not bring it back
      QVERIFY(!chart.tooltip()->isVisible());
      QTest::mouseRelease(plot, Qt::LeftButton, modifier, to);
      QVERIFY(chart.tooltip()->isVisible());
    }
  }

  void theKeyboardMovesTheCrossHairFromPointToPoint() {
    RunStore store;
    auto run = store.openRun("/log", "a");
    for (const int step : {0, 90, 100, 200}) run->appendScalar("loss", step, 1.7e9 + step, 1);
    ScalarChart chart;
    show(chart, {{run, "loss", "a", 0}});
    const auto press = [&chart](Qt::Key key) {
      QTest::keyClick(&chart, key, Qt::ControlModifier);
      return chart.cursor();
    };
    QCOMPARE(press(Qt::Key_Right), 100.0);  // it appears in the middle
    QVERIFY(chart.tooltip()->isVisible());
    QCOMPARE(press(Qt::Key_Left), 90.0);
    QCOMPARE(press(Qt::Key_Left), 0.0);
    QCOMPARE(press(Qt::Key_Left), 0.0);
    for (const double step : {90.0, 100.0, 200.0, 200.0}) QCOMPARE(press(Qt::Key_Right), step);
    QCOMPARE(chart.xRange().upper, 200.0);
  }

  void crossHairIsShared() {
    RunStore store;
    widgets::ChartLink link;
    ScalarChart first;
    ScalarChart second;
    first.setLink(&link);
    second.setLink(&link);
    show(first, {{makeRun(store, "a", 100, [](std::size_t) { return 0; }), "loss", "a", 0}});
    show(second, {{makeRun(store, "b", 100, [](std::size_t) { return 0; }), "loss", "b", 0}});
    const QImage before = second.grab().toImage();
    first.hover(first.plotArea().center());
    QCoreApplication::processEvents();
    QVERIFY(second.grab().toImage() != before);
    first.endHover();
    QCoreApplication::processEvents();
    QCOMPARE(second.grab().toImage(), before);
  }
};

QTEST_MAIN(ChartHoverTest)
#include "chart_hover_test.moc"
