// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <vector>

#include "widgets/cards/chart_card.h"
#include "widgets/runs/run_selection.h"

namespace widgets {

class ScalarChart;

/// A card with the chart of one or several scalar tags of the visible runs. It is dragged by its
/// title onto another to superimpose both.
class ScalarCard : public ChartCard {
  Q_OBJECT

 public:
  explicit ScalarCard(QStringList tags, QWidget* parent = nullptr);

  [[nodiscard]] const QStringList& tags() const { return m_tags; }
  [[nodiscard]] ScalarChart* chart() const { return m_chart; }
  void setPinned(bool pinned) { m_pinned = pinned; }
  /// Shows the runs that have one of the tags; `current` stands out among others.
  void setRuns(std::vector<RunSelection::Entry> runs, const eventio::Run* current = nullptr);

 signals:
  void pinRequested(bool pinned);
  void splitRequested();
  /// The user wants to choose a card to lie on, without the mouse.
  void superimposeRequested();
  /// The tags of a card, or one of the list of tags, that were dropped here.
  void dropped(const QStringList& tags);
  void dragActive(bool active);

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  [[nodiscard]] QMenu* makeMenu(QWidget* parent);
  void startDrag();
  void updateLegend(const std::vector<int>& colors, bool hues);

  QStringList m_tags;
  QStringList m_names;  // the tags without what all of them share
  ScalarChart* m_chart;
  bool m_pinned = false;
};

}  // namespace widgets
