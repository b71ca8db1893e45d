// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "widgets/style/theme.h"

namespace widgets {

/// The program's style sheet with the colours of `theme` and lengths scaled to the user's font.
[[nodiscard]] QString styleSheetFor(const Theme& theme);

/// Makes the pictures and the style of resources/ known to Qt; any number of times.
void loadResources();

}  // namespace widgets
