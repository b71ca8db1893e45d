// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <thread>

#include "app/commands.h"
#include "app/run_notices.h"
#include "app/terminal_question.h"
#include "training/trainer.h"

namespace app {
namespace {

using training::Phase;
using training::TrainerState;
using training::TrainerStatus;

constexpr std::chrono::milliseconds kPace{100};

volatile std::sig_atomic_t stopSignals = 0;

volatile std::sig_atomic_t lineIsOpen = 0;  // the terminal's cursor stands behind a progress bar

/// The first signal asks for a clean end, the second one ends the process.
void onStopSignal(int /*signal*/) {
  if (stopSignals != 0) {
    if (lineIsOpen != 0) static_cast<void>(!write(STDERR_FILENO, "\n", 1));
    _exit(130);
  }
  stopSignals = 1;
}

void catchStopSignals() {
  struct sigaction action = {};
  action.sa_handler = onStopSignal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int failed(const std::string& message, int status) {
  std::fprintf(stderr, "traindeck: %s\n", message.c_str());
  return status;
}

const char* wordFor(const TrainerStatus& status) {
  switch (status.state) {
    case TrainerState::kEvaluating:
      return "evaluating";
    case TrainerState::kTraining:
      return status.phase == Phase::kTraining ? "training" : "fine-tuning";
    default:
      return "preparing";
  }
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

/// One line that is drawn again and again on a terminal.
class ProgressBar {
 public:
  void draw(const TrainerStatus& status) {
    if (status.stepsInAll == 0) return;
    std::array<char, 256> text{};
    std::snprintf(text.data(), text.size(),
                  " %s epoch %lld/%lld  step %lld/%lld  loss %.4f  %.0f samples/s  %s left",
                  wordFor(status), static_cast<long long>(status.epoch),
                  static_cast<long long>(status.epochs), static_cast<long long>(status.step),
                  static_cast<long long>(status.stepsInAll), status.loss, status.samplesPerSecond,
                  duration(status.secondsLeft).c_str());
    const std::size_t width = terminalWidth();
    std::string line = bar(status, 20) + text.data();
    line.resize(std::min(line.size(), width > 0 ? width - 1 : line.size()));
    std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
    std::fflush(stderr);
    lineIsOpen = 1;
  }
  static void end() {
    if (lineIsOpen == 0) return;
    lineIsOpen = 0;
    std::fputc('\n', stderr);
  }

 private:
  static std::size_t terminalWidth() {
    winsize size = {};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
  }
  static std::string bar(const TrainerStatus& status, std::size_t cells) {
    const double share = static_cast<double>(status.step) / static_cast<double>(status.stepsInAll);
    std::string text(static_cast<std::size_t>(share * static_cast<double>(cells)), '#');
    text.resize(cells, '.');
    return text;
  }
};

/// One line an epoch, for logs and pipes.
void printEpochs(const std::vector<training::EpochRecord>& epochs) {
  for (const training::EpochRecord& epoch : epochs) {
    std::fprintf(stderr, "%s epoch %lld: loss %.4f, accuracy %.4f, test accuracy %.4f",
                 epoch.phase == Phase::kTraining ? "training" : "fine-tuning",
                 static_cast<long long>(epoch.epoch) + 1, epoch.loss, epoch.accuracy,
                 epoch.validationAccuracy);
    if (epoch.samplesPerSecond > 0)
      std::fprintf(stderr, ", %.0f samples/s", epoch.samplesPerSecond);
    std::fputc('\n', stderr);
  }
}

/// The option that sets a field of TrainingConfig.
std::string optionFor(const std::string& field) {
  static const std::map<std::string, std::string> kOptions = {
      {"dataFolder", "--data"},
      {"epochs", "--epochs"},
      {"batchSize", "--batch-size"},
      {"learningRate", "--lr"},
      {"momentum", "--momentum"},
      {"weightDecay", "--weight-decay"},
      {"fineTuneEpochs", "--fine-tune-epochs"},
      {"fineTuneLearningRate", "--fine-tune-lr"},
      {"fineTuneLayers", "--fine-tune-layers"},
      {"threads", "--threads"},
      {"device", "--device"},
      {"histogramInterval", "--histogram-interval"},
      {"logDirectory", "--logdir"},
      {"runName", "--name"}};
  const auto known = kOptions.find(field);
  return known == kOptions.end() ? field : known->second;
}

/// Why the arguments cannot be used, as far as that shows before a run starts; empty when they can.
std::string wrongArgument(const training::TrainingConfig& config) {
  if (!config.continueRun.empty()) {
    const auto saved = training::readSavedRun(config.continueRun);
    const bool isNoRun = !saved && saved.error().code == eventio::ErrorCode::kNotFound;
    return isNoRun ? "--continue: " + saved.error().message : std::string();
  }
  const auto engine = training::loadEngine();
  const training::EngineInfo info = engine ? (*engine)->info() : training::EngineInfo{};
  const std::vector<training::ConfigProblem> problems =
      training::checkConfig(config, info.layers, info.devices);
  if (!problems.empty()) {
    return optionFor(problems.front().field) + ": " + problems.front().message;
  }
  std::error_code ignored;
  if (config.dataFolder != "auto" && !std::filesystem::is_directory(config.dataFolder, ignored)) {
    return "--data: there is no folder " + config.dataFolder;
  }
  return {};
}

/// What to do about a value that is not finite: asked where somebody is there, else stop.
training::NonFiniteAnswer answerFor(const training::NonFiniteReport& report, double learningRate) {
  if (!isOnTerminal()) return training::NonFiniteAnswer::kStop;
  ProgressBar::end();
  return askAboutNonFinite(report, learningRate, stopSignals);
}

/// Shows how it goes until the run has ended; the reason when it had to be given up.
std::string follow(training::Trainer& trainer, bool quiet) {
  const bool onTerminal = isatty(STDERR_FILENO) != 0;
  ProgressBar bar;
  RunNotices notices;
  const auto report = [&](const TrainerStatus& status) {
    for (const std::string& line : notices.update(status, trainer.loggingStatus())) {
      ProgressBar::end();
      failed(line, 0);
    }
  };
  std::string givenUp;
  std::uint64_t drawn = 0;
  bool stopping = false;
  while (trainer.isRunning()) {
    std::this_thread::sleep_for(kPace);
    if (stopSignals != 0 && !std::exchange(stopping, true)) trainer.control().stopNow();
    const TrainerStatus status = trainer.control().status();
    report(status);
    if (status.state == TrainerState::kNonFinite && status.nonFinite && givenUp.empty()) {
      const auto answer = answerFor(*status.nonFinite, trainer.control().live().learningRate);
      if (answer == training::NonFiniteAnswer::kStop) {
        givenUp = "not finite at step " + std::to_string(status.nonFinite->step) + ": " +
                  status.nonFinite->what;
      }
      trainer.control().answerNonFinite(answer);
    }
    if (quiet || std::exchange(drawn, trainer.control().version()) == trainer.control().version()) {
      continue;
    }
    if (onTerminal) {
      bar.draw(status);
    } else {
      printEpochs(trainer.control().takeFinishedEpochs());
    }
  }
  report(trainer.control().status());
  if (!quiet && !onTerminal) printEpochs(trainer.control().takeFinishedEpochs());
  if (!quiet && onTerminal) bar.draw(trainer.control().status());
  bar.end();
  return givenUp;
}

void printClosingLines(const training::TrainingOutcome& outcome, const std::string& folder) {
  if (outcome.accuracyAfterTraining >= 0) {
    std::printf("test accuracy after training: %.4f\n", outcome.accuracyAfterTraining);
  }
  if (outcome.accuracyAfterFineTuning >= 0) {
    std::printf("test accuracy after fine-tuning: %.4f\n", outcome.accuracyAfterFineTuning);
  }
  std::printf("samples/s: %.0f\n", outcome.samplesPerSecond);
  std::printf("log: %s\n", folder.c_str());
  if (!outcome.modelFile.empty()) std::printf("model: %s\n", outcome.modelFile.c_str());
  if (!outcome.bestModelFile.empty()) {
    std::printf("best model: %s\n", outcome.bestModelFile.c_str());
  }
}

}  // namespace

int runTrain(const TrainOptions& options) {
  if (const std::string wrong = wrongArgument(options.config); !wrong.empty()) {
    return failed(wrong, 2);
  }
  catchStopSignals();
  training::Trainer trainer(nullptr);
  if (const auto started = trainer.start(options.config); !started) {
    return failed(started.error().message, 1);
  }
  const std::string givenUp = follow(trainer, options.quiet);
  const auto outcome = trainer.wait();
  if (!outcome) return failed(outcome.error().message, 1);
  printClosingLines(*outcome, trainer.control().status().runPath);
  if (!givenUp.empty()) return failed(givenUp, 1);
  if (!outcome->saveFailure.empty()) {
    return failed("not everything of the run is saved: " + outcome->saveFailure, 1);
  }
  const std::string logFailure = trainer.loggingFailure();
  return logFailure.empty() ? 0 : failed("the log is not whole: " + logFailure, 1);
}

}  // namespace app
