// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/chart_tooltip.h"

#include <QPainter>
#include <algorithm>
#include <array>
#include <limits>

#include "widgets/style/display_name.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kHeadPixels = 11;
constexpr double kRowPixels = 12;
constexpr float kFaintSwatch = 0.4F;

int rowHeight() {
  return scaled(20);
}
int headHeight() {
  return scaled(24);
}
int padding() {
  return scaled(12);
}
int tooltipGap() {
  return scaled(12);
}

/// `wanted`, moved along one axis so that it lies between the bounds; at their begin where it is
/// longer.
int within(int wanted, int length, int begin, int end) {
  return std::max(begin, std::min(wanted, end - length));
}

QRect movedInto(const QRect& window, const QRect& rect) {
  return {QPoint(within(rect.x(), rect.width(), window.left(), window.right() + 1),
                 within(rect.y(), rect.height(), window.top(), window.bottom() + 1)),
          rect.size()};
}

double areaOf(const QSize& size) {
  return size.isEmpty() ? 0.0 : static_cast<double>(size.width()) * size.height();
}

/// Right and left of the place.
std::array<QRect, 2> beside(QSize size, const QPoint& place) {
  const int y = place.y() - size.height() / 2;
  return {QRect(QPoint(place.x() + tooltipGap(), y), size),
          QRect(QPoint(place.x() - tooltipGap() - size.width(), y), size)};
}

/// Below the chart, above, right and left of it.
std::array<QRect, 4> around(QSize size, const QPoint& place, const QRect& chart) {
  // Rather within the chart's own column than over what stands beside it.
  int x = place.x() - size.width() / 2;
  if (size.width() <= chart.width()) x = within(x, size.width(), chart.left(), chart.right() + 1);
  const int y = place.y() - size.height() / 2;
  return {QRect(QPoint(x, chart.bottom() + 2), size),
          QRect(QPoint(x, chart.top() - 1 - size.height()), size),
          QRect(QPoint(chart.right() + 2, y), size),
          QRect(QPoint(chart.left() - 1 - size.width(), y), size)};
}

QRect placed(QSize size, const QRect& chart, const QPoint& place, const QRect& window) {
  constexpr double kSmallShare = 0.2;  // of the chart: so much may be covered
  if (areaOf(size) <= kSmallShare * areaOf(chart.size())) {
    for (const QRect& wanted : beside(size, place)) {
      const QRect at = movedInto(chart.intersected(window), wanted);
      if (at.x() == wanted.x()) return at;
    }
  }
  // Where it covers least of the chart, and not what it describes.
  QRect best;
  double leastCovered = std::numeric_limits<double>::infinity();
  const auto consider = [&](const QRect& wanted) {
    const QRect at = movedInto(window, wanted);
    const double covered = areaOf(at.intersected(chart).size());
    if (covered >= leastCovered || at.adjusted(-2, -2, 2, 2).contains(place)) return;
    best = at;
    leastCovered = covered;
  };
  for (const QRect& wanted : around(size, place, chart)) consider(wanted);
  for (const QRect& wanted : beside(size, place)) consider(wanted);
  if (!best.isNull()) return best;
  // Too large for any side: above or below the place, whatever is cut off.
  const bool below = window.bottom() - place.y() > place.y() - window.top();
  const int y = below ? place.y() + tooltipGap() : place.y() - tooltipGap() - size.height();
  return {QPoint(movedInto(window, QRect(place, size)).x(), y), size};
}

}  // namespace

struct ChartTooltip::Columns {
  int swatch = 0, label = 0, value = 0, smoothed = 0, step = 0, time = 0;

  [[nodiscard]] int total() const {
    int width = swatch;
    for (const int column : {label, value, smoothed, step, time}) {
      if (column > 0) width += column + tooltipGap();
    }
    return width - tooltipGap() + 2 * padding();
  }
};

ChartTooltip::ChartTooltip(QWidget* parent) : QWidget(parent) {
  setAttribute(Qt::WA_TransparentForMouseEvents);
  setFocusPolicy(Qt::NoFocus);
  hide();
}

