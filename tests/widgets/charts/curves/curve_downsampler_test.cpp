// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/curve_downsampler.h"

#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using eventio::ScalarSeries;
using eventio::ScalarView;
using widgets::AxisScale;
using widgets::CurveDownsampler;
using widgets::CurveSource;
using widgets::CurveVertex;
using widgets::SmoothedColumn;
using widgets::XAxis;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A series with all that a CurveSource points to.
struct Fixture {
  ScalarSeries series;
  ScalarView view;
  std::vector<std::size_t> segments;
  CurveSource source;
  CurveDownsampler downsampler;

  void update() {
    view = series.view();
    segments = source.xAxis == XAxis::kStep ? view.stepSegments() : view.wallSegments();
    source.view = &view;
    source.segments = &segments;
    downsampler.setSource(source);
  }
  std::vector<CurveVertex> collect(double lower, double upper, int pixels) {
    std::vector<CurveVertex> vertices;
    downsampler.collect(lower, upper, pixels, vertices);
    return vertices;
  }
};

void fillWithNoise(Fixture& fixture, std::size_t count, bool uneven) {
  std::mt19937 random(11);
  std::normal_distribution<double> normal(0, 1);
  std::uniform_int_distribution<int> gap(0, 3);
  std::int64_t step = 0;
  for (std::size_t i = 0; i < count; ++i) {
    fixture.series.append(step, static_cast<double>(step), normal(random));
    step += uneven ? gap(random) : 1;
  }
  fixture.update();
}

/// Extremes of what the points in [from, to) of the x axis hold.
eventio::ValueRange scan(const ScalarView& view, double from, double to) {
  eventio::ValueRange range;
  for (std::size_t i = 0; i < view.size(); ++i) {
    const auto x = static_cast<double>(view.step(i));
    if (x >= from && x < to) widgets::mergeRange(range, {view.value(i), view.value(i), false});
  }
  return range;
}

eventio::ValueRange drawn(const std::vector<CurveVertex>& vertices, double from, double to) {
  eventio::ValueRange range;
  for (const CurveVertex& v : vertices) {
    if (!v.isBreak() && v.x >= from && v.x < to) widgets::mergeRange(range, {v.low, v.high, false});
  }
  return range;
}

}  // namespace

class CurveDownsamplerTest : public QObject {
  Q_OBJECT

 private slots:
  void columnsKeepMinAndMax_data() {
    QTest::addColumn<int>("count");
    QTest::addColumn<bool>("uneven");
    QTest::addColumn<double>("lower");
    QTest::addColumn<double>("upper");
    QTest::addRow("all, few a column") << 3000 << false << 0.0 << 3000.0;
    QTest::addRow("all, uneven") << 6000 << true << 0.0 << 9000.0;
    QTest::addRow("all, many a column") << 60000 << false << 0.0 << 60000.0;
    QTest::addRow("part") << 60000 << true << 20000.0 << 41000.0;
    QTest::addRow("wider than the data") << 5000 << false << -20000.0 << 30000.0;
  }
  void columnsKeepMinAndMax() {
    QFETCH(int, count);
    QFETCH(bool, uneven);
    QFETCH(double, lower);
    QFETCH(double, upper);
    constexpr int kPixels = 200;
    Fixture fixture;
    fillWithNoise(fixture, static_cast<std::size_t>(count), uneven);
    const auto vertices = fixture.collect(lower, upper, kPixels);
    QVERIFY(vertices.size() < 10 * kPixels);
    const double pixel = (upper - lower) / kPixels;
    for (int i = 0; i < kPixels; ++i) {
      // A vertex stands in the middle of its column: one pixel to either side holds the column.
      const double from = lower + i * pixel;
      const auto inside = scan(fixture.view, from, from + pixel);
      const auto around = drawn(vertices, from - pixel, from + 2 * pixel);
      if (inside.empty()) continue;
      QVERIFY(around.min <= inside.min);
      QVERIFY(around.max >= inside.max);
      const auto narrow = drawn(vertices, from, from + pixel);
      const auto wide = scan(fixture.view, from - pixel, from + 2 * pixel);
      if (narrow.empty()) continue;
      QVERIFY(narrow.min >= wide.min);
      QVERIFY(narrow.max <= wide.max);
    }
    // Nothing is counted twice and nothing is lost: the extremes over all agree exactly.
    const auto all = scan(fixture.view, lower, upper);
    const auto seen = drawn(vertices, lower - pixel, upper + pixel);
    QVERIFY(seen.min <= all.min);
    QVERIFY(seen.max >= all.max);
  }

