// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

#include "eventio/base/result.h"
#include "training/models/conv_net.h"
#include "training/snapshots/training_state.h"

namespace training {

/// The state in a model.pt as TrainDeck 0.1 wrote it: a TorchScript archive with the attributes
/// `model` and `momentum_buffers`, each LAYER.NAME, and one attribute a number of the state.
/// Numbers that it did not have yet keep their defaults. kCorrupt, with the reason and no file
/// name.
[[nodiscard]] eventio::Result<TrainingState> decodeTorchCheckpoint(
    std::string_view bytes, std::span<const ParameterPlace> places);

}  // namespace training
