// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "training/compute/batch_math.h"
#include "training/data/data_source.h"
#include "training/settings/config.h"
#include "training/tasks/task.h"

namespace training {

/// A copy of the ConvNet that works on one share of a batch on the thread that calls it.
///
/// On the CPU all replicas read one parameter buffer; on another device a replica keeps its own
/// copy there, brought up to date before each use. Gradients of every replica stand in a flat
/// buffer of its own in the machine's memory: summing them is all that joins replicas to one model.
/// Functions throw c10::Error (a std::exception) when LibTorch refuses.
class Replica {
 public:
  /// `parameters`: convNetFlatSize() floats that outlive the replica.
  Replica(const float* parameters, const ChosenTask& task, const std::string& device);
  ~Replica();
  Replica(Replica&&) noexcept;
  Replica& operator=(Replica&&) noexcept;

  /// The layers that get gradients; those of the others stay zero. All of them at first.
  void setTrained(std::span<const std::string> layers);

  /// Forward and backward over the samples. gradients() then holds the gradient of
  /// (sum of the samples' losses) * `scale`, so that summed over the replicas with scale = 1 /
  /// batch size it is that of the batch's mean loss.
  TaskSums train(const SampleSet& samples, std::span<const std::uint32_t> indices, float scale);
  /// Forward alone, without a trace for gradients.
  TaskSums evaluate(const SampleSet& samples, std::span<const std::uint32_t> indices);
  /// Flat, as the parameters are.
  [[nodiscard]] float* gradients() noexcept;

  /// The first layer, input to output, whose output over these samples is not finite.
  struct Activation {
    std::string layer;  ///< empty when all are finite
    NonFiniteCount count;
  };
  [[nodiscard]] Activation firstNonFiniteActivation(const SampleSet& samples,
                                                    std::span<const std::uint32_t> indices);

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

/// One thread in each LibTorch operation, for this thread and those that call prepareTorchThread().
void useOneTorchThread();
void prepareTorchThread();

}  // namespace training
