// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <functional>
#include <vector>

#include "widgets/charts/axis_scale.h"

namespace widgets {

/// How much space labels have below an axis, and how much they take, in pixels.
struct TickLabelSpace {
  double axisWidth = 0;
  double gap = 0;  ///< at least this between two labels
  std::function<double(const QString&)> labelWidth;
};

/// axisTicks() of an axis along x: so many at most, and so few that no label runs into the next
/// one. `wanted` becomes the number to ask axisTicks() for.
[[nodiscard]] std::vector<AxisTick> axisTicksApart(AxisScale scale, AxisUnit unit,
                                                   const AxisRange& range, int& wanted,
                                                   const TickLabelSpace& space,
                                                   QString* offset = nullptr,
                                                   std::int64_t origin = 0);

}  // namespace widgets
