// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/curve_raster.h"

#include <QtTest>
#include <cmath>
#include <limits>
#include <vector>

using widgets::CurveRaster;
using widgets::RasterVertex;

namespace {

constexpr float kBreak = std::numeric_limits<float>::quiet_NaN();

QImage drawn(const std::vector<RasterVertex>& vertices, double width, const QColor& color,
             QSize size = {40, 30}) {
  CurveRaster raster;
  raster.begin(size.width(), size.height());
  raster.addCurve(width, color) = vertices;
  return raster.finish().copy();
}

int alphaAt(const QImage& image, int x, int y) {
  return qAlpha(image.pixel(x, y));
}

double mass(const QImage& image) {
  double sum = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) sum += alphaAt(image, x, y) / 255.0;
  }
  return sum;
}

}  // namespace

class CurveRasterTest : public QObject {
  Q_OBJECT

 private slots:
  void levelLineCoversItsWidth() {
    const QImage image = drawn({{5, 10, 10}, {35, 10, 10}}, 2, Qt::red);
    for (int x = 8; x < 32; ++x) {
      QCOMPARE(image.pixel(x, 9), qRgb(255, 0, 0));
      QCOMPARE(image.pixel(x, 10), qRgb(255, 0, 0));
      QCOMPARE(alphaAt(image, x, 8), 0);
      QCOMPARE(alphaAt(image, x, 11), 0);
    }
    QCOMPARE(alphaAt(image, 2, 10), 0);
    QCOMPARE(alphaAt(image, 38, 10), 0);
  }

  void fractionalPlaceIsAntialiased() {
    const QImage image = drawn({{0, 10.25F, 10.25F}, {40, 10.25F, 10.25F}}, 1, Qt::black);
    // From 9.75 to 10.75: a quarter of row 9, three quarters of row 10.
    QVERIFY(std::abs(alphaAt(image, 20, 9) - 64) <= 2);
    QVERIFY(std::abs(alphaAt(image, 20, 10) - 191) <= 2);
  }

  void slopedLineHasTheAreaOfItsLength() {
    for (const float rise : {0.F, 5.F, 15.F, 25.F}) {
      const QImage image = drawn({{5, 2, 2}, {30, 2 + rise, 2 + rise}}, 2, Qt::black);
      const double length = std::hypot(25, rise);
      const double expected = 2 * length + M_PI;  // with its round ends
      // Spans of a quarter column each: a slope gains at most an eighth.
      QVERIFY2(std::abs(mass(image) / expected - 1) < 0.125,
               qPrintable(QString::number(mass(image) / expected)));
    }
  }

  void verticalSegmentIsAsWideAsThePen() {
    const QImage image = drawn({{20, 25, 25}, {20.01F, 3, 3}}, 2, Qt::black);
    double row = 0;
    for (int x = 0; x < 40; ++x) row += alphaAt(image, x, 15) / 255.0;
    QVERIFY2(std::abs(row - 2) < 0.4, qPrintable(QString::number(row)));
  }

  void bandIsFilledWithItsOpacityOnce() {
    QColor faint(0, 0, 255);
    faint.setAlphaF(0.25F);
    const QImage image = drawn({{0, 5, 20}, {40, 5, 20}}, 1, faint);
    for (int y = 7; y < 18; ++y) QVERIFY(std::abs(alphaAt(image, 20, y) - 64) <= 2);
    QCOMPARE(alphaAt(image, 20, 24), 0);
  }

  void breakLeavesAGap() {
    const QImage image = drawn(
        {{2, 10, 10}, {12, 10, 10}, {0, kBreak, 0}, {28, 10, 10}, {38, 10, 10}}, 2, Qt::black);
    QVERIFY(alphaAt(image, 7, 10) > 200);
    QVERIFY(alphaAt(image, 33, 10) > 200);
    for (int x = 15; x < 25; ++x) QCOMPARE(alphaAt(image, x, 10), 0);
  }

  void lonelyPointIsADot() {
    const QImage image = drawn({{20, 15, 15}}, 4, Qt::black);
    QVERIFY(std::abs(mass(image) - M_PI * 4) < 2.5);
  }

  void secondLineIsDrawnOverTheFirst() {
    const QImage image =
        drawn({{2, 5, 5}, {38, 5, 5}, {0, kBreak, 0}, {2, 20, 20}, {38, 20, 20}}, 2, Qt::black);
    QVERIFY(alphaAt(image, 20, 5) > 200);
    QVERIFY(alphaAt(image, 20, 20) > 200);
    QCOMPARE(alphaAt(image, 20, 12), 0);  // nothing between: they are two lines
  }

  void whatLiesOutsideDoesNoHarm() {
    const QImage image =
        drawn({{-1000, -500, -500}, {20, 15, 15}, {5000, 1e6F, 1e6F}}, 2, Qt::black);
    QVERIFY(alphaAt(image, 19, 14) > 100);
    QCOMPARE(drawn({{5, 5, 5}}, 2, Qt::black, {0, 0}).size(), QSize(0, 0));
    QCOMPARE(mass(drawn({{5, -50, -40}, {30, -50, -40}}, 2, Qt::black)), 0.0);
    QCOMPARE(mass(drawn({{-50, 5, 5}, {-20, 5, 5}}, 2, Qt::black)), 0.0);
  }

  void muchToDrawIsDrawnTheSame() {
    std::vector<RasterVertex> vertices{{2, 25, 25},  {10, 25, 25}, {10.5F, 3, 3},
                                       {11, 25, 25}, {20, 5, 20},  {35, 5, 20}};
    const QImage few = drawn(vertices, 2, Qt::black);
    // The same after a great many vertices that lie outside of the picture.
    std::vector<RasterVertex> many;
    for (int i = 0; i < 30000; ++i) many.push_back({-40000.F + static_cast<float>(i), 5, 5});
    many.push_back({0, kBreak, 0});
    many.insert(many.end(), vertices.begin(), vertices.end());
    const QImage coarse = drawn(many, 2, Qt::black);
    QVERIFY(std::abs(mass(coarse) / mass(few) - 1) < 0.1);
    QVERIFY(alphaAt(coarse, 10, 4) > 100);
    for (int x = 22; x < 33; ++x) QCOMPARE(alphaAt(coarse, x, 12), 255);
    QCOMPARE(alphaAt(coarse, 28, 1), 0);
  }

  void tallColumnsReachTheirEnds() {
    const QImage image = drawn({{19, 28, 28}, {20, 2, 28}, {21, 28, 28}}, 1, Qt::black);
    int top = 30;
    for (int x = 0; x < 40; ++x) {
      for (int y = 0; y < 30; ++y) {
        if (alphaAt(image, x, y) > 60) top = std::min(top, y);
      }
    }
    QVERIFY(top <= 2);
  }
};

QTEST_APPLESS_MAIN(CurveRasterTest)
#include "curve_raster_test.moc"
