// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/training_loop.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "training/conv_net.h"
#include "training/thread_count.h"
#include "training/torch/replica_group.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kTestBatch = 1000;
constexpr std::int64_t kStepsBeforeAskingAgain =
    100;  // after "go on" at a value that is not finite

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

LiveHyperParameters liveFrom(const TrainingConfig& config) {
  return {config.learningRate, config.momentum, config.weightDecay, config.histogramInterval};
}

}  // namespace

TrainingLoop::TrainingLoop(const TrainingConfig& config, const DataSet& data,
                           const std::string& runFolder, TrainerControl& control,
                           TrainingRecorder& recorder)
    : m_config(config),
      m_data(data),
      m_control(control),
      m_recorder(recorder),
      m_runFolder(runFolder),
      m_saver(runFolder, control, recorder),
      m_testOrder(static_cast<std::size_t>(data.test.count)) {
  std::iota(m_testOrder.begin(), m_testOrder.end(), 0U);
}

TrainingLoop::~TrainingLoop() = default;

std::int64_t TrainingLoop::epochsOf(Phase phase) const noexcept {
  return phase == Phase::kTraining ? m_config.epochs : m_config.fineTuneEpochs;
}

std::int64_t TrainingLoop::batchesPerEpoch() const noexcept {
  return (m_data.train.count + m_config.batchSize - 1) / m_config.batchSize;
}

std::int64_t TrainingLoop::stepsInAll() const noexcept {
  return (m_config.epochs + m_config.fineTuneEpochs) * batchesPerEpoch();
}

SgdSettings TrainingLoop::sgd() const noexcept {
  return {static_cast<float>(m_state.live.learningRate), static_cast<float>(m_state.live.momentum),
          static_cast<float>(m_state.live.weightDecay)};
}

template <class Record>
void TrainingLoop::logged(const Record& record) {
  const Clock::time_point start = Clock::now();
  record();
  m_loggingSeconds += secondsSince(start);
}

Result<TrainingOutcome> TrainingLoop::run() {
  initialise();
  if (!m_config.continueRun.empty()) {
    if (const Result<void> restored = restore(); !restored) {
      return tl::unexpected(restored.error());
    }
    // The loop applies and records the change before its first step.
    if (const auto rate = m_config.changes.learningRate) {
      static_cast<void>(m_control.set(HyperParameter::kLearningRate, *rate));
    }
  }
  m_model = std::make_unique<ReplicaGroup>(m_state, threadsFor(m_config), m_config.device);
  m_saver.publish();

  Next next = runPhases();
  while (next != Next::kStop) {
    const std::optional<TrainerControl::GoBackRequest> request = m_control.takeGoBackRequest();
    if (!request) break;
    goBack(*request);
    next = runPhases();
  }
  save(ModelSaver::IfLogFails::kSaveParameters);
  return outcome(next == Next::kStop);
}

TrainingLoop::Next TrainingLoop::runPhases() {
  if (m_state.phase == Phase::kTraining) {
    enterPhase(Phase::kTraining);
    const Next next = runPhase();
    m_trainingRate = m_meter.overall();
    if (next != Next::kGoOn || m_config.fineTuneEpochs == 0) return next;
    beginFineTuning();
  }
  enterPhase(Phase::kFineTuning);
  return runPhase();
}

void TrainingLoop::beginFineTuning() {
  m_saved = false;
  m_state.phase = Phase::kFineTuning;
  m_state.epoch = 0;
  std::fill(m_state.velocity.begin(), m_state.velocity.end(), 0.0F);
  m_state.live = m_control.live();
  m_state.live.learningRate = m_config.fineTuneLearningRate;
  m_control.adopt(m_state.live);
}

void TrainingLoop::initialise() {
  m_state.parameters.resize(convNetFlatSize());
  m_state.velocity.resize(convNetFlatSize());
  initialiseConvNet(m_state.parameters, m_config.seed);
  m_state.live = liveFrom(m_config);
  m_state.seed = m_config.seed;
  m_state.batchSize = m_config.batchSize;
  m_state.trainImages = m_data.train.count;
}

