// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <deque>

#include "widgets/status/event_list.h"

namespace widgets {

/// Entries, newest first, at most EventList::kMaxEntries.
class EventListModel : public QAbstractListModel {
  Q_OBJECT

 public:
  enum Role { kSeverityRole = Qt::UserRole, kTimeRole, kActionRole, kLinkRole };

  using QAbstractListModel::QAbstractListModel;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  void add(EventEntry entry);
  /// What the list shows of an entry.
  [[nodiscard]] static QString textOf(const EventEntry& entry);
  void setOldRunEntries(const QList<EventEntry>& entries);
  void clear();
  void setAction(std::function<QString(const EventEntry&)> textOf);
  /// Empty where nothing can be done about the entry.
  [[nodiscard]] QString actionText(const EventEntry& entry) const;
  /// One of the rows.
  [[nodiscard]] const EventEntry& entry(int row) const;
  [[nodiscard]] const std::deque<EventEntry>& entries() const { return m_entries; }

 private:
  /// Takes the entry of the same series out, and its count over.
  void replace(EventEntry& entry);

  std::deque<EventEntry> m_entries;
  std::function<QString(const EventEntry&)> m_actionText;
};

class EventFilterModel : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  using QSortFilterProxyModel::QSortFilterProxyModel;

  void setLeast(Severity severity);
  [[nodiscard]] Severity least() const { return m_least; }

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  Severity m_least = Severity::kInfo;
};

/// Paints dot, time, text and action of an entry.
class EventDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                               const QModelIndex& index) const override;

  [[nodiscard]] static int rowHeight();

 signals:
  void actionClicked(const QModelIndex& index);

 protected:
  bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;

 private:
  /// Where the action stands in a row; null where there is none, or no room for it.
  [[nodiscard]] static QRect actionArea(const QRect& row, const QString& text);
};

}  // namespace widgets