  void zoomedInShowsRealPoints() {
    Fixture fixture;
    fillWithNoise(fixture, 100000, false);
    const auto vertices = fixture.collect(5000, 5100, 1000);
    int found = 0;
    for (const CurveVertex& v : vertices) {
      QCOMPARE(v.low, v.high);
      const auto index = static_cast<std::size_t>(v.x);
      QCOMPARE(v.low, fixture.view.value(index));
      found += v.x >= 5000 && v.x <= 5100;
    }
    QCOMPARE(found, 101);
  }

  void everyPixelHasFewVertices_data() {
    QTest::addColumn<int>("count");
    QTest::addColumn<bool>("uneven");
    // With 12 points a pixel: the last tile holds a few points, then some more.
    for (const int count : {9000, 9230, 9500, 9700, 10500}) {
      QTest::addRow("%d", count) << count << false;
      QTest::addRow("%d uneven", count) << count << true;
    }
  }
  void everyPixelHasFewVertices() {
    QFETCH(int, count);
    QFETCH(bool, uneven);
    constexpr int kPixels = 1000;
    constexpr double kUpper = 12 * kPixels;
    Fixture fixture;
    fillWithNoise(fixture, static_cast<std::size_t>(uneven ? count * 2 / 3 : count), uneven);
    std::vector<int> vertices(kPixels, 0);
    for (const CurveVertex& v : fixture.collect(0, kUpper, kPixels)) {
      const double pixel = v.x / kUpper * kPixels;
      if (!v.isBreak() && pixel >= 0 && pixel < kPixels)
        ++vertices[static_cast<std::size_t>(pixel)];
    }
    // The line would look thicker where it ran through every point.
    QVERIFY(*std::max_element(vertices.begin(), vertices.end()) <= 4);
  }

  void pointsFarApartInOneTileAreAllThere() {
    Fixture fixture;
    const std::vector<std::int64_t> steps{0, 1, 2, 7000, 7001, 7005, 30000, 60000, 60001, 99999};
    for (const std::int64_t step : steps) fixture.series.append(step, 0, 1);
    fixture.update();
    // About one step a column, ten thousand of them in the picture: empty ones are skipped.
    std::vector<double> shown;
    for (const CurveVertex& v : fixture.collect(0, 100000, 100000)) shown.push_back(v.x);
    QCOMPARE(shown, std::vector<double>(steps.begin(), steps.end()));
  }

  void aGapIsALineBetweenItsTwoPoints_data() {
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("xAxis");
    QTest::addColumn<double>("lower");
    QTest::addColumn<double>("upper");
    for (const int count : {100, 5000, 60000, 3000000}) {
      for (const XAxis xAxis : {XAxis::kStep, XAxis::kRelative, XAxis::kWall}) {
        const double origin = xAxis == XAxis::kWall ? 1.7e9 : 0;
        QTest::addRow("%d, axis %d, all", count, static_cast<int>(xAxis))
            << count << static_cast<int>(xAxis) << origin << origin + 12.0 * count;
        QTest::addRow("%d, axis %d, part", count, static_cast<int>(xAxis))
            << count << static_cast<int>(xAxis) << origin + 0.3 * count << origin + 11.7 * count;
      }
    }
  }
  void aGapIsALineBetweenItsTwoPoints() {
    QFETCH(int, count);
    QFETCH(int, xAxis);
    QFETCH(double, lower);
    QFETCH(double, upper);
    constexpr int kPixels = 100;
    // `count` points, ten times as long nothing, and so many again; each value says its place.
    Fixture fixture;
    const auto valueAt = [](int i) { return (i % 11) + i * 1e-9; };
    for (int i = 0; i < 2 * count; ++i) {
      const int x = i < count ? i : i + 10 * count;
      fixture.series.append(x, 1.7e9 + x, valueAt(i));
    }
    fixture.source.xAxis = static_cast<XAxis>(xAxis);
    fixture.source.origin = 1.7e9;
    fixture.update();
    const auto vertices = fixture.collect(lower, upper, kPixels);
    const double origin = fixture.source.xAxis == XAxis::kWall ? 1.7e9 : 0;
    const double column = (upper - lower) / kPixels * 1.5;  // or less
    int crossings = 0;
    for (std::size_t i = 0; i < vertices.size(); ++i) {
      const double x = vertices[i].x - origin;
      QVERIFY(x < count + column || x > 11.0 * count - column);  // none within the gap
      if (i == 0 || vertices[i].x - vertices[i - 1].x < 3 * column) continue;
      ++crossings;
      QCOMPARE(vertices[i - 1].low, valueAt(count - 1));
      QCOMPARE(vertices[i - 1].high, valueAt(count - 1));
      QCOMPARE(vertices[i].low, valueAt(count));
      QCOMPARE(vertices[i].high, valueAt(count));
    }
    QCOMPARE(crossings, 1);
  }

