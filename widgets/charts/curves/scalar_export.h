// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <functional>
#include <string>
#include <vector>

#include "eventio/data/scalar_series.h"

class QIODevice;

namespace widgets {

/// Writes a file whole or not at all: `write` fills it, then it takes its name's place. `write`
/// returns false when it failed. Empty when done, else what failed, where and what to do.
[[nodiscard]] QString saveFile(const QString& path, const std::function<bool(QIODevice&)>& write);

/// A line `Wall time,Step,Value`, then one line a point; numbers read back exactly.
[[nodiscard]] QString saveScalarsCsv(const QString& path, const eventio::ScalarView& view);

struct ScalarExport {
  QString run;
  std::string tag;
  eventio::ScalarView view;
};

/// One array with an object a series: `run`, `tag` and `points`, triples of wall time, step and
/// value. Values that are no numbers are the strings "NaN", "Infinity" and "-Infinity".
[[nodiscard]] QString saveScalarsJson(const QString& path, const std::vector<ScalarExport>& series);

}  // namespace widgets