ChartTooltip::Columns ChartTooltip::columns() const {
  const QFontMetrics plain(themeFont(kRowPixels));
  const QFontMetrics bold(themeFont(kRowPixels, QFont::DemiBold));
  const QFontMetrics small(themeFont(kHeadPixels));
  Columns columns;
  columns.swatch = scaled(18);
  for (const Row& row : m_rows) {
    columns.label =
        std::max(columns.label, std::min(plain.horizontalAdvance(row.label), scaled(200)));
    columns.value = std::max(columns.value, bold.horizontalAdvance(row.value));
    columns.smoothed = std::max(columns.smoothed, plain.horizontalAdvance(row.smoothed));
    columns.step = std::max(columns.step, small.horizontalAdvance(row.step));
    columns.time = std::max(columns.time, small.horizontalAdvance(row.time));
  }
  return columns;
}

QSize ChartTooltip::wantedSize() const {
  const int headWidth =
      QFontMetrics(themeFont(kHeadPixels)).horizontalAdvance(m_head) + 2 * padding();
  const int lines = static_cast<int>(m_rows.size()) + (m_more > 0 ? 1 : 0);
  return {std::max(columns().total(), headWidth), headHeight() + lines * rowHeight() + scaled(12)};
}

void ChartTooltip::showAt(const QWidget& chart, const QPoint& placeInChart, const QString& head,
                          std::vector<Row> rows, int more) {
  const QWidget* top = parentWidget();
  const int space = top->height() * 2 / 5 - headHeight() - scaled(12);
  const int most = std::clamp(space / rowHeight(), 1, kMaxRows);
  m_head = head;
  m_rows = std::move(rows);
  m_more = more;
  if (static_cast<int>(m_rows.size()) > most) {
    m_more += static_cast<int>(m_rows.size()) - most;
    m_rows.resize(static_cast<std::size_t>(most));
  }
  for (Row& row : m_rows) row.label = displayName(row.label);
  const QRect chartArea(chart.mapTo(top, QPoint()), chart.size());
  setGeometry(placed(wantedSize(), chartArea, chart.mapTo(top, placeInChart),
                     top->rect().adjusted(2, 2, -2, -2)));
  raise();
  show();
  update();
}

void ChartTooltip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(theme().line, 1));
  painter.setBrush(theme().panel);
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), scaled(6), scaled(6));
  painter.setFont(themeFont(kHeadPixels));
  painter.setPen(theme().muted);
  painter.drawText(QRect(padding(), scaled(6), width() - 2 * padding(), headHeight() - scaled(4)),
                   Qt::AlignVCenter | Qt::AlignLeft, m_head);

  const Columns widths = columns();
  int y = headHeight() + scaled(4);
  for (const Row& row : m_rows) {
    QColor swatch = row.color;
    if (row.faint) swatch.setAlphaF(kFaintSwatch);
    painter.setPen(Qt::NoPen);
    painter.setBrush(swatch);
    painter.drawRoundedRect(
        QRectF(padding(), y + (rowHeight() - scaled(10)) / 2.0, scaled(10), scaled(10)), scaled(3),
        scaled(3));
    int x = padding() + widths.swatch;
    const auto cell = [&](int width, const QString& text, const QFont& font, const QColor& color,
                          Qt::Alignment alignment) {
      if (width == 0) return;
      painter.setFont(font);
      painter.setPen(color);
      painter.drawText(QRect(x, y, width, rowHeight()),
                       static_cast<int>(Qt::AlignVCenter | alignment),
                       painter.fontMetrics().elidedText(text, Qt::ElideMiddle, width + 1));
      x += width + tooltipGap();
    };
    const QColor text = row.faint ? theme().faint : theme().text;
    const QColor muted = row.faint ? theme().faint : theme().muted;
    cell(widths.label, row.label, themeFont(kRowPixels), text, Qt::AlignLeft);
    cell(widths.value, row.value,
         themeFont(kRowPixels, row.faint ? QFont::Normal : QFont::DemiBold), text, Qt::AlignRight);
    cell(widths.smoothed, row.smoothed, themeFont(kRowPixels), muted, Qt::AlignRight);
    cell(widths.step, row.step, themeFont(kHeadPixels), theme().faint, Qt::AlignRight);
    cell(widths.time, row.time, themeFont(kHeadPixels), theme().faint, Qt::AlignRight);
    y += rowHeight();
  }
  if (m_more > 0) {
    painter.setFont(themeFont(kHeadPixels));
    painter.setPen(theme().muted);
    painter.drawText(QRect(padding(), y, width() - 2 * padding(), rowHeight()), Qt::AlignVCenter,
                     tr("and %1 more", nullptr, m_more).arg(countText(m_more)));
  }
}

}  // namespace widgets
