// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace widgets {

/// Markdown in which Qt finds all tables that GitHub's dialect has. Qt's reader knows a table only
/// at the beginning of a paragraph, with three dashes in each cell below the head: an empty line
/// and dashes are added where these are missing. Code keeps its lines.
[[nodiscard]] QString withRegularTables(const QString& markdown);

}  // namespace widgets
