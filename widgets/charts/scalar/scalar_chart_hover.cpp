// SPDX-License-Identifier: GPL-3.0-or-later
#include <qcustomplot.h>

#include <QApplication>
#include <QContextMenuEvent>
#include <QDateTime>
#include <QKeyEvent>
#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/charts/chart_tooltip.h"
#include "widgets/charts/scalar/chart_decor.h"
#include "widgets/charts/scalar/chart_link.h"
#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/charts/scalar/scalar_chart_input.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kNowhere = std::numeric_limits<double>::quiet_NaN();
constexpr double kFarthest = std::numeric_limits<double>::infinity();
/// Points at most this far from the cross-hair count as standing at it.
constexpr double kNearPixels = 8;

QString wallText(double seconds) {
  if (!std::isfinite(seconds) || std::abs(seconds) > 1e12) return QStringLiteral("–");
  const auto time = QDateTime::fromMSecsSinceEpoch(std::llround(seconds * 1000));
  return dateTimeText(time);
}

}  // namespace

ChartTooltip* ScalarChart::makeTooltip() {
  if (!m_tooltip || m_tooltip->parentWidget() != window()) {
    delete m_tooltip;
    m_tooltip = new ChartTooltip(window());
    // The window may go first, and takes the panel with it.
    connect(m_tooltip, &QObject::destroyed, this, [this] { m_tooltip = nullptr; });
  }
  return m_tooltip;
}

void ScalarChart::hover(const QPoint& place) {
  if (!plotArea().contains(place)) {
    endHover();
    return;
  }
  m_hover = place;
  updateTooltip();
  moveOverlay();
  if (m_link) m_link->moveCursor(this, m_overlay->cursor);
}

void ScalarChart::endHover() {
  if (!m_hover) return;
  m_hover.reset();
  if (m_tooltip) m_tooltip->hide();
  showCursor(kNowhere);
  if (m_link) m_link->moveCursor(this, kNowhere);
}

void ScalarChart::showCursor(double x) {
  if (std::isnan(x) && std::isnan(m_overlay->cursor)) return;
  m_overlay->cursor = x;
  m_overlay->dots.clear();
  if (isSeen()) moveOverlay();
}

double ScalarChart::cursor() const {
  return m_overlay->cursor;
}

/// A curve's point nearest to the mouse along x.
struct ScalarChart::Hovered {
  const CurveData* curve = nullptr;
  std::size_t index = 0;
  double position = 0;  // on the x axis
  double shown = 0;     // on the value axis, where the curve passes; not finite: nowhere
  double distance = 0;  // in pixels: from the mouse upwards, or, far away, from the cross-hair
  bool far = false;     // does not stand at the cross-hair
};

std::vector<ScalarChart::Hovered> ScalarChart::pointsNear(double x) const {
  std::vector<Hovered> found;
  found.reserve(m_curves.size());
  for (const auto& curve : m_curves) {
    const auto index = curve->nearest(x);
    if (!index) continue;
    const double smoothed = curve->smoothedValue(*index);
    const double value = std::isnan(smoothed) ? curve->view().value(*index) : smoothed;
    found.push_back(
        {curve.get(), *index, curve->source().xPosition(*index), toAxis(m_options.yScale, value)});
  }
  return found;
}

void ScalarChart::updateTooltip() {
  if (!m_hover) return;
  const QCPRange visible = m_plot->xAxis->range();
  const double x = m_plot->xAxis->pixelToCoord(m_hover->x() - m_plot->x());
  std::vector<Hovered> found = pointsNear(x);
  m_overlay->dots.clear();
  const auto nearest =
      std::min_element(found.begin(), found.end(), [x](const Hovered& a, const Hovered& b) {
        return std::abs(a.position - x) < std::abs(b.position - x);
      });
  if (nearest == found.end() || !visible.contains(nearest->position)) {
    m_overlay->cursor = x;
    if (m_tooltip) m_tooltip->hide();
    return;
  }
  // The cross-hair stands where there are values to show.
  const Hovered at = *nearest;
  m_overlay->cursor = at.position;
  const double pixels = m_plot->axisRect()->width() / visible.size();
  for (Hovered& each : found) {
    const double away = std::abs(each.position - at.position) * pixels;
    each.far = away > scaled(kNearPixels);
    const bool drawable = std::isfinite(each.shown);
    each.distance =
        each.far   ? away
        : drawable ? std::abs(m_plot->yAxis->coordToPixel(each.shown) + m_plot->y() - m_hover->y())
                   : kFarthest;
  }
  std::stable_sort(found.begin(), found.end(), [](const Hovered& a, const Hovered& b) {
    return std::pair(a.far, a.distance) < std::pair(b.far, b.distance);
  });
  const std::size_t listed = std::min<std::size_t>(found.size(), ChartTooltip::kMaxRows);
  std::vector<ChartTooltip::Row> rows;
  rows.reserve(listed);
  for (std::size_t i = 0; i < listed; ++i) {
    rows.push_back(tooltipRow(found[i]));
    if (found[i].far || !std::isfinite(found[i].shown)) continue;
    m_overlay->dots.push_back({QPointF(found[i].position, found[i].shown), rows.back().color});
  }
  makeTooltip()->showAt(*this, *m_hover, tooltipHead(at), std::move(rows),
                        static_cast<int>(found.size() - listed));
}

