// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/replica_group.h"

#include <algorithm>
#include <cmath>

#include "training/models/conv_net.h"
#include "training/optimisers/optimisers.h"

namespace training {
namespace {

std::string holds(const std::string& thing, const NonFiniteCount& count) {
  std::string text = thing + " holds ";
  if (count.nans > 0) text += std::to_string(count.nans) + " NaN";
  if (count.nans > 0 && count.infinities > 0) text += " and ";
  if (count.infinities > 0) text += std::to_string(count.infinities) + " infinite";
  return text + (count.nans + count.infinities == 1 ? " value" : " values");
}

std::string dotted(const ParameterPlace& place) {
  return std::string(place.layer) + "." + place.name;
}

/// The ranges of the flat buffers that belong to these layers, neighbours joined.
std::vector<Part> rangesOf(std::span<const std::string> layers) {
  std::vector<Part> ranges;
  const std::span<const ParameterPlace> places = convNetParameters();
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (std::find(layers.begin(), layers.end(), places[i].layer) == layers.end()) continue;
    const std::size_t first = places[i].offset;
    const std::size_t last = i + 1 < places.size() ? places[i + 1].offset : convNetFlatSize();
    if (!ranges.empty() && ranges.back().first + ranges.back().size == first) {
      ranges.back().size += last - first;
    } else {
      ranges.push_back({first, last - first});
    }
  }
  return ranges;
}

}  // namespace

ReplicaGroup::ReplicaGroup(TrainingState& state, const ChosenTask& task, int replicas,
                           const std::string& device, std::unique_ptr<GradientReducer> reducer)
    : m_team(replicas, prepareTorchThread),
      m_reducer(std::move(reducer)),
      m_state(state),
      m_optimiser(*findOptimiser(state.optimiser.optimiser)),
      m_sums(static_cast<std::size_t>(replicas)) {
  for (int i = 0; i < replicas; ++i) m_replicas.emplace_back(state.parameters.data(), task, device);
  for (Replica& replica : m_replicas) m_gradients.push_back(replica.gradients());
  std::vector<std::string> all;
  for (const LayerInfo& layer : convNetLayers()) all.push_back(layer.name);
  setTrained(all);
}

void ReplicaGroup::setTrained(std::span<const std::string> layers) {
  m_trained = rangesOf(layers);
  for (Replica& replica : m_replicas) replica.setTrained(layers);
}

template <class Work>
TaskSums ReplicaGroup::shareOut(std::span<const std::uint32_t> batch, const Work& work) {
  const std::size_t first = static_cast<std::size_t>(m_reducer->rank()) * m_replicas.size();
  const std::size_t workers = static_cast<std::size_t>(m_reducer->worldSize()) * m_replicas.size();
  m_team.run([&](int member) {
    const auto index = static_cast<std::size_t>(member);
    const Part share = partOf(batch.size(), first + index, workers);
    m_sums[index] = work(m_replicas[index], batch.subspan(share.first, share.size));
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

ReplicaGroup::StepResult ReplicaGroup::step(const SampleSet& samples,
                                            std::span<const std::uint32_t> batch,
                                            const OptimiserSettings& settings) {
  const float scale = 1.0F / static_cast<float>(batch.size());
  StepResult result;
  result.sum = shareOut(batch, [&](Replica& replica, std::span<const std::uint32_t> share) {
    return replica.train(samples, share, scale);
  });

  const UpdateBuffers buffers = updateBuffers();
  const std::int64_t step = m_state.optimiser.steps + 1;
  const bool usable = m_reducer->sumGradients(
      m_team, m_gradients, m_trained,
      [&](const Part& part) { return m_optimiser.staysFinite(buffers, part, step, settings); });
  result.finite = std::isfinite(result.sum.loss) && usable;
  if (!result.finite) return result;

  m_team.run([&](int member) {
    eachShare(m_trained, member, size(),
              [&](const Part& part) { m_optimiser.update(buffers, part, step, settings); });
  });
  m_state.optimiser.steps = step;
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
  return {m_gradients.front(), convNetFlatSize()};
}

TaskSums ReplicaGroup::evaluate(const SampleSet& samples, std::span<const std::uint32_t> batch) {
  return shareOut(batch, [&](Replica& replica, std::span<const std::uint32_t> share) {
    return replica.evaluate(samples, share);
  });
}

ReplicaGroup::Culprit ReplicaGroup::findNonFinite(const SampleSet& samples,
                                                  std::span<const std::uint32_t> batch,
                                                  double lossSum,
                                                  const OptimiserSettings& settings) {
  const Replica::Activation activation =
      m_replicas.front().firstNonFiniteActivation(samples, batch);
  if (!activation.layer.empty()) {
    return {activation.layer, holds("output of " + activation.layer, activation.count)};
  }
  if (!std::isfinite(lossSum)) {
    return {"loss", std::isnan(lossSum) ? "the loss is NaN" : "the loss is infinite"};
  }
  for (const ParameterPlace& place : convNetParameters()) {
    const NonFiniteCount count = countNonFinite(gradients().subspan(place.offset, place.size));
    if (count.nans + count.infinities == 0) continue;
    return {place.layer, holds("gradient of " + dotted(place), count)};
  }
  for (const ParameterPlace& place : convNetParameters()) {
    if (!m_optimiser.staysFinite(updateBuffers(), {place.offset, place.size},
                                 m_state.optimiser.steps + 1, settings)) {
      return {place.layer, "the update of " + dotted(place) + " would overflow"};
    }
  }
  return {"loss", "a value is not finite"};
}

}  // namespace training
