// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "training/compute/batch_math.h"
#include "training/compute/gradient_reducer.h"
#include "training/compute/replica_sums.h"
#include "training/compute/thread_gradient_reducer.h"
#include "training/compute/thread_team.h"
#include "training/data/data_source.h"
#include "training/models/model.h"
#include "training/optimisers/optimiser.h"
#include "training/snapshots/training_state.h"
#include "training/torch/replica.h"

namespace training {

/// The model as one: replicas that share a parameter buffer, each on a thread of its own with its
/// share of every batch. What it computes is the mathematics of the whole batch.
class ReplicaGroup {
 public:
  /// The state's optimiser is one of the catalogue. Its parameters and the model's buffers are used
  /// in place, so they keep their memory while the group lives; the optimiser's buffers are looked
  /// up at each step. `model`, which the state is of, outlives the group. `reducer` joins the
  /// replicas, of this process alone or with those of other ranks, which need the same state and
  /// device; batch norm's statistics are those of this process's samples.
  ReplicaGroup(
      const Model& model, TrainingState& state, const ChosenTask& task, int replicas,
      const std::string& device,
      std::unique_ptr<GradientReducer> reducer = std::make_unique<ThreadGradientReducer>());

  [[nodiscard]] int size() const noexcept { return m_team.size(); }
  void setTrained(std::span<const std::string> layers);

  /// Which step comes next: dropout's masks depend on it.
  void setStep(const StepKey& key) noexcept { m_key = key; }

  struct StepResult {
    TaskSums sum;
    bool finite = true;  ///< loss, gradients and the update are; if not, nothing was updated
  };
  /// Forward, backward, sum of the gradients, check, update of the parameters and of batch norm's
  /// running statistics.
  StepResult step(const SampleSet& samples, std::span<const std::uint32_t> batch,
                  const OptimiserSettings& settings);
  /// The batch's gradients summed over the replicas, as the last step() left them; flat.
  [[nodiscard]] std::span<const float> gradients() const noexcept;

  TaskSums evaluate(const SampleSet& samples, std::span<const std::uint32_t> batch);

  /// The first non-finite value of a step.
  struct FirstNonFinite {
    std::string layer;  ///< "loss" when all layers' outputs and gradients are finite
    eventio::Message what;
  };
  [[nodiscard]] FirstNonFinite findFirstNonFinite(const SampleSet& samples,
                                                  std::span<const std::uint32_t> batch,
                                                  double lossSum,
                                                  const OptimiserSettings& settings);

 private:
  template <class Work>
  TaskSums shareOut(std::span<const std::uint32_t> batch, const Work& work);
  /// What the optimiser works on; valid until the next call.
  [[nodiscard]] UpdateBuffers updateBuffers();

  /// Which members have a sample of the batch, for batch norm's sums.
  void beginSums(std::size_t batchSize, std::size_t members);
  [[nodiscard]] bool batchBuffersAreFinite() const;
  [[nodiscard]] static bool isFiniteLoss(double sum);
  void updateRunningStatistics();

  ThreadTeam m_team;
  std::unique_ptr<GradientReducer> m_reducer;
  const Model& m_model;
  TrainingState& m_state;
  const Optimiser& m_optimiser;  // the one that the state's buffers belong to
  std::array<float*, kMaxOptimiserBuffers> m_buffers{};
  StepKey m_key;
  ReplicaSums m_batchSums;
  std::vector<float> m_batchBuffers;  // statistics of the newest batch, as the state's buffers lie
  std::vector<Replica> m_replicas;
  std::vector<float*> m_gradients;  // one a replica; the first gets the sum
  std::vector<TaskSums> m_sums;
  std::vector<Part> m_trained;  // of the flat buffers: what is summed, checked and updated
};

}  // namespace training
