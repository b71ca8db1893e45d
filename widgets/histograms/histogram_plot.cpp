// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histograms/histogram_plot.h"

#include <QEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/charts/axis_scale.h"
#include "widgets/charts/tick_label_space.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

double middleOf(const AxisRange& range) {
  return (range.lower + range.upper) / 2;
}

bool intersectsAny(const QRect& rect, const std::vector<QRect>& others) {
  return std::any_of(others.begin(), others.end(),
                     [&rect](const QRect& other) { return other.intersects(rect); });
}

}  // namespace

HistogramPlot::HistogramPlot(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
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
  if (m_series) m_series->setSelected(index);
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
  return m_series->axis().slotText(place.bin);
}

QString HistogramPlot::hoverCount(const Place& place) const {
  const BinnedHistogram* bins = m_series->bins(place.index);
  if (bins == nullptr) return tr("being read");
  const double count = countIn(*bins, place.bin);
  return count < 1e6 ? QString::number(count, 'f', count == std::floor(count) ? 0 : 1)
                     : shortNumber(count, count / 1000);
}

std::vector<ChartTooltip::Row> HistogramPlot::hoverRows(const Place& place) const {
  return {{runColor(m_colorIndex), hoverBin(place), hoverCount(place), {}, {}, {}}};
}

QSize HistogramPlot::minimumSizeHint() const {
  return {scaled(160), scaled(100)};
}

int HistogramPlot::labelHeight() const {
  return QFontMetrics(themeFont(kChartLabelPixels)).height();
}

void HistogramPlot::drawValuesBelow(QPainter& painter, const QRectF& area) const {
  const HistogramAxis& axis = m_series->axis();
  painter.setFont(themeFont(kChartLabelPixels));
  painter.setPen(theme().muted);
  std::vector<QRect> taken;
  const auto label = [&](double share, const QString& text) {
    const int textWidth = painter.fontMetrics().horizontalAdvance(text) + 2;
    const int x = static_cast<int>(area.left() + share * area.width()) - textWidth / 2;
    const QRect at(std::clamp(x, 0, std::max(0, width() - textWidth)),
                   static_cast<int>(area.bottom()) + scaled(6), textWidth, labelHeight());
    if (intersectsAny(at.adjusted(-2, 0, 2, 0), taken)) return;
    taken.push_back(at);
    painter.drawText(at, Qt::AlignCenter, text);
  };
  for (const auto& [slot, text] : axis.endLabels()) label(middleOf(*axis.slot(slot)), text);
  const int wanted = std::max(2, static_cast<int>(area.width()) / scaled(80));
  for (const AxisTick& tick : axisTicks(AxisScale::kLinear, AxisUnit::kNumber, axis.range().lower,
                                        axis.range().upper, wanted)) {
    label(axis.position(tick.position), tick.label);
  }
}

void HistogramPlot::drawValuesLeft(QPainter& painter, const QRect& area, bool lines) const {
  const HistogramAxis& axis = m_series->axis();
  painter.setFont(themeFont(kChartLabelPixels));
  std::vector<QRect> taken;
  const auto label = [&](double share, const QString& text) {
    const int height = labelHeight();
    const int top = static_cast<int>(valueY(area, share)) - height / 2;
    const QRect at(0, std::clamp(top, 0, std::max(0, this->height() - height)),
                   area.left() - scaled(8), height);
    if (intersectsAny(at.adjusted(0, scaled(2), 0, -scaled(2)), taken)) return;
    taken.push_back(at);
    painter.setPen(theme().muted);
    painter.drawText(at, Qt::AlignRight | Qt::AlignVCenter, text);
  };
  for (const auto& [slot, text] : axis.endLabels()) label(middleOf(*axis.slot(slot)), text);
  const int wanted = std::clamp(area.height() / scaled(36), 2, 8);
  for (const AxisTick& tick : axisTicks(AxisScale::kLinear, AxisUnit::kNumber, axis.range().lower,
                                        axis.range().upper, wanted)) {
    const double share = axis.position(tick.position);
    if (lines) {
      painter.setPen(QPen(theme().grid, 1));
      const double y = valueY(area, share);
      painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    }
    label(share, tick.label);
  }
}

