// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/training_loop.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <thread>

#include "training/conv_net.h"
#include "training/torch/checkpoint.h"
#include "training/torch/replica_group.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kTestBatch = 1000;
constexpr std::int64_t kSmallestShare = 8;  // samples; below that threads cost more than they bring

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

int replicasFor(const TrainingConfig& config) {
  if (config.device != "cpu") return 1;
  const std::int64_t wanted = config.threads > 0
                                  ? std::min<std::int64_t>(config.threads, config.batchSize)
                                  : std::min<std::int64_t>(std::thread::hardware_concurrency(),
                                                           config.batchSize / kSmallestShare);
  return static_cast<int>(std::max<std::int64_t>(wanted, 1));
}

LiveHyperParameters liveFrom(const TrainingConfig& config) {
  return {config.learningRate, config.momentum, config.weightDecay, config.histogramInterval};
}

}  // namespace

TrainingLoop::TrainingLoop(const TrainingConfig& config, const DataSet& data, std::string modelFile,
                           TrainerControl& control, TrainingRecorder& recorder)
    : m_config(config),
      m_data(data),
      m_modelFile(std::move(modelFile)),
      m_control(control),
      m_recorder(recorder),
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
  if (m_config.continueRun.empty()) {
    initialise();
  } else if (const Result<void> restored = restore(); !restored) {
    return tl::unexpected(restored.error());
  }
  m_model = std::make_unique<ReplicaGroup>(m_state, replicasFor(m_config), m_config.device);

  Next next = Next::kGoOn;
  if (m_state.phase == Phase::kTraining) {
    enterPhase(Phase::kTraining);
    next = runPhase();
    m_trainingRate = m_meter.overall();
    if (next == Next::kGoOn && m_config.fineTuneEpochs > 0) {
      m_saved = false;
      m_state.phase = Phase::kFineTuning;
      m_state.epoch = 0;
      std::fill(m_state.velocity.begin(), m_state.velocity.end(), 0.0F);
      m_state.live = m_control.live();
      m_state.live.learningRate = m_config.fineTuneLearningRate;
      m_control.adopt(m_state.live);
    }
  }
  if (next == Next::kGoOn && m_state.phase == Phase::kFineTuning) {
    enterPhase(Phase::kFineTuning);
    next = runPhase();
  }
  save();
  return outcome(next == Next::kStop);
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
  Result<TrainingState> saved = loadCheckpoint(m_modelFile);
  if (!saved) return tl::unexpected(saved.error());
  if (saved->seed != m_config.seed || saved->batchSize != m_config.batchSize ||
      saved->trainImages != m_data.train.count) {
    return makeError(ErrorCode::kInvalidArgument,
                     m_modelFile +
                         ": was saved with another seed, batch size or data set than "
                         "the run's settings name");
  }
  const bool inRange = saved->epoch >= 0 && saved->epoch <= epochsOf(saved->phase) &&
                       saved->batch >= 0 && saved->batch <= batchesPerEpoch() && saved->step >= 0;
  if (!inRange) {
    return makeError(ErrorCode::kCorrupt,
                     m_modelFile + ": its position lies outside the run's epochs");
  }
  m_state = std::move(*saved);
  m_saved = true;
  m_histogramStep = m_state.step - 1;
  m_control.adopt(m_state.live);
  return {};
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
    if (m_state.accuracyAfterTraining >= 0) {
      status.accuracyAfterTraining = m_state.accuracyAfterTraining;
    }
    if (m_state.accuracyAfterFineTuning >= 0) {
      status.accuracyAfterFineTuning = m_state.accuracyAfterFineTuning;
    }
  });
}

