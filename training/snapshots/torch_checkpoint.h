// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "eventio/base/result.h"
#include "training/models/model.h"
#include "training/snapshots/training_state.h"

namespace training {

/// The state in a model.pt as TrainDeck 0.1 wrote it: a TorchScript archive with the attributes
/// `model` and `momentum_buffers`, each LAYER.NAME, and one attribute a number of the state.
/// Numbers that it did not have yet keep their defaults. kCorrupt, with the reason and no file
/// name.
[[nodiscard]] eventio::Result<TrainingState> decodeTorchCheckpoint(std::string_view bytes,
                                                                   const Model& model);
/// The state's numbers alone: its flat buffers stay empty.
[[nodiscard]] eventio::Result<TrainingState> decodeTorchPosition(std::string_view bytes);

}  // namespace training
