// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/run_list.h"

#include <QClipboard>
#include <QDateTime>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

#include "widgets/run_list_delegate.h"
#include "widgets/run_list_model.h"
#include "widgets/style_field.h"
#include "widgets/style_figures.h"
#include "widgets/theme.h"

namespace widgets {
namespace {

constexpr qint64 kRefreshMilliseconds = 250;

qint64 now() {
  static const QElapsedTimer kTimer = [] {
    QElapsedTimer timer;
    timer.start();
    return timer;
  }();
  return kTimer.elapsed();
}

}  // namespace

RunList::RunList(RunSelection* selection, QWidget* parent)
    : QWidget(parent),
      m_selection(selection),
      m_model(new RunListModel(selection, this)),
      m_header(new QWidget(this)),
      m_filter(new QLineEdit(this)),
      m_filterReason(new QLabel(this)),
      m_empty(new QLabel(tr("No runs yet"), this)),
      m_view(new QListView(this)),
      m_counts(new FigureLabel(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, scaled(4));
  column->setSpacing(scaled(8));

  m_header->setProperty("surface", "panel");
  m_header->setAttribute(Qt::WA_StyledBackground);
  auto* title = new QLabel(tr("Runs"), m_header);
  title->setFont(themeFont(13, QFont::DemiBold));
  m_counts->setTextStyle(12);
  m_counts->setTone(FigureLabel::Tone::kMuted);
  m_counts->setToolTip(tr("Runs shown, of all runs"));
  auto* head = new QHBoxLayout(m_header);
  head->setContentsMargins(scaled(12), scaled(11), scaled(12), scaled(8));
  head->addWidget(title);
  head->addStretch();
  head->addWidget(m_counts);
  column->addWidget(m_header);

  m_filter->setObjectName(QStringLiteral("runFilter"));
  m_filter->setPlaceholderText(tr("Filter, e.g. %1").arg(QStringLiteral("lr.*0\\.01")));
  m_filter->setAccessibleName(tr("Filter runs by regular expression"));
  m_filter->setToolTip(tr("Shows the runs whose name matches this regular expression (Ctrl+F)"));
  m_filter->setClearButtonEnabled(true);
  m_filterReason->setProperty("tone", "bad");
  m_filterReason->setFont(themeFont(11));
  m_filterReason->setWordWrap(true);
  m_filterReason->hide();
  auto* filterColumn = new QVBoxLayout;
  filterColumn->setContentsMargins(scaled(12), 0, scaled(12), 0);
  filterColumn->setSpacing(scaled(3));
  filterColumn->addWidget(m_filter);
  filterColumn->addWidget(m_filterReason);
  column->addLayout(filterColumn);

  m_empty->setProperty("tone", "muted");
  m_empty->setFont(themeFont(12));
  m_empty->setContentsMargins(scaled(12), scaled(4), scaled(12), 0);
  m_empty->setWordWrap(true);
  column->addWidget(m_empty);

  m_view->setObjectName(QStringLiteral("runView"));
  m_view->setAccessibleName(tr("Runs"));
  m_view->setModel(m_model);
  m_view->setItemDelegate(new RunListDelegate(m_view));
  m_view->setUniformItemSizes(true);
  m_view->setMouseTracking(true);
  m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_view->setContextMenuPolicy(Qt::CustomContextMenu);
  m_view->viewport()->installEventFilter(this);
  column->addWidget(m_view, 1);

  connect(m_filter, &QLineEdit::textChanged, this, &RunList::filterChanged);
  connect(m_view, &QWidget::customContextMenuRequested, this, &RunList::openMenu);
  connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& index) { currentRowChanged(index.row()); });
  connect(m_selection, &RunSelection::changed, this, &RunList::showCounts);
  connect(m_selection, &RunSelection::currentChanged, this, &RunList::followCurrent);
  connect(m_selection, &RunSelection::troubledChanged, m_view->viewport(),
          qOverload<>(&QWidget::update));
  connect(m_model, &QAbstractItemModel::modelReset, this, &RunList::followCurrent);
  showCounts();
  followCurrent();
}

