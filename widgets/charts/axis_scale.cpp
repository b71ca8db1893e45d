// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/axis_scale.h"

#include <QCoreApplication>
#include <QDateTime>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "widgets/style/number_text.h"

namespace widgets {
namespace {

constexpr double kSymLogLinear = 1e-3;
constexpr int kMaxTicks = 64;

struct Text {
  Q_DECLARE_TR_FUNCTIONS(widgets::Axis)
};

int decimalsOf(double step) {
  if (!(step > 0)) return 0;
  return std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 15);
}

QString trimmed(QString number) {
  if (!number.contains('.')) return number;
  while (number.endsWith('0')) number.chop(1);
  if (number.endsWith('.')) number.chop(1);
  return number;
}

/// As many digits as distinguish it from its neighbours: 2e-5, 1.25e-4.
QString scientific(double value, double step) {
  if (value == 0) return QStringLiteral("0");
  const double digits = std::floor(std::log10(std::abs(value)) + 1e-9) -
                        std::floor(std::log10(std::max(step, 1e-300)) + 1e-9);
  const QString text =
      QString::number(value, 'e', std::clamp(static_cast<int>(std::max(digits, 0.0)), 0, 15));
  const auto mark = text.indexOf('e');
  return trimmed(text.left(mark)) + 'e' + QString::number(text.mid(mark + 1).toInt());
}

/// What the whole numbers on an axis that counts from `origin` have in common, where they would be
/// long to read; else 0.
std::int64_t commonPart(double lower, double upper, double step, std::int64_t origin) {
  constexpr double kLongest = 1e9;
  using Limits = std::numeric_limits<std::int64_t>;
  const auto from = static_cast<double>(origin);
  const double size = std::max(std::abs(from + lower), std::abs(from + upper));
  if (!(size / step >= kLongest)) return 0;
  // The origin is a multiple of every unit that is found here.
  const double unit = std::pow(10.0, std::ceil(std::log10(upper - lower) + 1e-9));
  const double units = (lower + (upper - lower) / 2) / unit;
  const auto room =
      static_cast<double>(origin < 0 ? origin - Limits::min() : Limits::max() - origin);
  double common = std::round(units) * unit;
  if (std::abs(common) >= room) common = std::trunc(units) * unit;
  return std::abs(common) < room ? origin + static_cast<std::int64_t>(common) : origin;
}

double niceDuration(double step) {
  static constexpr std::array<double, 18> kSteps{
      1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};
  if (step <= 1) return niceStep(step);
  const auto it = std::lower_bound(kSteps.begin(), kSteps.end(), step);
  return it == kSteps.end() ? 86400 * niceStep(step / 86400) : *it;
}

QString durationTick(double seconds, double step) {
  if (seconds == 0) return QStringLiteral("0");
  const double size = std::abs(seconds);
  const auto [unit, divisor] = size < 60     ? std::pair(Text::tr("s"), 1.0)
                               : size < 3600 ? std::pair(Text::tr("min"), 60.0)
                                             : std::pair(Text::tr("h"), 3600.0);
  const int decimals = std::min(3, decimalsOf(std::min(1.0, step / divisor)) + 1);
  return trimmed(QString::number(seconds / divisor, 'f', decimals)) + ' ' + unit;
}

QString dateTimeTick(double seconds, double step) {
  const auto time = QDateTime::fromMSecsSinceEpoch(std::llround(seconds * 1000));
  if (step < 1) return time.toString(QStringLiteral("HH:mm:ss.zzz"));
  if (step < 60) return time.toString(QStringLiteral("HH:mm:ss"));
  if (step < 86400) return time.toString(QStringLiteral("HH:mm"));
  return time.toString(QStringLiteral("yyyy-MM-dd"));
}

double linearStep(AxisUnit unit, double lower, double upper, int wanted) {
  // Rounding the step up alone would halve the number of ticks at worst.
  const double rough = (upper - lower) / std::max(1, wanted) / 1.5;
  if (unit == AxisUnit::kDuration || unit == AxisUnit::kDateTime) return niceDuration(rough);
  // Numbers nearer to each other than this are one.
  const double size = std::max(std::abs(lower), std::abs(upper));
  const double least = size * 4 * std::numeric_limits<double>::epsilon();
  return niceStep(std::max({rough, least, unit == AxisUnit::kStep ? 1.0 : 0.0}));
}

/// The local day where the ticks do not say it themselves and another begins.
void nameDays(std::vector<AxisTick>& ticks, double step) {
  if (step >= 86400 || step < 60) return;
  QDate last;
  for (AxisTick& tick : ticks) {
    const QDate day = QDateTime::fromMSecsSinceEpoch(std::llround(tick.position * 1000)).date();
    if (last.isValid() && day != last) tick.label = day.toString(QStringLiteral("MM-dd"));
    last = day;
  }
}

std::vector<AxisTick> linearTicks(AxisUnit unit, double lower, double upper, int wanted,
                                  QString* offset, std::int64_t origin) {
  const double step = linearStep(unit, lower, upper, wanted);
  std::vector<AxisTick> ticks;
  if (!(step > 0) || !std::isfinite(step)) return ticks;
  // Ticks of a time axis stand on whole local hours and days.
  const double shift =
      unit == AxisUnit::kDateTime
          ? QDateTime::fromSecsSinceEpoch(static_cast<qint64>(std::clamp(lower, -1e12, 1e12)))
                .offsetFromUtc()
          : 0;
  const std::int64_t common =
      offset && unit == AxisUnit::kStep ? commonPart(lower, upper, step, origin) : 0;
  if (common != 0) *offset = countText(common) + QStringLiteral(" +");
  // Where the labels count from, on the axis.
  const double zero = common != 0 ? static_cast<double>(common - origin) : -stepsFrom(0, origin);
  const double largest = std::max(std::abs(lower - zero), std::abs(upper - zero));
  const double slack = (upper - lower) * 1e-9;
  const double first = std::ceil((lower - zero + shift - slack) / step);
  for (int i = 0; i < kMaxTicks; ++i) {
    double value = (first + i) * step - shift;
    if (value > upper - zero + slack) break;
    if (std::abs(value) < step * 1e-9) value = 0;
    ticks.push_back({zero + value, unit == AxisUnit::kDuration   ? durationTick(value, step)
                                   : unit == AxisUnit::kDateTime ? dateTimeTick(value, step)
                                   : unit == AxisUnit::kStep && step < 10
                                       ? decimalText(value, 0)
                                       : shortNumber(value, step, largest)});
  }
  if (unit == AxisUnit::kDateTime) nameDays(ticks, step);
  return ticks;
}

/// Ticks at powers of ten, with 2 and 5 between where few decades show, or linear values where not
/// even one does.
std::vector<AxisTick> curvedTicks(AxisScale scale, AxisUnit unit, double lower, double upper,
                                  int wanted) {
  std::vector<AxisTick> ticks;
  const double from = fromAxis(scale, lower);
  const double to = fromAxis(scale, upper);
  if (upper - lower < 1) {
    for (AxisTick& tick : linearTicks(unit, from, to, wanted, nullptr, 0)) {
      ticks.push_back({toAxis(scale, tick.position), tick.label});
    }
    return ticks;
  }
  const auto label = [unit](double value) {
    if (unit == AxisUnit::kDuration) return durationTick(value, std::abs(value));
    return shortNumber(value, std::abs(value));
  };
  const auto every = std::max(1.0, std::ceil((upper - lower) / std::max(1, wanted)));
  const bool fine = (upper - lower) * 3 <= wanted + 1;
  std::vector<double> values;
  const double largest = std::max(std::abs(from), std::abs(to));
  const int topDecade = static_cast<int>(std::floor(std::log10(largest) + 1e-9));
  const int bottomDecade = scale == AxisScale::kLog ? static_cast<int>(std::floor(std::log10(from)))
                                                    : static_cast<int>(std::log10(kSymLogLinear));
  const int stride = static_cast<int>(every);
  const auto aligned = [stride](int decade) { return ((decade % stride) + stride) % stride == 0; };
  for (int decade = bottomDecade; decade <= topDecade; ++decade) {
    if (!aligned(decade)) continue;
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor != 1 && !fine) break;
      values.push_back(factor * std::pow(10.0, decade));
    }
  }
  if (scale == AxisScale::kSymLog) {
    const std::size_t count = values.size();
    for (std::size_t i = 0; i < count; ++i) values.push_back(-values[i]);
    values.push_back(0);
    std::sort(values.begin(), values.end());
  }
  for (const double value : values) {
    const double position = toAxis(scale, value);
    if (position < lower - 1e-9 || position > upper + 1e-9) continue;
    ticks.push_back({position, value == 0 ? QStringLiteral("0") : label(value)});
  }
  return ticks;
}

}  // namespace

