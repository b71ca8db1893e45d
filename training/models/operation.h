// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace training {

enum class OperationKind {
  kConv2d,
  kMaxPoolRelu,  ///< ReLU of 2x2 max-pooling with stride 2
  kRelu,
  kFlatten,  ///< all but the batch's dimension, in the order channels, rows, columns
  kLinear,
  kDropout,
  kBatchNorm2d,        ///< epsilon 1e-5, momentum 0.1
  kGlobalAveragePool,  ///< N x C x H x W to N x C
  kResidual,           ///< branch(x) + shortcut(x)
};

/// One step of a model's forward pass, with the meaning and defaults of PyTorch's layer.
struct Operation {
  OperationKind kind = OperationKind::kRelu;
  std::string layer;              ///< whose output an observer sees; empty without parameters
  std::size_t parameters = 0;     ///< index of the weight in Model::parameters; a bias follows it
  bool hasBias = false;           ///< of a convolution
  std::size_t buffers = 0;        ///< of batch norm: index of running_mean; running_var follows it
  std::int64_t stride = 1;        ///< of a convolution
  std::int64_t padding = 0;       ///< of a convolution, zeros on every side
  double probability = 0;         ///< of dropout
  std::uint64_t ordinal = 0;      ///< of dropout: which one of the model's it is, from 0
  std::vector<Operation> branch;  ///< of a residual block
  std::vector<Operation> shortcut;  ///< of a residual block; empty: its input itself
};

}  // namespace training
