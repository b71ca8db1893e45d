// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

namespace app {

/// Puts `saveWork` before every end of the process that a library decides on: Qt's and Xlib's
/// answer to a lost display is to call exit() or _exit() somewhere inside the event loop, and exit
/// handlers that tear LibTorch down under a thread that trains end in a crash. The program's own
/// exit() and _exit() stand before those of the C library: the first call runs `saveWork`, on the
/// thread that calls, and ends the process with the status asked for and without exit handlers.
/// An empty function takes it away again. In a forked child nothing of this happens.
void setExitGuard(std::function<void()> saveWork);

}  // namespace app
