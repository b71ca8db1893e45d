// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cards/chart_legend.h"

#include <QPainter>

#include "widgets/charts/curves/curve_data.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kFontPixels = 12;

int signWidth(ChartLegend::Entry::Sign sign) {
  return sign == ChartLegend::Entry::Sign::kNone ? 0 : scaled(16) + scaled(8);
}
int legendGap() {
  return scaled(24);
}

}  // namespace

ChartLegend::ChartLegend(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ChartLegend::setEntries(std::vector<Entry> entries) {
  if (entries == m_entries) return;
  m_entries = std::move(entries);
  QStringList texts;  // also of those that find no room
  for (const Entry& entry : m_entries) texts.append(entry.text.toHtmlEscaped());
  setToolTip(texts.join(QStringLiteral("<br>")));
  updateGeometry();
  update();
}

int ChartLegend::widthOf(const Entry& entry) const {
  return signWidth(entry.sign) + QFontMetrics(themeFont(kFontPixels)).horizontalAdvance(entry.text);
}

void ChartLegend::drawLine(QPainter& painter, const Entry& entry, const QPointF& from) {
  std::vector<int> colors{entry.colorIndex};
  colors.insert(colors.end(), entry.moreColors.begin(), entry.moreColors.end());
  const double piece = static_cast<double>(scaled(16)) / static_cast<double>(colors.size());
  for (std::size_t i = 0; i < colors.size(); ++i) {
    const QPointF begin = from + QPointF(piece * static_cast<double>(i), 0);
    painter.setPen(QPen(seriesColor(colors[i], entry.shade), 2, Qt::SolidLine, Qt::FlatCap));
    painter.drawLine(begin, begin + QPointF(piece, 0));
  }
}

QSize ChartLegend::sizeHint() const {
  int width = 0;
  for (const Entry& entry : m_entries) width += widthOf(entry) + legendGap();
  return {std::max(0, width - legendGap()) + 1, scaled(20)};
}

QSize ChartLegend::minimumSizeHint() const {
  return {0, scaled(20)};
}

void ChartLegend::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setFont(themeFont(kFontPixels));
  std::size_t shown = 0;
  int total = -legendGap();
  while (shown < m_entries.size() && total + legendGap() + widthOf(m_entries[shown]) <= width()) {
    total += legendGap() + widthOf(m_entries[shown++]);
  }
  int x = width() - total;
  const double middle = height() / 2.0;
  for (std::size_t i = 0; i < shown; ++i) {
    const Entry& entry = m_entries[i];
    const QColor color = seriesColor(entry.colorIndex, entry.shade);
    const double center = x + scaled(8);
    painter.setPen(QPen(color, 2));
    painter.setBrush(Qt::NoBrush);
    if (entry.sign == Entry::Sign::kLine) {
      drawLine(painter, entry, QPointF(x, middle));
    } else if (entry.sign == Entry::Sign::kCircle) {
      painter.drawEllipse(QPointF(center, middle), 4.0, 4.0);
    } else if (entry.sign == Entry::Sign::kSquare) {
      painter.setPen(Qt::NoPen);
      painter.setBrush(color);
      painter.drawRoundedRect(
          QRectF(center - scaled(5), middle - scaled(5), scaled(10), scaled(10)), scaled(3),
          scaled(3));
    }
    painter.setPen(theme().muted);
    painter.drawText(QRect(x + signWidth(entry.sign), 0, widthOf(entry) + 2, height()),
                     Qt::AlignVCenter | Qt::AlignLeft, entry.text);
    x += widthOf(entry) + legendGap();
  }
}

}  // namespace widgets
