// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "app/cli/commands.h"
#include "app/cli/run_notices.h"
#include "app/cli/stop_signals.h"
#include "app/cli/terminal.h"
#include "app/cli/terminal_question.h"
#include "app/cli/terminal_text.h"
#include "app/cli/train_progress.h"
#include "training/compute/thread_count.h"
#include "training/job/resumption.h"
#include "training/job/run_folder.h"
#include "training/job/setting_choices.h"
#include "training/job/trainer.h"
#include "training/settings/setting.h"
#include "training/tasks/tasks.h"

namespace app {
namespace {

using training::NonFiniteAnswer;
using training::TrainerState;
using training::TrainerStatus;

constexpr std::chrono::milliseconds kPollInterval{100};
constexpr std::chrono::seconds kMaxPreparation{
    3};  // after a stop signal, before anything is trained

// After kGoOn the loop asks again a hundred steps later.
constexpr std::int64_t kStepsInARow = 101;
constexpr int kMaxAnswersInARow = 20;

int failed(const std::string& message, int status) {
  std::fprintf(stderr, "traindeck: %s\n", printable(message).c_str());
  return status;
}

/// The option of a setting.
std::string optionFor(const std::string& name) {
  const training::Setting* setting = training::findSetting(name);
  return setting == nullptr ? name : setting->option;
}

/// Why the configuration cannot be used, as far as that shows without reading data.
std::optional<training::ConfigProblem> problemOf(const training::TrainingConfig& config) {
  const auto engine = training::loadEngine();
  const training::EngineInfo info = engine ? (*engine)->info() : training::EngineInfo{};
  const auto problems = training::checkSettings(config, info.devices);
  if (!problems.empty()) return problems.front();
  std::error_code ignored;
  if (config.dataFolder != "auto" && !std::filesystem::exists(config.dataFolder, ignored)) {
    return training::ConfigProblem{"dataFolder",
                                   {"There is no folder or file %1", config.dataFolder}};
  }
  return std::nullopt;
}

struct Refusal {
  std::string message;  ///< empty: the run may start
  int status = 2;
};

Refusal refusalOf(const std::optional<training::ConfigProblem>& problem) {
  return problem ? Refusal{training::describe(optionFor(problem->field), *problem).english()}
                 : Refusal{};
}

Refusal refusalOfNew(const training::TrainingConfig& config) {
  std::optional<training::ConfigProblem> problem = problemOf(config);
  const eventio::Message nameProblem = training::runNameProblem(config.runName);
  if (!problem && !nameProblem.empty()) problem = {"runName", nameProblem};
  return refusalOf(problem);
}

Refusal refusalOfContinuing(const training::TrainingConfig& config) {
  const auto saved = training::readSavedRun(config.continueRun);
  if (!saved) {
    const bool isNoRun = saved.error().code == eventio::ErrorCode::kNotFound;
    return {"--continue: " + saved.error().message.english(), isNoRun ? 2 : 1};
  }
  training::TrainingConfig changed = saved->config;
  std::optional<training::ConfigProblem> problem = training::applyChanges(config.changes, changed);
  if (!problem) problem = problemOf(changed);
  // What a run has by itself is no wrong argument.
  if (!problem || config.changes.has(problem->field)) return refusalOf(problem);
  const std::string option = optionFor(problem->field);
  const training::Setting* setting = training::findSetting(problem->field);
  const bool canChange =
      setting != nullptr && setting->onContinue == training::Setting::OnContinue::kAnew;
  return {training::describe(config.continueRun, *problem).english() +
              (canChange ? "; " + option + " sets another for the rest of the run" : ""),
          1};
}

/// Settings that were named but that the run has no use for, such as --beta1 of SGD.
void printUnusedSettings(const std::vector<std::string>& given,
                         const training::TrainingConfig& config) {
  for (const std::string& name : given) {
    const training::Setting& setting = *training::findSetting(name);
    if (setting.appliesTo(config)) continue;
    failed(std::string(setting.option) + " has no effect in this run; it goes with " +
               setting.appliesWith,
           0);
  }
}

/// What the user should know before the run starts; it starts all the same.
void printAdvice(const TrainOptions& options) {
  training::TrainingConfig config = options.config;
  int threads = config.threads;
  if (!config.continueRun.empty()) {
    const auto saved = training::readSavedRun(config.continueRun);
    if (!saved) return;
    threads = config.changes.get<int>("threads").value_or(saved->config.threads);
    config = saved->config;
    if (saved->config.threads != 0 && threads != saved->config.threads) {
      failed("the run was trained with " + std::to_string(saved->config.threads) +
                 (saved->config.threads == 1 ? " thread" : " threads") +
                 "; another number rounds its sums in another order, so that the last "
                 "digits differ from those of an uninterrupted run",
             0);
    }
  }
  if (const eventio::Message advice = training::threadsAdvice(threads); !advice.empty()) {
    failed(advice.english(), 0);
  }
  printUnusedSettings(options.given, config);
}

std::string consequence(NonFiniteAnswer answer, const TrainerStatus& status) {
  if (answer == NonFiniteAnswer::kGoBack && status.goBackStep) {
    return "; goes back to step " + std::to_string(*status.goBackStep) +
           " with a tenth of its learning rate";
  }
  return answer == NonFiniteAnswer::kLowerRate ? "; goes on with a tenth of the learning rate"
                                               : "; the batch is left out";
}

/// Answers what is asked about values that are not finite.
class NonFinitePolicy {
 public:
  explicit NonFinitePolicy(std::optional<NonFiniteAnswer> always) : m_always(always) {}

