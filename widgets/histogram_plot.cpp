// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histogram_plot.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "widgets/chart_tooltip.h"
#include "widgets/theme.h"

namespace widgets {
namespace {

constexpr double kLabelPixels = 11;

}  // namespace

HistogramPlot::HistogramPlot(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
}

HistogramPlot::~HistogramPlot() {
  delete m_tooltip;
}

void HistogramPlot::setSeries(std::shared_ptr<HistogramSeries> series) {
  m_series = std::move(series);
  m_selected.reset();
  hideTooltip();
  update();
}

void HistogramPlot::setColorIndex(int index) {
  if (index == m_colorIndex) return;
  m_colorIndex = index;
  update();
}

void HistogramPlot::setSelected(std::size_t index) {
  if (m_selected == index) return;
  m_selected = index;
  update();
}

std::size_t HistogramPlot::selected() const {
  if (!m_series || m_series->empty()) return 0;
  const std::size_t last = m_series->points().size() - 1;
  return std::min(m_selected.value_or(last), last);
}

QString HistogramPlot::hoverHead(const Place& place) const {
  return tr("step %1").arg(stepText(m_series->points()[place.index].step));
}

QString HistogramPlot::hoverBin(const Place& place) const {
  const double step = (m_series->upper() - m_series->lower()) / HistogramSeries::kBins;
  return tr("%1 to %2")
      .arg(shortNumber(m_series->binLeft(place.bin), step / 10),
           shortNumber(m_series->binLeft(place.bin + 1), step / 10));
}

QString HistogramPlot::hoverCount(const Place& place) const {
  const double count = m_series->bins(place.index)[static_cast<std::size_t>(place.bin)];
  return count < 1e6 ? QString::number(count, 'f', count == static_cast<qint64>(count) ? 0 : 1)
                     : shortNumber(count, count / 1000);
}

QSize HistogramPlot::minimumSizeHint() const {
  return {scaled(160), scaled(100)};
}

int HistogramPlot::labelHeight() const {
  return QFontMetrics(themeFont(kLabelPixels)).height();
}

void HistogramPlot::drawBottomAxis(QPainter& painter, const QRect& area, double lower,
                                   double upper) const {
  if (!(upper > lower)) return;
  painter.setFont(themeFont(kLabelPixels));
  painter.setPen(theme().muted);
  const int wanted = std::max(2, area.width() / scaled(80));
  for (const AxisTick& tick :
       axisTicks(AxisScale::kLinear, AxisUnit::kNumber, lower, upper, wanted)) {
    const double x = area.left() + (tick.position - lower) / (upper - lower) * area.width();
    const int textWidth = painter.fontMetrics().horizontalAdvance(tick.label) + 2;
    const int left =
        std::clamp(static_cast<int>(x) - textWidth / 2, 0, std::max(0, width() - textWidth));
    painter.drawText(QRect(left, area.bottom() + scaled(6), textWidth, labelHeight()),
                     Qt::AlignCenter, tick.label);
  }
}

void HistogramPlot::drawLeftAxis(QPainter& painter, const QRect& area, double lower, double upper,
                                 bool lines) const {
  if (!(upper > lower)) return;
  painter.setFont(themeFont(kLabelPixels));
  const int wanted = std::clamp(area.height() / scaled(36), 2, 8);
  for (const AxisTick& tick :
       axisTicks(AxisScale::kLinear, AxisUnit::kNumber, lower, upper, wanted)) {
    const double y = area.bottom() + 1 - (tick.position - lower) / (upper - lower) * area.height();
    if (lines) {
      painter.setPen(QPen(theme().grid, 1));
      painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    }
    painter.setPen(theme().muted);
    const int height = labelHeight();
    const int top =
        std::clamp(static_cast<int>(y) - height / 2, 0, std::max(0, this->height() - height));
    painter.drawText(QRect(0, top, area.left() - scaled(8), height),
                     Qt::AlignRight | Qt::AlignVCenter, tick.label);
  }
}

int HistogramPlot::leftLabelWidth(double lower, double upper) const {
  const QFontMetrics metrics(themeFont(kLabelPixels));
  int width = scaled(20);
  for (const AxisTick& tick : axisTicks(AxisScale::kLinear, AxisUnit::kNumber, lower, upper, 5)) {
    width = std::max(width, metrics.horizontalAdvance(tick.label));
  }
  return width + scaled(8);
}

AxisRange HistogramPlot::stepRange() const {
  const auto& points = m_series->points();
  const auto [first, last] = std::minmax_element(
      points.begin(), points.end(), [](const auto& a, const auto& b) { return a.step < b.step; });
  return {static_cast<double>(first->step),
          std::max(static_cast<double>(last->step), static_cast<double>(first->step) + 1)};
}

void HistogramPlot::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  if (m_series && !m_series->empty()) {
    paintSeries(painter, plotArea());
    return;
  }
  painter.setFont(themeFont(12));
  painter.setPen(theme().faint);
  painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("No histograms yet"));
}

void HistogramPlot::mouseMoveEvent(QMouseEvent* event) {
  const QPoint at = event->position().toPoint();
  const auto place = m_series && !m_series->empty() ? placeAt(at) : std::nullopt;
  if (!place) {
    hideTooltip();
    return;
  }
  if (!m_tooltip || m_tooltip->parentWidget() != window()) {
    delete m_tooltip;
    m_tooltip = new ChartTooltip(window());
  }
  m_tooltip->showAt(*this, at, hoverHead(*place),
                    {{runColor(m_colorIndex), hoverBin(*place), hoverCount(*place), {}, {}, {}}});
}

void HistogramPlot::leaveEvent(QEvent*) {
  hideTooltip();
}

void HistogramPlot::hideEvent(QHideEvent* event) {
  hideTooltip();
  QWidget::hideEvent(event);
}

void HistogramPlot::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) update();
  QWidget::changeEvent(event);
}

void HistogramPlot::hideTooltip() {
  if (m_tooltip) m_tooltip->hide();
}

}  // namespace widgets