TrainingLoop::Next TrainingLoop::runPhase() {
  while (m_state.epoch < epochsOf(m_state.phase)) {
    if (runEpoch() == Next::kStop || finishEpoch() == Next::kStop) return Next::kStop;
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
    takeUp(before.live);
    if (before.order == TrainerControl::Order::kStop) {
      recordHistograms();
      return Next::kStop;
    }
    const Clock::time_point start = Clock::now();
    const std::size_t first = static_cast<std::size_t>(m_state.batch) * batchSize;
    const std::size_t size = std::min(batchSize, m_order.size() - first);
    if (runStep(std::span(m_order).subspan(first, size)) == Next::kStop) return Next::kStop;
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
  if (!result.finite && handleNonFinite(batch, result.sum) == Next::kStop) return Next::kStop;
  if (result.finite) {
    m_state.lossSum += result.sum.loss;
    m_state.correct += result.sum.correct;
    m_state.samples += static_cast<std::int64_t>(batch.size());
  }
  const std::int64_t interval = m_state.live.histogramInterval;
  const bool last = m_state.step + 1 == stepsInAll();
  ++m_state.step;
  ++m_state.batch;
  m_saved = false;
  if (interval > 0 && ((m_state.step - 1) % interval == 0 || last)) {
    logged([&] { recordHistograms(); });
  }
  publishStep(result.sum.loss / static_cast<double>(batch.size()));
  return Next::kGoOn;
}

TrainingLoop::Next TrainingLoop::handleNonFinite(std::span<const std::uint32_t> batch,
                                                 const LossSum& sum) {
  const ReplicaGroup::Culprit culprit =
      m_model->findNonFinite(m_data.train, batch, sum.loss, sgd());
  m_recorder.alert(culprit.what, m_state.step);
  const NonFiniteAnswer answer =
      m_control.waitForNonFiniteAnswer({m_state.step, culprit.layer, culprit.what});
  if (answer == NonFiniteAnswer::kStop) return Next::kStop;
  if (answer == NonFiniteAnswer::kLowerRate) {
    static_cast<void>(
        m_control.set(HyperParameter::kLearningRate, m_control.live().learningRate / 10));
  }
  return Next::kGoOn;
}

TrainingLoop::Next TrainingLoop::finishEpoch() {
  const std::optional<LossSum> test = evaluateTestSet();
  if (!test) return Next::kStop;
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
  save();
  return Next::kGoOn;
}

std::optional<LossSum> TrainingLoop::evaluateTestSet() {
  m_control.update([](TrainerStatus& status) { status.state = TrainerState::kEvaluating; });
  const Clock::time_point start = Clock::now();
  LossSum sum;
  for (std::size_t first = 0; first < m_testOrder.size(); first += kTestBatch) {
    if (m_control.stopRequested()) return std::nullopt;
    const std::size_t size = std::min(kTestBatch, m_testOrder.size() - first);
    const LossSum batch =
        m_model->evaluate(m_data.test, std::span(m_testOrder).subspan(first, size));
    sum.loss += batch.loss;
    sum.correct += batch.correct;
  }
  m_evaluationSeconds = secondsSince(start);
  return sum;
}

void TrainingLoop::takeUp(const LiveHyperParameters& live) {
  if (live == m_state.live) return;
  m_saved = false;
  const LiveHyperParameters before = std::exchange(m_state.live, live);
  const auto record = [this](const char* what, auto from, auto to) {
    if (from != to) {
      m_recorder.changed(what, static_cast<double>(from), static_cast<double>(to), m_state.step);
    }
  };
  record("learning rate", before.learningRate, live.learningRate);
  record("momentum", before.momentum, live.momentum);
  record("weight decay", before.weightDecay, live.weightDecay);
  record("histogram interval", before.histogramInterval, live.histogramInterval);
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

void TrainingLoop::save() {
  if (m_saved) return;
  const Result<void> saved = saveCheckpoint(m_modelFile, m_state);
  if (saved) {
    m_saved = true;
    m_recorder.checkpointSaved(m_modelFile, m_state.step);
  } else {
    m_recorder.alert("The model could not be saved: " + saved.error().message, m_state.step);
  }
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
  const double rate = m_trainingRate > 0 ? m_trainingRate : m_meter.overall();
  return {stopped, m_state.accuracyAfterTraining, m_state.accuracyAfterFineTuning, rate,
          m_modelFile};
}

}  // namespace training
