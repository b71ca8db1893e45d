// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/curve_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/charts/curves/scalar_tags.h"
#include "widgets/style/theme.h"

namespace widgets {

QColor seriesColor(int colorIndex, int shade) {
  // A paler and a stronger one: further from each other than the colours of some runs. Past these
  // another hue is the lesser evil.
  constexpr int kShades = 3;
  constexpr int kHuesOn = 3;
  constexpr float kPaler = 0.42F;
  constexpr float kStronger = 0.58F;
  constexpr float kPalest = 0.66F;
  constexpr float kNearText = 0.19F;  // in lightness: towards the text nothing would change
  const QColor color = runColor(colorIndex + shade / kShades * kHuesOn);
  if (shade % kShades == 0) return color;
  const QColor text = theme().text;
  const bool nearText = std::abs(color.lightnessF() - text.lightnessF()) < kNearText;
  const bool stronger = shade % kShades == 2 && !nearText;
  const QColor towards = stronger ? text : theme().panel;
  const float share = stronger ? kStronger : shade % kShades == 1 ? kPaler : kPalest;
  const auto mixed = [share](float from, float to) { return from + (to - from) * share; };
  return QColor::fromRgbF(mixed(color.redF(), towards.redF()),
                          mixed(color.greenF(), towards.greenF()),
                          mixed(color.blueF(), towards.blueF()));
}

CurveData::CurveData(ScalarChartSeries series)
    : m_series(std::move(series)), m_raw(isDrawnRaw(m_series.tag)) {
  m_source.view = &m_view;
  m_source.segments = &m_segments;
}

void CurveData::setSeries(ScalarChartSeries series) {
  m_series = std::move(series);
  updateSource();
}

void CurveData::setAxes(XAxis xAxis, AxisScale xScale, bool positiveOnly) {
  if (m_source.xAxis == xAxis && m_source.xScale == xScale &&
      m_source.positiveOnly == positiveOnly) {
    return;
  }
  m_source.xAxis = xAxis;
  m_source.xScale = xScale;
  m_source.positiveOnly = positiveOnly;
  updateSource();
}

void CurveData::setStepOrigin(std::int64_t origin) {
  if (m_source.stepOrigin == origin) return;
  m_source.stepOrigin = origin;
  updateSource();
}

void CurveData::setSmoothing(double weight) {
  if (weight == m_smoothed.weight()) return;
  m_smoothed.setWeight(weight);
  m_downsampler.forgetSmoothed();
  updateSource();
}

void CurveData::updateSource() {
  m_segments = m_source.xAxis == XAxis::kStep ? m_view.stepSegments() : m_view.wallSegments();
  m_source.smoothed = isSmoothed() ? &m_smoothed : nullptr;
  m_source.origin = m_series.run->firstWallTime();
  m_times.reset();
  if (m_source.xAxis != XAxis::kStep && !m_view.empty()) m_times = timeExtent();
  m_downsampler.setSource(m_source);
  ++m_revision;
}

bool CurveData::poll() {
  const std::uint64_t version = m_series.run->version();
  if (version == m_runVersion) return false;
  m_runVersion = version;
  auto view = m_series.run->scalars(m_series.tag);
  if (view.size() == m_view.size() && view.generation() == m_view.generation()) {
    // Another tag's point may turn out to be the run's first.
    if (m_source.xAxis == XAxis::kStep || m_series.run->firstWallTime() == m_source.origin) {
      return false;
    }
  }
  // A smoothed column must never be read past the points that it was made from.
  if (view.generation() != m_view.generation() || view.size() < m_view.size()) {
    m_smoothed.advance(view, 0);
    m_downsampler.forgetSmoothed();
  }
  m_view = std::move(view);
  updateSource();
  return true;
}

bool CurveData::smooth(std::size_t maxPoints) {
  if (isSmoothingDone()) return false;
  m_smoothed.advance(m_view, maxPoints);
  ++m_revision;
  return true;
}

bool CurveData::isSmoothingDone() const {
  return !isSmoothed() || m_smoothed.size() == m_view.size();
}

double CurveData::smoothedValue(std::size_t index) const {
  return isSmoothed() && index < m_smoothed.size() ? m_smoothed.value(index)
                                                   : std::numeric_limits<double>::quiet_NaN();
}

/// From the first to the last time that has a place; none without any.
std::optional<AxisRange> CurveData::timeExtent() const {
  if (m_source.isPlausible(m_view.minWallTime()) && m_source.isPlausible(m_view.maxWallTime())) {
    return AxisRange{m_view.minWallTime(), m_view.maxWallTime()};
  }
  std::optional<AxisRange> all;
  for (std::size_t i = 0; i < m_view.size(); ++i) {
    const double time = m_view.wallTime(i);
    if (!m_source.isPlausible(time)) continue;
    if (!all) all = AxisRange{time, time};
    all->lower = std::min(all->lower, time);
    all->upper = std::max(all->upper, time);
  }
  return all;
}

bool CurveData::hasImplausibleTimes() const {
  return m_source.xAxis != XAxis::kStep && !m_view.empty() &&
         !(m_source.isPlausible(m_view.minWallTime()) &&
           m_source.isPlausible(m_view.maxWallTime()));
}

std::optional<AxisRange> CurveData::xExtent() const {
  if (m_view.empty()) return std::nullopt;
  double min = 0;
  double max = 0;
  if (m_source.xAxis == XAxis::kStep) {
    min = stepsFrom(m_source.stepOrigin, m_view.minStep());
    max = stepsFrom(m_source.stepOrigin, m_view.maxStep());
  } else {
    const double origin = m_source.xAxis == XAxis::kRelative ? m_source.origin : 0;
    if (!m_times) return std::nullopt;
    min = m_times->lower - origin;
    max = m_times->upper - origin;
  }
  if (m_source.xScale == AxisScale::kLog && min <= 0) {
    if (max <= 0) return std::nullopt;
    min = max;
    for (std::size_t segment = 0; segment < m_segments.size(); ++segment) {
      const auto [first, last] = m_source.segment(segment);
      const auto at = m_source.upperBound(first, last, 0);
      if (at < last) min = std::min(min, m_source.x(at));
    }
  }
  const AxisRange range{toAxis(m_source.xScale, min), toAxis(m_source.xScale, max)};
  if (!std::isfinite(range.lower) || !std::isfinite(range.upper)) return std::nullopt;
  return range;
}

std::vector<CurveData::Span> CurveData::spansIn(double lower, double upper) const {
  std::vector<Span> spans;
  // To a logarithm and back a number is rounded.
  const double slack = m_source.xScale == AxisScale::kLinear ? 0 : 1e-13;
  const double from = fromAxis(m_source.xScale, lower) * (1 - slack);
  const double to = fromAxis(m_source.xScale, upper) * (1 + slack);
  for (std::size_t segment = 0; segment < m_segments.size(); ++segment) {
    const auto [first, last] = m_source.segment(segment);
    if (first == last) continue;
    const auto begin = m_source.lowerBound(first, last, from);
    const auto end = m_source.upperBound(begin, last, to);
    if (begin < end) spans.push_back({begin, end});
  }
  return spans;
}

eventio::ValueRange CurveData::valuesIn(double lower, double upper) const {
  eventio::ValueRange result;
  for (const Span& span : spansIn(lower, upper)) {
    mergeRange(result, m_source.range(span.first, span.last));
  }
  return result;
}

void CurveData::sampleValues(double lower, double upper, std::size_t most,
                             std::vector<double>& out) const {
  const auto spans = spansIn(lower, upper);
  std::size_t total = 0;
  for (const Span& span : spans) total += span.last - span.first;
  const std::size_t stride =
      std::max<std::size_t>(1, (total + most - 1) / std::max<std::size_t>(1, most));
  std::size_t skip = 0;
  for (const Span& span : spans) {
    std::size_t i = span.first + skip;
    for (; i < span.last; i += stride) {
      const double value = m_view.value(i);
      if (m_source.isShown(value)) out.push_back(value);
    }
    skip = i - span.last;
  }
}

std::optional<std::size_t> CurveData::nearest(double xPosition) const {
  std::optional<std::size_t> best;
  double bestDistance = std::numeric_limits<double>::infinity();
  const auto consider = [&](std::size_t index) {
    if (!m_source.hasPlace(index)) return;
    const double distance = std::abs(m_source.xPosition(index) - xPosition);
    if (!(distance <= bestDistance)) return;
    best = index;
    bestDistance = distance;
  };
  for (std::size_t segment = 0; segment < m_segments.size(); ++segment) {
    const auto [first, last] = m_source.segment(segment);
    if (first == last) continue;
    const auto at = m_source.lowerBoundPosition(first, last, xPosition);
    if (at > first) consider(at - 1);
    if (at < last) consider(at);
  }
  return best;
}

std::optional<double> CurveData::positionBeyond(double xPosition, bool right) const {
  std::optional<double> best;
  for (std::size_t segment = 0; segment < m_segments.size(); ++segment) {
    const auto [first, last] = m_source.segment(segment);
    if (first == last) continue;
    const auto at = m_source.lowerBoundPosition(first, last, xPosition);
    if (right ? at == last : at == first) continue;
    if (!m_source.hasPlace(right ? at : at - 1)) continue;
    const double position = m_source.xPosition(right ? at : at - 1);
    if (!std::isfinite(position)) continue;
    if (!best || (right ? position < *best : position > *best)) best = position;
  }
  return best;
}

std::optional<std::vector<std::size_t>> CurveData::pointsIn(double lower, double upper,
                                                            std::size_t most) const {
  std::vector<std::size_t> points;
  for (const Span& span : spansIn(lower, upper)) {
    if (points.size() + span.last - span.first > most) return std::nullopt;
    for (std::size_t i = span.first; i < span.last; ++i) points.push_back(i);
  }
  return points;
}

}  // namespace widgets
