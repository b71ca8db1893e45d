// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

class QPainter;

namespace widgets {

/// A run's colour, in bars where its lines are dashed.
void paintRunSwatch(QPainter& painter, const QRectF& box, int style);

/// Paints a row of the run list: colour swatch, name, live dot, damage mark, value. The space bar
/// shows or hides the run.
class RunListDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                               const QModelIndex& index) const override;

  /// Where the list takes a click for the swatch, in a row that fills `row`.
  [[nodiscard]] static QRect swatchArea(const QRect& row);

 protected:
  bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;
};

}  // namespace widgets
