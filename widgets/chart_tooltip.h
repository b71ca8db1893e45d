// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>
#include <vector>

namespace widgets {

/// The panel beside the cross-hair: a head line and a row per curve. It lets the mouse through.
class ChartTooltip : public QWidget {
  Q_OBJECT

 public:
  struct Row {
    QColor color;
    QString label;
    QString value;
    QString smoothed;  ///< may be empty
    QString step;
    QString time;
  };

  explicit ChartTooltip(QWidget* parent);

  /// Shows the panel beside a place of the chart, a widget of the panel's parent: within the chart,
  /// else its card, else the page around them, as far as it has space there; what stands beside the
  /// page is covered last.
  void showAt(const QWidget& chart, const QPoint& place, const QString& head,
              std::vector<Row> rows);

  [[nodiscard]] const QString& head() const { return m_head; }
  [[nodiscard]] const std::vector<Row>& rows() const { return m_rows; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  struct Columns;
  [[nodiscard]] Columns columns() const;

  QString m_head;
  std::vector<Row> m_rows;
  int m_left = 0;  // rows that found no room
};

}  // namespace widgets
