// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace app {

/// The program's own version, "0.1.0".
[[nodiscard]] std::string programVersion();

/// What `traindeck --version` prints: the program, what it draws with ("Qt 6.4.2") and LibTorch, a
/// line each. Loads the training engine to ask it.
[[nodiscard]] std::string versionText(const std::string& windowVersion);

}  // namespace app
