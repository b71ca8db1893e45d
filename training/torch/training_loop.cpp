// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/training_loop.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "training/compute/thread_count.h"
#include "training/optimisers/optimisers.h"
#include "training/settings/setting.h"
#include "training/torch/replica_group.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kTestBatch = 1000;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A metric as a state keeps it.
double finiteOrNone(double metric) {
  return std::isfinite(metric) ? metric : -1;
}

}  // namespace

TrainingLoop::TrainingLoop(const TrainingConfig& config, const OptimiserSettings& optimiser,
                           const ChosenTask& task, const Model& model, const LoadedData& data,
                           const std::string& runFolder, TrainerControl& control,
                           TrainingRecorder& recorder)
    : m_config(config),
      m_optimiserSettings(optimiser),
      m_optimiser(*findOptimiser(optimiser.name)),
      m_task(task),
      m_model(model),
      m_data(data),
      m_control(control),
      m_recorder(recorder),
      m_runFolder(runFolder),
      m_saver(runFolder, model, control, recorder, config.learningRate),
      m_inOrder(static_cast<std::size_t>(std::max(data.test.count, data.validation.count))) {
  std::iota(m_inOrder.begin(), m_inOrder.end(), 0U);
}

TrainingLoop::~TrainingLoop() = default;

std::int64_t TrainingLoop::epochsOf(Phase phase) const noexcept {
  return phase == Phase::kTraining ? m_config.epochs : m_config.fineTuneEpochs;
}

std::int64_t TrainingLoop::batchesPerEpoch() const noexcept {
  const std::int64_t incomplete = m_config.dropLast ? 0 : m_config.batchSize - 1;
  return (m_data.train.count + incomplete) / m_config.batchSize;
}

std::int64_t TrainingLoop::stepsInAll() const noexcept {
  return (m_config.epochs + m_config.fineTuneEpochs) * batchesPerEpoch();
}

OptimiserSettings TrainingLoop::optimiserSettings() const {
  OptimiserSettings settings = m_optimiserSettings;
  settings.learningRate = m_state.live.learningRate;
  settings.momentum = m_state.live.momentum;
  settings.beta1 = m_state.live.beta1;
  settings.beta2 = m_state.live.beta2;
  settings.weightDecay = m_state.live.weightDecay;
  return settings;
}

template <class Record>
void TrainingLoop::logged(const Record& record) {
  const Clock::time_point start = Clock::now();
  record();
  m_loggingSeconds += secondsSince(start);
}

Result<TrainingOutcome> TrainingLoop::run() {
  m_state = initialState();
  if (!m_config.continueRun.empty()) {
    if (const Result<void> restored = restore(); !restored) {
      return tl::unexpected(restored.error());
    }
    setLiveChanges();
  }
  m_replicas = std::make_unique<ReplicaGroup>(m_model, m_state, m_task, threadsFor(m_config),
                                              m_config.device);
  m_saver.publish();

  Next next = runPhases();
  while (next != Next::kStop) {
    const std::optional<TrainerControl::GoBackRequest> request = m_control.takeGoBackRequest();
    if (!request) break;
    goBack(*request);
    next = runPhases();
  }
  m_saved = m_saved && m_saver.holdsLast();  // somebody may have removed the files
  save(ModelSaver::IfLogFails::kSaveParameters);
  return outcome(next == Next::kStop);
}

void TrainingLoop::setLiveChanges() {
  // The loop applies and records them before its first step.
  for (const auto& [name, value] : m_config.changes.values()) {
    const Setting& setting = *findSetting(name);
    if (setting.live) static_cast<void>(m_control.set(*setting.live, numberIn(value)));
  }
  const auto rate = m_config.changes.get<double>("learningRate");
  if (rate && *rate < m_state.live.learningRate) {
    m_trial.begin(m_state.step, m_state.phase, *rate, m_state.validationMetric >= 0);
  }
}

TrainingLoop::Next TrainingLoop::runPhases() {
  if (m_state.phase == Phase::kTraining) {
    enterPhase(Phase::kTraining);
    const Next next = runPhase();
    m_trainingRate = m_meter.overall();
    if (next != Next::kGoOn || m_config.fineTuneEpochs == 0) return next;
    m_saved = false;
    m_state.live = m_control.live();
    beginFineTuning(m_state);
    m_control.adopt(m_state.live);
  }
  enterPhase(Phase::kFineTuning);
  return runPhase();
}

