// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "training/compute/dropout.h"
#include "training/models/model.h"

namespace at {
class Tensor;
}

namespace training {

class ReplicaSums;

/// What a forward pass needs besides parameters and input.
struct ForwardPass {
  bool training = false;            ///< dropout, and batch norm with the batch's statistics
  const float* buffers = nullptr;   ///< Model::buffers, flat, for evaluation
  ReplicaSums* sums = nullptr;      ///< joins batch norm's sums; in training, with the next three
  int member = 0;                   ///< which one of `sums`
  float* batchBuffers = nullptr;    ///< gets the batch's statistics, as `buffers` lie; may be null
  StepKey key;                      ///< of dropout's masks
  std::uint64_t firstPosition = 0;  ///< of the first sample in the whole batch
  /// Called with the output of each layer that has parameters, in the order of the pass.
  std::function<void(const std::string& layer, const at::Tensor& output)> observer;
};

/// Runs the model's operations on N samples; autograd follows. `parameters` are as many as the
/// model's, in its order and shapes. Returns N x Model::outputs.
[[nodiscard]] at::Tensor forwardModel(const Model& model, std::span<const at::Tensor> parameters,
                                      const at::Tensor& input, const ForwardPass& pass);

}  // namespace training
