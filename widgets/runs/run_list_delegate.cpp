// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_list_delegate.h"

#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <vector>

#include "widgets/runs/run_list_model.h"
#include "widgets/runs/run_names.h"
#include "widgets/style/style_figures.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kRowHeight = 30;
constexpr double kSwatch = 12;
constexpr double kSide = 10;
constexpr double kNameLeft = 32;
constexpr double kDot = 7;

void paintSwatch(QPainter& painter, const QRect& row, int style, bool visible, bool hovered) {
  const double size = scaled(kSwatch);
  const QRectF box(row.left() + scaled(kSide), row.center().y() - size / 2 + 0.5, size, size);
  const QColor color = runColor(style);
  if (visible) {
    paintRunSwatch(painter, box, style);
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

/// The row's name, cut so that it does not look like that of another row.
QString shownName(const QModelIndex& index, const QFontMetrics& metrics, int width) {
  QString name = index.data().toString();
  if (metrics.horizontalAdvance(name) <= width) return name;
  const QAbstractItemModel& model = *index.model();
  QStringList names;
  names.reserve(model.rowCount());
  for (int row = 0; row < model.rowCount(); ++row) names << model.index(row, 0).data().toString();
  return elidedApart(name, names, metrics, width);
}

}  // namespace

void paintRunSwatch(QPainter& painter, const QRectF& box, int style) {
  painter.save();
  painter.setPen(Qt::NoPen);
  painter.setBrush(runColor(style));
  const std::vector<double>& dashes = runDashes(style);
  if (!dashes.empty()) {
    // Bars in the line's rhythm, squeezed so that the longest pattern fits.
    QPainterPath bars;
    const double unit = box.width() / 24;
    bool isDash = true;
    double x = box.left();
    for (std::size_t i = 0; x < box.right(); i = (i + 1) % dashes.size()) {
      const double length = std::max(dashes[i], 3.0) * unit;
      if (isDash) bars.addRect(QRectF(x, box.top(), length, box.height()) & box);
      x += length;
      isDash = !isDash;
    }
    painter.setClipPath(bars, Qt::IntersectClip);
  }
  painter.drawRoundedRect(box, scaled(3), scaled(3));
  painter.restore();
}

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
  if (current) {
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme().accent);
    const double height = row.height() - scaled(12);
    painter->drawRoundedRect(
        QRectF(row.left() + scaled(1), row.center().y() - height / 2 + 0.5, scaled(3), height),
        scaled(1.5), scaled(1.5));
  }
  paintSwatch(*painter, row, index.data(RunListModel::kStyleRole).toInt(), visible, hovered);

  double right = row.right() - scaled(8);
  const QString value = visible ? index.data(RunListModel::kValueRole).toString() : QString();
  if (!value.isEmpty()) {
    painter->setFont(themeFont(12, current ? QFont::DemiBold : QFont::Normal));
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
                    shownName(index, QFontMetrics(painter->font()), name.width()));
  painter->restore();
}

bool RunListDelegate::editorEvent(QEvent* event, QAbstractItemModel* model,
                                  const QStyleOptionViewItem& /*option*/,
                                  const QModelIndex& index) {
  if (event->type() != QEvent::KeyPress) return false;
  const int key = static_cast<QKeyEvent*>(event)->key();
  if (key != Qt::Key_Space && key != Qt::Key_Select) return false;
  const bool visible = index.data(RunListModel::kVisibleRole).toBool();
  return model->setData(index, visible ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

}  // namespace widgets