  NonFiniteAnswer answer(const TrainerStatus& status, TrainProgress& progress) {
    const training::NonFiniteReport& report = *status.nonFinite;
    m_inARow = report.step - m_lastStep <= kStepsInARow ? m_inARow + 1 : 1;
    m_lastStep = report.step;
    NonFiniteAnswer answer = m_always.value_or(NonFiniteAnswer::kStop);
    if (!m_always && isOnTerminal()) {
      progress.endLine();
      answer = askAboutNonFinite(report, status.live.learningRate, status.goBackStep);
    }
    std::string what =
        "not finite at step " + std::to_string(report.step) + ": " + report.what.english();
    if (m_always && answer != NonFiniteAnswer::kStop) {
      if (m_inARow > kMaxAnswersInARow) {
        answer = NonFiniteAnswer::kStop;
        what += "; given up after " + std::to_string(kMaxAnswersInARow) + " answers in a row";
      } else {
        // Again at once: a lower rate does not mend parameters that are ruined already.
        const bool ruined = answer == NonFiniteAnswer::kLowerRate && m_inARow > 1;
        if (ruined && status.goBackStep) answer = NonFiniteAnswer::kGoBack;
        progress.note(what + consequence(answer, status));
      }
    }
    if (answer == NonFiniteAnswer::kStop) m_givenUp = what;
    m_wentBack = m_wentBack || answer == NonFiniteAnswer::kGoBack;
    return answer;
  }

  /// Where a loss that diverges after the run went back sends it back again; empty: the run goes
  /// on, or this loss was answered before.
  std::optional<std::int64_t> stepToGoBackTo(const TrainerStatus& status, TrainProgress& progress) {
    if (m_always != NonFiniteAnswer::kLowerRate || !m_wentBack || !status.divergence) return {};
    const training::DivergenceReport& report = *status.divergence;
    const auto divergence = std::make_pair(report.step, report.loss);
    const bool soon = report.step - m_lastStep <= kStepsInARow;
    if (!soon || !status.goBackStep || m_lastDivergence == divergence) return {};
    m_lastDivergence = divergence;
    if (m_inARow >= kMaxAnswersInARow) {
      m_givenUp = "diverged again at step " + std::to_string(report.step) + "; given up after " +
                  std::to_string(kMaxAnswersInARow) + " answers in a row";
      return {};
    }
    m_lastStep = report.step;
    ++m_inARow;
    progress.note("diverged again at step " + std::to_string(report.step) +
                  consequence(NonFiniteAnswer::kGoBack, status));
    return status.goBackStep;
  }
  /// The reason, when the run was stopped because of such a value.
  [[nodiscard]] const std::string& givenUp() const { return m_givenUp; }

 private:
  const std::optional<NonFiniteAnswer> m_always;
  std::int64_t m_lastStep = -2 * kStepsInARow;
  int m_inARow = 0;
  bool m_wentBack = false;
  std::optional<std::pair<std::int64_t, double>> m_lastDivergence;  // step and loss
  std::string m_givenUp;
};

/// Obeys the signals and answers the questions of a run until it has ended.
class Follower {
 public:
  Follower(training::Trainer& trainer, const TrainOptions& options)
      : m_trainer(trainer), m_policy(options.onNonFinite), m_progress(options.quiet) {}

  void follow() {
    while (m_trainer.isRunning()) {
      std::this_thread::sleep_for(kPollInterval);
      obeySignal();
      reportTrouble();
      const std::uint64_t version = m_trainer.control().version();
      if (std::exchange(m_version, version) != version) look();
    }
    reportTrouble();
    look();
    m_progress.endLine();
  }
  [[nodiscard]] const std::string& givenUp() const { return m_policy.givenUp(); }

 private:
  void obeySignal() {
    if (receivedStopSignal() == 0) return;
    const auto now = std::chrono::steady_clock::now();
    if (!m_stopping) m_stopTime = now;
    if (!std::exchange(m_stopping, true)) m_trainer.control().stopNow();
    // Reading data can hang on a disk; there is nothing to save yet.
    const bool preparing = m_trainer.control().status().state == TrainerState::kPreparing;
    if (preparing && now - m_stopTime > kMaxPreparation) endOfStopSignal();
  }

  void reportTrouble() {
    const auto lines = m_notices.update(m_trainer.control().status(), m_trainer.loggingStatus());
    for (const std::string& line : lines) m_progress.note(line);
  }

