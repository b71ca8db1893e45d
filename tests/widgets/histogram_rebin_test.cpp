// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histogram_rebin.h"

#include <QtTest>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "eventio/histogram_builder.h"
#include "widgets/heatmap_colors.h"
#include "widgets/histogram_series.h"

using eventio::Histogram;
using widgets::rebin;

namespace {

Histogram make(std::vector<double> limits, std::vector<double> counts, double min, double max) {
  Histogram histogram;
  histogram.limits = std::move(limits);
  histogram.counts = std::move(counts);
  histogram.min = min;
  histogram.max = max;
  histogram.num = std::accumulate(histogram.counts.begin(), histogram.counts.end(), 0.0);
  return histogram;
}

double total(const std::vector<double>& bins) {
  return std::accumulate(bins.begin(), bins.end(), 0.0);
}

}  // namespace

class HistogramRebinTest : public QObject {
  Q_OBJECT

 private slots:
  void spreadsEvenlyWithinABucket() {
    const auto bins = rebin(make({0, 4}, {0, 8}, 0, 4), 0, 8, 4);
    QCOMPARE(bins, std::vector<double>({4, 4, 0, 0}));
  }

  void splitsABucketAtTheBinsEdge() {
    // 3 counts on [0, 3]: bins of 2 hold two thirds and one third.
    const auto bins = rebin(make({0, 3}, {0, 3}, 0, 3), 0, 4, 2);
    QVERIFY(std::abs(bins[0] - 2) < 1e-12);
    QVERIFY(std::abs(bins[1] - 1) < 1e-12);
  }

  void keepsTheMass() {
    std::mt19937 random(5);
    for (int round = 0; round < 20; ++round) {
      std::normal_distribution<float> normal(0.F,
                                             std::pow(10.F, static_cast<float>(round % 5 - 3)));
      std::vector<float> values(1000);
      for (float& value : values) value = normal(random);
      const Histogram histogram = eventio::buildHistogram(values);
      for (const int bins : {1, 7, 30, 500}) {
        QVERIFY(std::abs(total(rebin(histogram, histogram.min, histogram.max, bins)) - 1000) <
                1e-6);
        QVERIFY(std::abs(total(rebin(histogram, histogram.min - 1, histogram.max + 3, bins)) -
                         1000) < 1e-6);
      }
    }
  }

  void pointMassGoesToOneBin() {
    const auto bins = rebin(make({2, 3}, {0, 5}, 2.5, 2.5), 0, 10, 10);
    QCOMPARE(bins[2], 5.0);
    QCOMPARE(total(bins), 5.0);
    QCOMPARE(total(rebin(make({10}, {4}, 10, 10), 0, 10, 10)), 4.0);
  }

  void firstFilledBucketBeginsAtMin() {
    const auto bins = rebin(make({1, 2}, {6, 0}, -1, 1), -1, 1, 2);
    QCOMPARE(bins, std::vector<double>({3, 3}));
  }

  void hopelessInput() {
    QCOMPARE(total(rebin(Histogram{}, 0, 1, 30)), 0.0);
    QCOMPARE(total(rebin(make({0, 1}, {0, 1}, 0, 1), 1, 1, 30)), 0.0);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    QVERIFY(std::isfinite(total(rebin(make({nan, 1}, {nan, 1}, nan, nan), 0, 1, 30))));
    QVERIFY(rebin(make({0, 1}, {0, 1}, 0, 1), 0, 1, 0).empty());
    const double huge = std::numeric_limits<double>::max();
    QCOMPARE(total(rebin(make({-1, huge}, {0, 7}, -1, 1), -1, 1, 30)), 7.0);
  }

  void percentilesOfAUniform() {
    const std::array<double, 9> percents{0, 6.68, 15.87, 30.85, 50, 69.15, 84.13, 93.32, 100};
    const auto values = widgets::percentiles(make({0, 100}, {0, 1000}, 0, 100), percents);
    for (std::size_t i = 0; i < percents.size(); ++i)
      QVERIFY(std::abs(values[i] - percents[i]) < 1e-9);
  }

  void percentilesAcrossBuckets() {
    // 1 count on [0, 1], 3 on [1, 2], an empty bucket, 4 on [3, 5].
    const auto histogram = make({0, 1, 2, 3, 5}, {0, 1, 3, 0, 4}, 0, 5);
    const std::array<double, 5> percents{0, 12.5, 25, 50, 75};
    const auto values = widgets::percentiles(histogram, percents);
    QCOMPARE(values[0], 0.0);
    QCOMPARE(values[1], 1.0);
    QVERIFY(std::abs(values[2] - (1 + 1.0 / 3)) < 1e-12);
    QCOMPARE(values[3], 2.0);
    QCOMPARE(values[4], 4.0);
    QVERIFY(widgets::percentiles(Histogram{}, percents).empty());
  }

  void seriesSharesItsBinsAndFollows() {
    eventio::RunStore store;
    auto run = store.openRun("/log", "a");
    const auto add = [&run](std::int64_t step, std::vector<float> values) {
      run->appendHistogram("w",
                           {step, 0, std::make_shared<Histogram>(eventio::buildHistogram(values))});
    };
    add(0, {-1, 0, 1});
    widgets::HistogramSeries series(run, "w");
    QVERIFY(series.poll());
    QVERIFY(!series.poll());
    QCOMPARE(series.lower(), -1.0);
    QCOMPARE(series.upper(), 1.0);
    add(1, {-4, 4, 0.5F, 0.25F});
    QVERIFY(series.poll());
    QCOMPARE(series.lower(), -4.0);
    QCOMPARE(series.upper(), 4.0);
    QCOMPARE(series.points().size(), std::size_t{2});
    QVERIFY(std::abs(total(series.bins(0)) - 3) < 1e-9);
    QVERIFY(std::abs(total(series.bins(1)) - 4) < 1e-9);
    run->purgeFrom(1);
    QVERIFY(series.poll());
    QCOMPARE(series.points().size(), std::size_t{1});
    QCOMPARE(series.upper(), 1.0);
  }

  void viridisRunsFromDarkToYellow() {
    QCOMPARE(widgets::viridis(0), qRgb(0x44, 0x01, 0x54));
    QCOMPARE(widgets::viridis(1), qRgb(0xfd, 0xe7, 0x25));
    QCOMPARE(widgets::viridis(std::nan("")), widgets::viridis(0));
    int last = -1;
    for (int i = 0; i <= 20; ++i) {
      const int lightness = qGray(widgets::viridis(i / 20.0));
      QVERIFY(lightness > last);
      last = lightness;
    }
  }
};

QTEST_APPLESS_MAIN(HistogramRebinTest)
#include "histogram_rebin_test.moc"
