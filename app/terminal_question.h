// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <csignal>

#include "training/control.h"

namespace app {

/// Whether somebody can be asked: stdin and stderr are terminals.
[[nodiscard]] bool isOnTerminal();

/// Asks on the terminal what to do about a value that is not finite, until there is an answer. Stop
/// when the input ends and as soon as `stopSignals` is not 0.
[[nodiscard]] training::NonFiniteAnswer askAboutNonFinite(
    const training::NonFiniteReport& report, double learningRate,
    const volatile std::sig_atomic_t& stopSignals);

}  // namespace app
