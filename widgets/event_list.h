// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>
#include <QWidget>

class QAction;
class QListView;

namespace widgets {

class EventListModel;
class EventFilterModel;

enum class Severity { kInfo, kGood, kWarning, kError };

/// Something that happened, for the user to read.
struct EventEntry {
  Severity severity = Severity::kInfo;
  QDateTime time;
  QString text;
  bool isOfOldRun = false;  ///< see EventList::setOldRunEntries()
};

/// What happened, newest first, each with its time. Keeps the last thousand entries.
class EventList : public QWidget {
  Q_OBJECT

 public:
  static constexpr int kMostEntries = 1000;

  explicit EventList(QWidget* parent = nullptr);

  void add(Severity severity, const QString& text);
  void add(EventEntry entry);
  /// Shows what the selected old run did, oldest first in `entries`, above what was added before,
  /// in place of the old run's that were shown.
  void setOldRunEntries(const QList<EventEntry>& entries);
  /// All entries kept, newest first.
  [[nodiscard]] QList<EventEntry> entries() const;

  /// Shows only entries at least this bad (kInfo: all).
  void setLeastSeverity(Severity severity);
  /// The chosen entries, or all shown when none is chosen, as lines of text.
  [[nodiscard]] QString textToCopy() const;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void openMenu(const QPoint& position);
  void copy();

  EventListModel* m_model;
  EventFilterModel* m_shown;
  QListView* m_view;
};

}  // namespace widgets
