// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace training {

/// The optimiser of a run and its hyper-parameters, named as in `torch.optim`. Each optimiser reads
/// those that belong to it.
struct OptimiserSettings {
  std::string name = "sgd";  ///< one of the catalogue, training/optimisers/optimisers.h
  double learningRate = 0.01;
  double momentum = 0.9;   ///< SGD
  bool nesterov = false;   ///< SGD
  double beta1 = 0.9;      ///< Adam and AdamW: decay of the average of the gradients
  double beta2 = 0.999;    ///< Adam and AdamW: decay of the average of their squares
  double epsilon = 1e-8;   ///< Adam and AdamW: added to the denominator
  double weightDecay = 0;  ///< SGD and Adam: L2 penalty; AdamW: decoupled from the gradients
};

}  // namespace training