ChartTooltip::Row ScalarChart::tooltipRow(const Hovered& hovered) const {
  const CurveData& curve = *hovered.curve;
  const auto point = curve.view().point(hovered.index);
  ChartTooltip::Row row;
  row.color = seriesColor(curve.series().colorIndex, curve.series().shade);
  row.label = curve.series().label;
  row.value = valueText(point.value);
  if (curve.isSmoothed()) row.smoothed = valueText(curve.smoothedValue(hovered.index));
  row.step = stepText(point.step);
  row.time = m_options.xAxis == XAxis::kWall ? wallText(point.wallTime)
                                             : durationText(point.wallTime - curve.source().origin);
  row.faint = hovered.far;
  return row;
}

/// Where the cross-hair stands, in the words of the x axis.
QString ScalarChart::tooltipHead(const Hovered& at) const {
  const auto point = at.curve->view().point(at.index);
  QString head;
  switch (m_options.xAxis) {
    case XAxis::kStep:
      head = tr("step %1").arg(stepText(point.step));
      break;
    case XAxis::kRelative:
      head = tr("%1 from the start").arg(durationText(point.wallTime - at.curve->source().origin));
      break;
    case XAxis::kWall:
      head = wallText(point.wallTime);
      break;
  }
  if (const EpochStart* epoch = m_bands->epochAt(at.position)) {
    head += tr(" · epoch %1").arg(epoch->epoch);
  }
  return head;
}

void ScalarChart::moveCursorToNextPoint(bool right) {
  const QRect area = plotArea();
  const auto place = [&](double position) {
    const auto x = std::lround(m_plot->xAxis->coordToPixel(position)) + m_plot->x();
    return QPoint(std::clamp(static_cast<int>(x), area.left(), area.right()), m_hover->y());
  };
  if (!m_hover) return hover(area.center());
  // Points closer than pixels are passed together.
  const double apart = 1.5 * m_plot->xAxis->range().size() / std::max(1, area.width());
  const double from = m_overlay->cursor + (right ? apart : -apart);
  std::optional<double> next;
  for (const auto& curve : m_curves) {
    const auto position = curve->positionBeyond(from, right);
    if (position && (!next || (right ? *position < *next : *position > *next))) next = position;
  }
  if (next && m_plot->xAxis->range().contains(*next)) hover(place(*next));
}

void ScalarChart::keyPressEvent(QKeyEvent* event) {
  constexpr double kPan = 0.1;
  constexpr double kZoom = 0.8;
  const bool control = event->modifiers().testFlag(Qt::ControlModifier);
  const double yZoom = control ? kZoom : 1;
  const double xZoom = control ? 1 : kZoom;
  switch (event->key()) {
    case Qt::Key_Left:
      return control ? moveCursorToNextPoint(false) : pan(-kPan, 0);
    case Qt::Key_Right:
      return control ? moveCursorToNextPoint(true) : pan(kPan, 0);
    case Qt::Key_Up:
      return pan(0, kPan);
    case Qt::Key_Down:
      return pan(0, -kPan);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return zoom(xZoom, yZoom);
    case Qt::Key_Minus:
      return zoom(1 / xZoom, 1 / yZoom);
    case Qt::Key_0:
    case Qt::Key_F:
    case Qt::Key_Home:
      return fit();
    case Qt::Key_Return:
    case Qt::Key_Enter:
      return openMenu();
    case Qt::Key_Escape:
      if (!m_input->cancelDrag()) giveUpFocus();
      return;
    default:
      QWidget::keyPressEvent(event);
  }
}

/// As the menu key does: the card around the chart has the menu.
void ScalarChart::openMenu() {
  const QPoint at = plotArea().center();
  QContextMenuEvent event(QContextMenuEvent::Keyboard, at, mapToGlobal(at));
  QApplication::sendEvent(this, &event);
}

void ScalarChart::giveUpFocus() {
  endHover();
  for (QWidget* widget = parentWidget(); widget; widget = widget->parentWidget()) {
    if ((widget->focusPolicy() & Qt::ClickFocus) == 0) continue;
    widget->setFocus(Qt::OtherFocusReason);
    return;
  }
  clearFocus();
}

}  // namespace widgets
