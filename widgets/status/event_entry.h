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
};

}  // namespace widgets
