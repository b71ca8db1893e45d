// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstddef>
#include <cstdint>

#include "training/control/control.h"

namespace app {

/// "24.1 k/s", "812 /s"; empty for none.
[[nodiscard]] QString speedText(double samplesPerSecond);
/// "00:08", "1:02:03"; empty when not known (negative).
[[nodiscard]] QString durationText(double seconds);
/// With the locale's group separators.
[[nodiscard]] QString countText(std::int64_t count);
/// "3.2 MB"
[[nodiscard]] QString sizeText(std::uint64_t bytes);
/// The state in one word.
[[nodiscard]] QString stateText(training::TrainerState state, training::Phase phase);
/// True while a run is under way, paused or not.
[[nodiscard]] bool isUnderWay(training::TrainerState state);
/// The run is over and its loss was diverged when it ended.
[[nodiscard]] bool endedDiverged(const training::TrainerStatus& status);
/// A number as one writes it: 0.005, 1e-05.
[[nodiscard]] QString numberText(double value);

}  // namespace app
