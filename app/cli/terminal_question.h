// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "training/control/control.h"

namespace app {

/// Whether somebody can be asked: stdin and stderr are terminals.
[[nodiscard]] bool isOnTerminal();

/// Asks on the terminal what to do about a value that is not finite, until there is an answer. Stop
/// when the input ends and as soon as a stop signal has come. Going back is offered where there is
/// a state to go back to.
[[nodiscard]] training::NonFiniteAnswer askAboutNonFinite(const training::NonFiniteReport& report,
                                                          double learningRate,
                                                          std::optional<std::int64_t> goBackStep);

}  // namespace app