Result<void> TrainingLoop::restore() {
  if (Result<void> scanned = m_saver.scan(); !scanned) return scanned;
  Result<std::optional<TrainingState>> saved = stateToContinue(m_runFolder);
  if (!saved) return tl::unexpected(saved.error());
  if (!saved->has_value()) {  // nothing good was saved: from step 0
    m_saver.dropAfter(-1);
    return {};
  }
  if (Result<void> ours = checkPosition(**saved); !ours) return ours;
  m_state = std::move(**saved);
  m_saver.dropAfter(m_state.step);
  m_divergence = DivergenceMonitor(m_state.lossHistory, m_state.diverged != 0);
  m_histogramStep = m_state.step - 1;
  m_control.adopt(m_state.live);
  // A crash within the save may have cost the run its last state or its model, or the log the mark.
  if (m_state.step > 0) save(ModelSaver::IfLogFails::kKeepOldModel);
  return {};
}

Result<void> TrainingLoop::checkPosition(const TrainingState& state) const {
  if (state.seed != m_config.seed || state.batchSize != m_config.batchSize ||
      state.trainImages != m_data.train.count) {
    return makeError(ErrorCode::kInvalidArgument,
                     m_runFolder.string() +
                         ": its model was saved with another seed, batch size or data set than "
                         "the run's settings name");
  }
  const bool inRange = state.epoch >= 0 && state.epoch <= epochsOf(state.phase) &&
                       state.batch >= 0 && state.batch <= batchesPerEpoch() && state.step >= 0;
  if (inRange) return {};
  return makeError(ErrorCode::kCorrupt, m_runFolder.string() +
                                            ": the position of its saved model lies outside the "
                                            "run's epochs");
}

void TrainingLoop::goBack(const TrainerControl::GoBackRequest& request) {
  Result<TrainingState> saved = m_saver.load(request.step);
  const Result<void> usable = saved ? checkPosition(*saved) : tl::unexpected(saved.error());
  if (!usable) {
    m_recorder.alert(
        "Cannot go back to step " + std::to_string(request.step) + ": " + usable.error().message,
        m_state.step);
    return;
  }
  const std::int64_t from = m_state.step;
  saved->bestAccuracy = m_state.bestAccuracy;
  saved->bestLoss = m_state.bestLoss;
  saved->live.histogramInterval = m_control.live().histogramInterval;
  const double rate = saved->live.learningRate;
  saved->live.learningRate *= request.learningRateFactor;
  // The replicas use the buffers in place: they keep their memory.
  std::copy(saved->parameters.begin(), saved->parameters.end(), m_state.parameters.begin());
  std::copy(saved->velocity.begin(), saved->velocity.end(), m_state.velocity.begin());
  saved->parameters = std::move(m_state.parameters);
  saved->velocity = std::move(m_state.velocity);
  m_state = std::move(*saved);
  m_control.adopt(m_state.live);
  m_divergence = DivergenceMonitor(m_state.lossHistory, m_state.diverged != 0);
  m_askAgainStep = 0;
  m_histogramStep = m_state.step - 1;

  // Saved before the log is cut: a crash in between leaves a log that reaches past the model, which
  // continuing cuts again.
  m_saver.dropAfter(m_state.step);
  m_saved = false;
  save(ModelSaver::IfLogFails::kSaveState);
  m_recorder.wentBack(from, m_state.step, std::exchange(m_lastAlert, {}));
  recordChange("learning rate", rate, m_state.live.learningRate);
  m_control.update([](TrainerStatus& status) { status.divergence.reset(); });
  publishPosition(m_state.epoch + 1);
}

void TrainingLoop::enterPhase(Phase phase) {
  m_meter = {};
  m_trainedLayers.clear();
  if (phase == Phase::kFineTuning) {
    m_trainedLayers = m_config.fineTuneLayers;
  } else {
    for (const LayerInfo& layer : convNetLayers()) m_trainedLayers.push_back(layer.name);
  }
  m_model->setTrained(m_trainedLayers);
  publishPosition(m_state.epoch + 1);
}

