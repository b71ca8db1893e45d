// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/scalar/chart_decor.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "widgets/charts/chart_marks.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kSaveDistance = 10;  // of two marks of saved models, so that they are no bar

QColor colorOf(ChartMark::Kind kind) {
  switch (kind) {
    case ChartMark::Kind::kChange:
      return theme().warn;
    case ChartMark::Kind::kCheckpoint:
      return theme().muted;
    case ChartMark::Kind::kAlert:
      return theme().bad;
    case ChartMark::Kind::kPhase:
      return theme().text;
  }
  return theme().muted;
}

}  // namespace

void ChartTicker::generate(const QCPRange& range, const QLocale&, QChar, int,
                           QVector<double>& ticks, QVector<double>* subTicks,
                           QVector<QString>* tickLabels) {
  ticks.clear();
  if (subTicks) subTicks->clear();
  if (tickLabels) tickLabels->clear();
  for (const AxisTick& tick :
       axisTicks(scale, unit, range.lower, range.upper, wanted, &offset, origin)) {
    ticks.append(tick.position);
    if (tickLabels) tickLabels->append(tick.label);
  }
}

double ChartPlaces::position(std::int64_t step, double wallTime) const {
  const double x = xAxis == XAxis::kStep   ? stepsFrom(stepOrigin, step)
                   : xAxis == XAxis::kWall ? wallTime
                                           : wallTime - firstWallTime;
  return toAxis(scale, x);
}

ChartBands::ChartBands(QCPAxisRect* axisRect)
    : QCPLayerable(axisRect->parentPlot(), QStringLiteral("background"), axisRect),
      m_axisRect(axisRect) {}

void ChartBands::applyDefaultAntialiasingHint(QCPPainter* painter) const {
  painter->setAntialiasing(false);
}

QRect ChartBands::clipRect() const {
  return m_axisRect->rect();
}

const EpochStart* ChartBands::epochAt(double position) const {
  if (position > end) return nullptr;
  const EpochStart* found = nullptr;
  for (const EpochStart& start : epochs) {
    if (places.position(start.step, start.wallTime) > position) break;
    found = &start;
  }
  return found;
}

void ChartBands::draw(QCPPainter* painter) {
  const QCPAxis* axis = m_axisRect->axis(QCPAxis::atBottom);
  const QRect area = m_axisRect->rect();
  painter->setPen(Qt::NoPen);
  painter->setBrush(theme().band);
  double lastRight = -1;
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    if (i % 2 != 0) continue;
    const double from = places.position(epochs[i].step, epochs[i].wallTime);
    const bool isLast = i + 1 == epochs.size();
    const double to = isLast ? std::min(end, axis->range().upper)
                             : places.position(epochs[i + 1].step, epochs[i + 1].wallTime);
    if (std::isnan(to) || to < axis->range().lower || from > axis->range().upper) continue;
    const double left =
        std::isnan(from) ? area.left() : std::max<double>(area.left(), axis->coordToPixel(from));
    const double right = std::min<double>(area.right() + 1, axis->coordToPixel(to));
    // Bands finer than two pixels would be an even grey.
    if (right - left < 2 || left < lastRight) continue;
    painter->drawRect(QRectF(left, area.top(), right - left, area.height()));
    lastRight = right;
  }
}

ChartOverlay::ChartOverlay(QCPAxisRect* axisRect)
    : QCPLayerable(axisRect->parentPlot(), QStringLiteral("overlay"), axisRect),
      cursor(std::numeric_limits<double>::quiet_NaN()),
      m_axisRect(axisRect) {}

void ChartOverlay::applyDefaultAntialiasingHint(QCPPainter* painter) const {
  painter->setAntialiasing(true);
}

void ChartOverlay::draw(QCPPainter* painter) {
  const QRect area = m_axisRect->rect();
  if (!text.isEmpty()) {
    painter->setFont(themeFont(12));
    painter->setPen(theme().faint);
    painter->drawText(area, Qt::AlignCenter | Qt::TextWordWrap, text);
  }
  if (!offset.isEmpty()) {
    painter->setFont(themeFont(kChartLabelPixels));
    painter->setPen(theme().muted);
    painter->drawText(
        QRectF(0, area.bottom(), area.right(), m_axisRect->outerRect().bottom() - area.bottom()),
        Qt::AlignRight | Qt::AlignBottom, offset);
  }
  drawMarks(painter, area);
  drawCursor(painter, area);
  if (box.isNull()) return;
  QColor inside = theme().accent;
  inside.setAlphaF(0.12F);
  painter->setPen(QPen(theme().accent, 1));
  painter->setBrush(inside);
  painter->drawRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5));
}

void ChartOverlay::drawMarks(QCPPainter* painter, const QRect& area) {
  const QCPAxis* axis = m_axisRect->axis(QCPAxis::atBottom);
  std::vector<PlacedMark> lines;
  std::vector<double> saves;
  for (const ChartMark& mark : marks) {
    const double position = places.position(mark.step, mark.wallTime);
    if (std::isnan(position) || !axis->range().contains(position)) continue;
    const bool isPhase = mark.kind == ChartMark::Kind::kPhase;
    if (isPhase && (position <= extent.lower || position >= extent.upper)) continue;
    const double x = std::round(axis->coordToPixel(position)) + 0.5;
    if (!std::isfinite(x)) continue;
    QPen pen(colorOf(mark.kind), 1.3);
    if (mark.kind == ChartMark::Kind::kCheckpoint) {
      saves.push_back(x);
      continue;
    }
    if (!isPhase) pen.setDashPattern({3, 2});
    painter->setPen(pen);
    painter->drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    lines.push_back({x, &mark});
  }
  painter->setPen(QPen(colorOf(ChartMark::Kind::kCheckpoint), 2));
  for (const double x : spacedPlaces(std::move(saves), scaled(kSaveDistance))) {
    painter->drawLine(QPointF(x, area.bottom() - scaled(7)), QPointF(x, area.bottom()));
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const PlacedMark& a, const PlacedMark& b) { return a.x < b.x; });
  painter->setFont(markLabelFont());
  for (const MarkLabel& label : placeMarkLabels(area, lines)) {
    painter->setPen(QPen(theme().line, 1));
    painter->setBrush(theme().panel);
    painter->drawRoundedRect(label.frame.adjusted(0.5, 0.5, -0.5, -0.5), scaled(4), scaled(4));
    painter->setPen(colorOf(label.kind));
    painter->drawText(label.frame, Qt::AlignCenter, label.text);
  }
}

void ChartOverlay::drawCursor(QCPPainter* painter, const QRect& area) {
  const QCPAxis* axis = m_axisRect->axis(QCPAxis::atBottom);
  const QCPAxis* valueAxis = m_axisRect->axis(QCPAxis::atLeft);
  if (std::isnan(cursor) || !axis->range().contains(cursor)) return;
  const double x = std::round(axis->coordToPixel(cursor)) + 0.5;
  painter->setPen(QPen(theme().faint, 1));
  painter->drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
  for (const Dot& dot : dots) {
    const QPointF center(axis->coordToPixel(dot.position.x()),
                         valueAxis->coordToPixel(dot.position.y()));
    if (!area.contains(center.toPoint())) continue;
    painter->setPen(QPen(theme().panel, 1.5));
    painter->setBrush(dot.color);
    painter->drawEllipse(center, 4.0, 4.0);
  }
}

}  // namespace widgets
