// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/status/event_list.h"

#include <QAction>
#include <QActionGroup>
#include <QClipboard>
#include <QGuiApplication>
#include <QItemSelectionModel>
#include <QListView>
#include <QMenu>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/status/event_list_model.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kTop = 5, kBottom = 3;

/// A list that says what it is for as long as it holds nothing.
class EventView : public QListView {
 public:
  using QListView::QListView;

 protected:
  void paintEvent(QPaintEvent* event) override {
    QListView::paintEvent(event);
    if (model() == nullptr || model()->rowCount() > 0) return;
    QPainter painter(viewport());
    painter.setFont(themeFont(12.5));
    painter.setPen(theme().muted);
    painter.drawText(viewport()->rect().adjusted(scaled(16), scaled(4), -scaled(16), 0),
                     Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap,
                     EventList::tr("What happens appears here: changes, checkpoints, best values, "
                                   "damage found in logs"));
  }
};

}  // namespace

EventList::EventList(QWidget* parent)
    : QWidget(parent),
      m_model(new EventListModel(this)),
      m_shown(new EventFilterModel(this)),
      m_view(new EventView(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, scaled(kTop), 0, scaled(kBottom));
  m_shown->setSourceModel(m_model);
  m_view->setObjectName(QStringLiteral("eventView"));
  m_view->setAccessibleName(tr("What happened"));
  m_view->setModel(m_shown);
  m_view->setItemDelegate(new EventDelegate(m_view));
  m_view->setUniformItemSizes(true);
  m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_view->setContextMenuPolicy(Qt::CustomContextMenu);
  m_view->setMinimumHeight(scaled(20));  // a row
  column->addWidget(m_view);
  connect(m_view, &QWidget::customContextMenuRequested, this, &EventList::openMenu);
  connect(static_cast<EventDelegate*>(m_view->itemDelegate()), &EventDelegate::actionClicked, this,
          &EventList::requestAction);

  auto* copyAction = new QAction(tr("Copy"), this);
  copyAction->setShortcut(QKeySequence::Copy);
  copyAction->setShortcutContext(Qt::WidgetWithChildrenShortcut);
  connect(copyAction, &QAction::triggered, this, &EventList::copy);
  addAction(copyAction);
}

void EventList::add(Severity severity, const QString& text) {
  add({severity, QDateTime::currentDateTime(), text});
}

void EventList::add(EventEntry entry) {
  m_model->add(std::move(entry));
}

void EventList::setOldRunEntries(const QList<EventEntry>& entries) {
  m_model->setOldRunEntries(entries);
}

QList<EventEntry> EventList::entries() const {
  const auto& kept = m_model->entries();
  return {kept.begin(), kept.end()};
}

void EventList::setAction(std::function<QString(const EventEntry&)> textOf) {
  m_model->setAction(std::move(textOf));
  m_view->setMouseTracking(true);
}

void EventList::refreshActions() {
  m_view->viewport()->update();
}

void EventList::requestAction(const QModelIndex& shown) {
  const EventEntry entry = m_model->entry(m_shown->mapToSource(shown).row());
  if (!m_model->actionText(entry).isEmpty()) emit actionRequested(entry);
}

void EventList::setLeastSeverity(Severity severity) {
  m_shown->setLeast(severity);
}

QString EventList::textToCopy() const {
  QModelIndexList rows = m_view->selectionModel()->selectedRows();
  if (rows.isEmpty()) {
    for (int row = 0; row < m_shown->rowCount(); ++row) rows << m_shown->index(row, 0);
  }
  std::sort(rows.begin(), rows.end());
  QStringList lines;
  for (const QModelIndex& index : rows) {
    lines << QStringLiteral("%1  %2").arg(index.data(EventListModel::kTimeRole).toString(),
                                          index.data().toString());
  }
  return lines.join('\n');
}

void EventList::copy() {
  QGuiApplication::clipboard()->setText(textToCopy());
}

void EventList::openMenu(const QPoint& position) {
  QMenu menu(this);
  const QPersistentModelIndex at = m_view->indexAt(position);
  const QString command = at.data(EventListModel::kActionRole).toString();
  if (!command.isEmpty()) {
    menu.addAction(command, this, [this, at] { requestAction(at); });
    menu.addSeparator();
  }
  menu.addAction(tr("Copy"), QKeySequence::Copy, this, &EventList::copy);
  menu.addSeparator();
  auto* group = new QActionGroup(&menu);
  const QList<std::pair<QString, Severity>> filters{
      {tr("Show everything"), Severity::kInfo},
      {tr("Show warnings and errors"), Severity::kWarning},
      {tr("Show errors only"), Severity::kError}};
  for (const auto& [text, severity] : filters) {
    QAction* action =
        menu.addAction(text, this, [this, least = severity] { setLeastSeverity(least); });
    action->setCheckable(true);
    action->setChecked(m_shown->least() == severity);
    group->addAction(action);
  }
  menu.addSeparator();
  menu.addAction(tr("Clear"), this, [this] { m_model->clear(); });
  menu.exec(m_view->viewport()->mapToGlobal(position));
}

/// What is left below the last whole row stays empty.
void EventList::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  const int row = EventDelegate::rowHeight();
  const int room = height() - scaled(kTop) - scaled(kBottom);
  const int rest = room > row ? room % row : 0;
  layout()->setContentsMargins(0, scaled(kTop), 0, scaled(kBottom) + rest);
}

void EventList::paintEvent(QPaintEvent* /*event*/) {
  QPainter(this).fillRect(rect(), theme().panel);
}

}  // namespace widgets
