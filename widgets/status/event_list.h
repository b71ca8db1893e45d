// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <functional>

#include "widgets/status/event_entry.h"

class QAction;
class QListView;
class QModelIndex;

namespace widgets {

class EventListModel;
class EventFilterModel;

/// What happened, newest first, each with its time. Keeps the last thousand entries.
class EventList : public QWidget {
  Q_OBJECT

 public:
  static constexpr int kMaxEntries = 1000;

  explicit EventList(QWidget* parent = nullptr);

  void add(Severity severity, const QString& text);
  void add(EventEntry entry);
  /// Shows what the selected old run did, oldest first in `entries`, above what was added before,
  /// in place of the old run's that were shown.
  void setOldRunEntries(const QList<EventEntry>& entries);
  /// All entries kept, newest first.
  [[nodiscard]] QList<EventEntry> entries() const;

  /// What can be done about an entry, as a command for its menu; empty: nothing. Asked when the
  /// menu opens and when a row is painted, where it stands as a link.
  void setAction(std::function<QString(const EventEntry&)> textOf);
  /// The answers of setAction()'s function may be others now.
  void refreshActions();

  /// Shows only entries at least this bad (kInfo: all).
  void setLeastSeverity(Severity severity);
  /// The chosen entries, or all shown when none is chosen, as lines of text.
  [[nodiscard]] QString textToCopy() const;

 signals:
  void actionRequested(const EventEntry& entry);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void requestAction(const QModelIndex& shown);
  void openMenu(const QPoint& position);
  void copy();

  EventListModel* m_model;
  EventFilterModel* m_shown;
  QListView* m_view;
};

}  // namespace widgets
