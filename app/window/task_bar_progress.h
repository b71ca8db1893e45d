// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

namespace app {

/// Shows a share (0 to 1) on the program's entry in the task bar; none takes it away. Unity's
/// launcher protocol over D-Bus, which KDE and the docks of GNOME read; elsewhere nothing happens.
/// Does not wait for the bus.
void showTaskBarProgress(std::optional<double> share);

}  // namespace app
