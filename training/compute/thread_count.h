// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "eventio/base/message.h"
#include "training/settings/config.h"

namespace training {

/// Threads that a run with this configuration trains with: `threads` where it is set, else one for
/// each available core, but none with less than a few samples of a batch; 1 on a device that is not
/// the CPU.
[[nodiscard]] int threadsFor(const TrainingConfig& config);

/// One sentence where `threads` is more than there are cores for; empty otherwise.
[[nodiscard]] eventio::Message threadsAdvice(int threads);

}  // namespace training
