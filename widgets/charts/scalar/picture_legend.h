// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include <QColor>
#include <QString>
#include <vector>

namespace widgets {

/// The names of a chart's curves beside their colours, in rows, for a picture of the chart. Owned
/// by the layout that it is put into.
class PictureLegend : public QCPLayoutElement {
 public:
  struct Entry {
    QString text;
    QColor color;
  };
  /// Rows are broken for a picture `width` pixels wide; what does not fit into a few rows is
  /// counted.
  PictureLegend(QCustomPlot* plot, std::vector<Entry> entries, int width);

  [[nodiscard]] int height() const;

 protected:
  void draw(QCPPainter* painter) override;
  QSize minimumOuterSizeHint() const override;
  QSize maximumOuterSizeHint() const override;

 private:
  struct Place {
    int x = 0;
    int row = 0;
  };
  std::vector<Entry> m_entries;  // those that are shown
  std::vector<Place> m_places;   // of theirs, then of the count of the rest
  QString m_rest;
  int m_rows = 1;
};

}  // namespace widgets
