// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_list.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QDateTime>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QItemSelectionModel>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/runs/run_color_menu.h"
#include "widgets/runs/run_list_delegate.h"
#include "widgets/runs/run_list_model.h"
#include "widgets/style/filter_field.h"
#include "widgets/style/number_text.h"
#include "widgets/style/style_figures.h"
#include "widgets/style/theme.h"

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
      m_filter(new FilterField(tr("Filter, e.g. %1").arg(QStringLiteral("lr.*0\\.01")),
                               tr("Filter runs by regular expression"), this)),
      m_filterReason(new QLabel(this)),
      m_empty(new QLabel(tr("No runs yet"), this)),
      m_view(new QListView(this)),
      m_counts(new FigureLabel(this)),
      m_figure(new QToolButton(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, scaled(4));
  column->setSpacing(scaled(4));
  makeHeader();
  column->addWidget(m_header);
  makeFilter(column);
  makeFigureButton(column);
  m_empty->setProperty("tone", "muted");
  m_empty->setFont(themeFont(12));
  m_empty->setContentsMargins(scaled(12), scaled(4), scaled(12), 0);
  m_empty->setWordWrap(true);
  column->addWidget(m_empty);
  makeView(column);

  connect(m_selection, &RunSelection::changed, this, &RunList::showCounts);
  connect(m_selection, &RunSelection::currentChanged, this, &RunList::followCurrent);
  connect(m_selection, &RunSelection::troubledChanged, m_view->viewport(),
          qOverload<>(&QWidget::update));
  connect(m_model, &QAbstractItemModel::modelReset, this, &RunList::followCurrent);
  connect(m_model, &RunListModel::figureChanged, this, &RunList::showFigure);
  showCounts();
  showFigure();
  followCurrent();
}

void RunList::makeHeader() {
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
}

void RunList::makeFilter(QBoxLayout* column) {
  m_filter->setObjectName(QStringLiteral("runFilter"));
  m_filter->setHint(
      tr("Lists and draws the runs whose name matches this regular expression (Ctrl+F)"));
  m_filter->setMinimumWidth(scaled(60));
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
  connect(m_filter, &FilterField::filterChanged, this, &RunList::applyFilter);
  connect(m_filter, &FilterField::problemChanged, this, &RunList::showFilterProblem);
}

void RunList::makeFigureButton(QBoxLayout* column) {
  m_figure->setObjectName(QStringLiteral("runFigure"));
  m_figure->setFont(themeFont(11));
  m_figure->setProperty("tone", "muted");
  m_figure->setPopupMode(QToolButton::InstantPopup);
  m_figure->setFocusPolicy(Qt::TabFocus);
  auto* menu = new QMenu(m_figure);
  menu->setObjectName(QStringLiteral("runFigureMenu"));
  m_figure->setMenu(menu);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(scaled(8), 0, scaled(8), 0);
  row->addStretch();
  row->addWidget(m_figure);
  column->addLayout(row);
  connect(menu, &QMenu::aboutToShow, this, &RunList::fillFigureMenu);
}

void RunList::makeView(QBoxLayout* column) {
  m_view->setObjectName(QStringLiteral("runView"));
  m_view->setAccessibleName(tr("Runs"));
  // Before the view's own connections.
  connect(m_model, &QAbstractItemModel::rowsAboutToBeRemoved, this,
          [this] { m_areRowsLeaving = true; });
  connect(m_model, &QAbstractItemModel::rowsRemoved, this, [this] { m_areRowsLeaving = false; });
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
  connect(m_view, &QWidget::customContextMenuRequested, this, &RunList::openMenu);
  connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& index) { currentRowChanged(index.row()); });
}

