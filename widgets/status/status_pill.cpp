// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/status/status_pill.h"

#include <QPainter>

#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kPillHeight = 24;
constexpr double kDotSize = 8;
constexpr double kPadding = 11;
constexpr double kGap = 7;

QColor dotColor(StatePill::Tone tone) {
  switch (tone) {
    case StatePill::Tone::kActive:
      return theme().good;
    case StatePill::Tone::kWarn:
      return theme().warn;
    case StatePill::Tone::kBad:
      return theme().bad;
    case StatePill::Tone::kQuiet:
      break;
  }
  return theme().faint;
}

}  // namespace

StatePill::StatePill(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void StatePill::setState(const QString& word, Tone tone) {
  if (word == m_word && tone == m_tone) return;
  m_word = word;
  m_tone = tone;
  setAccessibleName(tr("State: %1").arg(word));
  updateGeometry();
  update();
}

void StatePill::reserve(const QStringList& words) {
  m_reserved = words;
  updateGeometry();
}

int StatePill::widthFor(const QString& word) const {
  const QFontMetrics metrics(themeFont(13, QFont::Medium));
  return metrics.horizontalAdvance(word) + scaled(2 * kPadding + kDotSize + kGap);
}

QSize StatePill::sizeHint() const {
  int width = widthFor(m_word);
  for (const QString& word : m_reserved) width = std::max(width, widthFor(word));
  return {width, scaled(kPillHeight)};
}

void StatePill::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF ground(0, 0, widthFor(m_word), height());
  painter.setPen(Qt::NoPen);
  painter.setBrush(m_tone == Tone::kQuiet ? theme().grid : theme().selection);
  painter.drawRoundedRect(ground, ground.height() / 2, ground.height() / 2);
  painter.setBrush(dotColor(m_tone));
  const double dot = scaled(kDotSize);
  painter.drawEllipse(QRectF(scaled(kPadding), (height() - dot) / 2, dot, dot));
  painter.setPen(theme().text);
  painter.setFont(themeFont(13, QFont::Medium));
  painter.drawText(ground.adjusted(scaled(kPadding + kDotSize + kGap), 0, 0, 0), Qt::AlignVCenter,
                   m_word);
}

}  // namespace widgets
