// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace training {

/// The task of a run and its options. Each task reads those that belong to it.
struct TaskSettings {
  std::string name = "classification";  ///< one of the catalogue, training/tasks/tasks.h
  double labelSmoothing = 0;            ///< classification: as in torch.nn.CrossEntropyLoss
  double tolerance = 1;                 ///< regression: error up to which a prediction counts
};

}  // namespace training
