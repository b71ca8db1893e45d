// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/replica_group.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>

#include "training/compute/batch_norm.h"
#include "training/optimisers/optimisers.h"

namespace training {
namespace {

eventio::Message holds(const eventio::Message& tensor, const NonFiniteCount& count) {
  if (count.nans > 0 && count.infinities > 0) {
    return {"%1 holds %2 NaN and %3 infinite values", tensor, count.nans, count.infinities};
  }
  if (count.nans == 1) return {"%1 holds 1 NaN value", tensor};
  if (count.nans > 1) return {"%1 holds %2 NaN values", tensor, count.nans};
  if (count.infinities == 1) return {"%1 holds 1 infinite value", tensor};
  return {"%1 holds %2 infinite values", tensor, count.infinities};
}

/// The ranges of the flat buffers that belong to these layers, neighbours joined.
std::vector<Part> rangesOf(std::span<const ParameterPlace> places,
                           std::span<const std::string> layers) {
  std::vector<Part> ranges;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (std::find(layers.begin(), layers.end(), places[i].layer) == layers.end()) continue;
    const std::size_t first = places[i].offset;
    const std::size_t last = i + 1 < places.size() ? places[i + 1].offset : flatSize(places);
    if (!ranges.empty() && ranges.back().first + ranges.back().size == first) {
      ranges.back().size += last - first;
    } else {
      ranges.push_back({first, last - first});
    }
  }
  return ranges;
}

}  // namespace

ReplicaGroup::ReplicaGroup(const Model& model, TrainingState& state, const ChosenTask& task,
                           int replicas, const std::string& device,
                           std::unique_ptr<GradientReducer> reducer)
    : m_team(replicas, prepareTorchThread),
      m_reducer(std::move(reducer)),
      m_model(model),
      m_state(state),
      m_optimiser(*findOptimiser(state.optimiser.optimiser)),
      m_batchSums(replicas),
      m_batchBuffers(state.buffers.size()),
      m_sums(static_cast<std::size_t>(replicas)) {
  const ReplicaBuffers shared = {state.parameters.data(), state.buffers.data(),
                                 m_batchBuffers.data(), &m_batchSums};
  for (int i = 0; i < replicas; ++i) m_replicas.emplace_back(model, task, shared, i, device);
  for (Replica& replica : m_replicas) m_gradients.push_back(replica.gradients());
  std::vector<std::string> all;
  for (const LayerInfo& layer : model.layers) all.push_back(layer.name);
  setTrained(all);
}

void ReplicaGroup::setTrained(std::span<const std::string> layers) {
  m_trained = rangesOf(m_model.parameters, layers);
  for (Replica& replica : m_replicas) replica.setTrained(layers);
}

template <class Work>
TaskSums ReplicaGroup::shareOut(std::span<const std::uint32_t> batch, const Work& work) {
  const std::size_t first = static_cast<std::size_t>(m_reducer->rank()) * m_replicas.size();
  const std::size_t workers = static_cast<std::size_t>(m_reducer->worldSize()) * m_replicas.size();
  m_team.run([&](int member) {
    const auto index = static_cast<std::size_t>(member);
    const Part share = partOf(batch.size(), first + index, workers);
    m_sums[index] =
        work(m_replicas[index], BatchShare{batch.subspan(share.first, share.size), share.first});
  });
  TaskSums sum;
  for (const TaskSums& share : m_sums) sum += share;
  std::array<double, 1 + kMaxMetrics> sums{sum.loss};
  std::copy(sum.metrics.begin(), sum.metrics.end(), sums.begin() + 1);
  m_reducer->sum(sums);
  sum.loss = sums[0];
  std::copy(sums.begin() + 1, sums.end(), sum.metrics.begin());
  return sum;
}

void ReplicaGroup::beginSums(std::size_t batchSize, std::size_t members) {
  std::vector<std::uint8_t> takesPart(m_replicas.size());
  for (std::size_t i = 0; i < members; ++i) {
    takesPart[i] = partOf(batchSize, i, members).size > 0 ? 1 : 0;
  }
  m_batchSums.begin(takesPart);
}

