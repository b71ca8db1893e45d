// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetrics>
#include <QString>
#include <QStringList>

namespace widgets {

/// The longest beginning that at least half of the names share and two at least, up to and with a
/// separator ('/', '_', '-', '.', ' ') before a word; not before a number, which keeps the word
/// that says what it is. Empty where it would be short: it is only worth leaving out of long names.
[[nodiscard]] QString sharedBeginning(const QStringList& names);

/// `name` with an ellipsis in place of that beginning; as it is where it begins otherwise.
[[nodiscard]] QString withoutBeginning(const QString& name, const QString& beginning);

/// `name` as it fits into `width`: cut in the middle, or, where it would then look like one of
/// `others` (which may hold the name itself), so that the part that distinguishes them is left, as
/// far as there is room.
[[nodiscard]] QString elidedApart(const QString& name, const QStringList& others,
                                  const QFontMetrics& metrics, int width);

}  // namespace widgets
