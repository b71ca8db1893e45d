// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "widgets/charts/curves/curve_raster.h"

namespace widgets {

/// Cuts a line (top = bottom) into dashes: `pattern` holds the lengths of dashes and gaps in turns,
/// in pixels, `ratio` device pixels to each; an empty pattern leaves the line as it is. A new piece
/// of line begins with a dash.
void cutIntoDashes(std::vector<RasterVertex>& line, const std::vector<double>& pattern,
                   double ratio);

}  // namespace widgets
