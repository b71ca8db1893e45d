// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>

#include "eventio/data/run_data.h"
#include "widgets/runs/chart_order.h"
#include "widgets/runs/run_selection.h"

class QModelIndex;
class QStandardItemModel;
class QTreeView;

namespace widgets {

/// The tags of all runs that some page shows, in the order of the pages: first those without a
/// group, then the groups (the part before the first '/') with how many tags each holds, in natural
/// order. A scalar can be dragged onto a chart's card.
class TagList : public QWidget {
  Q_OBJECT

 public:
  /// `selection` must outlive the list.
  explicit TagList(RunSelection* selection, QWidget* parent = nullptr);

  /// Which tags are listed: those that have a card on a page. All until this is set.
  void setTagFilter(std::function<bool(const eventio::TagInfo&)> isShown);

  /// Takes up tags that appeared since the last call. Cheap when there are none.
  void refresh();

 signals:
  /// The user chose a tag, or a group by the name of its first tag.
  void tagActivated(const QString& tag, eventio::TagKind kind);
  /// The user wants to choose a chart that a scalar is to be drawn on as well.
  void superimposeRequested(const QString& tag);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  using Group = std::map<QString, eventio::TagKind, NaturalOrder>;

  bool takeTags();
  void rebuild();
  void appendGroup(const QString& name, const Group& tags, bool expanded);
  void activate(const QModelIndex& index);
  void openMenu(const QPoint& position);

  RunSelection* m_selection;
  std::function<bool(const eventio::TagInfo&)> m_isShown;
  QStandardItemModel* m_model;
  QTreeView* m_view;
  QWidget* m_empty;
  Group m_loose;  // tags without a '/'
  std::map<QString, Group, NaturalOrder> m_groups;
  /// What is known of a run's tags.
  struct Seen {
    std::uint64_t tagsVersion = 0;
    std::uint64_t version = 0;
    bool hasEmpty = false;  // tags, which do not say when they are filled again
  };
  void forgetTags();

  std::unordered_map<std::string, Seen> m_seen;  // by a run's path
};

}  // namespace widgets
