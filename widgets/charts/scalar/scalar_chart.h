// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDeadlineTimer>
#include <QPointer>
#include <QWidget>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "widgets/charts/axis_scale.h"
#include "widgets/charts/chart_tooltip.h"
#include "widgets/charts/curves/curve_data.h"
#include "widgets/charts/run_marks.h"

class QCustomPlot;
class QMenu;

namespace widgets {

class ChartBands;
class ChartLink;
class ChartOverlay;
class ChartTicker;
class ScalarChartInput;
class CurvePlottable;

/// How a chart shows its series.
struct ScalarChartOptions {
  double smoothing = 0.6;  ///< weight in [0, 1); 0: not smoothed
  XAxis xAxis = XAxis::kStep;
  AxisScale xScale = AxisScale::kLinear;  ///< linear or log
  AxisScale yScale = AxisScale::kLinear;
  /// Fits y to the 5th to 95th percentiles of what is visible of each series (of an even choice of
  /// 16,384 points where there are more), all of them taken together.
  bool ignoreOutliers = false;
  bool operator==(const ScalarChartOptions&) const = default;
};

/// A chart of scalar series that follows them as they grow.
///
/// It draws nothing by itself: a timer calls refresh(), which looks for new points and redraws what
/// changed; a chart that is not seen does nothing. Until the user zooms or pans it shows
/// everything. Mouse: drag pans, wheel zooms x (with Ctrl y), Shift-drag or right-drag zooms into a
/// box, double-click fits; keys(): what the keyboard does. A ring shows the focus. UI thread.
class ScalarChart : public QWidget {
  Q_OBJECT

 public:
  explicit ScalarChart(QWidget* parent = nullptr);
  ~ScalarChart() override;

  /// What the exported picture says above the chart.
  void setTitle(const QString& title) { m_title = title; }
  /// What stands in the chart while it has no points.
  void setEmptyText(const QString& text) { m_emptyText = text; }
  /// Series that stay keep what was computed for them.
  void setSeries(std::vector<ScalarChartSeries> series);
  [[nodiscard]] const std::vector<std::unique_ptr<CurveData>>& curves() const { return m_curves; }
  void setOptions(const ScalarChartOptions& options);
  [[nodiscard]] const ScalarChartOptions& options() const { return m_options; }
  void setEpochs(std::vector<EpochStart> epochs);
  void setMarks(std::vector<ChartMark> marks);
  /// What can be done about a mark, as a command of the menu while the cross-hair is at it; empty:
  /// nothing.
  void setMarkAction(std::function<QString(const ChartMark&)> textOf);
  /// The mark at a place of this widget, a few pixels beside its line counted; null: none.
  [[nodiscard]] const ChartMark* markAt(const QPoint& place) const;
  /// The run that epochs and marks belong to: on the relative time axis they count from its start.
  void setMarkedRun(const eventio::Run* run) { m_markedRun = run; }
  /// The page's other charts; not owned, outlives the chart. Null for none.
  void setLink(ChartLink* link);

  /// Takes over new points, smooths until `deadline` at most, and asks for a redraw where needed.
  /// Returns whether it asked.
  bool refresh(QDeadlineTimer deadline = QDeadlineTimer(4));
  /// What a redraw costs, in milliseconds: as the last one, but no less than its curves make
  /// likely.
  [[nodiscard]] double drawingMs() const;
  /// True while its pixels can be seen.
  [[nodiscard]] bool isSeen() const;
  /// True when every point shown so far has its smoothed value.
  [[nodiscard]] bool isSmoothed() const;
  [[nodiscard]] bool isEmpty() const;

  /// What the user zoomed to; an axis that follows the data has no range.
  struct View {
    std::optional<AxisRange> x;
    std::optional<AxisRange> y;
    std::int64_t stepOrigin = 0;  ///< as stepOrigin() was
  };
  [[nodiscard]] View view() const;
  /// Linked charts stay as they are.
  void setView(const View& view);

  /// Shows everything, and follows new data.
  void fit();
  [[nodiscard]] bool isFitted() const { return m_fitX && m_fitY; }
  /// True while y follows the values that are visible.
  [[nodiscard]] bool isFittedY() const { return m_fitY; }
  /// What positions on a linear step axis count from: 0, save where steps are very large.
  [[nodiscard]] std::int64_t stepOrigin() const { return m_stepOrigin; }
  /// Positions on the axes (toAxis()), as they are shown.
  [[nodiscard]] AxisRange xRange() const;
  [[nodiscard]] AxisRange yRange() const;
  /// Chosen by the user: linked charts follow.
  void setXRange(AxisRange range);
  void setYRange(AxisRange range);
  /// Zooms around a place (0 to 1 across the plot); factors below 1 zoom in.
  void zoom(double xFactor, double yFactor, QPointF center = {0.5, 0.5});
  /// Moves by a share of what is visible.
  void pan(double xShare, double yShare);
  /// Whether the wheel zooms a chart that has not the focus; off where charts lie in a page that
  /// scrolls. On at first. In a page that can be scrolled the wheel scrolls in any case.
  void setWheelZooms(bool zooms) { m_wheelZooms = zooms; }
  [[nodiscard]] bool wheelZooms() const { return m_wheelZooms; }
  /// The plot without its axis labels, in this widget's coordinates.
  [[nodiscard]] QRect plotArea() const;

