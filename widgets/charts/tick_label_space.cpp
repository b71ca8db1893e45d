// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/tick_label_space.h"

#include <limits>

namespace widgets {

std::vector<AxisTick> axisTicksApart(AxisScale scale, AxisUnit unit, const AxisRange& range,
                                     int& wanted, const TickLabelSpace& space, QString* offset,
                                     std::int64_t origin) {
  const auto areApart = [&](const std::vector<AxisTick>& ticks) {
    double end = -std::numeric_limits<double>::infinity();
    for (const AxisTick& tick : ticks) {
      const double share = (tick.position - range.lower) / (range.upper - range.lower);
      const double half = space.labelWidth(tick.label) / 2;
      if (share * space.axisWidth - half < end + space.gap) return false;
      end = share * space.axisWidth + half;
    }
    return true;
  };
  for (;; --wanted) {
    auto ticks = axisTicks(scale, unit, range.lower, range.upper, wanted, offset, origin);
    if (wanted <= 1 || areApart(ticks)) return ticks;
  }
}

}  // namespace widgets
