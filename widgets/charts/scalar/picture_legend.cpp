// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/scalar/picture_legend.h"

#include <QCoreApplication>

#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kPixels = 11;
constexpr int kMaxRows = 6;

int pictureRowHeight() {
  return scaled(18);
}
int swatch() {
  return scaled(10);
}
int pictureGap() {
  return scaled(6);
}

}  // namespace

PictureLegend::PictureLegend(QCustomPlot* plot, std::vector<Entry> entries, int width)
    : QCPLayoutElement(plot) {
  const QFontMetrics metrics(themeFont(kPixels));
  const int left = 2 * pictureGap();
  Place next{left, 0};
  const auto place = [&](int needed) {
    if (next.x > left && next.x + needed > width - left) next = {left, next.row + 1};
    m_places.push_back(next);
    next.x += needed + 2 * pictureGap();
  };
  for (Entry& entry : entries) {
    place(swatch() + pictureGap() + metrics.horizontalAdvance(entry.text));
    if (m_places.back().row == kMaxRows) break;
    m_entries.push_back(std::move(entry));
  }
  if (m_entries.size() < entries.size()) {
    // The last row is left to the count.
    m_places.pop_back();
    while (!m_places.empty() && m_places.back().row == kMaxRows - 1) {
      m_places.pop_back();
      m_entries.pop_back();
    }
    m_places.push_back({left, kMaxRows - 1});
    const auto more = static_cast<int>(entries.size() - m_entries.size());
    m_rest = QCoreApplication::translate("PictureLegend", "and %1 more", nullptr, more)
                 .arg(countText(more));
  }
  m_rows = m_places.empty() ? 0 : m_places.back().row + 1;
  setMargins(QMargins());
}

int PictureLegend::height() const {
  return m_rows * pictureRowHeight();
}

QSize PictureLegend::minimumOuterSizeHint() const {
  return {0, height()};
}

QSize PictureLegend::maximumOuterSizeHint() const {
  return {QWIDGETSIZE_MAX, height()};
}

void PictureLegend::draw(QCPPainter* painter) {
  painter->setAntialiasing(true);
  painter->setFont(themeFont(kPixels));
  for (std::size_t i = 0; i < m_places.size(); ++i) {
    const QPoint corner =
        rect().topLeft() + QPoint(m_places[i].x, m_places[i].row * pictureRowHeight());
    int textLeft = corner.x();
    if (i < m_entries.size()) {
      painter->setPen(Qt::NoPen);
      painter->setBrush(m_entries[i].color);
      painter->drawRoundedRect(
          QRect(corner.x(), corner.y() + (pictureRowHeight() - swatch()) / 2, swatch(), swatch()),
          scaled(3), scaled(3));
      textLeft += swatch() + pictureGap();
    }
    painter->setPen(theme().text);
    painter->drawText(QRect(textLeft, corner.y(), rect().right() - textLeft, pictureRowHeight()),
                      Qt::AlignVCenter | Qt::AlignLeft,
                      i < m_entries.size() ? m_entries[i].text : m_rest);
  }
}

}  // namespace widgets
