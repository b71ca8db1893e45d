// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histograms/histogram_rebin.h"

#include <QtTest>
#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <numeric>
#include <random>

#include "eventio/data/histogram_buckets.h"
#include "eventio/data/histogram_builder.h"
#include "eventio/data/written_places.h"
#include "eventio/decode/stored_values.h"
#include "eventio/writer/summary_writer.h"
#include "tests/support/temporary_folder.h"
#include "widgets/histograms/histogram_series.h"
#include "widgets/style/heatmap_colors.h"

using eventio::Histogram;

namespace {

constexpr double kMaxDouble = std::numeric_limits<double>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<double> rebin(const Histogram& histogram, double lower, double upper, int bins) {
  return widgets::rebin(histogram, {lower, upper}, bins).counts;
}

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

std::vector<double> percentiles(const Histogram& histogram, std::span<const double> percents) {
  std::vector<double> values(percents.size());
  eventio::percentiles(histogram, percents, values);
  return values;
}

std::shared_ptr<const Histogram> shared(Histogram histogram) {
  return std::make_shared<const Histogram>(std::move(histogram));
}

/// As its case writes it: three ordinary steps and one that exploded.
std::shared_ptr<eventio::Run> explodedRun(double max) {
  auto run = std::make_shared<eventio::Run>("/log", "a");
  for (int step = 0; step < 3; ++step) {
    run->appendHistogram("w", {step, 0, shared(make({-.5, 0, .5, 1}, {2, 3, 3, 2}, -1, 1))});
  }
  run->appendHistogram(
      "w", {3, 0, shared(make({-.5, 0, .5, 1e20, kMaxDouble}, {2, 3, 3, 0, 2}, -1, max))});
  return run;
}

/// Polls until everything that is shown has its bins.
bool readAll(widgets::HistogramSeries& series) {
  return QTest::qWaitFor([&series] {
    series.poll();
    return !series.isReading() &&
           std::all_of(series.shown().begin(), series.shown().end(),
                       [&series](std::size_t index) { return series.bins(index); });
  });
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
    const auto values = percentiles(make({0, 100}, {0, 1000}, 0, 100), percents);
    for (std::size_t i = 0; i < percents.size(); ++i)
      QVERIFY(std::abs(values[i] - percents[i]) < 1e-9);
  }

  void percentilesAcrossBuckets() {
    // 1 count on [0, 1], 3 on [1, 2], an empty bucket, 4 on [3, 5].
    const auto histogram = make({0, 1, 2, 3, 5}, {0, 1, 3, 0, 4}, 0, 5);
    const std::array<double, 5> percents{0, 12.5, 25, 50, 75};
    const auto values = percentiles(histogram, percents);
    QCOMPARE(values[0], 0.0);
    QCOMPARE(values[1], 1.0);
    QVERIFY(std::abs(values[2] - (1 + 1.0 / 3)) < 1e-12);
    QCOMPARE(values[3], 2.0);
    QCOMPARE(values[4], 4.0);
    QVERIFY(std::isnan(percentiles(Histogram{}, percents)[0]));
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
    QVERIFY(std::abs(total(series.bins(0)->counts) - 3) < 1e-9);
    QVERIFY(std::abs(total(series.bins(1)->counts) - 4) < 1e-9);
    run->purgeFrom(1);
    QVERIFY(series.poll());
    QCOMPARE(series.points().size(), std::size_t{1});
    QCOMPARE(series.upper(), 1.0);
  }

  void keepsCountsOutsideOfTheRange() {
    const auto histogram =
        make({-kMaxDouble, 0, 4, 8, kMaxDouble}, {2, 0, 8, 4, 3}, -kInfinity, kInfinity);
    const auto bins = widgets::rebin(histogram, {1, 5}, 4);
    QCOMPARE(bins.counts, std::vector<double>({2, 2, 2, 1}));
    QCOMPARE(bins.below, 2.0);
    QCOMPARE(bins.above, 3.0);
    QCOMPARE(bins.minusInfinity, 2.0);
    QCOMPARE(bins.plusInfinity, 3.0);
    const auto again = widgets::rebin(bins, {1, 5}, {1, 3}, 2);
    QCOMPARE(again.counts, std::vector<double>({2, 2}));
    QCOMPARE(again.above, 6.0);
    QCOMPARE(again.below, 2.0);
    QCOMPARE(again.plusInfinity, 3.0);
  }

