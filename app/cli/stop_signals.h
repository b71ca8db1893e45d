// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Signals that ask the process to end, for a command or a window that has to save first: SIGINT,
/// SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU. The process ends of the signal once all is saved, so
/// that a shell or a batch system sees what it would see without this.
namespace app {

/// Notes such signals from now on; those that are ignored (nohup) stay ignored, and a closed pipe
/// or terminal no longer ends the process. A second Ctrl-C, a quarter of a
/// second later or more, ends it at once.
void catchStopSignals();

/// The first signal that came; 0 while none has. Any thread.
[[nodiscard]] int receivedStopSignal() noexcept;

/// A descriptor that becomes readable when a signal has come; -1 before catchStopSignals().
[[nodiscard]] int stopSignalDescriptor() noexcept;

/// Ends the process of the signal that came, without exit handlers; returns when none has.
void endOfStopSignal() noexcept;

}  // namespace app
