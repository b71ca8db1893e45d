// SPDX-License-Identifier: GPL-3.0-or-later
#include <qcustomplot.h>

#include <QDateTime>
#include <QKeyEvent>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/chart_decor.h"
#include "widgets/chart_link.h"
#include "widgets/chart_tooltip.h"
#include "widgets/scalar_chart.h"
#include "widgets/theme.h"

namespace widgets {
namespace {

constexpr double kNowhere = std::numeric_limits<double>::quiet_NaN();

QString wallText(double seconds) {
  if (!std::isfinite(seconds) || std::abs(seconds) > 1e12) return QStringLiteral("–");
  const auto time = QDateTime::fromMSecsSinceEpoch(std::llround(seconds * 1000));
  return QLocale().toString(time, QStringLiteral("d MMM HH:mm:ss"));
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
  const double x = m_plot->xAxis->pixelToCoord(place.x() - m_plot->x());
  m_overlay->cursor = x;
  updateTooltip();
  moveOverlay();
  if (m_link) m_link->moveCursor(this, x);
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

void ScalarChart::updateTooltip() {
  if (!m_hover) return;
  struct Found {
    ChartTooltip::Row row;
    double distance = 0;
  };
  const double x = m_overlay->cursor;
  std::vector<Found> found;
  m_overlay->dots.clear();
  double nearestX = kNowhere;
  qint64 nearestStep = 0;
  for (const auto& curve : m_curves) {
    const auto index = curve->nearest(x);
    if (!index) continue;
    const auto point = curve->view().point(*index);
    const double smoothed = curve->smoothedValue(*index);
    const double shown = toAxis(m_options.yScale, std::isnan(smoothed) ? point.value : smoothed);
    const double position = curve->source().xPosition(*index);
    const QColor color = seriesColor(curve->series().colorIndex, curve->series().shade);
    const bool drawable = std::isfinite(shown);
    const double y = drawable ? m_plot->yAxis->coordToPixel(shown) + m_plot->y() : 1e9;
    found.push_back({{color, curve->series().label, valueText(point.value),
                      curve->isSmoothed() ? valueText(smoothed) : QString(), stepText(point.step),
                      m_options.xAxis == XAxis::kWall
                          ? wallText(point.wallTime)
                          : durationText(point.wallTime - curve->view().wallTime(0))},
                     std::abs(y - m_hover->y())});
    if (drawable) m_overlay->dots.push_back({QPointF(position, shown), color});
    if (std::isnan(nearestX) || std::abs(position - x) < std::abs(nearestX - x)) {
      nearestX = position;
      nearestStep = point.step;
    }
  }
  if (found.empty()) {
    if (m_tooltip) m_tooltip->hide();
    return;
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& a, const Found& b) { return a.distance < b.distance; });
  QString head = tr("step %1").arg(stepText(nearestStep));
  if (const EpochStart* epoch = m_bands->epochAt(x)) head += tr(" · epoch %1").arg(epoch->epoch);
  std::vector<ChartTooltip::Row> rows;
  rows.reserve(found.size());
  for (Found& each : found) rows.push_back(std::move(each.row));
  makeTooltip()->showAt(*this, *m_hover, head, std::move(rows));
}

void ScalarChart::keyPressEvent(QKeyEvent* event) {
  constexpr double kPan = 0.1;
  constexpr double kZoom = 0.8;
  const double yZoom = event->modifiers().testFlag(Qt::ControlModifier) ? kZoom : 1;
  const double xZoom = yZoom == 1 ? kZoom : 1;
  switch (event->key()) {
    case Qt::Key_Left:
      return pan(-kPan, 0);
    case Qt::Key_Right:
      return pan(kPan, 0);
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
    default:
      QWidget::keyPressEvent(event);
  }
}

}  // namespace widgets