std::int64_t stepOrigin(std::int64_t first, std::int64_t last) noexcept {
  constexpr std::int64_t kMultiple = 1'000'000'000'000;
  if ((first < 0) != (last < 0) || last - first >= kMultiple) return 0;
  // Towards zero: that is never beyond what an integer holds.
  return (first < 0 ? last : first) / kMultiple * kMultiple;
}

double toAxis(AxisScale scale, double value) noexcept {
  switch (scale) {
    case AxisScale::kLinear:
      return value;
    case AxisScale::kLog:
      return value > 0 ? std::log10(value) : std::numeric_limits<double>::quiet_NaN();
    case AxisScale::kSymLog:
      return std::copysign(std::log10(1 + std::abs(value) / kSymLogLinear), value);
  }
  return value;
}

double fromAxis(AxisScale scale, double position) noexcept {
  switch (scale) {
    case AxisScale::kLinear:
      return position;
    case AxisScale::kLog:
      return std::pow(10.0, position);
    case AxisScale::kSymLog:
      return std::copysign((std::pow(10.0, std::abs(position)) - 1) * kSymLogLinear, position);
  }
  return position;
}

double niceStep(double step) noexcept {
  if (!(step > 0) || !std::isfinite(step)) return 0;
  const double power = std::pow(10.0, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (step <= factor * power * (1 + 1e-9)) return factor * power;
  }
  return 10 * power;
}