  void oneExplodedStepDoesNotHideTheRest() {
    const auto run = explodedRun(5e25);
    widgets::HistogramSeries series(run, "w");
    QVERIFY(series.poll());
    QCOMPARE(series.lower(), -1.0);
    QCOMPARE(series.upper(), 1.0);
    QVERIFY(series.axis().ends().above);
    QVERIFY(!series.axis().ends().plusInfinity);
    QCOMPARE(series.bins(3)->above, 2.0);
    QVERIFY(series.axis().slotText(widgets::HistogramAxis::kAbove).startsWith("above 1"));
    int filled = 0;
    for (const double count : series.bins(0)->counts) filled += count > 0;
    QCOMPARE(filled, widgets::HistogramSeries::kBins);
  }

  void infinitiesHaveBinsOfTheirOwn() {
    const auto run = explodedRun(kInfinity);
    for (int step = 0; step < 4; ++step) {
      run->appendHistogram("both", {step, 0,
                                    shared(make({-kMaxDouble, -1, 0, 1, kMaxDouble},
                                                {2, 0, 3, 3, 2}, -kInfinity, kInfinity))});
    }
    widgets::HistogramSeries late(run, "w");
    QVERIFY(late.poll());
    QCOMPARE(late.lower(), -1.0);
    QCOMPARE(late.upper(), 1.0);
    QVERIFY(late.axis().ends().plusInfinity);
    QVERIFY(!late.axis().ends().minusInfinity);
    QCOMPARE(late.bins(3)->plusInfinity, 2.0);
    QCOMPARE(late.axis().slotText(*late.axis().slotAt(0.999)), QStringLiteral("+inf"));
    widgets::HistogramSeries both(run, "both");
    QVERIFY(both.poll());
    QCOMPARE(both.lower(), -1.0);
    QCOMPARE(both.upper(), 1.0);
    QCOMPARE(both.axis().slotText(*both.axis().slotAt(0.001)), QStringLiteral("-inf"));
    QCOMPARE(both.axis().slotText(*both.axis().slotAt(0.999)), QStringLiteral("+inf"));
    QVERIFY(both.axis().position(-kInfinity) < both.axis().position(-1));
    QCOMPARE(both.bins(0)->minusInfinity, 2.0);
    QCOMPARE(total(both.bins(0)->counts), 6.0);
  }

  void edgesAtTheLargestDoubleGiveAnAxisOfNumbers() {
    auto run = std::make_shared<eventio::Run>("/log", "a");
    run->appendHistogram(
        "all", {0, 0, shared(make({-kMaxDouble, kMaxDouble}, {1, 4}, -kMaxDouble, kMaxDouble))});
    run->appendHistogram("wide", {0, 0, shared(make({-1e308, 1e308}, {0, 4}, -1e308, 1e308))});
    for (const char* tag : {"all", "wide"}) {
      widgets::HistogramSeries series(run, tag);
      QVERIFY(series.poll());
      QVERIFY(std::isfinite(series.upper() - series.lower()));
      QVERIFY(series.upper() > series.lower());
      const auto ticks = widgets::axisTicks(widgets::AxisScale::kLinear, widgets::AxisUnit::kNumber,
                                            series.lower(), series.upper(), 5);
      QVERIFY(ticks.size() >= 2);
      for (const auto& tick : ticks) QVERIFY(!tick.label.contains("nan"));
    }
  }

  void ordinaryGrowthIsNotCutOff() {
    auto run = std::make_shared<eventio::Run>("/log", "a");
    for (int step = 0; step < 200; ++step) {
      const double size = 0.1 + step * 0.01;
      run->appendHistogram("w", {step, 0, shared(make({-size, size}, {0, 10}, -size, size))});
    }
    // Most values of a sparse gradient are 0.
    run->appendHistogram("sparse", {0, 0, shared(make({-1, 0, 0, 1}, {0, 1, 98, 1}, -1, 1))});
    widgets::HistogramSeries series(run, "w");
    QVERIFY(series.poll());
    QCOMPARE(series.upper(), 0.1 + 199 * 0.01);
    QVERIFY(!series.axis().ends().above);
    widgets::HistogramSeries sparse(run, "sparse");
    QVERIFY(sparse.poll());
    QCOMPARE(sparse.lower(), -1.0);
    QCOMPARE(sparse.upper(), 1.0);
  }

