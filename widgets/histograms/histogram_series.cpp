// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histograms/histogram_series.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace widgets {
namespace {

constexpr std::size_t kReadAtOnce = 256;  // so that what is asked for next does not wait long
constexpr qint64 kRetryMilliseconds = 5000;
constexpr std::size_t kMaxBins = 4 * HistogramSeries::kMaxShown;

bool isSame(const eventio::HistogramPoint& a, const eventio::HistogramPoint& b) {
  return a.step == b.step &&
         (a.wallTime == b.wallTime || (std::isnan(a.wallTime) && std::isnan(b.wallTime)));
}

}  // namespace

HistogramSeries::HistogramSeries(std::shared_ptr<eventio::Run> run, std::string tag)
    : m_run(std::move(run)), m_tag(std::move(tag)) {}

HistogramSeries::~HistogramSeries() {
  if (m_reading) m_reading->cancel();
}

bool HistogramSeries::poll() {
  bool changed = std::exchange(m_changed, false);
  changed |= takeRead();
  changed |= takeFresh();
  if (m_hasFailed && m_failedSince.hasExpired(kRetryMilliseconds)) {
    m_hasFailed = false;
    for (auto& [index, entry] : m_bins) entry.isFailed = false;
    changed = true;
  }
  if (changed) arrange();
  return changed;
}

void HistogramSeries::clear() {
  m_points.clear();
  m_shown.clear();
  m_bins.clear();
  m_axisIsStale = true;
  if (m_reading) m_reading->cancel();
  m_reading.reset();
  m_failure = {};
}

bool HistogramSeries::takeFresh() {
  const std::uint64_t version = m_run->version();
  if (version == m_version) return false;
  m_version = version;
  const std::uint64_t tagsVersion = m_run->tagsVersion();
  bool changed = false;
  if (tagsVersion != m_tagsVersion && !m_points.empty()) {
    // Perhaps a purge: points that were taken over may be gone.
    const auto last = m_run->histogram(m_tag, m_points.size() - 1);
    if (!last || !isSame(*last, m_points.back())) {
      clear();
      changed = true;
    }
  }
  m_tagsVersion = tagsVersion;
  for (auto& point : m_run->histograms(m_tag, m_points.size())) {
    point.value.reset();
    m_firstStep = m_points.empty() ? point.step : std::min(m_firstStep, point.step);
    m_lastStep = m_points.empty() ? point.step : std::max(m_lastStep, point.step);
    m_axisIsStale |= point.lowest < lower() || point.highest > upper() ||
                     std::isinf(point.percentiles.front()) || std::isinf(point.percentiles.back());
    m_points.push_back(std::move(point));
    changed = true;
  }
  return changed;
}

bool HistogramSeries::takeRead() {
  if (!m_reading || !m_reading->isDone()) return false;
  const auto reading = std::exchange(m_reading, nullptr);
  const AxisRange& range = m_axis.range();
  const bool isExact = reading->range() == range;
  for (std::size_t i = 0; i < reading->wanted().size(); ++i) {
    Entry& entry = m_bins[reading->wanted()[i].index];
    auto& result = reading->results()[i];
    entry.isFailed = !result;
    m_hasFailed |= !result;
    if (!result) continue;
    entry.bins = isExact ? std::move(*result) : rebin(*result, reading->range(), range, kBins);
    entry.isExact = isExact;
  }
  m_failure = reading->failure();
  if (m_hasFailed) m_failedSince.start();
  return true;
}

const BinnedHistogram* HistogramSeries::bins(std::size_t index) const {
  const auto found = m_bins.find(index);
  return found == m_bins.end() || found->second.bins.counts.empty() ? nullptr : &found->second.bins;
}

AxisRange HistogramSeries::stepRange() const {
  if (m_stepZoom) return *m_stepZoom;
  const auto first = static_cast<double>(m_firstStep);
  return {first, std::max(static_cast<double>(m_lastStep), std::nextafter(first + 1, INFINITY))};
}

bool HistogramSeries::isVisible(const eventio::HistogramPoint& point) const {
  if (!m_stepZoom) return true;
  const auto step = static_cast<double>(point.step);
  return step >= m_stepZoom->lower && step <= m_stepZoom->upper;
}

void HistogramSeries::zoomValues(const AxisRange& range) {
  const double width = range.upper - range.lower;
  const double size = std::max(std::abs(range.lower), std::abs(range.upper));
  if (!(width > size * 1e-12) || !(size < std::numeric_limits<double>::max() / 4)) return;
  m_valueZoom = range;
  m_axisIsStale = m_changed = true;
}

