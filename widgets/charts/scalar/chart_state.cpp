// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/scalar/chart_state.h"

#include <QStringList>

namespace widgets {
namespace {

const QStringList& xAxisWords() {
  static const QStringList kWords{QStringLiteral("step"), QStringLiteral("relative"),
                                  QStringLiteral("wall")};
  return kWords;
}

const QStringList& scaleWords() {
  static const QStringList kWords{QStringLiteral("linear"), QStringLiteral("log"),
                                  QStringLiteral("symlog")};
  return kWords;
}

template <class Value>
Value valueOf(const QVariantMap& map, const char* key, const QStringList& words, Value fallback) {
  const auto index = words.indexOf(map.value(QLatin1String(key)).toString());
  return index < 0 ? fallback : static_cast<Value>(index);
}

}  // namespace

QVariantMap toVariant(const ScalarChartOptions& options) {
  return {{QStringLiteral("smoothing"), options.smoothing},
          {QStringLiteral("xAxis"), xAxisWords().at(static_cast<int>(options.xAxis))},
          {QStringLiteral("xScale"), scaleWords().at(static_cast<int>(options.xScale))},
          {QStringLiteral("yScale"), scaleWords().at(static_cast<int>(options.yScale))},
          {QStringLiteral("ignoreOutliers"), options.ignoreOutliers}};
}

ScalarChartOptions optionsFrom(const QVariantMap& map, const ScalarChartOptions& fallback) {
  ScalarChartOptions options = fallback;
  bool isNumber = false;
  const double smoothing = map.value(QStringLiteral("smoothing")).toDouble(&isNumber);
  if (isNumber && smoothing >= 0 && smoothing < 1) options.smoothing = smoothing;
  options.xAxis = valueOf(map, "xAxis", xAxisWords(), fallback.xAxis);
  options.xScale = valueOf(map, "xScale", scaleWords(), fallback.xScale);
  if (options.xScale == AxisScale::kSymLog) options.xScale = AxisScale::kLinear;
  options.yScale = valueOf(map, "yScale", scaleWords(), fallback.yScale);
  options.ignoreOutliers =
      map.value(QStringLiteral("ignoreOutliers"), fallback.ignoreOutliers).toBool();
  return options;
}

}  // namespace widgets
