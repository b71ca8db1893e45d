// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace at {
class Tensor;
}

namespace training {

class ReplicaSums;

/// With what a replica's batch norm reaches the whole batch.
struct BatchNormJoin {
  ReplicaSums* sums = nullptr;
  int member = 0;
  float* mean = nullptr;      ///< gets the batch's mean, a float a channel; may be null
  float* variance = nullptr;  ///< gets the batch's unbiased variance; null where mean is
};

/// Batch norm over an N x C x H x W share of a batch with the statistics of the whole batch, as
/// PyTorch's SyncBatchNorm: the replicas' sums are joined in the forward pass and again in the
/// backward pass. `join.sums` outlives the backward pass. Channels last in and out. On a device
/// that is not the CPU there is one replica, and the layer is LibTorch's own.
[[nodiscard]] at::Tensor batchNormLayer(const at::Tensor& input, const at::Tensor& weight,
                                        const at::Tensor& bias, const BatchNormJoin& join);

/// Batch norm with running statistics, for evaluation: no gradients.
[[nodiscard]] at::Tensor batchNormEvaluation(const at::Tensor& input, const at::Tensor& weight,
                                             const at::Tensor& bias, const float* runningMean,
                                             const float* runningVariance);

}  // namespace training
