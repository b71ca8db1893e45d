// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/tasks/metric.h"

#include <cstdio>

namespace training {

std::string metricText(const Metric& metric, double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), metric.isFraction ? "%.4f" : "%.4g", value);
  return text.data();
}

}  // namespace training
