// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/scalar/scalar_chart_input.h"

#include <QAbstractScrollArea>
#include <QApplication>
#include <QContextMenuEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QWheelEvent>
#include <QWidget>
#include <cmath>

#include "widgets/charts/scalar/scalar_chart.h"

namespace widgets {
namespace {

constexpr double kZoomPerNotch = 0.8;

}  // namespace

ScalarChartInput::ScalarChartInput(ScalarChart* chart, QWidget* plot)
    : QObject(plot), m_chart(chart), m_plot(plot) {}

QPoint ScalarChartInput::onChart(const QPoint& onPlot) const {
  return onPlot + m_plot->pos();
}

bool ScalarChartInput::eventFilter(QObject* watched, QEvent* event) {
  if (watched != m_plot) return false;
  switch (event->type()) {
    case QEvent::MouseButtonPress:
      return press(static_cast<QMouseEvent*>(event));
    case QEvent::MouseMove:
      return move(static_cast<QMouseEvent*>(event));
    case QEvent::MouseButtonRelease:
      return release(static_cast<QMouseEvent*>(event));
    case QEvent::MouseButtonDblClick:
      m_drag = Drag::kNone;
      m_chart->fit();
      return true;
    case QEvent::Wheel:
      return wheel(static_cast<QWheelEvent*>(event));
    case QEvent::Leave:
      m_chart->endHover();
      return false;
    default:
      return false;
  }
}

bool ScalarChartInput::press(QMouseEvent* event) {
  m_chart->setFocus(Qt::MouseFocusReason);
  m_start = m_last = onChart(event->position().toPoint());
  m_moved = false;
  const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
  if (event->button() == Qt::RightButton) {
    m_drag = Drag::kRight;
  } else if (event->button() == Qt::LeftButton) {
    m_drag = shift ? Drag::kBox : Drag::kPan;
  }
  return true;
}

bool ScalarChartInput::move(QMouseEvent* event) {
  const QPoint at = onChart(event->position().toPoint());
  if (m_drag == Drag::kNone) {
    m_chart->hover(at);
    return true;
  }
  if (!m_moved && (at - m_start).manhattanLength() < QApplication::startDragDistance()) return true;
  m_moved = true;
  m_chart->endHover();
  if (m_drag != Drag::kPan) {
    m_chart->showBox(QRect(m_start, at).normalized());
    return true;
  }
  const QRect area = m_chart->plotArea();
  const QPointF by = at - m_last;
  m_last = at;
  // While y follows what is visible there is nothing above or below to pan to.
  const double yShare = m_chart->isFittedY() ? 0 : by.y() / std::max(1, area.height());
  m_chart->pan(-by.x() / std::max(1, area.width()), yShare);
  return true;
}

bool ScalarChartInput::cancelDrag() {
  if (m_drag == Drag::kNone) return false;
  m_drag = Drag::kNone;
  m_chart->showBox(QRect());
  return true;
}

bool ScalarChartInput::release(QMouseEvent* event) {
  const Drag drag = std::exchange(m_drag, Drag::kNone);
  const QPoint at = onChart(event->position().toPoint());
  if (drag == Drag::kNone) return true;
  if (m_moved) {
    if (drag != Drag::kPan) m_chart->zoomIntoBox(QRect(m_start, at).normalized());
    m_chart->hover(at);
  } else if (drag == Drag::kRight) {
    QContextMenuEvent menu(QContextMenuEvent::Mouse, at, event->globalPosition().toPoint());
    QApplication::sendEvent(m_chart, &menu);
  }
  return true;
}

bool ScalarChartInput::isInScrollingPage() const {
  for (const QWidget* widget = m_chart->parentWidget(); widget; widget = widget->parentWidget()) {
    const auto* area = qobject_cast<const QAbstractScrollArea*>(widget);
    if (area && area->verticalScrollBar()->maximum() > area->verticalScrollBar()->minimum()) {
      return true;
    }
  }
  return false;
}

bool ScalarChartInput::wheel(QWheelEvent* event) {
  const double notches = event->angleDelta().y() / 120.0;
  // Sideways, and over a chart that is only scrolled past, the wheel belongs to the page.
  if (notches == 0 || !(m_chart->hasFocus() || event->modifiers().testFlag(Qt::ControlModifier) ||
                        (m_chart->wheelZooms() && !isInScrollingPage()))) {
    m_chart->endHover();  // the chart moves away below the mouse
    event->ignore();      // the plot itself would swallow it
    return true;
  }
  const QRect area = m_chart->plotArea();
  const QPointF at = onChart(event->position().toPoint());
  const QPointF center((at.x() - area.left()) / std::max(1, area.width()),
                       (at.y() - area.top()) / std::max(1, area.height()));
  const double factor = std::pow(kZoomPerNotch, notches);
  const bool onlyY = event->modifiers().testFlag(Qt::ControlModifier) || at.x() < area.left();
  m_chart->zoom(onlyY ? 1 : factor, onlyY ? factor : 1, center);
  m_chart->hover(at.toPoint());
  event->accept();
  return true;
}

}  // namespace widgets