void TrainingLoop::publishPosition(std::int64_t epoch) {
  m_control.update([&](TrainerStatus& status) {
    status.state = TrainerState::kTraining;
    status.phase = m_state.phase;
    status.epochs = epochsOf(m_state.phase);
    status.epoch = std::min(epoch, status.epochs);
    status.step = m_state.step;
    status.stepsInAll = stepsInAll();
    const auto reached = [](double accuracy) {
      return accuracy >= 0 ? std::optional(accuracy) : std::nullopt;
    };
    status.accuracyAfterTraining = reached(m_state.accuracyAfterTraining);
    status.accuracyAfterFineTuning = reached(m_state.accuracyAfterFineTuning);
  });
}

TrainingLoop::Next TrainingLoop::runPhase() {
  while (m_state.epoch < epochsOf(m_state.phase)) {
    if (const Next next = runEpoch(); next != Next::kGoOn) return next;
    if (const Next next = finishEpoch(); next != Next::kGoOn) return next;
    const bool more = m_state.epoch < epochsOf(m_state.phase) ||
                      (m_state.phase == Phase::kTraining && m_config.fineTuneEpochs > 0);
    if (more && m_control.stopsAtEpochEnd()) return Next::kStop;
  }
  return Next::kGoOn;
}

TrainingLoop::Next TrainingLoop::runEpoch() {
  const auto batches = batchesPerEpoch();
  const auto batchSize = static_cast<std::size_t>(m_config.batchSize);
  m_order =
      shuffledOrder(m_data.train.count, m_config.seed, static_cast<std::uint64_t>(m_state.phase),
                    static_cast<std::uint64_t>(m_state.epoch));
  m_epochMeter = {};
  publishPosition(m_state.epoch + 1);
  if (m_state.batch == 0) {
    m_recorder.epochBegins(m_state.phase, m_state.epoch, m_state.step);
  }
  while (m_state.batch < batches) {
    const TrainerControl::BeforeStep before = m_control.beforeStep();
    if (before.order == TrainerControl::Order::kGoBack) return Next::kGoBack;
    apply(before.live);
    if (before.order == TrainerControl::Order::kStop) {
      recordHistograms();
      return Next::kStop;
    }
    const Clock::time_point start = Clock::now();
    const std::size_t first = static_cast<std::size_t>(m_state.batch) * batchSize;
    const std::size_t size = std::min(batchSize, m_order.size() - first);
    const Next next = runStep(std::span(m_order).subspan(first, size));
    if (next != Next::kGoOn) return next;
    const double seconds = secondsSince(start);
    m_meter.add(static_cast<std::int64_t>(size), seconds);
    m_epochMeter.add(static_cast<std::int64_t>(size), seconds);
    m_loopSeconds += seconds;
  }
  return Next::kGoOn;
}

TrainingLoop::Next TrainingLoop::runStep(std::span<const std::uint32_t> batch) {
  const ReplicaGroup::StepResult result = m_model->step(m_data.train, batch, sgd());
  logged([&] { recordStep(result.sum, batch.size()); });
  if (!result.finite) {
    if (const Next next = handleNonFinite(batch, result.sum); next != Next::kGoOn) return next;
  } else {
    m_state.lossSum += result.sum.loss;
    m_state.correct += result.sum.correct;
    m_state.samples += static_cast<std::int64_t>(batch.size());
  }
  const std::int64_t interval = m_state.live.histogramInterval;
  const bool last = m_state.step + 1 == stepsInAll();
  ++m_state.step;
  ++m_state.batch;
  m_state.validationAccuracy = -1;
  m_saved = false;
  if (interval > 0 && ((m_state.step - 1) % interval == 0 || last)) {
    logged([&] { recordHistograms(); });
  }
  const double loss = result.sum.loss / static_cast<double>(batch.size());
  watchDivergence(loss);
  publishStep(loss);
  return Next::kGoOn;
}

