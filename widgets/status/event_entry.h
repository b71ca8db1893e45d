// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>
#include <cstdint>
#include <optional>

namespace widgets {

enum class Severity { kInfo, kGood, kWarning, kError };

/// Something that happened, for the user to read.
struct EventEntry {
  Severity severity = Severity::kInfo;
  QDateTime time;
  QString text;
  std::optional<std::int64_t> step = std::nullopt;  ///< where in the run it happened
  bool isOfOldRun = false;                          ///< see EventList::setOldRunEntries()
  /// Of what happens again and again: the newest entry of a series takes the place of the one
  /// before. Empty: an entry by itself.
  QString series = {};
  QString seriesNote = {};  ///< behind the text where there were several: "%1 saved so far"
  int count = 1;            ///< of the series
  QString runFolder = {};   ///< of a run that has ended and can be continued; empty: none has
};

}  // namespace widgets