bool ReplicaGroup::batchBuffersAreFinite() const {
  return std::all_of(m_batchBuffers.begin(), m_batchBuffers.end(),
                     [](float value) { return std::isfinite(value); });
}

void ReplicaGroup::updateRunningStatistics() {
  for (const ParameterPlace& place : m_model.buffers) {
    for (std::size_t i = place.offset; i < place.offset + place.size; ++i) {
      m_state.buffers[i] =
          (1 - kBatchNormMomentum) * m_state.buffers[i] + kBatchNormMomentum * m_batchBuffers[i];
    }
  }
}

/// The log keeps 32-bit floats, in which a sum of squares may be too large.
bool ReplicaGroup::isFiniteLoss(double sum) {
  return std::abs(sum) <= std::numeric_limits<float>::max();
}

ReplicaGroup::StepResult ReplicaGroup::step(const SampleSet& samples,
                                            std::span<const std::uint32_t> batch,
                                            const OptimiserSettings& settings) {
  const float scale = 1.0F / static_cast<float>(batch.size());
  StepResult result;
  beginSums(batch.size(), m_replicas.size());
  result.sum = shareOut(batch, [&](Replica& replica, const BatchShare& share) {
    try {
      return replica.train(samples, share, scale, m_key);
    } catch (...) {  // the others may wait for this one's sums
      m_batchSums.abort(std::current_exception());
      throw;
    }
  });

  const UpdateBuffers buffers = updateBuffers();
  const std::int64_t step = m_state.optimiser.steps + 1;
  const bool usable = m_reducer->sumGradients(
      m_team, m_gradients, m_trained,
      [&](const Part& part) { return m_optimiser.staysFinite(buffers, part, step, settings); });
  result.finite = isFiniteLoss(result.sum.loss) && batchBuffersAreFinite() && usable;
  if (!result.finite) return result;

  m_team.run([&](int member) {
    eachShare(m_trained, member, size(),
              [&](const Part& part) { m_optimiser.update(buffers, part, step, settings); });
  });
  m_state.optimiser.steps = step;
  updateRunningStatistics();
  return result;
}

UpdateBuffers ReplicaGroup::updateBuffers() {
  std::vector<std::vector<float>>& buffers = m_state.optimiser.buffers;
  std::transform(buffers.begin(), buffers.end(), m_buffers.begin(),
                 [](std::vector<float>& buffer) { return buffer.data(); });
  return {m_state.parameters.data(), std::span(m_buffers).first(buffers.size()),
          m_gradients.front()};
}

std::span<const float> ReplicaGroup::gradients() const noexcept {
  return {m_gradients.front(), m_state.parameters.size()};
}

TaskSums ReplicaGroup::evaluate(const SampleSet& samples, std::span<const std::uint32_t> batch) {
  return shareOut(batch, [&](Replica& replica, const BatchShare& share) {
    return replica.evaluate(samples, share);
  });
}

ReplicaGroup::FirstNonFinite ReplicaGroup::findFirstNonFinite(const SampleSet& samples,
                                                              std::span<const std::uint32_t> batch,
                                                              double lossSum,
                                                              const OptimiserSettings& settings) {
  beginSums(batch.size(), 1);
  const Replica::Activation activation =
      m_replicas.front().firstNonFiniteActivation(samples, {batch, 0}, m_key);
  if (!activation.layer.empty()) {
    return {activation.layer, holds({"output of %1", activation.layer}, activation.count)};
  }
  if (!isFiniteLoss(lossSum)) {
    if (std::isnan(lossSum)) return {"loss", {"the loss is NaN"}};
    return {"loss", {"the loss is infinite"}};
  }
  for (const ParameterPlace& place : m_model.parameters) {
    const NonFiniteCount count = countNonFinite(gradients().subspan(place.offset, place.size));
    if (count.nans + count.infinities == 0) continue;
    return {place.layer, holds({"gradient of %1", place.key()}, count)};
  }
  for (const ParameterPlace& place : m_model.parameters) {
    if (!m_optimiser.staysFinite(updateBuffers(), {place.offset, place.size},
                                 m_state.optimiser.steps + 1, settings)) {
      return {place.layer, {"the update of %1 would overflow", place.key()}};
    }
  }
  return {"loss", {"a value is not finite"}};
}

}  // namespace training
