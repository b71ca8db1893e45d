// SPDX-License-Identifier: GPL-3.0-or-later
// What the window costs the training: the reference job without and with the real main window, turn
// and turn about, and the longest time for which the window did not answer.
//
// window_benchmark [--rounds N] [--seconds S] [--data DIR]
#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QSettings>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "app/window/control/training_controller.h"
#include "app/window/main_window.h"
#include "app/window/setup/setup_binding.h"
#include "app/window/workspace/workspace.h"
#include "training/job/trainer.h"
#include "widgets/forms/form_panel.h"
#include "widgets/style/theme.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  int rounds = 3;
  double seconds = 10;
  std::string data = "auto";
};

/// Longest gap between two beats of a 1 ms timer: for that long the event loop did nothing else.
class Heartbeat : public QObject {
 public:
  Heartbeat() {
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, [this] {
      const double gap = static_cast<double>(m_clock.nsecsElapsed()) / 1e6;
      m_clock.restart();
      m_gaps.push_back(gap);
    });
  }
  void start() {
    m_gaps.clear();
    m_clock.start();
    m_timer.start(1);
  }
  void stop() { m_timer.stop(); }
  [[nodiscard]] double longest() const {
    return m_gaps.empty() ? 0 : *std::max_element(m_gaps.begin(), m_gaps.end());
  }
  [[nodiscard]] double percentile(double share) {
    if (m_gaps.empty()) return 0;
    std::sort(m_gaps.begin(), m_gaps.end());
    return m_gaps[static_cast<std::size_t>(share * static_cast<double>(m_gaps.size() - 1))];
  }

 private:
  QTimer m_timer;
  QElapsedTimer m_clock;
  std::vector<double> m_gaps;
};

training::TrainingConfig configFor(const Options& options, const QString& folder) {
  training::TrainingConfig config;
  config.dataFolder = options.data;
  config.epochs = 1'000'000;
  config.logDirectory = folder.toStdString();
  return config;
}

/// Counts steps over a stretch of wall time.
class Meter {
 public:
  Meter(const training::TrainerControl& control, std::int64_t batch)
      : m_control(control), m_batch(batch) {}
  void start() {
    m_begin = Clock::now();
    m_firstStep = m_control.status().step;
  }
  [[nodiscard]] double samplesPerSecond() const {
    const double seconds = std::chrono::duration<double>(Clock::now() - m_begin).count();
    return static_cast<double>((m_control.status().step - m_firstStep) * m_batch) / seconds;
  }

 private:
  const training::TrainerControl& m_control;
  std::int64_t m_batch;
  Clock::time_point m_begin;
  std::int64_t m_firstStep = 0;
};

constexpr std::int64_t kStepsBeforeMeasuring = 200;

double withoutWindow(const Options& options, double seconds) {
  const QTemporaryDir folder;
  training::Trainer trainer(nullptr);
  const auto config = configFor(options, folder.path());
  if (const auto started = trainer.start(config); !started) {
    std::fprintf(stderr, "window_benchmark: %s\n", started.error().message.english().c_str());
    std::exit(1);
  }
  while (trainer.isRunning() && trainer.control().status().step < kStepsBeforeMeasuring) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  Meter meter(trainer.control(), config.batchSize);
  meter.start();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  const double speed = meter.samplesPerSecond();
  trainer.control().stopNow();
  if (const auto outcome = trainer.wait(); !outcome) {
    std::fprintf(stderr, "window_benchmark: %s\n", outcome.error().message.english().c_str());
    std::exit(1);
  }
  return speed;
}

void runLoop(double seconds) {
  QEventLoop loop;
  QTimer::singleShot(static_cast<int>(seconds * 1000), &loop, &QEventLoop::quit);
  loop.exec();
}

/// Processor time of the calling thread, in seconds.
double threadSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct WindowResult {
  double speed = 0;
  double uiShare = 0;  ///< of one core, used by the UI thread
  double longestStall = 0;
  double usualWorst = 0;
};

WindowResult withWindow(const Options& options, double seconds) {
  const QTemporaryDir folder;
  app::Workspace workspace;
  app::MainWindow window(workspace);
  window.show();
  window.startEngine();
  while (workspace.session().engineState() == app::TrainingSession::Engine::kLoading) runLoop(0.01);
  window.trainingController().setForm(app::toForm(configFor(options, folder.path())));
  window.trainingController().start();
  while (workspace.session().isRunning() &&
         workspace.session().control().status().step < kStepsBeforeMeasuring) {
    runLoop(0.01);
  }
  WindowResult result;
  Meter meter(workspace.session().control(), workspace.session().config().batchSize);
  const double processorTime = threadSeconds();
  meter.start();
  runLoop(seconds);
  result.speed = meter.samplesPerSecond();
  result.uiShare = (threadSeconds() - processorTime) / seconds;
  // Apart from the speed: a thousand beats a second take processor time themselves.
  Heartbeat heartbeat;
  heartbeat.start();
  runLoop(seconds);
  heartbeat.stop();
  result.longestStall = heartbeat.longest();
  result.usualWorst = heartbeat.percentile(0.999);
  workspace.session().stopAndWait();
  return result;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--rounds") == 0) options.rounds = std::max(1, std::atoi(argv[i + 1]));
    if (std::strcmp(argv[i], "--seconds") == 0) options.seconds = std::atof(argv[i + 1]);
    if (std::strcmp(argv[i], "--data") == 0) options.data = argv[i + 1];
  }
  return options;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  QApplication application(argc, argv);
  const Options options = parse(argc, argv);
  const QTemporaryDir settings;
  QCoreApplication::setOrganizationName(QStringLiteral("TrainDeckBenchmark"));
  QSettings::setDefaultFormat(QSettings::IniFormat);
  QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
  widgets::applyTheme(application, widgets::ThemeMode::kLight);

  withoutWindow(options, 1);  // the first run pays for loading
  std::vector<double> without;
  std::vector<double> with;
  double longest = 0;
  for (int round = 1; round <= options.rounds; ++round) {
    without.push_back(withoutWindow(options, options.seconds));
    const WindowResult result = withWindow(options, options.seconds);
    with.push_back(result.speed);
    longest = std::max(longest, result.longestStall);
    std::printf(
        "round %d: %.0f samples/s without window, %.0f with (%.3f); UI thread %.1f %% of a "
        "core; longest UI stall %.1f ms, 99.9 %% of gaps below %.1f ms\n",
        round, without.back(), with.back(), with.back() / without.back(), result.uiShare * 100,
        result.longestStall, result.usualWorst);
    std::fflush(stdout);
  }
  std::printf("speed with window / without (medians): %.3f\n", median(with) / median(without));
  std::printf("longest UI stall: %.1f ms\n", longest);
  return 0;
}
