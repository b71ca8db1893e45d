// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "training/compute/batch_math.h"
#include "training/compute/dropout.h"
#include "training/data/data_source.h"
#include "training/models/model.h"
#include "training/settings/config.h"
#include "training/tasks/task.h"

namespace training {

class ReplicaSums;

/// What the replicas of a model use together; outlives them.
struct ReplicaBuffers {
  const float* parameters = nullptr;  ///< flat, as Model::parameters
  const float* buffers = nullptr;     ///< flat, as Model::buffers: for evaluation
  float* batchBuffers = nullptr;      ///< gets a training batch's statistics, as `buffers` lie
  ReplicaSums* sums = nullptr;        ///< joins batch norm's sums over the replicas
};

/// Where a replica's share of a batch lies in it.
struct BatchShare {
  std::span<const std::uint32_t> samples;  ///< indices in the set
  std::size_t firstPosition = 0;           ///< of the first one in the batch
};

/// A copy of the model that works on one share of a batch on the thread that calls it.
///
/// On the CPU all replicas read one parameter buffer; on another device a replica keeps its own
/// copy there, brought up to date before each use. Gradients of every replica stand in a flat
/// buffer of its own in the machine's memory: summing them is all that joins replicas to one model.
/// Functions throw c10::Error (a std::exception) when LibTorch refuses.
class Replica {
 public:
  /// `member`: which one of the replicas it is, from 0. `model` outlives it.
  Replica(const Model& model, const ChosenTask& task, const ReplicaBuffers& shared, int member,
          const std::string& device);
  ~Replica();
  Replica(Replica&&) noexcept;
  Replica& operator=(Replica&&) noexcept;

  /// The layers that get gradients; those of the others stay zero. All of them at first.
  void setTrained(std::span<const std::string> layers);

  /// Forward and backward over the share. gradients() then holds the gradient of
  /// (sum of the samples' losses) * `scale`, so that summed over the replicas with scale = 1 /
  /// batch size it is that of the batch's mean loss.
  /// All replicas whose shares are not empty, which take part in `sums`, do this at once. `key` is
  /// what dropout's masks depend on.
  TaskSums train(const SampleSet& samples, const BatchShare& share, float scale,
                 const StepKey& key);
  /// Forward alone, as the model is used: without a trace for gradients.
  TaskSums evaluate(const SampleSet& samples, const BatchShare& share);
  /// Flat, as the parameters are.
  [[nodiscard]] float* gradients() noexcept;

  /// The first layer, input to output, whose output in training over this share is not finite.
  struct Activation {
    std::string layer;  ///< empty when all are finite
    NonFiniteCount count;
  };
  [[nodiscard]] Activation firstNonFiniteActivation(const SampleSet& samples,
                                                    const BatchShare& share, const StepKey& key);

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

/// One thread in each LibTorch operation, for this thread and those that call prepareTorchThread().
void useOneTorchThread();
void prepareTorchThread();

}  // namespace training
