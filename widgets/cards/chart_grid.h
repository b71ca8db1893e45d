// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QScrollArea>
#include <functional>
#include <optional>
#include <vector>

class QPushButton;
class QToolButton;

namespace widgets {

/// Cards in groups under headings that open and close, in as many columns as fit. Cards of one row
/// start at the same height; each may have a height of its own.
///
/// Only the cards in and near what is scrolled to exist as widgets: a thousand keys cost no more
/// than a screenful.
class ChartGrid : public QScrollArea {
  Q_OBJECT

 public:
  struct Group {
    QString title;
    std::vector<QString> keys;  ///< one card each, unique over all groups
    bool operator==(const Group&) const = default;
  };
  using Factory = std::function<QWidget*(const QString& key)>;

  /// `factory` makes the card of a key; the grid owns it and deletes it when it is out of sight.
  explicit ChartGrid(Factory factory, QWidget* parent = nullptr);

  /// The least width of a column, and the height of the cards that have none of their own.
  void setCardSize(int leastWidth, int height);
  /// Gives one card a height of its own; what is in view above or below it stays in place.
  void setCardHeight(const QString& key, int height);

  void setGroups(std::vector<Group> groups);
  [[nodiscard]] const std::vector<Group>& groups() const { return m_groups; }
  void setCollapsed(const QString& title, bool collapsed);
  /// Opens every group, for a filter whose hits are to be seen; `isFiltered` false: the groups are
  /// as they were before the filter.
  void setOpenForFilter(bool isFiltered);
  /// Those that are closed while no filter opens them.
  [[nodiscard]] QStringList collapsedTitles() const;
  void setCollapsedTitles(const QStringList& titles);

  /// The cards that exist now, by key.
  [[nodiscard]] const QHash<QString, QWidget*>& cards() const { return m_cards; }
  /// Scrolls to a card.
  void reveal(const QString& key);
  /// Scrolls to the first card, for a filter that changed.
  void scrollToFirst();
  /// What stands in the middle while there is no group, and a button below it that asks for
  /// `action`; none where that is empty.
  void setEmptyText(const QString& text, const QString& action = {});
  [[nodiscard]] QString emptyText() const { return m_emptyText; }
  /// While on, no card is deleted: one of them is being dragged.
  void setKeepingCards(bool keep) { m_keepCards = keep; }

 signals:
  void collapsedChanged();
  /// A card is out of sight and will be deleted.
  void cardGoes(const QString& key, QWidget* card);
  /// The button of the empty grid.
  void emptyActionRequested();

 protected:
  void resizeEvent(QResizeEvent* event) override;
  bool viewportEvent(QEvent* event) override;

 private:
  struct Place {
    QString key;
    QRect rect;  ///< in the content
  };
  void layOut();
  void updateCards();
  void updateTabOrder();
  void placeEmptyAction();
  QToolButton* header(const Group& group);

  Factory m_factory;
  QWidget* m_content;
  QString m_emptyText;
  QPushButton* m_emptyAction;
  std::vector<Group> m_groups;
  std::vector<Place> m_places;
  QHash<QString, QWidget*> m_cards;
  QHash<QString, QToolButton*> m_headers;
  QHash<QString, bool> m_collapsed;
  QHash<QString, int> m_heights;  // of cards with one of their own
  int m_leastCardWidth;
  int m_cardHeight;
  std::optional<QHash<QString, bool>> m_collapsedUnfiltered;  // while a filter opens the groups
  bool m_keepCards = false;
};

}  // namespace widgets