void RunList::refresh() {
  const qint64 time = now();
  if (m_lastRefresh != 0 && time - m_lastRefresh < kRefreshMilliseconds) return;
  m_lastRefresh = time;
  if (!isVisible() || m_model->rowCount() == 0) return;
  m_model->collectTags();
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

void RunList::showFilterProblem() {
  m_filterReason->setText(m_filter->problem());
  m_filterReason->setVisible(!m_filter->problem().isEmpty());
}

void RunList::applyFilter() {
  m_selection->setFilter(m_filter->filter());
  showCounts();
  if (m_model->rowCount() > 0) m_view->scrollToTop();
}

void RunList::showCounts() {
  const auto& entries = m_selection->entries();
  const auto shown = std::count_if(entries.begin(), entries.end(),
                                   [](const RunSelection::Entry& entry) { return entry.visible; });
  m_counts->setText(
      entries.empty()
          ? QString()
          : tr("%1 of %2").arg(countText(shown), countText(static_cast<qint64>(entries.size()))));
  m_empty->setText(entries.empty() ? tr("No runs yet") : tr("No run matches the filter"));
  m_empty->setVisible(m_model->rowCount() == 0);
}

/// Where the current row goes away the view moves to another: that is nobody's choice.
void RunList::currentRowChanged(int row) {
  const auto* entry = m_areRowsLeaving ? nullptr : m_model->entry(row);
  if (entry && entry->run != m_selection->current()) m_selection->setCurrent(entry->run);
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
  addVisibilityActions(menu, run);
  auto* colors = new RunColorMenu(entry->colorIndex, &menu);
  connect(colors, &RunColorMenu::chosen, this,
          [this, run](int style) { m_selection->setColor(run.get(), style); });
  menu.addMenu(colors);
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

void RunList::addVisibilityActions(QMenu& menu, const std::shared_ptr<eventio::Run>& run) {
  const bool isFiltered = m_selection->isFiltered();
  const int count = m_model->rowCount();
  menu.addAction(tr("Show only this run"), this, [this, run] { m_selection->showOnly(run.get()); });
  menu.addAction(isFiltered ? tr("Show all %1 that match the filter").arg(countText(count))
                            : tr("Show all runs"),
                 this, [this] { m_selection->setAllVisible(true); });
  menu.addAction(isFiltered ? tr("Hide all %1 that match the filter").arg(countText(count))
                            : tr("Hide all runs"),
                 this, [this] { m_selection->setAllVisible(false); });
}

void RunList::toggleVisible(int row) {
  const auto* entry = m_model->entry(row);
  if (entry) m_selection->setVisible(entry->run.get(), !entry->ticked);
}

void RunList::openColorMenu(int row, const QPoint& globalPosition) {
  const auto* entry = m_model->entry(row);
  if (!entry) return;
  const std::shared_ptr<eventio::Run> run = entry->run;
  RunColorMenu menu(entry->colorIndex, this);
  connect(&menu, &RunColorMenu::chosen, this,
          [this, run](int style) { m_selection->setColor(run.get(), style); });
  menu.exec(globalPosition);
}

bool RunList::eventFilter(QObject* watched, QEvent* event) {
  return viewEvent(event) || QWidget::eventFilter(watched, event);
}

/// The swatch's clicks must not reach the view, which would make the run the current one; nor must
/// the right button, which opens the menu of a run.
bool RunList::viewEvent(QEvent* event) {
  const auto swatchAt = [this](const QPoint& position) {
    const QModelIndex index = m_view->indexAt(position);
    const bool isInside = index.isValid() &&
                          RunListDelegate::swatchArea(m_view->visualRect(index)).contains(position);
    return isInside ? index : QModelIndex();
  };
  switch (event->type()) {
    case QEvent::ToolTip: {
      const auto* help = static_cast<QHelpEvent*>(event);
      if (!swatchAt(help->pos()).isValid()) return false;
      QToolTip::showText(help->globalPos(),
                         tr("Click to hide or show this run, right-click for another colour"),
                         m_view->viewport());
      return true;
    }
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonDblClick: {
      const auto* mouse = static_cast<QMouseEvent*>(event);
      const QModelIndex swatch = swatchAt(mouse->position().toPoint());
      m_pressedSwatch = mouse->button() == Qt::LeftButton ? swatch : QModelIndex();
      return mouse->button() == Qt::RightButton || m_pressedSwatch.isValid();
    }
    case QEvent::MouseButtonRelease: {
      const auto* mouse = static_cast<QMouseEvent*>(event);
      if (mouse->button() != Qt::LeftButton || !m_pressedSwatch.isValid()) return false;
      const QModelIndex swatch = swatchAt(mouse->position().toPoint());
      if (swatch == m_pressedSwatch) toggleVisible(swatch.row());
      m_pressedSwatch = QModelIndex();
      return true;
    }
    case QEvent::ContextMenu: {
      const auto* menu = static_cast<QContextMenuEvent*>(event);
      const QModelIndex swatch = swatchAt(menu->pos());
      if (menu->reason() != QContextMenuEvent::Mouse || !swatch.isValid()) return false;
      openColorMenu(swatch.row(), menu->globalPos());
      return true;
    }
    default:
      return false;
  }
}

void RunList::paintEvent(QPaintEvent* /*event*/) {
  QPainter(this).fillRect(rect(), theme().panel);
}

}  // namespace widgets
