// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/elided_label.h"

#include <QEvent>
#include <QPainter>
#include <algorithm>

#include "widgets/style/theme.h"

namespace widgets {

QSize ElidedLabel::minimumSizeHint() const {
  return {std::min(scaled(48), sizeHint().width()), sizeHint().height()};
}

void ElidedLabel::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.setPen(palette().color(QPalette::WindowText));
  painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter,
                   fontMetrics().elidedText(text(), Qt::ElideMiddle, width()));
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
  QLabel::resizeEvent(event);
  updateToolTip();
}

bool ElidedLabel::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) updateToolTip();
  return QLabel::event(event);
}

void ElidedLabel::updateToolTip() {
  const bool isCut = fontMetrics().horizontalAdvance(text()) > width();
  setToolTip(isCut ? QStringLiteral("<p>%1</p>").arg(text().toHtmlEscaped()) : QString());
}

}  // namespace widgets
