// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/curve_dashes.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace widgets {
namespace {

/// A line that leaves the picture steeply is not cut into thousands of dashes that nobody sees.
constexpr double kTallest = 4000;
constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

RasterVertex between(const RasterVertex& a, const RasterVertex& b, double share) {
  const auto mixed = [share](float from, float to) {
    return static_cast<float>(from + (static_cast<double>(to) - from) * share);
  };
  const float y = mixed(a.top, b.top);
  return {mixed(a.x, b.x), y, y};
}

}  // namespace

void cutIntoDashes(std::vector<RasterVertex>& line, const std::vector<double>& pattern,
                   double ratio) {
  if (pattern.empty()) return;
  std::vector<RasterVertex> dashes;
  dashes.reserve(line.size() * 2);
  std::size_t part = 0;  // of the pattern; even: a dash
  double left = pattern[0] * ratio;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const RasterVertex& to = line[i];
    const bool isStart = i == 0 || std::isnan(line[i - 1].top);
    if (std::isnan(to.top) || isStart) {
      part = 0;
      left = pattern[0] * ratio;
      dashes.push_back(to);
      continue;
    }
    const RasterVertex& from = line[i - 1];
    const double height = std::min(std::abs(static_cast<double>(to.top) - from.top), kTallest);
    const double length = std::hypot(static_cast<double>(to.x) - from.x, height);
    double done = 0;
    while (length - done > left) {
      done += left;
      dashes.push_back(between(from, to, done / length));
      if (part % 2 == 0) dashes.push_back({dashes.back().x, kNone, kNone});
      part = (part + 1) % pattern.size();
      left = pattern[part] * ratio;
    }
    left -= length - done;
    if (part % 2 == 0) dashes.push_back(to);
  }
  line = std::move(dashes);
}

}  // namespace widgets
