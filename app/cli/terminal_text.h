// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Names and texts out of files, as they are printed on a terminal.
namespace app {

/// The text on one line: line breaks, other control characters and invisible format characters,
/// which can reverse or hide what stands around them, are escaped as in C (\n, \t, \x1b, \u202e),
/// and so are bytes that are not UTF-8 (\xff). The window shows names by the same rule.
[[nodiscard]] std::string printable(std::string_view text);

/// The name of a tag or run as it is shown: printable(), "(no name)" for an empty one, one of
/// spaces in quotation marks. A name wider than `columns` is cut in the middle, where "…" stands.
[[nodiscard]] std::string shownName(std::string_view name, std::size_t columns = std::string::npos);

/// The columns that printable UTF-8 takes on a terminal.
[[nodiscard]] std::size_t columnsOf(std::string_view printable);

}  // namespace app
