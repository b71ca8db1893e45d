// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "eventio/run_store.h"

namespace widgets {

/// The histograms of one tag of a run, rebinned to 30 bins that all of them share. UI thread.
class HistogramSeries {
 public:
  static constexpr int kBins = 30;

  HistogramSeries(std::shared_ptr<eventio::Run> run, std::string tag);

  [[nodiscard]] const std::shared_ptr<eventio::Run>& run() const { return m_run; }
  [[nodiscard]] const std::string& tag() const { return m_tag; }

  /// Takes over what is new; true when there is something.
  bool poll();

  [[nodiscard]] const std::vector<eventio::HistogramPoint>& points() const { return m_points; }
  [[nodiscard]] bool empty() const { return m_points.empty(); }
  /// What the bins cover together: from the smallest to the largest value of all histograms.
  [[nodiscard]] double lower() const { return m_lower; }
  [[nodiscard]] double upper() const { return m_upper; }
  [[nodiscard]] double binLeft(int bin) const {
    return m_lower + (m_upper - m_lower) * bin / kBins;
  }
  /// Counts of histogram `index` in the shared bins.
  [[nodiscard]] const std::vector<double>& bins(std::size_t index) const { return m_bins[index]; }

 private:
  bool widen(const eventio::Histogram& histogram);

  std::shared_ptr<eventio::Run> m_run;
  std::string m_tag;
  std::uint64_t m_version = 0;
  std::uint64_t m_tagsVersion = 0;
  std::vector<eventio::HistogramPoint> m_points;
  std::vector<std::vector<double>> m_bins;
  double m_min = 0, m_max = 0;  // of the values
  double m_lower = 0, m_upper = 1;
  bool m_hasRange = false;
};

}  // namespace widgets
