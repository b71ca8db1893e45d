// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/train_progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "app/cli/terminal_text.h"
#include "training/tasks/tasks.h"

namespace app {
namespace {

using training::Phase;
using training::TrainerState;
using training::TrainerStatus;

const char* wordFor(const TrainerStatus& status) {
  switch (status.state) {
    case TrainerState::kEvaluating:
      return "evaluating";
    case TrainerState::kTraining:
      return status.phase == Phase::kTraining ? "training" : "fine-tuning";
    case TrainerState::kPaused:
      return "paused";
    case TrainerState::kNonFinite:
      return "waiting";
    case TrainerState::kFinished:
      return "finished";
    case TrainerState::kStopped:
      return "stopped";
    case TrainerState::kFailed:
      return "failed";
    case TrainerState::kIdle:
    case TrainerState::kPreparing:
      break;
  }
  return "preparing";
}

/// printf writes "-nan" for some.
double withoutSignOfNan(double value) {
  return std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value;
}

std::string duration(double seconds) {
  if (seconds < 0) return "--:--";
  const long whole = std::lround(seconds);
  std::array<char, 32> text{};
  if (whole >= 3600) {
    std::snprintf(text.data(), text.size(), "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60,
                  whole % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%02ld:%02ld", whole / 60, whole % 60);
  }
  return text.data();
}

std::string bar(const TrainerStatus& status, std::size_t cells) {
  const double share = static_cast<double>(status.step) / static_cast<double>(status.stepsInAll);
  std::string text(static_cast<std::size_t>(share * static_cast<double>(cells)), '#');
  text.resize(cells, '.');
  return text;
}

std::size_t terminalWidth() {
  winsize size = {};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/// ", accuracy 0.9871" for each of the task's metrics.
std::string metricsText(const training::Task& task, const training::MetricValues& values,
                        const char* prefix) {
  std::string text;
  std::size_t i = 0;
  for (const training::Metric& metric : task.metrics()) {
    const double value = withoutSignOfNan(values[i++]);
    text += std::string(", ") + prefix + metric.word + " " + metricText(metric, value);
  }
  return text;
}

void printEpoch(const training::EpochRecord& epoch, const training::Task& task) {
  std::array<char, 64> speed{};
  if (epoch.samplesPerSecond > 0) {
    std::snprintf(speed.data(), speed.size(), ", %.0f samples/s", epoch.samplesPerSecond);
  }
  std::fprintf(
      stderr, "%s epoch %lld: loss %.4f%s%s%s\n",
      epoch.phase == Phase::kTraining ? "training" : "fine-tuning",
      static_cast<long long>(epoch.epoch) + 1, withoutSignOfNan(epoch.loss),
      metricsText(task, epoch.metrics, "").c_str(),
      metricsText(task, epoch.validationMetrics, epoch.onValidationSet ? "validation " : "test ")
          .c_str(),
      speed.data());
}

void printEpochs(training::TrainerControl& control) {
  const std::vector<training::EpochRecord> epochs = control.takeFinishedEpochs();
  if (epochs.empty()) return;
  const training::Task& task = *training::findTask(control.status().task);
  for (const training::EpochRecord& epoch : epochs) printEpoch(epoch, task);
}

}  // namespace

TrainProgress::TrainProgress(bool quiet)
    : m_quiet(quiet), m_onTerminal(isatty(STDERR_FILENO) != 0) {}

void TrainProgress::show(training::TrainerControl& control) {
  if (m_quiet) return;
  if (m_onTerminal) {
    drawBar(control.status());
    return;
  }
  printEpochs(control);
}

void TrainProgress::drawBar(const TrainerStatus& status) {
  if (status.stepsInAll == 0) return;
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(),
                " %s epoch %lld/%lld  step %lld/%lld  loss %.4f  %.0f samples/s  %s left",
                wordFor(status), static_cast<long long>(status.epoch),
                static_cast<long long>(status.epochs), static_cast<long long>(status.step),
                static_cast<long long>(status.stepsInAll), withoutSignOfNan(status.loss),
                status.samplesPerSecond, duration(status.secondsLeft).c_str());
  const std::size_t width = terminalWidth();
  std::string line = bar(status, 20) + text.data();
  line.resize(std::min(line.size(), width > 0 ? width - 1 : line.size()));
  std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
  std::fflush(stderr);
  m_lineIsOpen = true;
}

void TrainProgress::note(const std::string& text) {
  endLine();
  std::fprintf(stderr, "traindeck: %s\n", printable(text).c_str());
}

void TrainProgress::endLine() {
  if (!m_lineIsOpen) return;
  m_lineIsOpen = false;
  std::fputc('\n', stderr);
}

}  // namespace app
