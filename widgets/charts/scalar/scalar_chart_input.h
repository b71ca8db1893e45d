// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPoint>

class QMouseEvent;
class QWheelEvent;
class QWidget;

namespace widgets {

class ScalarChart;

/// Turns the mouse over a chart's plot into panning, zooming and hovering. Owned by the plot.
class ScalarChartInput : public QObject {
  Q_OBJECT

 public:
  ScalarChartInput(ScalarChart* chart, QWidget* plot);

  /// Ends a drag without its effect; false when there is none.
  bool cancelDrag();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  enum class Drag { kNone, kPan, kBox, kRight };  // kRight: a box, or a menu where it did not move

  bool press(QMouseEvent* event);
  bool move(QMouseEvent* event);
  bool release(QMouseEvent* event);
  bool wheel(QWheelEvent* event);
  [[nodiscard]] bool isInScrollingPage() const;
  [[nodiscard]] QPoint onChart(const QPoint& onPlot) const;

  ScalarChart* m_chart;
  QWidget* m_plot;
  Drag m_drag = Drag::kNone;
  bool m_moved = false;
  QPoint m_start;
  QPoint m_last;
};

}  // namespace widgets