bool TrainingLoop::isBeforeFineTuning(const TrainingState& state) const noexcept {
  return state.phase == Phase::kTraining && state.epoch == m_config.epochs &&
         m_config.fineTuneEpochs > 0;
}

void TrainingLoop::beginFineTuning(TrainingState& state) const {
  state.phase = Phase::kFineTuning;
  state.epoch = 0;
  state.optimiser = newOptimiserState(m_optimiser, state.parameters.size());
  state.live.learningRate = m_config.fineTuneLearningRate;
}

TrainingState TrainingLoop::initialState() const {
  TrainingState state;
  state.parameters = m_model.initialParameters(m_config.seed);
  state.buffers = m_model.initialBuffers();
  state.optimiser = newOptimiserState(m_optimiser, state.parameters.size());
  state.live = liveHyperParameters(m_config);
  state.seed = m_config.seed;
  state.batchSize = m_config.batchSize;
  state.trainImages = m_data.train.count;
  state.course = m_config.course;
  return state;
}

Result<void> TrainingLoop::restore() {
  if (Result<void> scanned = m_saver.scan(); !scanned) return scanned;
  Result<std::optional<TrainingState>> saved = stateToContinue(m_runFolder, &m_model);
  if (!saved) return tl::unexpected(saved.error());
  if (!saved->has_value()) {  // nothing good was saved: from step 0
    m_saver.dropAfter(-1);
    return {};
  }
  if (Result<void> ours = checkPosition(**saved); !ours) return ours;
  m_state = std::move(**saved);
  takeMissingFromSettings(m_state.live);
  m_state.course = m_config.course;
  // The rate that is wanted is the one of the next step.
  if (m_config.changes.has("learningRate") && isBeforeFineTuning(m_state)) beginFineTuning(m_state);
  m_saver.dropAfter(m_state.step);
  m_saver.restoreBest();
  m_divergence = DivergenceMonitor(m_state.lossHistory, m_state.diverged != 0);
  m_histogramStep = m_state.step - 1;
  m_control.adopt(m_state.live);
  // A crash within the save may have cost the run its last state or its model, or the log the mark.
  if (m_state.step > 0) save(ModelSaver::IfLogFails::kKeepOldModel);
  return {};
}

/// What the version that saved a state did not save is as the settings have it.
void TrainingLoop::takeMissingFromSettings(LiveHyperParameters& live) const {
  const LiveHyperParameters settings = liveHyperParameters(m_config);
  for (const Setting& setting : settingsTable()) {
    if (!setting.live || !std::isnan(valueIn(live, *setting.live))) continue;
    setValue(live, *setting.live, valueIn(settings, *setting.live));
  }
}

Result<void> TrainingLoop::checkPosition(const TrainingState& state) const {
  if (state.seed != m_config.seed || state.batchSize != m_config.batchSize ||
      state.trainImages != m_data.train.count) {
    return makeError(ErrorCode::kInvalidArgument,
                     "%1: its model was saved with another seed, batch size or data set than the "
                     "run's settings name",
                     m_runFolder);
  }
  if (isOfOtherSettings(state, m_config)) {
    return makeError(
        ErrorCode::kInvalidArgument,
        "%1: its model was saved by a run with other settings than this run began with",
        m_runFolder);
  }
  if (state.optimiser.optimiser != m_optimiser.name()) {
    return makeError(ErrorCode::kInvalidArgument,
                     "%1: its model was saved with the optimiser '%2', but the run's settings name "
                     "'%3'; continue it with the former",
                     m_runFolder, state.optimiser.optimiser, m_optimiserSettings.name);
  }
  const bool inRange = state.epoch >= 0 && state.epoch <= epochsOf(state.phase) &&
                       state.batch >= 0 && state.batch <= batchesPerEpoch() && state.step >= 0;
  if (inRange) return {};
  return makeError(ErrorCode::kCorrupt,
                   "%1: the position of its saved model lies outside the run's epochs",
                   m_runFolder);
}