TrainingLoop::Next TrainingLoop::handleNonFinite(std::span<const std::uint32_t> batch,
                                                 const LossSum& sum) {
  if (m_state.step < m_askAgainStep) return Next::kGoOn;
  const ReplicaGroup::Culprit culprit =
      m_model->findNonFinite(m_data.train, batch, sum.loss, sgd());
  m_recorder.alert(culprit.what, m_state.step);
  m_lastAlert = "step " + std::to_string(m_state.step) + ": " + culprit.what;
  const NonFiniteAnswer answer =
      m_control.waitForNonFiniteAnswer({m_state.step, culprit.layer, culprit.what});
  switch (answer) {
    case NonFiniteAnswer::kStop:
      m_stoppedNonFinite = true;
      m_state.diverged = 1;
      return Next::kStop;
    case NonFiniteAnswer::kGoBack:
      return Next::kGoBack;
    case NonFiniteAnswer::kGoOn:
      m_askAgainStep = m_state.step + kStepsBeforeAskingAgain;
      return Next::kGoOn;
    case NonFiniteAnswer::kLowerRate:
      static_cast<void>(
          m_control.set(HyperParameter::kLearningRate, m_control.live().learningRate / 10));
      return Next::kGoOn;
  }
  return Next::kGoOn;
}

void TrainingLoop::watchDivergence(double loss) {
  const bool before = m_divergence.diverged();
  m_divergence.add(loss);
  m_state.lossHistory = m_divergence.history();
  m_state.diverged = m_divergence.diverged() ? 1 : 0;
  if (m_divergence.diverged() == before) return;
  const DivergenceReport report{m_state.step - 1, m_divergence.smoothedLoss(),
                                m_divergence.history().best};
  const bool diverged = m_divergence.diverged();
  if (diverged) {
    std::array<char, 160> text{};
    std::snprintf(text.data(), text.size(),
                  "diverged: the smoothed loss, %.4g, is %.3g times its best, %.4g", report.loss,
                  report.loss / report.bestLoss, report.bestLoss);
    m_recorder.alert(text.data(), report.step);
    m_lastAlert = "step " + std::to_string(report.step) + ": " + text.data();
  }
  m_control.update([&](TrainerStatus& status) {
    status.divergence = diverged ? std::optional(report) : std::nullopt;
  });
}

TrainingLoop::Next TrainingLoop::finishEpoch() {
  const std::optional<LossSum> test = evaluateTestSet();
  if (!test) return m_control.stopRequested() ? Next::kStop : Next::kGoBack;
  const auto tested = static_cast<double>(m_data.test.count);
  const auto seen = static_cast<double>(m_state.samples);
  EpochRecord record;
  record.phase = m_state.phase;
  record.epoch = m_state.epoch;
  record.step = m_state.step;
  record.loss = m_state.lossSum / seen;  // NaN when no batch of the epoch was finite
  record.accuracy = static_cast<double>(m_state.correct) / seen;
  record.validationLoss = test->loss / tested;
  record.validationAccuracy = static_cast<double>(test->correct) / tested;
  record.samplesPerSecond = m_epochMeter.overall();
  m_recorder.epoch(record);
  m_control.publishEpoch(record);

  m_saved = false;
  m_state.validationAccuracy = record.validationAccuracy;
  ++m_state.epoch;
  m_state.batch = 0;
  m_state.lossSum = 0;
  m_state.correct = 0;
  m_state.samples = 0;
  if (m_state.epoch == epochsOf(m_state.phase)) {
    (m_state.phase == Phase::kTraining ? m_state.accuracyAfterTraining
                                       : m_state.accuracyAfterFineTuning) =
        record.validationAccuracy;
  }
  publishPosition(m_state.epoch);  // the one that ended: the run may stop here
  saveIfBest(record);
  save(ModelSaver::IfLogFails::kKeepOldModel);
  return Next::kGoOn;
}

std::optional<LossSum> TrainingLoop::evaluateTestSet() {
  m_control.update([](TrainerStatus& status) { status.state = TrainerState::kEvaluating; });
  const Clock::time_point start = Clock::now();
  LossSum sum;
  for (std::size_t first = 0; first < m_testOrder.size(); first += kTestBatch) {
    if (m_control.stopRequested() || m_control.goBackRequested()) return std::nullopt;
    const std::size_t size = std::min(kTestBatch, m_testOrder.size() - first);
    const LossSum batch =
        m_model->evaluate(m_data.test, std::span(m_testOrder).subspan(first, size));
    sum.loss += batch.loss;
    sum.correct += batch.correct;
  }
  m_evaluationSeconds = secondsSince(start);
  return sum;
}

