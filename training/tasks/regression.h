// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "training/tasks/task.h"

namespace training {

/// One value to predict: the squared error, as in torch.nn.MSELoss. Metrics: root of the mean
/// squared error, mean absolute error, share of the samples whose error is at most
/// TaskSettings::tolerance; all in the unit of the targets.
[[nodiscard]] const Task& regression() noexcept;

}  // namespace training
