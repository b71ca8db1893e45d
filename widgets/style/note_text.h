// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace widgets {

/// Whole numbers in a sentence with their thousands apart: "at most 1000000" becomes "at most
/// 1,000,000". Numbers in paths, dates and words stay as they are, and so do decimals.
[[nodiscard]] QString withGroupedNumbers(const QString& sentence);

/// What a run recorded for people (tags traindeck/changes, alerts, phases), as it is shown: numbers
/// as countText() writes them, and no step named twice.
[[nodiscard]] QString noteText(const QString& recorded);

/// The same in a few words, for a mark on a chart: of "went back from step 1250 to step 1245: ..."
/// only "back to step 1,245".
[[nodiscard]] QString noteLabel(const QString& recorded);

/// True for an alert that the run recorded about its files, which going back to a saved model does
/// not mend.
[[nodiscard]] bool isAboutFiles(const QString& recorded);

}  // namespace widgets