void TrainingLoop::apply(const LiveHyperParameters& live) {
  if (live == m_state.live) return;
  m_saver.saveBeforeChange(m_state);
  m_saved = false;
  const LiveHyperParameters before = std::exchange(m_state.live, live);
  recordChange("learning rate", before.learningRate, live.learningRate);
  recordChange("momentum", before.momentum, live.momentum);
  recordChange("weight decay", before.weightDecay, live.weightDecay);
  recordChange("histogram interval", static_cast<double>(before.histogramInterval),
               static_cast<double>(live.histogramInterval));
}

void TrainingLoop::recordChange(const char* what, double from, double to) {
  if (from != to) m_recorder.changed(what, from, to, m_state.step);
}

void TrainingLoop::recordStep(const LossSum& sum, std::size_t samples) {
  const auto count = static_cast<double>(samples);
  m_recorder.step({m_state.phase, m_state.step, sum.loss / count,
                   static_cast<double>(sum.correct) / count, m_state.live.learningRate,
                   m_meter.recent()});
}

void TrainingLoop::recordHistograms() {
  const std::int64_t step = m_state.step - 1;
  if (step < 0 || step == m_histogramStep || m_state.live.histogramInterval <= 0) return;
  m_histogramStep = step;
  const std::span<const float> parameters = m_state.parameters;
  const std::span<const float> gradients = m_model->gradients();
  for (const ParameterPlace& place : convNetParameters()) {
    const std::string tag = place.tag();
    m_recorder.histogram(tag, parameters.subspan(place.offset, place.size), step);
    const bool trained = std::find(m_trainedLayers.begin(), m_trainedLayers.end(), place.layer) !=
                         m_trainedLayers.end();
    if (!trained) continue;
    m_recorder.histogram(tag + ".grad", gradients.subspan(place.offset, place.size), step);
  }
}

void TrainingLoop::save(ModelSaver::IfLogFails ifLogFails) {
  if (!m_saved) m_saved = m_saver.saveLast(m_state, ifLogFails);
}

void TrainingLoop::saveIfBest(const EpochRecord& record) {
  const bool better = record.validationAccuracy > m_state.bestAccuracy ||
                      (record.validationAccuracy == m_state.bestAccuracy &&
                       record.validationLoss < m_state.bestLoss);
  if (!better || !std::isfinite(record.validationLoss)) return;
  m_state.bestAccuracy = record.validationAccuracy;
  m_state.bestLoss = record.validationLoss;
  m_saver.saveBest(m_state);
}

void TrainingLoop::publishStep(double loss) {
  const double rate = m_meter.recent();
  const std::int64_t stepsLeft = stepsInAll() - m_state.step;
  const std::int64_t evaluationsLeft =
      m_evaluationSeconds > 0 ? stepsLeft / batchesPerEpoch() + 1 : 0;
  m_control.update([&](TrainerStatus& status) {
    status.step = m_state.step;
    status.loss = loss;
    status.samplesPerSecond = rate;
    status.secondsLeft = rate > 0 ? static_cast<double>(stepsLeft * m_config.batchSize) / rate +
                                        static_cast<double>(evaluationsLeft) * m_evaluationSeconds
                                  : -1;
    status.loggingShare = m_loopSeconds > 0 ? m_loggingSeconds / m_loopSeconds : 0;
  });
}

TrainingOutcome TrainingLoop::outcome(bool stopped) const {
  TrainingOutcome outcome;
  outcome.stopped = stopped;
  outcome.accuracyAfterTraining = m_state.accuracyAfterTraining;
  outcome.accuracyAfterFineTuning = m_state.accuracyAfterFineTuning;
  outcome.samplesPerSecond = m_trainingRate > 0 ? m_trainingRate : m_meter.overall();
  outcome.diverged = m_stoppedNonFinite || m_divergence.diverged();
  outcome.saveFailure = m_saver.failure();
  if (m_saved) outcome.modelFile = m_saver.modelFile();
  outcome.bestModelFile = m_saver.bestModelFile();
  return outcome;
}

}  // namespace training
