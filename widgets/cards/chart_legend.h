// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>
#include <vector>

namespace widgets {

/// A row of "— training  ○ validation" beside a card's title. Entries that find no room are left
/// out, the last first.
class ChartLegend : public QWidget {
  Q_OBJECT

 public:
  struct Entry {
    enum class Sign { kNone, kLine, kCircle, kSquare };
    Sign sign = Sign::kLine;
    int colorIndex = 0;  ///< for runColor()
    QString text;
    int shade = 0;                  ///< as in ScalarChartSeries
    std::vector<int> moreColors{};  ///< of further runs: a line is drawn in a piece for each
    bool operator==(const Entry&) const = default;
  };

  explicit ChartLegend(QWidget* parent = nullptr);
  void setEntries(std::vector<Entry> entries);
  [[nodiscard]] const std::vector<Entry>& entries() const { return m_entries; }

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  [[nodiscard]] int widthOf(const Entry& entry) const;
  static void drawLine(QPainter& painter, const Entry& entry, const QPointF& from);

  std::vector<Entry> m_entries;
};

}  // namespace widgets
