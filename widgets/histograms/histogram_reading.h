// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "eventio/data/run_store.h"
#include "widgets/histograms/histogram_rebin.h"

namespace widgets {

/// Histograms being read from their files, on a thread of Qt's pool. Whoever asked for them polls
/// isDone() and takes the results after that; dropping the reading without cancel() does no harm.
class HistogramReading {
 public:
  struct Wanted {
    std::size_t index = 0;
    eventio::HistogramPoint point;
  };

  /// Starts it. The results are bins over `range`.
  static std::shared_ptr<HistogramReading> start(std::shared_ptr<eventio::Run> run, std::string tag,
                                                 std::vector<Wanted> wanted, const AxisRange& range,
                                                 int bins);
  /// Ends it after the histogram that is being read. Any thread.
  void cancel() { m_cancelled.store(true); }
  [[nodiscard]] bool isDone() const { return m_done.load(std::memory_order_acquire); }

  [[nodiscard]] const AxisRange& range() const { return m_range; }
  [[nodiscard]] const std::vector<Wanted>& wanted() const { return m_wanted; }
  /// One for each that was wanted; empty where it could not be read.
  [[nodiscard]] std::vector<std::optional<BinnedHistogram>>& results() { return m_results; }
  /// Why the first one could not be read.
  [[nodiscard]] const eventio::Message& failure() const { return m_failure; }

 private:
  void read(const eventio::Run& run, const std::string& tag, int bins);

  std::vector<Wanted> m_wanted;
  AxisRange m_range;
  std::vector<std::optional<BinnedHistogram>> m_results;
  eventio::Message m_failure;
  std::atomic<bool> m_cancelled{false};
  std::atomic<bool> m_done{false};
};

}  // namespace widgets
