// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/form_problem_line.h"

#include <QPainter>
#include <algorithm>

#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr int kFlags = Qt::AlignLeft | Qt::AlignVCenter | Qt::TextWordWrap;

QRect textRoom(const QRect& whole) {
  return whole.adjusted(scaled(16), scaled(5), -scaled(12), -scaled(5));
}

}  // namespace

FormProblemLine::FormProblemLine(QWidget* parent) : QAbstractButton(parent) {
  setObjectName(QStringLiteral("problemLine"));
  setFont(themeFont(12));
  setCursor(Qt::PointingHandCursor);
  setFocusPolicy(Qt::TabFocus);
  setToolTip(tr("Show the field"));
  QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
  hide();
}

void FormProblemLine::setProblem(const QString& problem) {
  setVisible(!problem.isEmpty());
  if (problem == text()) return;
  setText(problem);
  updateGeometry();
}

QSize FormProblemLine::sizeHint() const {
  const int width = scaled(256);
  return {width, heightForWidth(width)};
}

QSize FormProblemLine::minimumSizeHint() const {
  return {0, heightForWidth(std::max(width(), scaled(256)))};
}

int FormProblemLine::heightForWidth(int width) const {
  const QRect room = textRoom(QRect(0, 0, width, 1));
  const int unused = 1 - room.height();
  return fontMetrics().boundingRect(QRect(0, 0, room.width(), 10'000), kFlags, text()).height() +
         unused;
}

void FormProblemLine::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.fillRect(rect(), theme().panel);
  painter.fillRect(0, 0, scaled(4), height(), theme().bad);
  QFont shown = font();
  shown.setUnderline(underMouse() || hasFocus());
  painter.setFont(shown);
  painter.setPen(theme().bad);
  painter.drawText(textRoom(rect()), kFlags, text());
}

}  // namespace widgets
