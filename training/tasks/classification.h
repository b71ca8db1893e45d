// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "training/tasks/task.h"

namespace training {

/// Cross-entropy of softmax(outputs) against class labels, with label smoothing as in
/// torch.nn.CrossEntropyLoss: a target of 1 - s + s / classes for the label and s / classes for
/// each other class. The accuracy counts samples whose first largest output is the label's.
[[nodiscard]] const Task& classification() noexcept;

}  // namespace training
