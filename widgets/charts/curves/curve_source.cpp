// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/curve_source.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "eventio/data/wall_time.h"
#include "widgets/charts/curves/curve_vertex.h"

namespace widgets {
namespace {

/// The pyramid knows a column's extremes only, so a column with values of both kinds is read
/// through.
eventio::ValueRange positiveRange(const eventio::ScalarView& view, std::size_t first,
                                  std::size_t last) {
  std::array<double, 256> values;
  eventio::ValueRange result;
  while (first < last) {
    const std::size_t count = std::min(last - first, values.size());
    view.copyValues(first, {values.data(), count});
    for (std::size_t i = 0; i < count; ++i) {
      if (!std::isfinite(values[i])) {
        result.nonFinite = true;
      } else if (values[i] > 0) {
        mergeRange(result, {values[i], values[i], false});
      }
    }
    first += count;
  }
  return result;
}

/// ScalarView::lowerBoundStep() with `x` counted from an origin.
std::size_t lowerBoundFrom(const eventio::ScalarView& view, std::size_t first, std::size_t last,
                           std::int64_t origin, double x) {
  if (origin == 0) return view.lowerBoundStep(first, last, x);
  while (first < last) {
    const std::size_t middle = first + (last - first) / 2;
    if (stepsFrom(origin, view.step(middle)) < x) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return first;
}

}  // namespace

bool CurveSource::isPlausible(double wallTime) const noexcept {
  constexpr double kLast = 1e11;  // in the year 5138
  const double first = origin < eventio::kFirstDate ? 0 : origin;
  return wallTime >= first && wallTime < kLast;
}

bool CurveSource::hasPlace(std::size_t index) const {
  return xAxis == XAxis::kStep || isPlausible(view->wallTime(index));
}

bool CurveSource::isShown(double value) const {
  return std::isfinite(value) && (!positiveOnly || value > 0);
}

eventio::ValueRange CurveSource::range(std::size_t first, std::size_t last) const {
  const auto all = view->range(first, last);
  if (!positiveOnly || all.empty() || all.min > 0) return all;
  if (all.max <= 0) return {1, 0, all.nonFinite};
  return positiveRange(*view, first, last);
}

double CurveSource::smoothedMiddle(std::size_t first, std::size_t last) const {
  if (!smoothed || last > smoothed->size()) return CurveVertex::kNone;
  if (last - first == 1) {
    const double value = smoothed->value(first);
    return isShown(value) ? value : CurveVertex::kNone;
  }
  const auto range = smoothed->range(first, last);
  if (range.empty()) return CurveVertex::kNone;
  if (!positiveOnly) return range.min + (range.max - range.min) / 2;
  if (range.max <= 0) return CurveVertex::kNone;
  return range.min > 0 ? std::sqrt(range.min) * std::sqrt(range.max) : range.max / 2;
}

double CurveSource::x(std::size_t index) const {
  if (xAxis == XAxis::kStep) return stepsFrom(stepOrigin, view->step(index));
  const double wall = view->wallTime(index);
  return xAxis == XAxis::kWall ? wall : wall - origin;
}

std::size_t CurveSource::lowerBound(std::size_t first, std::size_t last, double x) const {
  if (xAxis == XAxis::kStep) return lowerBoundFrom(*view, first, last, stepOrigin, x);
  return view->lowerBoundWall(first, last, xAxis == XAxis::kWall ? x : x + origin);
}

std::size_t CurveSource::upperBound(std::size_t first, std::size_t last, double x) const {
  const auto beyond = [](double value) {
    return std::nextafter(value, std::numeric_limits<double>::infinity());
  };
  if (xAxis == XAxis::kStep) return lowerBoundFrom(*view, first, last, stepOrigin, beyond(x));
  const double wall = xAxis == XAxis::kWall ? x : x + origin;
  return view->lowerBoundWall(first, last, beyond(wall));
}

std::size_t CurveSource::lowerBoundPosition(std::size_t first, std::size_t last,
                                            double position) const {
  return lowerBound(first, last, fromAxis(xScale, position));
}

std::pair<std::size_t, std::size_t> CurveSource::segment(std::size_t index) const {
  return {(*segments)[index], index + 1 < segments->size() ? (*segments)[index + 1] : size()};
}

AxisCursor::AxisCursor(const CurveSource& source) : m_source(source) {
  if (source.xAxis == XAxis::kRelative) m_origin = source.origin;
}

void AxisCursor::load(std::size_t index) {
  if (m_source.xAxis == XAxis::kStep) {
    const auto piece = m_source.view->stepsAround(index);
    m_steps = piece.values.data();
    m_begin = piece.first;
    m_count = piece.values.size();
  } else {
    const auto piece = m_source.view->wallTimesAround(index);
    m_wallTimes = piece.values.data();
    m_begin = piece.first;
    m_count = piece.values.size();
  }
}

}  // namespace widgets
