// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>
#include <vector>

namespace widgets {

/// The panel beside the cross-hair: a head line and a row per curve, ten at most. It lets the mouse
/// through.
class ChartTooltip : public QWidget {
  Q_OBJECT

 public:
  static constexpr int kMaxRows = 10;

  struct Row {
    QColor color;
    QString label;
    QString value;
    QString smoothed;  ///< may be empty
    QString step;
    QString time;
    bool faint = false;  ///< beside the point: does not stand at the cross-hair
  };

  explicit ChartTooltip(QWidget* parent);

  /// Shows the panel for a place of the chart, a widget of the panel's parent: beside the place
  /// where it covers little of the chart, else outside of the chart, as near as the window has
  /// space. Never over the place itself. Rows past kMaxRows, or past what a small window has space
  /// for, are counted together with `more` that the caller has left out.
  void showAt(const QWidget& chart, const QPoint& place, const QString& head, std::vector<Row> rows,
              int more = 0);

  [[nodiscard]] const QString& head() const { return m_head; }
  /// Those that are shown.
  [[nodiscard]] const std::vector<Row>& rows() const { return m_rows; }
  /// How many are not.
  [[nodiscard]] int more() const { return m_more; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  struct Columns;
  [[nodiscard]] Columns columns() const;
  [[nodiscard]] QSize wantedSize() const;

  QString m_head;
  std::vector<Row> m_rows;
  int m_more = 0;
};

}  // namespace widgets