  void look() {
    const TrainerStatus status = m_trainer.control().status();
    if (status.state == TrainerState::kNonFinite && status.nonFinite && givenUp().empty()) {
      m_trainer.control().answerNonFinite(m_policy.answer(status, m_progress));
    }
    if (const auto step = m_policy.stepToGoBackTo(status, m_progress)) {
      // Refused when the run has just ended; then it ends as one that diverged.
      static_cast<void>(m_trainer.control().goBack(*step, 0.1));
    } else if (status.divergence && !givenUp().empty()) {
      m_trainer.control().stopNow();
    }
    // A reader that has stopped reading must not keep this thread from obeying signals.
    if (canWriteTo(STDERR_FILENO)) m_progress.show(m_trainer.control());
  }

  training::Trainer& m_trainer;
  NonFinitePolicy m_policy;
  TrainProgress m_progress;
  RunNotices m_notices;
  std::uint64_t m_version = 0;
  bool m_stopping = false;
  std::chrono::steady_clock::time_point m_stopTime;
};

/// As --on-non-finite takes it.
const char* optionWord(NonFiniteAnswer answer) {
  switch (answer) {
    case NonFiniteAnswer::kGoOn:
      return "skip";
    case NonFiniteAnswer::kLowerRate:
      return "lower";
    default:
      return "stop";
  }
}

/// Prints what came of the run; false when stdout takes no more. A closed pipe is no failure:
/// nobody wants to read.
bool printClosingLines(const training::TrainingOutcome& outcome, const TrainerStatus& status,
                       const TrainOptions& options, bool canContinue) {
  const std::string& folder = status.runPath;
  const training::Metric& metric = training::findTask(status.task)->metrics().front();
  const auto printMetric = [&metric](double value, const char* when) {
    if (value < 0) return;
    std::printf("test %s after %s: %s\n", metric.word, when, metricText(metric, value).c_str());
  };
  printMetric(outcome.metricAfterTraining, "training");
  printMetric(outcome.metricAfterFineTuning, "fine-tuning");
  std::printf("samples/s: %.0f\n", outcome.samplesPerSecond);
  if (outcome.skippedBatches > 0) {
    std::printf("batches left out, not finite: %lld of %lld\n",
                static_cast<long long>(outcome.skippedBatches),
                static_cast<long long>(outcome.batches));
  }
  const auto printPath = [](const char* what, const std::string& path) {
    std::printf("%s: %s\n", what, onOneLine(path).c_str());
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(folder, ignored)) printPath("log", folder);
  if (!outcome.modelFile.empty()) printPath("model", outcome.modelFile);
  if (!outcome.bestModelFile.empty()) printPath("best model", outcome.bestModelFile);
  if (canContinue) {
    std::printf("continue: %s train --continue %s", shellQuoted(options.program).c_str(),
                shellQuoted(folder).c_str());
    if (outcome.divergedRate > 0) std::printf(" --lr %g", outcome.divergedRate / 10);
    if (options.onNonFinite) {
      std::printf(" --on-non-finite %s", optionWord(*options.onNonFinite));
    }
    std::putchar('\n');
  }
  return std::fflush(stdout) == 0 || errno == EPIPE;
}

}  // namespace

int runTrain(const TrainOptions& options) {
  const Refusal refusal = options.config.continueRun.empty() ? refusalOfNew(options.config)
                                                             : refusalOfContinuing(options.config);
  if (!refusal.message.empty()) return failed(refusal.message, refusal.status);
  printAdvice(options);
  catchStopSignals();
  training::Trainer trainer(nullptr);
  if (const auto started = trainer.start(options.config); !started) {
    return failed(started.error().message.english(), 1);
  }
  Follower follower(trainer, options);
  follower.follow();
  const auto outcome = trainer.wait();
  if (!outcome) return failed(outcome.error().message.english(), 1);
  int status = 0;
  if (!outcome->logFailure.empty()) {
    status = failed("the log is not whole: " + outcome->logFailure.english(), 1);
  }
  if (!outcome->saveFailure.empty()) {
    status = failed("not everything of the run is saved: " + outcome->saveFailure.english(), 1);
  }
  if (!follower.givenUp().empty()) {
    status = failed(follower.givenUp(), 1);
  } else if (outcome->diverged) {
    const std::string why = outcome->divergedWhy.english();
    status = failed(why.empty() ? "the run diverged" : "the run diverged: " + why, 1);
  }
  bool canContinue = outcome->stopped || outcome->diverged || !outcome->saveFailure.empty() ||
                     !outcome->logFailure.empty();
  if (canContinue) {
    const auto possible = training::checkContinuable(trainer.control().status().runPath);
    canContinue = possible.has_value();
    if (!possible)
      status = failed("the run cannot be continued: " + possible.error().message.english(), 1);
  }
  // Whoever asked for the end does not wait for a reader that has stopped reading.
  const bool wanted = receivedStopSignal() == 0 || canWriteTo(STDOUT_FILENO);
  if (wanted && !printClosingLines(*outcome, trainer.control().status(), options, canContinue)) {
    status = failed(
        "the closing lines could not be written: " + std::generic_category().message(errno), 1);
  }
  return status;
}

}  // namespace app
