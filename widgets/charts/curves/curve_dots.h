// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <vector>

#include "widgets/charts/curves/curve_raster.h"

namespace widgets {

/// Centres of the pieces of a line that are too short to be seen as lines and stand alone, as a
/// finite value between two NaN does: they are to be drawn as dots. In the pixels of the vertices,
/// `ratio` device pixels to each pixel of the screen.
[[nodiscard]] std::vector<QPointF> lonePoints(const std::vector<RasterVertex>& line, double ratio);

}  // namespace widgets