std::vector<AxisTick> HistogramPlot::stepTicks(int width) const {
  int wanted = std::max(2, width / scaled(80));
  const QFontMetrics metrics(themeFont(kChartLabelPixels));
  const TickLabelSpace space{static_cast<double>(width), static_cast<double>(scaled(8)),
                             [&metrics](const QString& label) {
                               return static_cast<double>(metrics.horizontalAdvance(label));
                             }};
  return axisTicksApart(AxisScale::kLinear, AxisUnit::kStep, m_series->stepRange(), wanted, space);
}

void HistogramPlot::drawSteps(QPainter& painter, const QRect& area, const QColor& line) const {
  const AxisRange steps = m_series->stepRange();
  painter.setFont(themeFont(kChartLabelPixels));
  painter.setPen(theme().muted);
  for (const AxisTick& tick : stepTicks(area.width())) {
    const double share = (tick.position - steps.lower) / (steps.upper - steps.lower);
    const int textWidth = painter.fontMetrics().horizontalAdvance(tick.label) + 2;
    const int x = static_cast<int>(area.left() + share * area.width()) - textWidth / 2;
    painter.drawText(QRect(std::clamp(x, 0, std::max(0, width() - textWidth)),
                           area.bottom() + scaled(6), textWidth, labelHeight()),
                     Qt::AlignCenter, tick.label);
  }
  if (selected() + 1 >= m_series->points().size()) return;
  const double x = stepX(area, m_series->points()[selected()].step);
  if (x < area.left() || x > area.right() + 1) return;
  painter.setPen(QPen(line, 1));
  painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
}

double HistogramPlot::stepX(const QRect& area, std::int64_t step) const {
  const AxisRange steps = m_series->stepRange();
  const double share = (static_cast<double>(step) - steps.lower) / (steps.upper - steps.lower);
  return area.left() + share * area.width();
}

int HistogramPlot::leftLabelWidth() const {
  int width = scaled(20);
  if (!m_series) return width + scaled(8);
  const QFontMetrics metrics(themeFont(kChartLabelPixels));
  const HistogramAxis& axis = m_series->axis();
  for (const AxisTick& tick : axisTicks(AxisScale::kLinear, AxisUnit::kNumber, axis.range().lower,
                                        axis.range().upper, 5)) {
    width = std::max(width, metrics.horizontalAdvance(tick.label));
  }
  for (const auto& [slot, text] : axis.endLabels()) {
    width = std::max(width, metrics.horizontalAdvance(text));
  }
  return width + scaled(8);
}

void HistogramPlot::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  if (m_series && !m_series->empty()) {
    paintSeries(painter, plotArea());
    painter.setClipping(false);
    if (m_drag == Drag::kBox && m_hasMoved) {
      QRect box = QRect(m_dragStart, m_dragLast).normalized();
      if (hasValuesAcross()) box = QRect(box.left(), 0, box.width(), height());
      QColor inside = theme().accent;
      inside.setAlphaF(0.15F);
      painter.setPen(QPen(theme().accent, 1));
      painter.setBrush(inside);
      painter.drawRect(box & rect().adjusted(0, 0, -1, -1));
    }
  } else {
    painter.setFont(themeFont(12));
    painter.setPen(theme().faint);
    painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("No histograms yet"));
  }
  if (!hasFocus()) return;
  painter.setPen(QPen(theme().accent, 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), scaled(4), scaled(4));
}

void HistogramPlot::showTooltip(const QPoint& at) {
  const auto place = m_series && !m_series->empty() ? placeAt(at) : std::nullopt;
  if (!place) {
    hideTooltip();
    return;
  }
  if (!m_tooltip || m_tooltip->parentWidget() != window()) {
    delete m_tooltip;
    m_tooltip = new ChartTooltip(window());
  }
  m_tooltip->showAt(*this, at, hoverHead(*place), hoverRows(*place));
}

void HistogramPlot::resizeEvent(QResizeEvent*) {
  emit axesChanged();
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