void RunList::refresh() {
  const qint64 time = now();
  if (m_lastRefresh != 0 && time - m_lastRefresh < kRefreshMilliseconds) return;
  m_lastRefresh = time;
  if (!isVisible() || m_model->rowCount() == 0) return;
  const QRect area = m_view->viewport()->rect();
  const int first = m_view->indexAt(area.topLeft() + QPoint(scaled(8), 1)).row();
  const QModelIndex below = m_view->indexAt(area.bottomLeft() + QPoint(scaled(8), -1));
  m_model->refreshRows(std::max(0, first), below.isValid() ? below.row() : m_model->rowCount() - 1);
}

void RunList::setContinueCheck(Check check) {
  m_continueCheck = std::move(check);
}

void RunList::setSettingsCheck(Check check) {
  m_settingsCheck = std::move(check);
}

void RunList::setFilter(const QString& pattern) {
  m_filter->setText(pattern);
}

QString RunList::filter() const {
  return m_filter->text();
}

void RunList::focusFilter() {
  m_filter->setFocus(Qt::ShortcutFocusReason);
  m_filter->selectAll();
}

void RunList::filterChanged(const QString& pattern) {
  const QString reason = m_model->setFilter(pattern);
  setFieldBad(m_filter, !reason.isEmpty());
  m_filterReason->setText(reason);
  m_filterReason->setVisible(!reason.isEmpty());
  m_filter->setAccessibleDescription(reason);
  showCounts();
}

void RunList::showCounts() {
  const auto& entries = m_selection->entries();
  const auto shown = std::count_if(entries.begin(), entries.end(),
                                   [](const RunSelection::Entry& entry) { return entry.visible; });
  m_counts->setText(entries.empty() ? QString() : tr("%1 of %2").arg(shown).arg(entries.size()));
  m_empty->setText(entries.empty() ? tr("No runs yet") : tr("No run matches the filter"));
  m_empty->setVisible(m_model->rowCount() == 0);
}

void RunList::currentRowChanged(int row) {
  if (const auto* entry = m_model->entry(row)) m_selection->setCurrent(entry->run);
}

void RunList::followCurrent() {
  const int row = m_model->rowOf(m_selection->current().get());
  if (row < 0 || m_view->currentIndex().row() == row) return;
  m_view->setCurrentIndex(m_model->index(row));
}

void RunList::openMenu(const QPoint& position) {
  const auto* entry = m_model->entry(m_view->indexAt(position).row());
  if (!entry) return;
  const std::shared_ptr<eventio::Run> run = entry->run;
  const QString path = QString::fromStdString(run->path());
  const auto reasonOf = [&run](const Check& check) {
    return check ? check(*run) : tr("Not available here");
  };
  QMenu menu(this);
  menu.setToolTipsVisible(true);
  menu.addAction(tr("Show only this run"), this, [&] { m_selection->showOnly(run.get()); });
  menu.addAction(tr("Show all runs"), this, [this] { m_selection->setAllVisible(true); });
  menu.addAction(tr("Hide all runs"), this, [this] { m_selection->setAllVisible(false); });
  menu.addSeparator();
  const auto offer = [](QAction* action, const QString& reason) {
    action->setEnabled(reason.isEmpty());
    action->setToolTip(reason);
  };
  offer(menu.addAction(tr("Continue this run"), this, [&] { emit continueRequested(path); }),
        reasonOf(m_continueCheck));
  offer(menu.addAction(tr("Use these settings"), this, [&] { emit useSettingsRequested(path); }),
        reasonOf(m_settingsCheck));
  menu.addSeparator();
  menu.addAction(tr("Open folder"), this, [&] { emit openFolderRequested(path); });
  menu.addAction(tr("Copy path"), this, [&] { QGuiApplication::clipboard()->setText(path); });
  menu.exec(m_view->viewport()->mapToGlobal(position));
}

bool RunList::eventFilter(QObject* watched, QEvent* event) {
  // The right button opens the menu of a run without making it the current one.
  return (event->type() == QEvent::MouseButtonPress &&
          static_cast<QMouseEvent*>(event)->button() == Qt::RightButton) ||
         QWidget::eventFilter(watched, event);
}

void RunList::paintEvent(QPaintEvent* /*event*/) {
  QPainter(this).fillRect(rect(), theme().panel);
}

}  // namespace widgets
