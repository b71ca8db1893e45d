// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "eventio/data/run_data.h"

namespace widgets {

enum class ScalarQuantity { kTrainLoss, kValidationLoss, kTrainAccuracy, kValidationAccuracy };

/// The scalar tags of a run that hold a quantity: this program's own tag where it is there, else
/// those that bear the names other programs use ("Training Loss", "val_acc", ...), likeliest first,
/// and a fine-tuning phase's after it.
[[nodiscard]] std::vector<std::string> tagsFor(ScalarQuantity quantity,
                                               const std::vector<eventio::TagInfo>& tags);

/// Whether smoothing would falsify the tag: a setting that changes in jumps, such as a learning
/// rate, or the number of the epoch. Such a tag is drawn as it is.
[[nodiscard]] bool isDrawnRaw(std::string_view tag);

}  // namespace widgets
