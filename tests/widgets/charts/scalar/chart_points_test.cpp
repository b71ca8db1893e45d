// SPDX-License-Identifier: GPL-3.0-or-later
// Points that stand alone between values which cannot be drawn, and marks at the plot's edges.
#include <QApplication>
#include <QtTest>
#include <cmath>
#include <limits>

#include "tests/widgets/chart_fixture.h"
#include "widgets/charts/curves/curve_dots.h"
#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/style/theme.h"

using eventio::RunStore;
using widgets::RasterVertex;
using widgets::ScalarChart;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

/// Where a point of the chart stands, in its own coordinates.
QPointF placeOf(const ScalarChart& chart, double x, double y) {
  const QRectF plot = chart.plotArea();
  const auto [left, right] = chart.xRange();
  const auto [bottom, top] = chart.yRange();
  return {plot.left() + (x - left) / (right - left) * plot.width(),
          plot.top() + (top - y) / (top - bottom) * plot.height()};
}

/// Pixels of the run's colour in a square around a place.
int pixelsAround(ScalarChart& chart, QPointF center, int radius) {
  const QImage image = chart.grab().toImage();
  const QColor wanted = widgets::runColor(0);
  const QRect area(center.toPoint() - QPoint(radius, radius),
                   QSize(2 * radius + 1, 2 * radius + 1));
  int count = 0;
  for (int y = std::max(0, area.top()); y <= std::min(area.bottom(), image.height() - 1); ++y) {
    for (int x = std::max(0, area.left()); x <= std::min(area.right(), image.width() - 1); ++x) {
      const QColor color = image.pixelColor(x, y);
      const int distance = std::abs(color.red() - wanted.red()) +
                           std::abs(color.green() - wanted.green()) +
                           std::abs(color.blue() - wanted.blue());
      count += distance < 60 ? 1 : 0;
    }
  }
  return count;
}

/// As many pixels as a dot of a single value has at least.
constexpr int kDotPixels = 20;

}  // namespace

class ChartPointsTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }

  void aValueAloneIsADot_data() {
    QTest::addColumn<QList<double>>("values");
    QTest::addColumn<QList<int>>("alone");
    QTest::newRow("last") << QList<double>{kNan, kNan, kNan, 1.5} << QList<int>{3};
    QTest::newRow("first") << QList<double>{1.5, kNan, 2, 1} << QList<int>{0};
    QTest::newRow("between") << QList<double>{1, 2, kNan, 1.5, kNan, 2, 1} << QList<int>{3};
    QTest::newRow("every other") << QList<double>{kNan, 1, kNan, 2, kNan, 3, kNan}
                                 << QList<int>{1, 3, 5};
    QTest::newRow("single") << QList<double>{2} << QList<int>{0};
  }
  void aValueAloneIsADot() {
    QFETCH(QList<double>, values);
    QFETCH(QList<int>, alone);
    RunStore store;
    ScalarChart chart;
    show(chart, {{makeRun(store, "a", static_cast<std::size_t>(values.size()),
                          [&](std::size_t i) { return values[static_cast<qsizetype>(i)]; }),
                  "loss", "a", 0}});
    for (const int index : alone) {
      const int found = pixelsAround(chart, placeOf(chart, index, values[index]), 5);
      QVERIFY2(found >= kDotPixels, qPrintable(QStringLiteral("%1: %2").arg(index).arg(found)));
    }
  }

  void aSmoothedValueAloneIsADotToo() {
    RunStore store;
    ScalarChart chart;
    // All are 2, so is the smoothed line; every third is missing around number 30.
    show(chart,
         {{makeRun(store, "a", 60, [](std::size_t i) { return i == 29 || i == 31 ? kNan : 2.0; }),
           "loss", "a", 0}},
         0.6);
    QVERIFY(pixelsAround(chart, placeOf(chart, 30, 2), 5) >= kDotPixels);
  }

  void aPictureShowsTheDotsToo() {
    RunStore store;
    ScalarChart chart;
    show(chart, {{makeRun(store, "a", 4, [](std::size_t i) { return i == 3 ? 1.5 : kNan; }), "loss",
                  "a", 0}});
    QTemporaryDir folder;
    const QString path = folder.filePath("a.svg");
    QVERIFY(chart.savePicture(path).isEmpty());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString svg = QString::fromUtf8(file.readAll());
    QVERIFY(svg.contains("<circle") || svg.contains("<ellipse"));
  }

  void marksAtTheEdgesAreWhole() {
    RunStore store;
    ScalarChart chart;
    show(chart, {{makeRun(store, "a", 9,
                          [](std::size_t i) {
                            return i == 0 || i == 4 || i == 8 ? kNan : static_cast<double>(i);
                          }),
                  "loss", "a", 0}});
    const auto markAt = [&](int x) {
      const QPointF place = placeOf(chart, x, chart.yRange().lower);
      return pixelsAround(chart, place - QPointF(0, 5), 5);
    };
    const int whole = markAt(4);
    QVERIFY(whole > 10);
    QVERIFY2(markAt(0) >= whole * 0.8, qPrintable(QString::number(markAt(0))));
    QVERIFY2(markAt(8) >= whole * 0.8, qPrintable(QString::number(markAt(8))));
  }

  void piecesThatAreSeenAsLinesGetNoDots() {
    const auto count = [](const std::vector<RasterVertex>& line) {
      return widgets::lonePoints(line, 1).size();
    };
    const RasterVertex gap{0, kNone, kNone};
    QCOMPARE(count({}), std::size_t{0});
    QCOMPARE(count({gap, {10, 5, 5}, gap}), std::size_t{1});
    QCOMPARE(count({{10, 5, 5}, {30, 5, 5}}), std::size_t{0});
    QCOMPARE(count({{10, 5, 40}}), std::size_t{0});
    // So dense that dots would cover one another.
    std::vector<RasterVertex> dense;
    for (int i = 0; i < 100; ++i) dense.insert(dense.end(), {{i * 2.0F, 5, 5}, gap});
    QCOMPARE(count(dense), std::size_t{0});
    // A piece that begins further back, where the run continued.
    QCOMPARE(count({{0, 5, 5}, {90, 5, 5}, gap, {40, 8, 8}}), std::size_t{1});
  }
};

QTEST_MAIN(ChartPointsTest)
#include "chart_points_test.moc"
