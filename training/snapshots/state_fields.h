// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "eventio/base/result.h"
#include "training/snapshots/training_state.h"

namespace training {

enum class StateFields {
  kExactly,   ///< all that there are today, save those that older versions lack, and no other
  kOfAnyAge,  ///< missing ones keep their default, unknown ones are skipped
};

/// Everything of the state but the flat buffers, as one flat JSON object. kInvalidArgument for
/// a number that is not finite, or a count that is negative or above 2^53: fromJson() refuses them.
[[nodiscard]] eventio::Result<nlohmann::ordered_json> toJson(const TrainingState& state);

/// Sets what toJson() wrote. kCorrupt, with the field's name, for a value of another type or out of
/// range, and with kExactly for an unknown or missing field.
[[nodiscard]] eventio::Result<void> fromJson(const nlohmann::json& values, StateFields fields,
                                             TrainingState& state);

}  // namespace training