  void neighboursOutsideTheViewAreThere() {
    Fixture fixture;
    fixture.series.append(0, 0, 1);
    fixture.series.append(1000000, 1, 2);
    fixture.update();
    const auto vertices = fixture.collect(499999, 500001, 800);
    QCOMPARE(vertices.size(), std::size_t{2});
    QCOMPARE(vertices[0].x, 0.0);
    QCOMPARE(vertices[1].x, 1e6);
  }

  void spikeOfOnePointInTenMillion() {
    constexpr std::size_t kCount = 10000000;
    constexpr std::size_t kSpike = 6543217;
    Fixture fixture;
    for (std::size_t i = 0; i < kCount; ++i) {
      fixture.series.append(static_cast<std::int64_t>(i), 0, i == kSpike ? 100 : 1);
    }
    fixture.update();
    for (double width = kCount; width >= 10; width /= 7) {
      const double lower = kSpike - width * 0.3;
      const auto vertices = fixture.collect(lower, lower + width, 1000);
      const double pixel = width / 1000;
      const auto range = drawn(vertices, kSpike - pixel, kSpike + pixel);
      QCOMPARE(range.max, 100.0);
      QVERIFY(vertices.size() < 10000);
    }
  }

  void segmentsAreSeparate() {
    Fixture fixture;
    for (int i = 0; i < 10; ++i) fixture.series.append(i, i, 1);
    for (int i = 5; i < 15; ++i) fixture.series.append(i, 10 + i, 2);
    fixture.update();
    const auto vertices = fixture.collect(0, 20, 500);
    std::vector<std::vector<double>> lines(1);
    for (const CurveVertex& v : vertices) {
      if (v.isBreak()) {
        lines.emplace_back();
      } else {
        lines.back().push_back(v.low);
      }
    }
    QCOMPARE(lines.size(), std::size_t{2});
    QCOMPARE(lines[0], std::vector<double>(10, 1.0));
    QCOMPARE(lines[1], std::vector<double>(10, 2.0));
  }

  void nonFiniteBreaksAndIsMarked() {
    Fixture fixture;
    for (int i = 0; i < 20; ++i) {
      const double value = i == 5 ? kNan : i == 10 ? kInfinity : i == 15 ? -kInfinity : 1;
      fixture.series.append(i, i, value);
    }
    fixture.update();
    int breaks = 0;
    for (const CurveVertex& v : fixture.collect(0, 20, 500)) breaks += v.isBreak();
    QCOMPARE(breaks, 3);
    std::vector<widgets::NonFinitePoint> marks;
    fixture.downsampler.collectNonFinite(0, 20, 500, marks);
    QCOMPARE(marks.size(), std::size_t{3});
    QVERIFY(marks[0].x == 5 && std::isnan(marks[0].value));
    QVERIFY(marks[1].x == 10 && marks[1].value == kInfinity);
    QVERIFY(marks[2].x == 15 && marks[2].value == -kInfinity);
  }

