// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "eventio/text/run_notes.h"

namespace widgets {

/// What happened, as a clause that can begin a sentence or follow "Step 7: ": numbers as
/// countText() writes them, no step named twice.
[[nodiscard]] QString noteText(const eventio::RunNote& note);

/// The same in a few words, for a mark on a chart.
[[nodiscard]] QString noteLabel(const eventio::RunNote& note);

}  // namespace widgets
