// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include <limits>
#include <vector>

#include "widgets/charts/axis_scale.h"
#include "widgets/charts/curves/curve_source.h"
#include "widgets/charts/run_marks.h"

namespace widgets {

/// Puts ticks where axisTicks() does.
class ChartTicker : public QCPAxisTicker {
 public:
  AxisScale scale = AxisScale::kLinear;
  AxisUnit unit = AxisUnit::kNumber;
  int wanted = 5;
  std::int64_t origin = 0;  ///< what positions on a step axis count from
  /// What the labels of the last ticks are to be added to; empty for nothing.
  QString offset;

  void generate(const QCPRange& range, const QLocale& locale, QChar formatChar, int precision,
                QVector<double>& ticks, QVector<double>* subTicks,
                QVector<QString>* tickLabels) override;
};

/// From the step and wall time of an event to its place on a chart's x axis.
struct ChartPlaces {
  XAxis xAxis = XAxis::kStep;
  AxisScale scale = AxisScale::kLinear;
  double firstWallTime = 0;     ///< what the relative axis counts from
  std::int64_t stepOrigin = 0;  ///< what the step axis counts from

  [[nodiscard]] double position(std::int64_t step, double wallTime) const;
};

/// The pale bands of every second epoch, below everything else.
class ChartBands : public QCPLayerable {
  Q_OBJECT

 public:
  explicit ChartBands(QCPAxisRect* axisRect);

  std::vector<EpochStart> epochs;
  ChartPlaces places;
  static constexpr double kOpenEnd = std::numeric_limits<double>::infinity();
  double end = kOpenEnd;  ///< of the last epoch, on the axis

  /// The epoch at a place on the axis; null outside of all.
  [[nodiscard]] const EpochStart* epochAt(double position) const;

 protected:
  void applyDefaultAntialiasingHint(QCPPainter* painter) const override;
  void draw(QCPPainter* painter) override;
  QRect clipRect() const override;

 private:
  QCPAxisRect* m_axisRect;
};

/// Marks, cross-hair and the frame of a box zoom, on a buffer of their own: moving the mouse
/// redraws nothing else.
class ChartOverlay : public QCPLayerable {
  Q_OBJECT

 public:
  struct Dot {
    QPointF position;  ///< on the axes
    QColor color;
  };

  explicit ChartOverlay(QCPAxisRect* axisRect);

  std::vector<ChartMark> marks;
  ChartPlaces places;
  /// Where the run of the marks begins and ends, on the axis: a phase that does is not marked.
  AxisRange extent{0, std::numeric_limits<double>::infinity()};
  /// ChartTicker::offset of the x axis.
  QString offset;
  double cursor;          ///< axis position, NaN for none
  std::vector<Dot> dots;  ///< the points that the tooltip shows
  QRect box;              ///< null for none
  QString text;           ///< in the middle, for a chart without points

 protected:
  void applyDefaultAntialiasingHint(QCPPainter* painter) const override;
  void draw(QCPPainter* painter) override;

 private:
  void drawMarks(QCPPainter* painter, const QRect& area);
  void drawCursor(QCPPainter* painter, const QRect& area);

  QCPAxisRect* m_axisRect;
};

}  // namespace widgets