void TrainingLoop::enterPhase(Phase phase) {
  m_meter = {};
  m_trainedLayers.clear();
  if (phase == Phase::kFineTuning) {
    m_trainedLayers = m_config.fineTuneLayers;
  } else {
    for (const LayerInfo& layer : m_model.layers) m_trainedLayers.push_back(layer.name);
  }
  m_replicas->setTrained(m_trainedLayers);
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
    const auto reached = [](double metric) {
      return metric >= 0 ? std::optional(metric) : std::nullopt;
    };
    status.task = m_config.task;
    status.metricAfterTraining = reached(m_state.metricAfterTraining);
    status.metricAfterFineTuning = reached(m_state.metricAfterFineTuning);
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
    m_trial.beforeStep(m_state.step, m_state.live.learningRate);
    if (before.order == TrainerControl::Order::kStop) return Next::kStop;
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
  m_replicas->setStep({m_config.seed, static_cast<std::uint64_t>(m_state.phase),
                       static_cast<std::uint64_t>(m_state.epoch),
                       static_cast<std::uint64_t>(m_state.step)});
  const ReplicaGroup::StepResult result =
      m_replicas->step(m_data.train, batch, optimiserSettings());
  logged([&] { recordStep(result.sum, batch.size()); });
  if (!result.finite) {
    if (const Next next = handleNonFinite(batch, result.sum); next != Next::kGoOn) return next;
    m_skippedSteps.push_back(m_state.step);
  } else {
    m_state.lossSum += result.sum.loss;
    for (std::size_t i = 0; i < kMaxMetrics; ++i) m_state.metricSums[i] += result.sum.metrics[i];
    m_state.samples += static_cast<std::int64_t>(batch.size());
  }
  const std::int64_t interval = m_state.live.histogramInterval;
  const bool last = m_state.step + 1 == stepsInAll();
  ++m_state.step;
  ++m_state.batch;
  m_state.validationMetric = -1;
  m_saved = false;
  m_stepFinite = result.finite;
  if (interval > 0 && ((m_state.step - 1) % interval == 0 || last)) {
    logged([&] { recordHistograms(); });
  }
  const double loss = result.sum.loss / static_cast<double>(batch.size());
  watchDivergence(loss);
  publishStep(loss);
  return Next::kGoOn;
}

TrainingLoop::Next TrainingLoop::finishEpoch() {
  const std::optional<TaskSums> sums = evaluate(validationSet());
  if (!sums) return brokenOff();
  const std::int64_t judged = validationSet().count;
  const auto seen = static_cast<double>(m_state.samples);
  EpochRecord record;
  record.phase = m_state.phase;
  record.epoch = m_state.epoch;
  record.step = m_state.step;
  record.loss = m_state.lossSum / seen;  // NaN when no batch of the epoch was finite
  record.metrics = m_task.task.metricValues({m_state.lossSum, m_state.metricSums}, m_state.samples);
  record.onValidationSet = &validationSet() == &m_data.validation;
  record.validationLoss = sums->loss / static_cast<double>(judged);
  record.validationMetrics = m_task.task.metricValues(*sums, judged);
  record.samplesPerSecond = m_epochMeter.overall();
  const bool endsPhase = m_state.epoch + 1 == epochsOf(m_state.phase);
  const std::optional<double> tested = endsPhase ? testMetric(record) : 0;
  if (!tested) return brokenOff();
  m_recorder.epoch(record);
  m_control.publishEpoch(record);
  m_leftOutTooMany = judgeSkipped();

  m_saved = false;
  m_state.validationMetric = finiteOrNone(record.validationMetrics[0]);
  ++m_state.epoch;
  m_state.batch = 0;
  m_state.lossSum = 0;
  m_state.metricSums = {};
  m_state.samples = 0;
  if (endsPhase) {
    (m_state.phase == Phase::kTraining ? m_state.metricAfterTraining
                                       : m_state.metricAfterFineTuning) = finiteOrNone(*tested);
  }
  publishPosition(m_state.epoch);  // the one that ended: the run may stop here
  if (m_leftOutTooMany) {
    m_state.diverged = 1;
    return Next::kStop;
  }
  saveIfBest(record);
  save(ModelSaver::IfLogFails::kKeepOldModel);
  return Next::kGoOn;
}

