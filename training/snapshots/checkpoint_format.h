// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "eventio/base/result.h"
#include "training/models/model.h"
#include "training/snapshots/training_state.h"

/// The bytes of a checkpoint: a safetensors file with the tensors `model.LAYER.NAME` of parameters
/// and buffers and, for each of the optimiser's buffers, `BUFFER.LAYER.NAME` (F32, PyTorch's
/// shapes; files of versions that knew SGD alone have `momentum.LAYER.NAME` and name no optimiser)
/// and in its metadata
///   traindeck.checkpoint  "1"
///   traindeck.model       Model::text(); files of versions that knew the ConvNet alone have none
///   traindeck.state       the state's numbers, a JSON object as text
///   traindeck.crc32c      CRC-32C of the whole file with this field's 8 hexadecimal digits as 0
namespace training {

/// kInvalidArgument for a state whose buffers do not fit the model, or with a number not finite.
[[nodiscard]] eventio::Result<std::string> encodeCheckpoint(const TrainingState& state,
                                                            const Model& model);

/// Parameters and buffers alone, under PyTorch's names: `LAYER.NAME`.
[[nodiscard]] eventio::Result<std::string> encodeWeights(const TrainingState& state,
                                                         const Model& model);

/// The state in the bytes of a checkpoint, of this form or of torch_checkpoint.h's. kCorrupt, with
/// the reason and no file name, for everything that is not a whole one of this model; kUnsupported
/// for an archive of PyTorch that was packed anew with compression.
[[nodiscard]] eventio::Result<TrainingState> decodeCheckpoint(std::string_view bytes,
                                                              const Model& model);
/// The state's numbers alone, of whichever model: its flat buffers stay empty.
[[nodiscard]] eventio::Result<TrainingState> decodePosition(std::string_view bytes);

/// The `traindeck.crc32c` that belongs to these bytes; empty where they have no such field.
[[nodiscard]] std::string checkpointChecksum(std::string_view bytes);

}  // namespace training
