// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>
#include <memory>
#include <optional>

#include "widgets/axis_scale.h"
#include "widgets/histogram_series.h"

namespace widgets {

class ChartTooltip;

/// What the pictures of a histogram series have in common: the series, the step that is chosen,
/// axes and the hover panel. It is redrawn by update(); an empty series shows a line of text.
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

  /// A bin of a histogram: what a place of the picture shows.
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

  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  /// Draws the series; it has at least one point.
  virtual void paintSeries(QPainter& painter, const QRect& area) = 0;
  /// The part of the widget inside the axes' labels.
  [[nodiscard]] virtual QRect plotArea() const = 0;

  [[nodiscard]] int colorIndex() const { return m_colorIndex; }
  [[nodiscard]] int labelHeight() const;
  /// Labels below `area` for values from `lower` at its left to `upper` at its right.
  void drawBottomAxis(QPainter& painter, const QRect& area, double lower, double upper) const;
  /// Labels left of `area`, `lower` at its bottom; `lines`: with faint lines across.
  void drawLeftAxis(QPainter& painter, const QRect& area, double lower, double upper,
                    bool lines) const;
  [[nodiscard]] int leftLabelWidth(double lower, double upper) const;
  /// First and last step, at least one apart.
  [[nodiscard]] AxisRange stepRange() const;

  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void hideTooltip();

  std::shared_ptr<HistogramSeries> m_series;
  int m_colorIndex = 0;
  std::optional<std::size_t> m_selected;
  QPointer<ChartTooltip> m_tooltip;
};

}  // namespace widgets
