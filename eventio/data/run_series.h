// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "eventio/data/run_store.h"

namespace eventio {

/// Places of damage that a run names one by one.
inline constexpr std::size_t kMaxDamagePlaces = 1000;

/// One tag of a run; guarded by the run's lock.
struct Run::Series {
  TagInfo info;  // without what the points determine
  bool hasMetadata = false;
  ScalarSeries scalars;
  std::vector<HistogramPoint> histograms;
  std::size_t firstKept = 0;      // of histograms: this one and all later ones are in memory
  std::size_t firstUnplaced = 0;  // of histograms: where the next place belongs, or later
  std::vector<TextPoint> texts;
  std::vector<StoredPoint> stored;
  std::string pluginContent;
  bool restarts = false;          // the next point drops what is at and after its step
  std::uint64_t lastRestart = 0;  // that removed points

  [[nodiscard]] TagInfo describe() const;
  std::size_t purgeFrom(std::int64_t step, std::optional<double> before = std::nullopt);
  [[nodiscard]] std::size_t memoryBytes() const;
};

}  // namespace eventio
