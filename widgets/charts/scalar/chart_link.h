// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <optional>
#include <vector>

#include "widgets/charts/axis_scale.h"

namespace widgets {

class ScalarChart;

/// What the charts of one page share: the cross-hair, the width of the left margin, and on request
/// the x range. Charts join by ScalarChart::setLink() and leave when they go.
class ChartLink : public QObject {
  Q_OBJECT

 public:
  explicit ChartLink(QObject* parent = nullptr);

  [[nodiscard]] bool isRangeLinked() const { return m_rangeLinked; }
  void setRangeLinked(bool linked) { m_rangeLinked = linked; }

  void join(ScalarChart* chart);
  void leave(ScalarChart* chart);

  /// The union of the x extents of the charts that are seen, on the axis of `chart`.
  [[nodiscard]] std::optional<AxisRange> extent(const ScalarChart& chart) const;
  /// The widest left margin that a seen chart needs, in pixels.
  [[nodiscard]] int leftMargin() const;

  /// Called by the charts: the cross-hair stands at `x`, NaN for nowhere.
  void moveCursor(ScalarChart* from, double x);
  /// Called by the charts: the user chose this range; none: everything.
  void chooseRange(ScalarChart* from, std::optional<AxisRange> range);

 private:
  std::vector<ScalarChart*> m_charts;
  bool m_rangeLinked = false;
};

}  // namespace widgets
