// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histograms/histogram_axis.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <limits>

namespace widgets {
namespace {

constexpr double kSlotWidth = 0.045;  // of the axis
constexpr double kSlotGap = 0.012;
constexpr double kWidestTail = 100;
constexpr double kWidestStep = 20;
constexpr std::size_t kLow = 1, kMiddle = 4, kHigh = 7;  // 6.68, 50 and 93.32 %
/// Event files have one bucket around 0 that ends so far from it.
constexpr double kZero = 1e-12;
/// Its width, too, is a number.
constexpr double kFarthest = std::numeric_limits<double>::max() / 4;

QString tr(const char* text) {
  return QCoreApplication::translate("widgets::HistogramAxis", text);
}

/// What one step's histogram covers.
struct Extent {
  double lower, middle, upper;

  [[nodiscard]] double reach(double center) const {
    return std::max(upper - center, center - lower);
  }
};

bool isZero(double value) {
  return std::abs(value) <= kZero;
}

std::optional<Extent> extentOf(const eventio::HistogramPoint& point) {
  const auto& values = point.percentiles;
  if (!std::isfinite(point.lowest)) return std::nullopt;
  const double middle = std::clamp(values[kMiddle], point.lowest, point.highest);
  Extent extent{point.lowest, middle, point.highest};
  // Where nearly all values are 0, those that are not would be the tails.
  const auto isCut = [middle](double tail, double inner, double edge) {
    const bool isPoint = !(inner > 0) || (isZero(middle) && isZero(edge));
    return std::isfinite(edge) && !isPoint && tail > kWidestTail * inner;
  };
  const double above = values[kHigh] - middle;
  const double below = middle - values[kLow];
  if (isCut(extent.upper - middle, above, values[kHigh])) extent.upper = middle + 3 * above;
  if (isCut(middle - extent.lower, below, values[kLow])) extent.lower = middle - 3 * below;
  extent.lower = std::clamp(extent.lower, -kFarthest, kFarthest);
  extent.upper = std::clamp(extent.upper, -kFarthest, kFarthest);
  extent.middle = std::clamp(extent.middle, -kFarthest, kFarthest);
  return extent;
}

template <class Number>
double element(std::vector<Number>& numbers, std::size_t index) {
  std::nth_element(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(index),
                   numbers.end());
  return numbers[index];
}

}  // namespace

AxisRange histogramRange(const std::vector<eventio::HistogramPoint>& points,
                         std::span<const std::size_t> shown) {
  std::vector<Extent> extents;
  std::vector<double> numbers;
  extents.reserve(shown.size());
  numbers.reserve(shown.size());
  for (const std::size_t index : shown) {
    if (const auto extent = extentOf(points[index])) {
      extents.push_back(*extent);
      numbers.push_back(extent->middle);
    }
  }
  if (extents.empty()) return {0, 1};
  const double center = element(numbers, (numbers.size() - 1) / 2);
  numbers.clear();
  for (const Extent& extent : extents) {
    // Steps at which all values are 0 do not say how wide the others may be.
    if (!(isZero(extent.lower) && isZero(extent.upper))) numbers.push_back(extent.reach(center));
  }
  const double usual = numbers.empty() ? 0 : element(numbers, (numbers.size() - 1) * 3 / 4);
  const double farthest = usual > 0 ? kWidestStep * usual : std::numeric_limits<double>::infinity();
  double lower = center;
  double upper = center;
  for (const Extent& extent : extents) {
    if (center - extent.lower <= farthest) lower = std::min(lower, extent.lower);
    if (extent.upper - center <= farthest) upper = std::max(upper, extent.upper);
  }
  if (upper > lower) return {lower, upper};
  const double around = upper == 0 ? 0.5 : std::abs(upper) * 0.1;
  return {lower - around, upper + around};
}

HistogramAxis::HistogramAxis(const AxisRange& range, const Ends& ends)
    : m_range(range), m_ends(ends) {
  const double slot = kSlotWidth + kSlotGap;
  m_finite = {slot * (ends.minusInfinity + ends.below),
              1 - slot * (ends.plusInfinity + ends.above)};
}

std::optional<AxisRange> HistogramAxis::slot(int slot) const {
  if (slot >= 0 && slot < kBins) {
    const double width = (m_finite.upper - m_finite.lower) / kBins;
    return AxisRange{m_finite.lower + slot * width, m_finite.lower + (slot + 1) * width};
  }
  switch (slot) {
    case kMinusInfinity:
      if (m_ends.minusInfinity) return AxisRange{0, kSlotWidth};
      break;
    case kBelow:
      if (m_ends.below) {
        return AxisRange{m_finite.lower - kSlotGap - kSlotWidth, m_finite.lower - kSlotGap};
      }
      break;
    case kAbove:
      if (m_ends.above) {
        return AxisRange{m_finite.upper + kSlotGap, m_finite.upper + kSlotGap + kSlotWidth};
      }
      break;
    case kPlusInfinity:
      if (m_ends.plusInfinity) return AxisRange{1 - kSlotWidth, 1};
      break;
    default:
      break;
  }
  return std::nullopt;
}

std::optional<int> HistogramAxis::slotAt(double share) const {
  if (share >= m_finite.lower && share <= m_finite.upper) {
    const double along = (share - m_finite.lower) / (m_finite.upper - m_finite.lower);
    return std::clamp(static_cast<int>(along * kBins), 0, kBins - 1);
  }
  for (const int candidate : {kMinusInfinity, kBelow, kAbove, kPlusInfinity}) {
    const auto part = slot(candidate);
    if (part && share >= part->lower && share <= part->upper) return candidate;
  }
  return std::nullopt;
}

double HistogramAxis::position(double value) const {
  const auto middle = [this](int of) {
    const auto part = slot(of);
    return part ? std::optional((part->lower + part->upper) / 2) : std::nullopt;
  };
  if (std::isinf(value)) {
    return middle(value > 0 ? kPlusInfinity : kMinusInfinity).value_or(value > 0 ? 1 : 0);
  }
  if (value > m_range.upper && m_ends.above) return *middle(kAbove);
  if (value < m_range.lower && m_ends.below) return *middle(kBelow);
  const double along = (value - m_range.lower) / (m_range.upper - m_range.lower);
  const double share = m_finite.lower + along * (m_finite.upper - m_finite.lower);
  return std::clamp(share, -1.0, 2.0);
}

double HistogramAxis::valueAt(double share) const {
  const double along = (share - m_finite.lower) / (m_finite.upper - m_finite.lower);
  return m_range.lower + along * (m_range.upper - m_range.lower);
}

QString HistogramAxis::slotText(int slot) const {
  const double step = (m_range.upper - m_range.lower) / kBins;
  const auto number = [step](double value) { return shortNumber(value, step / 10); };
  switch (slot) {
    case kMinusInfinity:
      return tr("-inf");
    case kPlusInfinity:
      return tr("+inf");
    case kBelow:
      return tr("below %1").arg(number(m_range.lower));
    case kAbove:
      return tr("above %1").arg(number(m_range.upper));
    default:
      return tr("%1 to %2")
          .arg(number(m_range.lower + slot * step), number(m_range.lower + (slot + 1) * step));
  }
}

std::vector<std::pair<int, QString>> HistogramAxis::endLabels() const {
  std::vector<std::pair<int, QString>> labels;
  if (m_ends.minusInfinity) labels.emplace_back(kMinusInfinity, tr("-inf"));
  if (m_ends.below) labels.emplace_back(kBelow, QStringLiteral("<"));
  if (m_ends.above) labels.emplace_back(kAbove, QStringLiteral(">"));
  if (m_ends.plusInfinity) labels.emplace_back(kPlusInfinity, tr("+inf"));
  return labels;
}

double countIn(const BinnedHistogram& binned, int slot) {
  switch (slot) {
    case HistogramAxis::kMinusInfinity:
      return binned.minusInfinity;
    case HistogramAxis::kBelow:
      return binned.below;
    case HistogramAxis::kAbove:
      return binned.above;
    case HistogramAxis::kPlusInfinity:
      return binned.plusInfinity;
    default:
      return binned.counts[static_cast<std::size_t>(slot)];
  }
}

}  // namespace widgets