const SampleSet& TrainingLoop::validationSet() const noexcept {
  return m_config.validateOn == "validation" ? m_data.validation : m_data.test;
}

std::optional<double> TrainingLoop::testMetric(const EpochRecord& judged) {
  if (&validationSet() == &m_data.test) return judged.validationMetrics[0];
  const std::optional<TaskSums> sums = evaluate(m_data.test);
  if (!sums) return std::nullopt;
  return m_task.task.metricValues(*sums, m_data.test.count)[0];
}

TrainingLoop::Next TrainingLoop::brokenOff() const {
  return m_control.stopRequested() ? Next::kStop : Next::kGoBack;
}

std::optional<TaskSums> TrainingLoop::evaluate(const SampleSet& samples) {
  m_control.update([](TrainerStatus& status) { status.state = TrainerState::kEvaluating; });
  const Clock::time_point start = Clock::now();
  TaskSums sum;
  const auto count = static_cast<std::size_t>(samples.count);
  for (std::size_t first = 0; first < count; first += kTestBatch) {
    if (m_control.stopRequested() || m_control.goBackRequested()) return std::nullopt;
    const std::size_t size = std::min(kTestBatch, count - first);
    sum += m_replicas->evaluate(samples, std::span(m_inOrder).subspan(first, size));
  }
  m_evaluationSeconds = secondsSince(start);
  return sum;
}

void TrainingLoop::apply(const LiveHyperParameters& live) {
  if (live == m_state.live) return;
  // Parameters whose newest step was not finite are nothing to go back to.
  const std::int64_t diverged = m_state.diverged;
  if (!m_stepFinite) m_state.diverged = 1;
  m_saver.saveBeforeChange(m_state);
  m_state.diverged = diverged;
  m_saved = false;
  const LiveHyperParameters before = std::exchange(m_state.live, live);
  for (const Setting& setting : settingsTable()) {
    if (!setting.live) continue;
    recordChange(*setting.live, valueIn(before, *setting.live), valueIn(live, *setting.live));
  }
}

void TrainingLoop::recordChange(HyperParameter what, double from, double to) {
  if (from != to) m_recorder.changed(settingOf(what).words(), from, to, m_state.step);
}

void TrainingLoop::recordStep(const TaskSums& sum, std::size_t samples) {
  const auto count = static_cast<double>(samples);
  m_recorder.step({m_state.phase, m_state.step, sum.loss / count,
                   m_task.task.metricValues(sum, static_cast<std::int64_t>(samples)),
                   m_state.live.learningRate, m_meter.recent()});
}

void TrainingLoop::recordHistograms() {
  const std::int64_t step = m_state.step - 1;
  if (step < 0 || step == m_histogramStep || m_state.live.histogramInterval <= 0) return;
  m_histogramStep = step;
  const std::span<const float> parameters = m_state.parameters;
  const std::span<const float> gradients = m_replicas->gradients();
  for (const ParameterPlace& place : m_model.parameters) {
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
  if (m_state.diverged != 0) return;  // what came before is what the user wants to keep
  const double metric = record.validationMetrics[0];
  const bool better = isBetter(m_task.task.metrics().front(), metric, m_state.bestMetric) ||
                      (metric == m_state.bestMetric && record.validationLoss < m_state.bestLoss);
  if (!better || !std::isfinite(record.validationLoss)) return;
  m_state.bestMetric = metric;
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
  outcome.metricAfterTraining = m_state.metricAfterTraining;
  outcome.metricAfterFineTuning = m_state.metricAfterFineTuning;
  outcome.samplesPerSecond = m_trainingRate > 0 ? m_trainingRate : m_meter.overall();
  outcome.diverged = m_stoppedNonFinite || m_leftOutTooMany || m_divergence.diverged();
  outcome.divergedWhy = m_divergedWhy;
  if (outcome.diverged) outcome.divergedRate = m_divergedRate;
  outcome.skippedBatches = static_cast<std::int64_t>(m_skippedSteps.size());
  outcome.batches = m_state.step;
  outcome.saveFailure = m_saver.failure();
  outcome.modelFile = m_saver.modelFile();
  outcome.bestModelFile = m_saver.bestModelFile();
  return outcome;
}

}  // namespace training
