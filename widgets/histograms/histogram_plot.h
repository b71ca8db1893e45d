// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

#include "widgets/charts/chart_tooltip.h"
#include "widgets/histograms/histogram_series.h"

namespace widgets {

/// What the pictures of a histogram series have in common: the series, the step that is chosen,
/// axes, zooming and the hover panel. It is redrawn by update(); an empty series shows a line of
/// text.
///
/// A plot that was clicked has the focus, shows a ring, and zooms by the wheel (the axis of steps;
/// values where there is none, over the labels at the left or with Ctrl) and by + and -. The wheel
/// over another one belongs to the page. Dragging pans, with Shift or the right button it zooms
/// into a box; a double click, 0 or F fit.
class HistogramPlot : public QWidget {
  Q_OBJECT

 public:
  explicit HistogramPlot(QWidget* parent = nullptr);
  ~HistogramPlot() override;

  /// Shares the series; null for none. Call update() after it changed.
  void setSeries(std::shared_ptr<HistogramSeries> series);
  [[nodiscard]] const HistogramSeries* series() const { return m_series.get(); }
  void setColorIndex(int index);
  /// The histogram that is in front; cut to the last one there is.
  void setSelected(std::size_t index);
  [[nodiscard]] std::size_t selected() const;

  /// A bin of a histogram, or a slot of HistogramAxis: what a place of the picture shows.
  struct Place {
    std::size_t index = 0;
    int bin = 0;
  };
  /// None where there is nothing.
  [[nodiscard]] virtual std::optional<Place> placeAt(const QPoint& position) const = 0;
  /// "step 120", "-0.1 to -0.08", "412": as the hover panel says it.
  [[nodiscard]] QString hoverHead(const Place& place) const;
  [[nodiscard]] QString hoverBin(const Place& place) const;
  [[nodiscard]] QString hoverCount(const Place& place) const;
  [[nodiscard]] virtual std::vector<ChartTooltip::Row> hoverRows(const Place& place) const;
  [[nodiscard]] const ChartTooltip* tooltip() const { return m_tooltip; }

  /// The part inside the axes, for what is aligned with it.
  [[nodiscard]] virtual QRect plotArea() const = 0;
  /// Values lie along the x axis, and there is no axis of steps.
  [[nodiscard]] virtual bool hasValuesAcross() const { return false; }
  /// What stands below an axis of steps that is so many pixels wide. The plot must have a series.
  [[nodiscard]] std::vector<AxisTick> stepTicks(int width) const;
  /// Zooms around `center`, shares of the plot area from its left and top; factors below 1 zoom in.
  void zoom(double factorX, double factorY, const QPointF& center);
  /// Moves what is shown by shares of the plot area, to the right and upwards.
  void pan(double byX, double byY);
  void zoomIntoBox(const QRect& box);
  void fit();

 signals:
  /// The series, which others may share, was zoomed, or the plot has another size.
  void axesChanged();

 public:
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  /// Draws the series; it has at least one point.
  virtual void paintSeries(QPainter& painter, const QRect& area) = 0;

  [[nodiscard]] int colorIndex() const { return m_colorIndex; }
  [[nodiscard]] int labelHeight() const;
  /// Labels of the values below `area`, or left of it.
  void drawValuesBelow(QPainter& painter, const QRectF& area) const;
  /// `lines`: with faint lines across.
  void drawValuesLeft(QPainter& painter, const QRect& area, bool lines) const;
  /// Labels of the steps below `area`, and a line at the selected one unless it is the newest.
  void drawSteps(QPainter& painter, const QRect& area, const QColor& line) const;
  [[nodiscard]] int leftLabelWidth() const;
  /// Where a step stands in `area`.
  [[nodiscard]] double stepX(const QRect& area, std::int64_t step) const;
  /// Where a share of the axis of values stands, upwards.
  [[nodiscard]] static double valueY(const QRect& area, double share) {
    return area.bottom() + 1 - share * area.height();
  }

  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  enum class Drag { kNone, kPan, kBox };

  void hideTooltip();
  void showTooltip(const QPoint& at);
  void applyZoom(const std::optional<AxisRange>& values, const std::optional<AxisRange>& steps);
  /// The range that shares `from` to `to` of an axis cover now.
  [[nodiscard]] AxisRange valuesBetween(double from, double to) const;
  [[nodiscard]] AxisRange stepsBetween(double from, double to) const;

  std::shared_ptr<HistogramSeries> m_series;
  int m_colorIndex = 0;
  std::optional<std::size_t> m_selected;
  QPointer<ChartTooltip> m_tooltip;
  Drag m_drag = Drag::kNone;
  bool m_hasMoved = false;
  QPoint m_dragStart, m_dragLast;
};

}  // namespace widgets
