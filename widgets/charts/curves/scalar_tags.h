// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/data/run_data.h"

namespace widgets {

/// The samples that a loss or a metric was measured on.
enum class ScalarSplit { kTraining, kValidation };

/// The scalar tags of a run that hold a loss or a metric, which is called one of `names`, likeliest
/// first: this program's own tag ("train/NAME") where it is there, else those that other programs
/// write ("Training Loss", "val_loss", ...), and a fine-tuning phase's after it.
[[nodiscard]] std::vector<std::string> tagsFor(std::span<const std::string> names,
                                               ScalarSplit split,
                                               const std::vector<eventio::TagInfo>& tags);

/// Whether smoothing would falsify the tag: a setting that changes in jumps, such as a learning
/// rate, or the number of the epoch. Such a tag is drawn as it is.
[[nodiscard]] bool isDrawnRaw(std::string_view tag);

}  // namespace widgets
