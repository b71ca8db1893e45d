// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histogram_series.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "widgets/histogram_rebin.h"

namespace widgets {

HistogramSeries::HistogramSeries(std::shared_ptr<eventio::Run> run, std::string tag)
    : m_run(std::move(run)), m_tag(std::move(tag)) {}

bool HistogramSeries::poll() {
  const std::uint64_t version = m_run->version();
  if (version == m_version) return false;
  m_version = version;
  const std::uint64_t tagsVersion = m_run->tagsVersion();
  bool changed = false;
  if (tagsVersion != m_tagsVersion) {
    // Perhaps a purge: points that were taken over may be gone.
    m_tagsVersion = tagsVersion;
    changed = !m_points.empty();
    m_points.clear();
    m_bins.clear();
    m_hasRange = false;
  }
  auto fresh = m_run->histograms(m_tag, m_points.size());
  if (fresh.empty()) return changed;
  bool widened = false;
  for (const auto& point : fresh) widened |= widen(*point.value);
  m_points.insert(m_points.end(), std::make_move_iterator(fresh.begin()),
                  std::make_move_iterator(fresh.end()));
  if (widened) m_bins.clear();
  while (m_bins.size() < m_points.size()) {
    m_bins.push_back(rebin(*m_points[m_bins.size()].value, m_lower, m_upper, kBins));
  }
  return true;
}

bool HistogramSeries::widen(const eventio::Histogram& histogram) {
  const auto buckets = filledBuckets(histogram);
  if (buckets.empty()) return false;
  const double min = buckets.front().left;
  const double max = buckets.back().right;
  if (m_hasRange && min >= m_min && max <= m_max) return false;
  m_min = m_hasRange ? std::min(m_min, min) : min;
  m_max = m_hasRange ? std::max(m_max, max) : max;
  m_hasRange = true;
  const double around = m_max > m_min ? 0 : m_max == 0 ? 0.5 : std::abs(m_max) * 0.1;
  m_lower = m_min - around;
  m_upper = m_max + around;
  return true;
}

}  // namespace widgets