std::vector<AxisTick> axisTicks(AxisScale scale, AxisUnit unit, double lower, double upper,
                                int wanted, QString* offset, std::int64_t origin) {
  if (offset) offset->clear();
  if (!(upper > lower) || !std::isfinite(lower) || !std::isfinite(upper)) return {};
  return scale == AxisScale::kLinear ? linearTicks(unit, lower, upper, wanted, offset, origin)
                                     : curvedTicks(scale, unit, lower, upper, wanted);
}

AxisRange niceRange(AxisScale scale, double min, double max) {
  if (!std::isfinite(min) || !std::isfinite(max) || min > max) return {0, 1};
  const double smallest = std::max({std::abs(min), std::abs(max), 1e-300}) * 1e-9;
  if (max - min < smallest) {
    const double around = scale != AxisScale::kLinear ? 0.5 : min == 0 ? 1 : std::abs(min) * 0.1;
    min -= around;
    max += around;
  }
  if (scale != AxisScale::kLinear) {
    const double pad = (max - min) * 0.04;
    return {min - pad, max + pad};
  }
  const double step = niceStep((max - min) / 5);
  const double slack = (max - min) * 1e-3;
  return {std::floor((min + slack) / step) * step, std::ceil((max - slack) / step) * step};
}

QString shortNumber(double value, double step, double largest) {
  static constexpr std::array<std::pair<double, char>, 4> kUnits{
      {{1e12, 'T'}, {1e9, 'G'}, {1e6, 'M'}, {1e3, 'k'}}};
  constexpr double kTiny = 1e-3;
  constexpr double kAlmostOne = 1 - 1e-9;
  if (largest >= 1e15 || (largest > 0 && largest < kTiny && step < kTiny / 10)) {
    return scientific(value, step);
  }
  for (const auto& [unit, letter] : kUnits) {
    // 2.5M and 12.5k, but 1,500.
    const bool isWhole = largest >= unit * kAlmostOne && step >= unit * kAlmostOne;
    const bool isTenths =
        largest >= (letter == 'k' ? 10 : 1) * unit * kAlmostOne && step >= unit / 10 * kAlmostOne;
    if (!isWhole && !isTenths) continue;
    if (value == 0) return QStringLiteral("0");
    return decimalText(value / unit, decimalsOf(step / unit)) + letter;
  }
  return decimalText(value, decimalsOf(step));
}

QString shortNumber(double value, double step) {
  return shortNumber(value, step, std::abs(value));
}

QString valueText(double value) {
  if (std::isnan(value)) return QStringLiteral("NaN");
  if (std::isinf(value)) return value > 0 ? QStringLiteral("+inf") : QStringLiteral("-inf");
  const double size = std::abs(value);
  if (size >= 1e-3 && size < 10) return QString::number(value, 'f', 4);
  if (size >= 10 && size < 1e5) return QString::number(value, 'f', size < 1000 ? 3 : 1);
  return QString::number(value, 'g', 5);
}

QString stepText(qint64 step) {
  return countText(step);
}

QString durationText(double seconds) {
  if (!std::isfinite(seconds)) return QStringLiteral("–");
  if (std::abs(seconds) < 10) return Text::tr("%1 s").arg(QString::number(seconds, 'f', 1));
  const auto whole = static_cast<qint64>(std::llround(seconds));
  if (std::abs(whole) < 60) return Text::tr("%1 s").arg(whole);
  const qint64 minutes = whole / 60;
  if (std::abs(minutes) < 60) {
    return Text::tr("%1 min %2 s").arg(minutes).arg(std::abs(whole % 60), 2, 10, QChar('0'));
  }
  return Text::tr("%1 h %2 min").arg(minutes / 60).arg(std::abs(minutes % 60), 2, 10, QChar('0'));
}

}  // namespace widgets
