// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "eventio/base/result.h"
#include "training/models/model.h"
#include "training/snapshots/training_state.h"

/// Saved models. Files are replaced atomically: a reader, or a crash, finds the old file or the
/// whole new one. Where a link stands, the file takes its place. Thread-safe; messages name the
/// file.
namespace training {

/// Writes all that loadCheckpoint() needs, in the form of checkpoint_format.h. kIo when the disk
/// refuses it, kInvalidArgument for a state that cannot be one of the model.
[[nodiscard]] eventio::Result<void> saveCheckpoint(const std::filesystem::path& file,
                                                   const TrainingState& state, const Model& model);

/// Writes parameters and buffers alone as safetensors, under PyTorch's names and in its shapes. In
/// Python: `module.load_state_dict(safetensors.torch.load_file("model.safetensors"))`.
[[nodiscard]] eventio::Result<void> saveWeights(const std::filesystem::path& file,
                                                const TrainingState& state, const Model& model);

/// Reads what saveCheckpoint() wrote, or the model.pt of TrainDeck 0.1; the content decides. Takes
/// milliseconds whatever the file is, runs nothing that is in it, and reads no more than a
/// checkpoint can be. kNotFound when there is no such file, kIo when it cannot be read, kCorrupt
/// for everything that is not a whole checkpoint of this model.
[[nodiscard]] eventio::Result<TrainingState> loadCheckpoint(const std::filesystem::path& file,
                                                            const Model& model);

/// The same for a file of whichever model, of up to a gibibyte: the state's numbers alone, its flat
/// buffers stay empty.
[[nodiscard]] eventio::Result<TrainingState> loadPosition(const std::filesystem::path& file);

}  // namespace training
