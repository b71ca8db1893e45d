// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/status/event_list_model.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "widgets/style/number_text.h"
#include "widgets/style/style_figures.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kRowHeight = 19;
constexpr double kDot = 7;

QColor severityColor(Severity severity) {
  switch (severity) {
    case Severity::kGood:
      return theme().good;
    case Severity::kWarning:
      return theme().warn;
    case Severity::kError:
      return theme().bad;
    case Severity::kInfo:
      break;
  }
  return theme().accent;
}

QString severityWord(Severity severity) {
  switch (severity) {
    case Severity::kGood:
      return EventList::tr("good news");
    case Severity::kWarning:
      return EventList::tr("warning");
    case Severity::kError:
      return EventList::tr("error");
    case Severity::kInfo:
      break;
  }
  return EventList::tr("information");
}

/// The command that stands in the row itself: only where something went wrong, was changed or
/// ended.
QString linkText(const QModelIndex& index) {
  return index.data(EventListModel::kLinkRole).toString();
}

}  // namespace

int EventListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant EventListModel::data(const QModelIndex& index, int role) const {
  if (index.row() < 0 || index.row() >= rowCount()) return {};
  const EventEntry& entry = m_entries[static_cast<std::size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole:
      return textOf(entry);
    case Qt::ToolTipRole:
      return QStringLiteral("%1\n%2").arg(dateTimeText(entry.time), textOf(entry));
    case Qt::AccessibleTextRole:
      return QStringLiteral("%1, %2, %3")
          .arg(severityWord(entry.severity), entry.time.toString(QStringLiteral("HH:mm:ss")),
               textOf(entry));
    case kSeverityRole:
      return static_cast<int>(entry.severity);
    case kTimeRole:
      return entry.time.toString(entry.time.date() == QDate::currentDate()
                                     ? QStringLiteral("HH:mm:ss")
                                     : QStringLiteral("yyyy-MM-dd HH:mm:ss"));
    case kActionRole:
      return actionText(entry);
    case kLinkRole:
      return entry.severity >= Severity::kWarning || !entry.runFolder.isEmpty() ? actionText(entry)
                                                                                : QString();
    default:
      return {};
  }
}

QString EventListModel::textOf(const EventEntry& entry) {
  if (entry.count < 2 || entry.seriesNote.isEmpty()) return entry.text;
  return QStringLiteral("%1 (%2)").arg(entry.text, entry.seriesNote.arg(countText(entry.count)));
}

void EventListModel::replace(EventEntry& entry) {
  const auto before =
      std::find_if(m_entries.begin(), m_entries.end(), [&entry](const EventEntry& other) {
        return other.series == entry.series && other.isOfOldRun == entry.isOfOldRun;
      });
  if (before == m_entries.end()) return;
  entry.count += before->count;
  const int row = static_cast<int>(before - m_entries.begin());
  beginRemoveRows({}, row, row);
  m_entries.erase(before);
  endRemoveRows();
}

void EventListModel::add(EventEntry entry) {
  if (!entry.series.isEmpty()) replace(entry);
  if (rowCount() >= EventList::kMaxEntries) {
    beginRemoveRows({}, rowCount() - 1, rowCount() - 1);
    m_entries.pop_back();
    endRemoveRows();
  }
  beginInsertRows({}, 0, 0);
  m_entries.push_front(std::move(entry));
  endInsertRows();
}

void EventListModel::setOldRunEntries(const QList<EventEntry>& entries) {
  const auto isOld = [](const EventEntry& entry) { return entry.isOfOldRun; };
  if (entries.isEmpty() && std::none_of(m_entries.begin(), m_entries.end(), isOld)) return;
  beginResetModel();
  std::erase_if(m_entries, isOld);
  for (EventEntry entry : entries) {
    entry.isOfOldRun = true;
    m_entries.push_front(std::move(entry));
  }
  if (rowCount() > EventList::kMaxEntries) m_entries.resize(EventList::kMaxEntries);
  endResetModel();
}

void EventListModel::clear() {
  beginResetModel();
  m_entries.clear();
  endResetModel();
}

void EventListModel::setAction(std::function<QString(const EventEntry&)> textOf) {
  m_actionText = std::move(textOf);
}

QString EventListModel::actionText(const EventEntry& entry) const {
  return m_actionText ? m_actionText(entry) : QString();
}

const EventEntry& EventListModel::entry(int row) const {
  return m_entries[static_cast<std::size_t>(row)];
}

void EventFilterModel::setLeast(Severity severity) {
  m_least = severity;
  invalidateFilter();
}

bool EventFilterModel::filterAcceptsRow(int row, const QModelIndex& parent) const {
  if (m_least == Severity::kInfo) return true;
  const QModelIndex index = sourceModel()->index(row, 0, parent);
  return index.data(EventListModel::kSeverityRole).toInt() >= static_cast<int>(m_least);
}

QSize EventDelegate::sizeHint(const QStyleOptionViewItem& /*option*/,
                              const QModelIndex& /*index*/) const {
  return {scaled(100), rowHeight()};
}

int EventDelegate::rowHeight() {
  return scaled(kRowHeight);
}

void EventDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  const QRect row = option.rect;
  if (option.state & QStyle::State_Selected) painter->fillRect(row, theme().selection);
  const double dot = scaled(kDot);
  painter->setPen(Qt::NoPen);
  painter->setBrush(
      severityColor(static_cast<Severity>(index.data(EventListModel::kSeverityRole).toInt())));
  painter->drawEllipse(QRectF(row.left() + scaled(16), row.center().y() - dot / 2 + 0.5, dot, dot));
  painter->setFont(themeFont(12));
  painter->setPen(theme().muted);
  drawFigures(*painter, QRectF(row.left() + scaled(34), row.top(), scaled(72), row.height()),
              Qt::AlignLeft, index.data(EventListModel::kTimeRole).toString().left(10));
  QRect text = row.adjusted(scaled(110), 0, -scaled(12), 0);
  const QString command = linkText(index);
  if (const QRect area = actionArea(row, command); !area.isNull()) {
    painter->setPen(theme().accent);
    painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, command);
    text.setRight(area.left() - scaled(12));
  }
  painter->setPen(theme().text);
  painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft,
                    QFontMetrics(painter->font())
                        .elidedText(index.data().toString(), Qt::ElideRight, text.width()));
  painter->restore();
}

QRect EventDelegate::actionArea(const QRect& row, const QString& text) {
  if (text.isEmpty()) return {};
  const int width = QFontMetrics(themeFont(12)).horizontalAdvance(text);
  if (width > row.width() / 2) return {};
  const int right = row.right() - scaled(16);
  return {right - width, row.top(), width + 1, row.height()};
}

bool EventDelegate::editorEvent(QEvent* event, QAbstractItemModel* model,
                                const QStyleOptionViewItem& option, const QModelIndex& index) {
  if (event->type() == QEvent::MouseButtonRelease) {
    const auto* mouse = static_cast<QMouseEvent*>(event);
    const QRect area = actionArea(option.rect, linkText(index));
    if (mouse->button() == Qt::LeftButton && area.contains(mouse->position().toPoint())) {
      emit actionClicked(index);
      return true;
    }
  }
  return QStyledItemDelegate::editorEvent(event, model, option, index);
}

}  // namespace widgets
