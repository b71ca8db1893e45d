// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/run_list_delegate.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "widgets/run_list_model.h"
#include "widgets/style_figures.h"
#include "widgets/theme.h"

namespace widgets {
namespace {

constexpr double kRowHeight = 30;
constexpr double kSwatch = 12;
constexpr double kSide = 10;
constexpr double kNameLeft = 32;
constexpr double kDot = 7;

void paintSwatch(QPainter& painter, const QRect& row, const QColor& color, bool visible,
                 bool hovered) {
  const double size = scaled(kSwatch);
  const QRectF box(row.left() + scaled(kSide), row.center().y() - size / 2 + 0.5, size, size);
  if (visible) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRoundedRect(box, scaled(3), scaled(3));
    return;
  }
  painter.setPen(QPen(hovered ? color : theme().faint, 1.3));
  painter.setBrush(Qt::NoBrush);
  painter.drawRoundedRect(box.adjusted(0.6, 0.6, -0.6, -0.6), scaled(3), scaled(3));
}

void paintDamage(QPainter& painter, const QRectF& box) {
  painter.setPen(QPen(theme().bad, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.setBrush(Qt::NoBrush);
  painter.drawPolygon(
      QPolygonF{QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()});
  painter.drawLine(QPointF(box.center().x(), box.top() + box.height() * 0.42),
                   QPointF(box.center().x(), box.top() + box.height() * 0.66));
}

}  // namespace

QRect RunListDelegate::swatchArea(const QRect& row) {
  return {row.left(), row.top(), scaled(kNameLeft - 4), row.height()};
}

QSize RunListDelegate::sizeHint(const QStyleOptionViewItem& /*option*/,
                                const QModelIndex& /*index*/) const {
  return {scaled(120), scaled(kRowHeight)};
}

void RunListDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
  const QRect row = option.rect;
  const bool visible = index.data(RunListModel::kVisibleRole).toBool();
  const bool current = index.data(RunListModel::kCurrentRole).toBool();
  const bool hovered = option.state & QStyle::State_MouseOver;
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  if (current || hovered) {
    painter->setPen(Qt::NoPen);
    painter->setBrush(current ? theme().selection : theme().band);
    painter->drawRoundedRect(row, scaled(6), scaled(6));
  }
  if ((option.state & QStyle::State_HasFocus) &&
      (option.state & QStyle::State_KeyboardFocusChange)) {
    painter->setPen(theme().accent);
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(QRectF(row).adjusted(0.5, 0.5, -0.5, -0.5), scaled(6), scaled(6));
  }
  paintSwatch(*painter, row, index.data(RunListModel::kColorRole).value<QColor>(), visible,
              hovered);

  double right = row.right() - scaled(8);
  const QString value = visible ? index.data(RunListModel::kValueRole).toString() : QString();
  if (!value.isEmpty()) {
    painter->setFont(themeFont(12));
    painter->setPen(theme().muted);
    drawFigures(*painter, QRectF(row.left(), row.top(), right - row.left(), row.height()),
                Qt::AlignRight, value);
    right -= figuresWidth(painter->font(), value) + scaled(8);
  }
  if (index.data(RunListModel::kLiveRole).toBool()) {
    const double dot = scaled(kDot);
    right -= dot;
    painter->setPen(Qt::NoPen);
    painter->setBrush(index.data(RunListModel::kTroubledRole).toBool() ? theme().bad
                                                                       : theme().good);
    painter->drawEllipse(QRectF(right, row.center().y() - dot / 2 + 0.5, dot, dot));
    right -= scaled(8);
  }
  if (index.data(RunListModel::kDamagedRole).toBool()) {
    const double size = scaled(11);
    right -= size;
    paintDamage(*painter, QRectF(right, row.center().y() - size / 2, size, size - 1));
    right -= scaled(8);
  }
  const QRect name(row.left() + scaled(kNameLeft), row.top(),
                   static_cast<int>(right) - row.left() - scaled(kNameLeft), row.height());
  painter->setFont(themeFont(13, current ? QFont::DemiBold : QFont::Normal));
  painter->setPen(visible ? theme().text : theme().faint);
  painter->drawText(name, Qt::AlignVCenter | Qt::AlignLeft,
                    QFontMetrics(painter->font())
                        .elidedText(index.data().toString(), Qt::ElideMiddle, name.width()));
  painter->restore();
}

bool RunListDelegate::editorEvent(QEvent* event, QAbstractItemModel* model,
                                  const QStyleOptionViewItem& option, const QModelIndex& index) {
  bool toggles = false;
  if (event->type() == QEvent::MouseButtonRelease) {
    const auto* mouse = static_cast<QMouseEvent*>(event);
    toggles = mouse->button() == Qt::LeftButton &&
              swatchArea(option.rect).contains(mouse->position().toPoint());
  } else if (event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    toggles = key == Qt::Key_Space || key == Qt::Key_Select;
  }
  if (!toggles) return false;
  const bool visible = index.data(RunListModel::kVisibleRole).toBool();
  return model->setData(index, visible ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

}  // namespace widgets
