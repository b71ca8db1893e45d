// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string_view>

namespace widgets {

/// The name of a tag, run or file as it is shown: on one line, and visible when it is empty.
///
/// Line breaks, other control characters, lone surrogates and invisible format characters, which
/// can reverse or hide text around them, are escaped as in C (\n, \t, \x1b, \u202e); an empty name
/// is "(no name)", and one of spaces stands in quotation marks. Bytes that are not UTF-8 are shown
/// as U+FFFD. Of a name of more than kMaxDisplayName characters the middle is left out, since
/// laying it out would take seconds. For showing only: two names may look alike.
inline constexpr qsizetype kMaxDisplayName = 4000;
[[nodiscard]] QString displayName(QStringView name);
[[nodiscard]] QString displayName(std::string_view utf8);

}  // namespace widgets