  void oneNanAmongManyPointsIsFound() {
    Fixture fixture;
    for (int i = 0; i < 200000; ++i) fixture.series.append(i, i, i == 123456 ? kNan : 1);
    fixture.update();
    std::vector<widgets::NonFinitePoint> marks;
    fixture.downsampler.collectNonFinite(0, 200000, 300, marks);
    QCOMPARE(marks.size(), std::size_t{1});
    QCOMPARE(marks[0].x, 123456.0);
  }

  void logAxesLeaveOutWhatHasNoPlace() {
    Fixture fixture;
    fixture.source.xScale = AxisScale::kLog;
    fixture.source.positiveOnly = true;
    fixture.series.append(0, 0, 7);  // no place on the x axis
    fixture.series.append(1, 1, 3);
    fixture.series.append(10, 2, -1);
    fixture.series.append(100, 3, 0);
    fixture.series.append(1000, 4, 5);
    fixture.update();
    std::vector<std::pair<double, double>> shown;
    for (const CurveVertex& v : fixture.collect(0, 4, 400)) {
      if (!v.isBreak()) shown.emplace_back(v.x, v.low);
    }
    const std::vector<std::pair<double, double>> expected{{0, 3}, {3, 5}};
    QCOMPARE(shown, expected);
  }

  void logColumnsKeepTheirSmallestPositive() {
    Fixture fixture;
    fixture.source.positiveOnly = true;
    for (int i = 0; i < 100000; ++i) {
      fixture.series.append(i, i, i % 2 == 0 ? -1.0 : i == 50001 ? 1e-6 : 1 + (i % 10));
    }
    fixture.update();
    const auto range = drawn(fixture.collect(0, 100000, 200), 0, 100000);
    QCOMPARE(range.min, 1e-6);
    QCOMPARE(range.max, 10.0);
  }

  void growthDownsamplesOnlyTheTail() {
    Fixture fixture;
    fillWithNoise(fixture, 100000, false);
    fixture.collect(0, 120000, 1000);
    const std::size_t before = fixture.downsampler.tilesMade();
    fixture.update();
    fixture.collect(0, 120000, 1000);
    QCOMPARE(fixture.downsampler.tilesMade(), before);
    fixture.series.append(100000, 0, 50);
    fixture.update();
    const auto vertices = fixture.collect(0, 120000, 1000);
    QVERIFY(fixture.downsampler.tilesMade() - before <= 2);
    QCOMPARE(drawn(vertices, 99000, 101000).max, 50.0);
  }

  void growthInTheMiddleIsSeen() {
    Fixture fixture;
    fillWithNoise(fixture, 50000, false);
    fixture.collect(0, 60000, 500);
    fixture.series.append(20000, 0, 77);  // a restart: a new segment
    fixture.update();
    QCOMPARE(drawn(fixture.collect(0, 60000, 500), 19000, 21000).max, 77.0);
  }

  void panningReusesTiles() {
    Fixture fixture;
    fillWithNoise(fixture, 200000, false);
    fixture.collect(0, 50000, 1000);
    const std::size_t before = fixture.downsampler.tilesMade();
    for (int i = 1; i <= 20; ++i) fixture.collect(i * 50, 50000 + i * 50, 1000);
    QVERIFY(fixture.downsampler.tilesMade() - before <= 1);
  }

  void smoothedValuesComeWithTheVertices() {
    Fixture fixture;
    fillWithNoise(fixture, 20000, false);
    SmoothedColumn smoothed(0.9);
    fixture.source.smoothed = &smoothed;
    fixture.update();
    for (const CurveVertex& v : fixture.collect(0, 100, 1000)) QVERIFY(std::isnan(v.smoothed));
    smoothed.advance(fixture.view, 20000);
    for (const CurveVertex& v : fixture.collect(0, 100, 1000)) {
      QCOMPARE(v.smoothed, smoothed.value(static_cast<std::size_t>(v.x)));
    }
    for (const CurveVertex& v : fixture.collect(0, 20000, 200)) {
      const auto range = smoothed.range(0, smoothed.size());
      QVERIFY(v.smoothed >= range.min && v.smoothed <= range.max);
    }
  }
};

QTEST_APPLESS_MAIN(CurveDownsamplerTest)
#include "curve_downsampler_test.moc"
