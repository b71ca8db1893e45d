// SPDX-License-Identifier: GPL-3.0-or-later
//
// Redraws of a 1200 x 600 chart with 20 runs of a million points each, smoothed, from the look for
// new points to the painted window. Prints the mean and, as worst_ms, the slowest of the redraws;
// worst_cpu_ms is the most processor time that one of them took, which other programs disturb less.

#include <benchmark/benchmark.h>
#include <time.h>

#include <QApplication>
#include <chrono>
#include <cmath>
#include <memory>
#include <random>
#include <vector>

#include "eventio/data/run_store.h"
#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/style/theme.h"

namespace {

using widgets::ScalarChart;
using widgets::ScalarChartOptions;
using widgets::ScalarChartSeries;
using widgets::XAxis;

constexpr int kRuns = 20;
constexpr std::int64_t kPoints = 1000000;
constexpr const char* kTag = "train/loss";

std::shared_ptr<eventio::Run> makeRun(eventio::RunStore& store, int index) {
  auto run = store.openRun("/benchmark", "run" + std::to_string(index));
  std::mt19937 random(static_cast<unsigned>(index));
  std::normal_distribution<double> noise(0, 0.1);
  std::vector<eventio::ScalarPoint> points;
  points.reserve(kPoints);
  for (std::int64_t step = 0; step < kPoints; ++step) {
    const double x = static_cast<double>(step) / kPoints;
    const double value = 0.3 + 0.02 * index + 2 * std::exp(-x * (6 + index * 0.3));
    // As event files hold them: single precision.
    const auto noisy = static_cast<float>(value * (1 + noise(random)));
    points.push_back({step, 1.7e9 + static_cast<double>(step) * 0.01, noisy});
  }
  run->appendScalarPoints(kTag, points);
  return run;
}

/// The chart, its data, and how a redraw is timed.
class Bench {
 public:
  /// Made at the first use.
  static Bench& instance() {
    if (!slot()) slot().reset(new Bench);
    return *slot();
  }
  /// Widgets must go before the application does.
  static void end() { slot().reset(); }

  ScalarChart& chart() { return *m_chart; }

  void appendPoint() {
    for (const auto& run : m_runs) {
      run->appendScalar(kTag, m_next, 1.7e9 + static_cast<double>(m_next) * 0.01, 0.4);
    }
    ++m_next;
  }

  void redraw() {
    m_chart->refresh();
    QCoreApplication::sendPostedEvents();
    QCoreApplication::processEvents();
  }

  void reset() {
    m_chart->setOptions({});
    m_chart->fit();
    while (!m_chart->isSmoothed()) m_chart->refresh(QDeadlineTimer(1000));
    redraw();
    redraw();
  }

 private:
  Bench() : m_chart(std::make_unique<ScalarChart>()) {
    std::vector<ScalarChartSeries> series;
    for (int i = 0; i < kRuns; ++i) {
      m_runs.push_back(makeRun(m_store, i));
      series.push_back({m_runs.back(), kTag, QString::number(i), i});
    }
    m_chart->setSeries(std::move(series));
    m_chart->resize(1200, 600);
    m_chart->show();
    reset();
  }

  static std::unique_ptr<Bench>& slot() {
    static std::unique_ptr<Bench> bench;
    return bench;
  }

  eventio::RunStore m_store;
  std::vector<std::shared_ptr<eventio::Run>> m_runs;
  std::unique_ptr<ScalarChart> m_chart;
  std::int64_t m_next = kPoints;
};

/// Processor time of this thread, in milliseconds.
double cpuMs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

template <class Change>
void measure(benchmark::State& state, const Change& change) {
  Bench& bench = Bench::instance();
  bench.reset();
  double worst = 0;
  double worstCpu = 0;
  int count = 0;
  for (auto _ : state) {
    const double cpuStart = cpuMs();
    const auto start = std::chrono::steady_clock::now();
    change(bench, count++);
    bench.redraw();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(took.count());
    worst = std::max(worst, took.count() * 1e3);
    worstCpu = std::max(worstCpu, cpuMs() - cpuStart);
  }
  state.counters["worst_ms"] = worst;
  state.counters["worst_cpu_ms"] = worstCpu;
}

void nothingNew(benchmark::State& state) {
  measure(state, [](Bench&, int) {});
}

/// Axes, marks and cached curves painted again.
void unchangedView(benchmark::State& state) {
  measure(state, [](Bench& bench, int) { bench.chart().setMarks({}); });
}

/// Nothing kept: every curve is downsampled from its columns.
void fromScratch(benchmark::State& state) {
  measure(state, [](Bench& bench, int i) {
    ScalarChartOptions options = bench.chart().options();
    options.xAxis = i % 2 == 0 ? XAxis::kRelative : XAxis::kStep;
    bench.chart().setOptions(options);
  });
}

void panning(benchmark::State& state) {
  bool prepared = false;
  measure(state, [&prepared](Bench& bench, int i) {
    if (!std::exchange(prepared, true)) bench.chart().setXRange({0, 400000});
    bench.chart().pan(i / 100 % 2 == 0 ? 0.01 : -0.01, 0);
  });
}

void zooming(benchmark::State& state) {
  measure(state, [](Bench& bench, int i) {
    bench.chart().zoom(i / 30 % 2 == 0 ? 0.8 : 1 / 0.8, 1, {0.3, 0.5});
  });
}

void liveAppend(benchmark::State& state) {
  measure(state, [](Bench& bench, int) { bench.appendPoint(); });
}

void hovering(benchmark::State& state) {
  measure(state, [](Bench& bench, int i) {
    const QRect area = bench.chart().plotArea();
    bench.chart().hover(QPoint(area.left() + i % area.width(), area.center().y()));
  });
  Bench::instance().chart().endHover();
}

void smoothing20Million(benchmark::State& state) {
  measure(state, [](Bench& bench, int i) {
    ScalarChartOptions options = bench.chart().options();
    options.smoothing = i % 2 == 0 ? 0.9 : 0.6;
    bench.chart().setOptions(options);
    while (!bench.chart().isSmoothed()) bench.chart().refresh(QDeadlineTimer(1000));
  });
}

}  // namespace

BENCHMARK(nothingNew)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(unchangedView)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(fromScratch)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(panning)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(zooming)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(liveAppend)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(hovering)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(smoothing20Million)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(3);

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication application(argc, argv);
  widgets::applyTheme(application, widgets::ThemeMode::kLight);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  Bench::end();
  return 0;
}