  void valuesThatAreNot0AreSeenWhereNearlyAllAre() {
    // The bucket around 0 of TensorBoard's edges ends at 1e-12 on either side.
    const auto sparse = [](double size) {
      return shared(make({-size, -1e-12, 1e-12, size}, {0, 1, 9800, 2}, -size, size));
    };
    auto run = std::make_shared<eventio::Run>("/log", "a");
    run->appendHistogram("sparse", {0, 0, sparse(0.01)});
    // Steps that are all 0 do not make those that are not strange.
    for (int step = 0; step < 40; ++step) run->appendHistogram("rare", {step, 0, sparse(1e-12)});
    for (int step = 40; step < 44; ++step) run->appendHistogram("rare", {step, 0, sparse(0.01)});
    for (const char* tag : {"sparse", "rare"}) {
      widgets::HistogramSeries series(run, tag);
      QVERIFY(series.poll());
      QCOMPARE(series.lower(), -0.01);
      QCOMPARE(series.upper(), 0.01);
      QVERIFY(!series.axis().ends().above && !series.axis().ends().below);
    }
  }

  void zoomingShowsFinerBins() {
    const auto run = explodedRun(5e25);
    widgets::HistogramSeries series(run, "w");
    QVERIFY(series.poll());
    series.zoomValues({0, 0.3});
    QVERIFY(series.poll());
    QVERIFY(!series.poll());
    QCOMPARE(series.upper(), 0.3);
    QVERIFY(std::abs(total(series.bins(0)->counts) - 3 * 0.6) < 1e-9);
    series.zoomSteps({1, 2});
    series.poll();
    QCOMPARE(series.shown(), (std::vector<std::size_t>{1, 2}));
    series.zoomValues({1, 1});
    series.zoomValues({-kMaxDouble, kMaxDouble});
    series.poll();
    QCOMPARE(series.upper(), 0.3);
    series.fit();
    series.poll();
    QCOMPARE(series.upper(), 1.0);
    QCOMPARE(series.shown().size(), std::size_t{4});
  }

  void oldHistogramsAreReadBackFromTheirFile() {
    constexpr int kSteps = 3000;
    const TemporaryFolder folder;
    auto run = std::make_shared<eventio::Run>("/log", "a");
    eventio::SummaryWriterOptions options;
    options.onWritten = [&run](const std::filesystem::path& file, std::uint64_t offset,
                               std::string_view records) {
      eventio::noteWrittenHistograms(*run, file.string(), offset, records);
    };
    auto writer = eventio::SummaryWriter::create(folder.path(), options);
    QVERIFY(writer.has_value());
    // Step s lies between 0 and s + 1, in as many buckets as make memory too small for all.
    std::vector<double> counts(2000, 1.0);
    for (int step = 0; step < kSteps; ++step) {
      std::vector<double> limits;
      for (std::size_t i = 0; i < counts.size(); ++i) {
        limits.push_back((step + 1) * static_cast<double>(i + 1) / 2000);
      }
      const auto histogram = shared(make(limits, counts, 0, step + 1));
      run->appendHistogram("w", {step, 1, histogram});
      QVERIFY((*writer)->addHistogram("w", *histogram, step, 1.0).has_value());
    }
    QVERIFY((*writer)->flush().has_value());
    QVERIFY(!run->histograms("w").front().value);
    widgets::HistogramSeries series(run, "w");
    QVERIFY(readAll(series));
    QVERIFY(series.failure().empty());
    QVERIFY(series.shown().size() > widgets::HistogramSeries::kMaxShown / 2);
    QVERIFY(series.shown().size() <= widgets::HistogramSeries::kMaxShown + 2);
    QCOMPARE(series.shown().back(), std::size_t{kSteps - 1});
    series.setSelected(1501);
    QVERIFY(readAll(series));
    QVERIFY(series.bins(1501));
    for (const std::size_t index : series.shown()) {
      const auto& bins = series.bins(index)->counts;
      QVERIFY(std::abs(total(bins) - 2000) < 1e-6);
      // All of it lies below step + 1.
      const double width = (series.upper() - series.lower()) / 30;
      const auto end = static_cast<std::size_t>((static_cast<double>(index) + 1) / width);
      QVERIFY(std::abs(total({bins.begin() + static_cast<std::ptrdiff_t>(
                                                 std::min<std::size_t>(end + 1, bins.size())),
                              bins.end()})) < 1e-6);
    }
    // A file that is gone is reported; the picture keeps what it had.
    std::filesystem::remove_all(folder.path());
    series.zoomValues({0, 10});
    QVERIFY(QTest::qWaitFor([&series] {
      series.poll();
      return !series.failure().empty();
    }));
    QVERIFY(series.bins(0));
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

QTEST_GUILESS_MAIN(HistogramRebinTest)
#include "histogram_rebin_test.moc"
