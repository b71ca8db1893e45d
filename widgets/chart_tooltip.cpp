// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/chart_tooltip.h"

#include <QPainter>
#include <algorithm>

#include "widgets/display_name.h"
#include "widgets/theme.h"

namespace widgets {
namespace {

constexpr double kHeadPixels = 11;
constexpr double kRowPixels = 12;

int rowHeight() {
  return scaled(20);
}
int headHeight() {
  return scaled(24);
}
int padding() {
  return scaled(12);
}
int gap() {
  return scaled(12);
}

}  // namespace

struct ChartTooltip::Columns {
  int swatch = 0, label = 0, value = 0, smoothed = 0, step = 0, time = 0;

  [[nodiscard]] int total() const {
    int width = swatch;
    for (const int column : {label, value, smoothed, step, time}) {
      if (column > 0) width += column + gap();
    }
    return width - gap() + 2 * padding();
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

void ChartTooltip::showAt(const QWidget& chart, const QPoint& placeInChart, const QString& head,
                          std::vector<Row> rows) {
  m_head = head;
  m_rows = std::move(rows);
  for (Row& row : m_rows) row.label = displayName(row.label);
  const int space = parentWidget()->height() - headHeight() - 2 * padding();
  const int most = std::max(1, space / rowHeight());
  m_left = std::max(0, static_cast<int>(m_rows.size()) - most);
  const int shown = static_cast<int>(m_rows.size()) - m_left;
  const int headWidth =
      QFontMetrics(themeFont(kHeadPixels)).horizontalAdvance(m_head) + 2 * padding();
  const QSize size(
      std::max(columns().total(), headWidth),
      headHeight() + shown * rowHeight() + (m_left > 0 ? rowHeight() : 0) + scaled(12));
  const QWidget* top = parentWidget();
  const QPoint place = chart.mapTo(top, placeInChart);
  const auto beside = [&](const QRect& area) {
    const bool fitsRight = place.x() + gap() + size.width() <= area.right();
    const int x = fitsRight ? place.x() + gap() : place.x() - gap() - size.width();
    const int y = std::clamp(place.y() - size.height() / 2, area.top(),
                             std::max(area.top(), area.bottom() - size.height()));
    return QRect(QPoint(x, y), size);
  };
  QRect area;
  for (const QWidget* room = &chart; !area.contains(beside(area)); room = room->parentWidget()) {
    area = QRect(room->mapTo(top, QPoint()), room->size());
    if (room == top) break;
    const QWidget* around = room->parentWidget();  // a page that scrolls is larger than is seen
    area &= QRect(around->mapTo(top, QPoint()), around->size());
  }
  QRect at = beside(area.adjusted(2, 2, -2, -2));
  at.moveLeft(std::max(area.left(), at.left()));
  setGeometry(at);
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
  const std::size_t shown = m_rows.size() - static_cast<std::size_t>(m_left);
  for (std::size_t i = 0; i < shown; ++i, y += rowHeight()) {
    const Row& row = m_rows[i];
    painter.setPen(Qt::NoPen);
    painter.setBrush(row.color);
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
      x += width + gap();
    };
    cell(widths.label, row.label, themeFont(kRowPixels), theme().text, Qt::AlignLeft);
    cell(widths.value, row.value, themeFont(kRowPixels, QFont::DemiBold), theme().text,
         Qt::AlignRight);
    cell(widths.smoothed, row.smoothed, themeFont(kRowPixels), theme().muted, Qt::AlignRight);
    cell(widths.step, row.step, themeFont(kHeadPixels), theme().faint, Qt::AlignRight);
    cell(widths.time, row.time, themeFont(kHeadPixels), theme().faint, Qt::AlignRight);
  }
  if (m_left > 0) {
    painter.setFont(themeFont(kHeadPixels));
    painter.setPen(theme().muted);
    painter.drawText(QRect(padding(), y, width() - 2 * padding(), rowHeight()), Qt::AlignVCenter,
                     tr("and %n more", nullptr, m_left));
  }
}

}  // namespace widgets
