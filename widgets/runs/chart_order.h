// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string>
#include <vector>

#include "eventio/data/run_data.h"

namespace widgets {

/// eventio::naturalLess(), the one order of all lists of tags and runs.
[[nodiscard]] bool naturalLess(const QString& a, const QString& b);

/// naturalLess() for the keys of a map.
struct NaturalOrder {
  bool operator()(const QString& a, const QString& b) const { return naturalLess(a, b); }
};

/// The histogram tags in natural order.
[[nodiscard]] std::vector<std::string> histogramTags(const std::vector<eventio::TagInfo>& tags);

/// The tag to show first: the weight of the last convolution, else the last weight, else the first
/// tag; empty without tags.
[[nodiscard]] std::string defaultHistogramTag(const std::vector<std::string>& tags);

}  // namespace widgets
