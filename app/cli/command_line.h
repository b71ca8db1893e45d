// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <variant>

#include "app/cli/commands.h"

namespace app {

struct VersionRequest {};

/// The program has nothing more to do than to print: help, or what is wrong with the arguments.
struct EarlyExit {
  int status = 0;      ///< 0 for help, 2 for a wrong argument
  std::string output;  ///< for stdout
  std::string error;   ///< for stderr, one line
};

using Command = std::variant<WindowOptions, TrainOptions, InspectOptions, ExportOptions,
                             VersionRequest, EarlyExit>;

/// Reads the arguments without touching Qt, torch or the disk. Values that can be judged alone
/// (numbers, ranges, regular expressions) are checked here; what needs the engine or the data is
/// checked by the command.
[[nodiscard]] Command parseCommandLine(int argc, const char* const* argv);

}  // namespace app