  /// What is left out of the picture, for the user; empty when nothing is.
  [[nodiscard]] const QString& notice() const { return m_notice; }

  /// The cross-hair and its tooltip at a place of this widget; linked charts show the line.
  void hover(const QPoint& place);
  void endHover();
  [[nodiscard]] const ChartTooltip* tooltip() const { return m_tooltip; }
  /// Where the cross-hair stands on the x axis; NaN without one.
  [[nodiscard]] double cursor() const;

  /// Writes what is shown as PNG, SVG or PDF, by the name's ending. Empty when done, else what
  /// failed.
  [[nodiscard]] QString savePicture(const QString& path);
  /// Writes the points of one of its series (saveScalarsCsv()).
  [[nodiscard]] QString saveCsv(const QString& path, std::size_t curve) const;
  /// Writes the points of all its series (saveScalarsJson()).
  [[nodiscard]] QString saveJson(const QString& path) const;
  /// How the mouse works on a chart, for a tool tip.
  [[nodiscard]] static QString helpText();
  /// What keys, wheel and mouse do on a chart, for a list: what is pressed, and its effect.
  [[nodiscard]] static QList<std::pair<QString, QString>> keys();
  /// Save commands and chart settings; owned by `parent`.
  QMenu* createMenu(QWidget* parent);

  // --- for ChartLink ---------------------------------------------------------------------------
  [[nodiscard]] std::optional<AxisRange> xExtent() const;
  [[nodiscard]] int neededLeftMargin() const { return m_neededLeftMargin; }
  void showCursor(double x);
  void showXRange(std::optional<AxisRange> range);
  // --- for ScalarChartInput ----------------------------------------------------------------------
  void showBox(const QRect& box);
  void zoomIntoBox(const QRect& box);

 signals:
  void markActionRequested(const widgets::ChartMark& mark);
  void noticeChanged(const QString& notice);
  /// Points are still being smoothed.
  void busyChanged(bool busy);
  void optionsChanged();

 protected:
  void changeEvent(QEvent* event) override;
  /// A mark near the place with a command of its own; else the card opens its menu.
  void keyPressEvent(QKeyEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  void setUpPlot();
  void applyTheme();
  void addMarkAction(QMenu* menu);
  void addSaveActions(QMenu* menu);
  [[nodiscard]] QString offeredName() const;
  void applyAxes();
  void setStepOrigin(std::int64_t origin);
  bool updateStepOrigin();
  bool smoothUntil(QDeadlineTimer deadline);
  void updateRanges();
  /// Of the curves that count.
  template <class Counts>
  [[nodiscard]] std::optional<AxisRange> extentOf(const Counts& counts) const;
  [[nodiscard]] std::optional<AxisRange> fittedX() const;
  [[nodiscard]] AxisRange fittedY() const;
  [[nodiscard]] std::optional<AxisRange> percentileRange() const;
  void updateMargins();
  void showEmptiness(bool empty);
  void updateNotice();
  struct Hovered;
  [[nodiscard]] std::vector<Hovered> pointsNear(double x) const;
  [[nodiscard]] ChartTooltip::Row tooltipRow(const Hovered& hovered) const;
  [[nodiscard]] QString tooltipHead(const Hovered& at) const;
  void updateTooltip();
  void moveCursorToNextPoint(bool right);
  void openMenu();
  void giveUpFocus();
  void moveOverlay();
  void replot();
  [[nodiscard]] ChartTooltip* makeTooltip();

  QCustomPlot* m_plot = nullptr;
  ScalarChartInput* m_input = nullptr;
  CurvePlottable* m_lines = nullptr;
  ChartBands* m_bands = nullptr;
  ChartOverlay* m_overlay = nullptr;
  std::shared_ptr<ChartTicker> m_xTicker;
  std::shared_ptr<ChartTicker> m_yTicker;
  ChartTooltip* m_tooltip = nullptr;
  QPointer<ChartLink> m_link;

  const eventio::Run* m_markedRun = nullptr;  // only compared
  QString m_title;
  QString m_emptyText;
  std::vector<std::unique_ptr<CurveData>> m_curves;
  ScalarChartOptions m_options;
  std::int64_t m_stepOrigin = 0;
  bool m_fitX = true;
  bool m_fitY = true;
  bool m_dirty = true;
  bool m_busy = false;
  bool m_wheelZooms = true;
  int m_neededLeftMargin = 0;
  std::size_t m_nextToSmooth = 0;
  QString m_notice;
  std::optional<QPoint> m_hover;
  std::function<QString(const ChartMark&)> m_markAction;
};

}  // namespace widgets