void HistogramSeries::zoomSteps(const AxisRange& range) {
  if (!(range.upper - range.lower >= 1) || !std::isfinite(range.upper - range.lower)) return;
  m_stepZoom = range;
  m_axisIsStale = m_changed = true;
}

void HistogramSeries::fit() {
  if (!isZoomed()) return;
  m_valueZoom.reset();
  m_stepZoom.reset();
  m_axisIsStale = m_changed = true;
}

void HistogramSeries::setSelected(std::size_t index) {
  if (index == m_selected) return;
  m_selected = index;
  m_changed = true;
  if (!m_points.empty()) arrange();
}

void HistogramSeries::arrange() {
  ++m_revision;
  chooseAxis();
  chooseShown();
  fillBins();
}

void HistogramSeries::chooseShown() {
  m_shown.clear();
  if (m_points.empty()) return;
  const std::size_t last = m_points.size() - 1;
  std::size_t count = m_points.size();
  if (m_stepZoom) {
    count = static_cast<std::size_t>(std::count_if(
        m_points.begin(), m_points.end(), [this](const auto& point) { return isVisible(point); }));
  }
  std::size_t stride = 1;
  while (count / stride > kMaxShown) stride *= 2;
  for (std::size_t i = 0; i <= last; i += stride) {
    if (isVisible(m_points[i])) m_shown.push_back(i);
  }
  for (const std::size_t index : {last, std::min(m_selected, last)}) {
    const bool isThere = std::binary_search(m_shown.begin(), m_shown.end(), index);
    if (isThere || !isVisible(m_points[index])) continue;
    m_shown.insert(std::upper_bound(m_shown.begin(), m_shown.end(), index), index);
  }
  std::stable_sort(m_shown.begin(), m_shown.end(), [this](std::size_t a, std::size_t b) {
    return m_points[a].step < m_points[b].step;
  });
}

void HistogramSeries::chooseAxis() {
  if (m_points.size() > m_axisPoints + m_axisPoints / 20) m_axisIsStale = true;
  if (!m_axisIsStale) return;
  m_axisIsStale = false;
  m_axisPoints = m_points.size();
  std::vector<std::size_t> visible;
  visible.reserve(m_points.size());
  for (std::size_t i = 0; i < m_points.size(); ++i) {
    if (isVisible(m_points[i])) visible.push_back(i);
  }
  const AxisRange range = m_valueZoom ? *m_valueZoom : histogramRange(m_points, visible);
  HistogramAxis::Ends ends;
  for (const std::size_t index : visible) {
    const eventio::HistogramPoint& point = m_points[index];
    ends.minusInfinity |= std::isinf(point.percentiles.front()) && point.percentiles.front() < 0;
    ends.plusInfinity |= std::isinf(point.percentiles.back()) && point.percentiles.back() > 0;
    ends.below |= !m_valueZoom && point.lowest < range.lower;
    ends.above |= !m_valueZoom && point.highest > range.upper;
  }
  const AxisRange before = m_axis.range();
  m_axis = HistogramAxis(range, ends);
  if (range == before) return;
  for (auto& [index, entry] : m_bins) {
    if (!entry.bins.counts.empty()) entry.bins = rebin(entry.bins, before, range, kBins);
    entry.isExact = false;
  }
}

void HistogramSeries::fillBins() {
  if (m_bins.size() > kMaxBins) {
    std::erase_if(m_bins, [this](const auto& entry) {
      return std::find(m_shown.begin(), m_shown.end(), entry.first) == m_shown.end();
    });
  }
  std::vector<HistogramReading::Wanted> missing;
  for (const std::size_t index : m_shown) {
    Entry& entry = m_bins[index];
    if (entry.isExact || entry.isFailed) continue;
    auto point = m_run->histogram(m_tag, index);
    if (!point || !isSame(*point, m_points[index])) continue;  // purged: the next poll sees to it
    if (point->value) {
      entry = {rebin(*point->value, m_axis.range(), kBins), true, false};
    } else if (index == m_selected) {
      missing.insert(missing.begin(), {index, std::move(*point)});
    } else if (missing.size() <= kReadAtOnce) {
      missing.push_back({index, std::move(*point)});
    }
  }
  if (m_reading || missing.empty()) return;
  m_reading = HistogramReading::start(m_run, m_tag, std::move(missing), m_axis.range(), kBins);
}

}  // namespace widgets
