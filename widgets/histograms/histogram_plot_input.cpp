// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QMouseEvent>
#include <QWheelEvent>
#include <cmath>

#include "widgets/histograms/histogram_plot.h"

namespace widgets {
namespace {

constexpr double kZoomPerNotch = 0.8;

/// `factor` times as wide, with what is at `center` staying there; from 0 to 1.
AxisRange scaledAround(double center, double factor) {
  return {center - center * factor, center + (1 - center) * factor};
}

}  // namespace

AxisRange HistogramPlot::valuesBetween(double from, double to) const {
  const HistogramAxis& axis = m_series->axis();
  // Shares of the part that has values: the slots at its ends stay.
  const AxisRange finite = axis.finite();
  const auto valueAt = [&](double share) {
    return axis.valueAt(finite.lower + share * (finite.upper - finite.lower));
  };
  return {valueAt(from), valueAt(to)};
}

AxisRange HistogramPlot::stepsBetween(double from, double to) const {
  const AxisRange steps = m_series->stepRange();
  return {std::lerp(steps.lower, steps.upper, from), std::lerp(steps.lower, steps.upper, to)};
}

void HistogramPlot::applyZoom(const std::optional<AxisRange>& values,
                              const std::optional<AxisRange>& steps) {
  if (values) m_series->zoomValues(*values);
  if (steps) m_series->zoomSteps(*steps);
  m_series->poll();
  update();
  emit axesChanged();
}

void HistogramPlot::zoom(double factorX, double factorY, const QPointF& center) {
  if (!m_series || m_series->empty()) return;
  const auto range = [](double at, double factor) -> std::optional<AxisRange> {
    if (factor == 1) return std::nullopt;
    return scaledAround(std::clamp(at, 0.0, 1.0), factor);
  };
  const auto values =
      hasValuesAcross() ? range(center.x(), factorX) : range(1 - center.y(), factorY);
  const auto steps = hasValuesAcross() ? std::nullopt : range(center.x(), factorX);
  applyZoom(values ? std::optional(valuesBetween(values->lower, values->upper)) : std::nullopt,
            steps ? std::optional(stepsBetween(steps->lower, steps->upper)) : std::nullopt);
}

void HistogramPlot::pan(double byX, double byY) {
  if (!m_series || !m_series->isZoomed()) return;
  if (hasValuesAcross()) {
    applyZoom(valuesBetween(-byX, 1 - byX), std::nullopt);
  } else {
    applyZoom(byY == 0 ? std::nullopt : std::optional(valuesBetween(-byY, 1 - byY)),
              byX == 0 ? std::nullopt : std::optional(stepsBetween(-byX, 1 - byX)));
  }
}

void HistogramPlot::zoomIntoBox(const QRect& box) {
  const QRect area = plotArea();
  const QRect inside = box & area;
  if (!m_series || m_series->empty() || inside.width() < 2 || inside.height() < 2) return;
  const double left = static_cast<double>(inside.left() - area.left()) / area.width();
  const double right = static_cast<double>(inside.right() + 1 - area.left()) / area.width();
  if (hasValuesAcross()) {
    applyZoom(valuesBetween(left, right), std::nullopt);
    return;
  }
  const double top = static_cast<double>(inside.top() - area.top()) / area.height();
  const double bottom = static_cast<double>(inside.bottom() + 1 - area.top()) / area.height();
  applyZoom(valuesBetween(1 - bottom, 1 - top), stepsBetween(left, right));
}

void HistogramPlot::fit() {
  if (!m_series) return;
  m_series->fit();
  applyZoom(std::nullopt, std::nullopt);
}

void HistogramPlot::mousePressEvent(QMouseEvent* event) {
  m_dragStart = m_dragLast = event->position().toPoint();
  m_hasMoved = false;
  const bool isBox =
      event->button() == Qt::RightButton || event->modifiers().testFlag(Qt::ShiftModifier);
  m_drag = isBox ? Drag::kBox : event->button() == Qt::LeftButton ? Drag::kPan : Drag::kNone;
}

void HistogramPlot::mouseMoveEvent(QMouseEvent* event) {
  const QPoint at = event->position().toPoint();
  if (m_drag == Drag::kNone) {
    showTooltip(at);
    return;
  }
  if (!m_hasMoved && (at - m_dragStart).manhattanLength() < QApplication::startDragDistance()) {
    return;
  }
  m_hasMoved = true;
  hideTooltip();
  const QPointF by = at - m_dragLast;
  m_dragLast = at;
  const QRect area = plotArea();
  if (m_drag == Drag::kPan) {
    pan(by.x() / std::max(1, area.width()), -by.y() / std::max(1, area.height()));
  }
  update();
}

void HistogramPlot::mouseReleaseEvent(QMouseEvent*) {
  const Drag drag = std::exchange(m_drag, Drag::kNone);
  if (drag == Drag::kBox && m_hasMoved) zoomIntoBox(QRect(m_dragStart, m_dragLast).normalized());
  update();
}

void HistogramPlot::mouseDoubleClickEvent(QMouseEvent*) {
  m_drag = Drag::kNone;
  fit();
}

void HistogramPlot::wheelEvent(QWheelEvent* event) {
  const double notches = event->angleDelta().y() / 120.0;
  const bool hasControl = event->modifiers().testFlag(Qt::ControlModifier);
  if (notches == 0 || !(hasFocus() || hasControl)) {
    event->ignore();  // it scrolls the page
    return;
  }
  const QRect area = plotArea();
  const QPointF at = event->position();
  const QPointF center((at.x() - area.left()) / std::max(1, area.width()),
                       (at.y() - area.top()) / std::max(1, area.height()));
  const double factor = std::pow(kZoomPerNotch, notches);
  const bool onlyY = !hasValuesAcross() && (hasControl || at.x() < area.left());
  zoom(onlyY ? 1 : factor, onlyY ? factor : 1, center);
  showTooltip(at.toPoint());
  event->accept();
}

void HistogramPlot::keyPressEvent(QKeyEvent* event) {
  constexpr QPointF kCenter(0.5, 0.5);
  switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      zoom(kZoomPerNotch, 1, kCenter);
      break;
    case Qt::Key_Minus:
      zoom(1 / kZoomPerNotch, 1, kCenter);
      break;
    case Qt::Key_0:
    case Qt::Key_F:
    case Qt::Key_Home:
      fit();
      break;
    default:
      QWidget::keyPressEvent(event);
  }
}

void HistogramPlot::focusInEvent(QFocusEvent* event) {
  update();
  QWidget::focusInEvent(event);
}

void HistogramPlot::focusOutEvent(QFocusEvent* event) {
  update();
  QWidget::focusOutEvent(event);
}

}  // namespace widgets
