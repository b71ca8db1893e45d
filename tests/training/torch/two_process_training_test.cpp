// SPDX-License-Identifier: GPL-3.0-or-later
// Two processes of one thread each train as one process of two threads does, bit by bit.
#include <gtest/gtest.h>

#include <algorithm>

#include "conv_net_model.h"
#include "engine_fixture.h"
#include "training/optimisers/optimisers.h"
#include "training/tasks/classification.h"
#include "training/torch/replica_group.h"
#include "two_process_reducer.h"

namespace {

using namespace training;

constexpr int kSteps = 50;
constexpr std::size_t kResultsOfAStep = 3;  // loss, correct, finite

struct Results {
  explicit Results(std::span<double> values) : m_next(values.begin()) {}
  void add(double value) { *m_next++ = value; }

 private:
  std::span<double>::iterator m_next;
};

TrainingState stateFor(const Optimiser& optimiser) {
  TrainingState state;
  state.parameters = convNet().initialParameters(3);
  state.optimiser = newOptimiserState(optimiser, state.parameters.size());
  return state;
}

std::size_t resultsOf(const TrainingState& state) {
  return kSteps * kResultsOfAStep + 2 + 1 +
         state.parameters.size() * (1 + state.optimiser.buffers.size());
}

/// Steps on batches of 16 and, as an epoch's last ones, of 9; one of them is left out, since its
/// update would overflow; the second half trains chosen layers. Then the test set.
void train(TrainingState& state, ReplicaGroup& group, std::span<double> values) {
  const auto data = smallData(313, 50);
  Results results(values);
  OptimiserSettings settings;
  settings.name = state.optimiser.optimiser;
  const std::vector<std::string> layers{"conv2", "fc2"};
  for (int step = 0; step < kSteps; ++step) {
    const auto epoch = static_cast<std::uint64_t>(step);
    const std::vector<std::uint32_t> order = shuffledOrder(313, 1, 0, epoch);
    settings.learningRate = step == 7 ? 1e30 : 0.01;
    settings.weightDecay = step == 7 ? 1e30 : 0;
    if (step == kSteps / 2) group.setTrained(layers);
    const auto result =
        group.step(data.train, std::span(order).first(step % 5 == 4 ? 9 : 16), settings);
    results.add(result.sum.loss);
    results.add(result.sum.metrics[0]);
    results.add(result.finite ? 1 : 0);
  }
  const TaskSums sum = group.evaluate(data.test, shuffledOrder(50, 1, 0, 0));
  results.add(sum.loss);
  results.add(sum.metrics[0]);
  results.add(static_cast<double>(state.optimiser.steps));
  for (const float parameter : state.parameters) results.add(static_cast<double>(parameter));
  for (const std::vector<float>& buffer : state.optimiser.buffers) {
    for (const float value : buffer) results.add(static_cast<double>(value));
  }
}

class TwoProcesses : public testing::TestWithParam<const Optimiser*> {};

INSTANTIATE_TEST_SUITE_P(Optimisers, TwoProcesses,
                         testing::ValuesIn(optimisers().begin(), optimisers().end()),
                         [](const auto& instance) { return std::string(instance.param->name()); });

TEST_P(TwoProcesses, EqualTwoThreads) {
  useOneTorchThread();
  TrainingState state = stateFor(*GetParam());
  const std::size_t count = resultsOf(state);
  const SharedValues ranks(2 * count);
  ASSERT_TRUE(runTwoRanks([&](std::unique_ptr<TwoProcessReducer> reducer) {
    TrainingState own = state;
    const std::size_t first = reducer->rank() == 0 ? 0 : count;
    ReplicaGroup group(convNet(), own, {classification(), {}}, 1, "cpu", std::move(reducer));
    train(own, group, ranks.values().subspan(first, count));
  }));
  std::vector<double> expected(count);
  ReplicaGroup group(convNet(), state, {classification(), {}}, 2, "cpu");
  train(state, group, expected);
  ASSERT_EQ(expected[7 * kResultsOfAStep + 2], 0);
  ASSERT_EQ(state.optimiser.steps, kSteps - 1);
  for (std::size_t rank = 0; rank < 2; ++rank) {
    EXPECT_TRUE(std::ranges::equal(expected, ranks.values().subspan(rank * count, count)))
        << "rank " << rank;
  }
}

}  // namespace
