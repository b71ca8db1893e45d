// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/style_figures.h"

#include <QFontMetricsF>
#include <QHash>
#include <QPainter>
#include <cmath>

#include "widgets/style/theme.h"

namespace widgets {
namespace {

bool isDigit(QChar c) {
  return c >= '0' && c <= '9';
}

double digitCell(const QFont& font) {
  static QHash<QString, double> cells;
  const QString key = font.key();
  const auto known = cells.constFind(key);
  if (known != cells.constEnd()) return *known;
  const QFontMetricsF metrics(font);
  double widest = 0;
  for (char16_t digit = u'0'; digit <= u'9'; ++digit) {
    widest = std::max(widest, metrics.horizontalAdvance(QChar(digit)));
  }
  cells.insert(key, widest);
  return widest;
}

/// Calls `piece(text, width)` for each digit and each stretch between digits.
template <class Piece>
void forEachPiece(const QFont& font, const QString& text, Piece&& piece) {
  const QFontMetricsF metrics(font);
  const double cell = digitCell(font);
  for (qsizetype i = 0; i < text.size();) {
    if (isDigit(text[i])) {
      piece(text.mid(i, 1), cell, metrics.horizontalAdvance(text[i]));
      ++i;
      continue;
    }
    qsizetype end = i;
    while (end < text.size() && !isDigit(text[end])) ++end;
    const QString stretch = text.mid(i, end - i);
    const double width = metrics.horizontalAdvance(stretch);
    piece(stretch, width, width);
    i = end;
  }
}

QColor toneColor(FigureLabel::Tone tone) {
  switch (tone) {
    case FigureLabel::Tone::kMuted:
      return theme().muted;
    case FigureLabel::Tone::kFaint:
      return theme().faint;
    case FigureLabel::Tone::kGood:
      return theme().good;
    case FigureLabel::Tone::kWarn:
      return theme().warn;
    case FigureLabel::Tone::kBad:
      return theme().bad;
    case FigureLabel::Tone::kText:
      break;
  }
  return theme().text;
}

}  // namespace

double figuresWidth(const QFont& font, const QString& text) {
  double width = 0;
  forEachPiece(font, text, [&width](const QString&, double room, double) { width += room; });
  return width;
}

void drawFigures(QPainter& painter, const QRectF& rect, Qt::Alignment alignment,
                 const QString& text) {
  const QFont font = painter.font();
  const QFontMetricsF metrics(font);
  const double width = figuresWidth(font, text);
  double x = rect.left();
  if (alignment & Qt::AlignRight) x = rect.right() - width;
  if (alignment & Qt::AlignHCenter) x = rect.center().x() - width / 2;
  const double baseline =
      std::round(rect.center().y() + (metrics.ascent() - metrics.descent()) / 2);
  forEachPiece(font, text, [&](const QString& piece, double room, double own) {
    painter.drawText(QPointF(x + (room - own) / 2, baseline), piece);
    x += room;
  });
}

FigureLabel::FigureLabel(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

QFont FigureLabel::textFont() const {
  return themeFont(m_pixels, m_weight);
}

void FigureLabel::setText(const QString& text) {
  if (text == m_text) return;
  const int before = sizeHint().width();
  m_text = text;
  setAccessibleName(text);
  if (m_elided) setToolTip(text);
  if (sizeHint().width() != before) updateGeometry();
  update();
}

void FigureLabel::setTone(Tone tone) {
  if (tone == m_tone) return;
  m_tone = tone;
  update();
}

void FigureLabel::setTextStyle(double pixels, QFont::Weight weight) {
  m_pixels = pixels;
  m_weight = weight;
  updateGeometry();
  update();
}

void FigureLabel::setAlignment(Qt::Alignment alignment) {
  m_alignment = alignment;
  update();
}

void FigureLabel::reserve(const QString& widest) {
  m_widest = widest;
  updateGeometry();
}

void FigureLabel::setElided(bool elided) {
  m_elided = elided;
  setSizePolicy(elided ? QSizePolicy::Ignored : QSizePolicy::Preferred, QSizePolicy::Fixed);
}

QSize FigureLabel::sizeHint() const {
  const QFont font = textFont();
  const double width = std::max(figuresWidth(font, m_text), figuresWidth(font, m_widest));
  return {static_cast<int>(std::ceil(width)) + 1, QFontMetrics(font).height()};
}

QSize FigureLabel::minimumSizeHint() const {
  return m_elided ? QSize(scaled(24), sizeHint().height()) : sizeHint();
}

void FigureLabel::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  const QFont font = textFont();
  painter.setFont(font);
  painter.setPen(toneColor(m_tone));
  QString text = m_text;
  if (m_elided && figuresWidth(font, text) > width()) {
    // Digits are drawn a little wider than the metrics say: leave room for them.
    const double spread = figuresWidth(font, text) - QFontMetricsF(font).horizontalAdvance(text);
    text = QFontMetricsF(font).elidedText(text, Qt::ElideMiddle, std::max(0.0, width() - spread));
  }
  drawFigures(painter, rect(), m_alignment, text);
}

}  // namespace widgets
