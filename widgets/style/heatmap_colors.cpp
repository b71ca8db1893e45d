// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/heatmap_colors.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace widgets {

QRgb viridis(double share) noexcept {
  static constexpr std::array<QRgb, 9> kStops{0xff440154, 0xff472d7b, 0xff3b528b,
                                              0xff2c728e, 0xff21918c, 0xff28ae80,
                                              0xff5ec962, 0xffaddc30, 0xfffde725};
  if (!(share > 0)) return kStops.front();
  const double place = std::min(share, 1.0) * (kStops.size() - 1);
  const auto index = std::min<std::size_t>(static_cast<std::size_t>(place), kStops.size() - 2);
  const double along = place - static_cast<double>(index);
  const auto mix = [along](int a, int b) {
    return static_cast<int>(std::lround(a + (b - a) * along));
  };
  const QRgb a = kStops[index];
  const QRgb b = kStops[index + 1];
  return qRgb(mix(qRed(a), qRed(b)), mix(qGreen(a), qGreen(b)), mix(qBlue(a), qBlue(b)));
}

}  // namespace widgets
