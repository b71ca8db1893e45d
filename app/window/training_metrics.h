// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "widgets/training/training_page.h"

namespace app {

/// The metrics of all tasks, each task's main one first, as the Training page shows them.
[[nodiscard]] std::vector<widgets::TrainingMetric> trainingMetrics();

}  // namespace app
