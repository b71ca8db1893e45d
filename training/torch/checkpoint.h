// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "eventio/result.h"
#include "training/snapshots/training_state.h"

/// The inline namespace keeps these apart from the functions of snapshots/checkpoint.h when linked.
namespace training::inline torch_checkpoint {

/// Writes a LibTorch archive (torch.jit.load reads it in Python: model.conv1.weight, ...). Atomic:
/// a reader, or a crash, finds the old file or the whole new one.
[[nodiscard]] eventio::Result<void> saveCheckpoint(const std::filesystem::path& file,
                                                   const TrainingState& state);

/// kNotFound when there is no such file, kCorrupt when it is not a whole checkpoint of this
/// program.
[[nodiscard]] eventio::Result<TrainingState> loadCheckpoint(const std::filesystem::path& file);

}  // namespace training::inline torch_checkpoint
