// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace training {

/// Tells one process from every other, also after its number is used again or the machine was
/// started anew.
[[nodiscard]] std::string ownProcessIdentity();

/// Whether the process of that identity still runs on this machine.
[[nodiscard]] bool processRuns(const std::string& identity);

}  // namespace training
