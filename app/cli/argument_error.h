// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace app {

/// What is wrong with the arguments that `program` could not parse, and what to write instead.
[[nodiscard]] std::string describeArgumentError(const CLI::ParseError& error,
                                                const CLI::App& program);

}  // namespace app
