// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QDesktopServices>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QMenuBar>
#include <QMimeData>
#include <QScreen>
#include <QSplitter>
#include <QStatusBar>
#include <QStyle>
#include <QTabBar>
#include <QTabWidget>
#include <QTimer>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <utility>

#include "app/window/control/training_controller.h"
#include "app/window/dock_layout.h"
#include "app/window/pages.h"
#include "app/window/refresh_timer.h"
#include "app/window/task_bar_progress.h"
#include "app/window/workspace/old_run_events.h"
#include "app/window/workspace/workspace.h"
#include "widgets/forms/form_panel.h"
#include "widgets/pages/page.h"
#include "widgets/runs/run_list.h"
#include "widgets/runs/tag_list.h"
#include "widgets/status/control_bar.h"
#include "widgets/status/status_notice.h"
#include "widgets/status/status_strip.h"
#include "widgets/style/icons.h"
#include "widgets/style/theme.h"

namespace app {

using widgets::scaled;

namespace {

/// In document mode QTabWidget paints nothing but a line beside the tabs, above the panel buttons.
class PageTabs : public QTabWidget {
 public:
  using QTabWidget::QTabWidget;

 protected:
  void paintEvent(QPaintEvent* /*event*/) override {}

  /// Tabs that lack room stand closer before they are scrolled.
  void resizeEvent(QResizeEvent* event) override {
    QTabWidget::resizeEvent(event);
    if (!m_isNarrow) m_roomyWidth = tabBar()->sizeHint().width() + scaled(8);
    const int corner = cornerWidget() ? cornerWidget()->width() : 0;
    const bool isNarrow = width() - corner < m_roomyWidth;
    if (std::exchange(m_isNarrow, isNarrow) == isNarrow) return;
    tabBar()->setProperty("narrow", isNarrow);
    tabBar()->style()->unpolish(tabBar());
    tabBar()->style()->polish(tabBar());
    QEvent otherStyle(QEvent::StyleChange);
    QCoreApplication::sendEvent(tabBar(), &otherStyle);
  }

 private:
  bool m_isNarrow = false;
  int m_roomyWidth = 0;
};

}  // namespace

MainWindow::MainWindow(Workspace& workspace, QWidget* parent)
    : QMainWindow(parent),
      m_workspace(workspace),
      m_refreshTimer(new RefreshTimer(this)),
      m_closeQuestion([this] { return askToClose(); }),
      m_goBackQuestion([this](const QString& text) { return askToGoBack(text); }) {
  setWindowTitle(QStringLiteral("TrainDeck"));
  setAcceptDrops(true);
  setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
  makeTop();
  // In the docks later: behind the pages in the order of the Tab key.
  m_form = new widgets::FormPanel(tr("Next run"));
  m_tagList = new widgets::TagList(&m_workspace.selection());
  m_training =
      std::make_unique<TrainingController>(m_workspace.session(), *m_bar, *m_form, *m_notice);
  makeCentre();
  makeDocks();
  makeMenus();
  connectParts();
  connectGoingBack();
  // Beside the window's own frame, so that no edge of it leaves a small screen.
  const QSize room = screen()->availableSize() - QSize(scaled(4), scaled(32));
  resize(QSize(scaled(1440), scaled(900)).boundedTo(room));
  m_defaultLayout = saveState();
  restoreSettings();
  // No field starts with the focus: the space bar is to start the training.
  setFocusPolicy(Qt::ClickFocus);
  setFocus();
  qApp->installEventFilter(this);
  refresh();
  m_refreshTimer->start();
}

MainWindow::~MainWindow() = default;

void MainWindow::makeTop() {
  auto* top = new QWidget(this);
  auto* column = new QVBoxLayout(top);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* menus = new QMenuBar(top);
  menus->setObjectName(QStringLiteral("menuBar"));
  m_bar = new widgets::ControlBar(top);
  m_notice = new widgets::StatusNotice(top);
  m_closeNotice = new widgets::StatusNotice(top);
  m_closeNotice->setObjectName(QStringLiteral("closeNotice"));
  m_closeNotice->setTone(widgets::StatusNotice::Tone::kInfo);
  m_closeNotice->setAnswers({tr("Keep the window open")});
  m_failureNotice = new widgets::StatusNotice(top);
  m_failureNotice->setObjectName(QStringLiteral("failureNotice"));
  m_failureNotice->setAnswers({tr("Dismiss")});
  column->addWidget(menus);
  column->addWidget(m_bar);
  column->addWidget(m_notice);
  column->addWidget(m_failureNotice);
  column->addWidget(m_closeNotice);
  setMenuWidget(top);

  auto* bar = new QStatusBar(this);
  bar->setSizeGripEnabled(false);
  m_status = new widgets::StatusStrip(bar);
  bar->setFixedHeight(m_status->height());
  bar->installEventFilter(this);
  setStatusBar(bar);
}

void MainWindow::makeCentre() {
  m_tabs = new PageTabs(this);
  m_tabs->setDocumentMode(true);
  m_tabs->setObjectName(QStringLiteral("tabs"));
  auto pages = makePages({m_workspace, *m_training, *m_tagList, [this] { chooseDirectory(); },
                          [this](std::int64_t step) { goBack(step); }});
  for (auto& page : pages) {
    widgets::Page* shown = page.release();
    const int tab = m_tabs->addTab(shown, shown->title());
    m_tabs->setTabToolTip(tab, QStringLiteral("%1 (Ctrl+%2)").arg(shown->title()).arg(tab + 1));
    connect(shown, &widgets::Page::showRequested, this,
            [this, shown] { m_tabs->setCurrentWidget(shown); });
    m_pages.push_back(shown);
  }
  m_tagList->setTagFilter([this](const eventio::TagInfo& tag) { return pageOf(tag) != nullptr; });
  // The pages ask for more than a small screen has beside the panels; they can do with less.
  m_tabs->setMinimumSize(scaled(320), scaled(240));
  setCentralWidget(m_tabs);
}

void MainWindow::makeDocks() {
  setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
  setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);

  auto* left = new QSplitter(Qt::Vertical, this);
  left->setChildrenCollapsible(false);
  left->setHandleWidth(1);
  left->setProperty("line", true);
  m_runList = new widgets::RunList(&m_workspace.selection(), left);
  left->addWidget(m_runList);
  left->addWidget(m_tagList);
  left->setStretchFactor(0, 1);
  left->setStretchFactor(1, 1);
  left->setSizes({scaled(400), scaled(360)});
  left->setMinimumWidth(scaled(150));
  makeDock(QStringLiteral("runsDock"), tr("Runs and tags"), left, m_runList->header(),
           Qt::LeftDockWidgetArea);

  m_form->setMinimumWidth(scaled(256));
  makeDock(QStringLiteral("setupDock"), tr("Set-up of the next run"), m_form, m_form->header(),
           Qt::RightDockWidgetArea);

  m_events = new widgets::EventList(this);
  m_oldEvents = std::make_unique<OldRunEvents>(m_events);
  auto* grip = new QWidget(this);
  grip->setFixedHeight(scaled(3));
  grip->setProperty("surface", "panel");
  grip->setAttribute(Qt::WA_StyledBackground);
  grip->setCursor(Qt::SizeAllCursor);
  grip->setToolTip(tr("Drag to move the events elsewhere"));
  makeDock(QStringLiteral("eventsDock"), tr("Events"), m_events, grip, Qt::BottomDockWidgetArea);
  m_dockLayout = new DockLayout(
      this, {{m_docks[0], scaled(248)}, {m_docks[1], scaled(288)}, {m_docks[2], scaled(66)}},
      m_docks[1]);
  makePanelButtons();
}

/// Beside the tabs: each panel can be folded away and brought back without a menu.
void MainWindow::makePanelButtons() {
  auto* corner = new QWidget(m_tabs);
  auto* row = new QHBoxLayout(corner);
  row->setContentsMargins(0, scaled(5), scaled(10), scaled(5));  // as high as the tabs
  row->setSpacing(scaled(2));
  const std::array pictures{"panel-left", "panel-right", "panel-bottom"};
  for (const int dock : {0, 2, 1}) {
    auto* button = new QToolButton(corner);
    QAction* toggle = m_docks[dock]->toggleViewAction();
    toggle->setProperty("picture", pictures[static_cast<std::size_t>(dock)]);
    button->setDefaultAction(toggle);
    button->setObjectName(m_docks[dock]->objectName() + QStringLiteral("Button"));
    button->setAccessibleName(m_docks[dock]->windowTitle());
    button->setFocusPolicy(Qt::TabFocus);
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setIconSize(QSize(scaled(15), scaled(15)));
    button->setFixedSize(scaled(26), scaled(26));
    row->addWidget(button);
  }
  m_tabs->setCornerWidget(corner, Qt::TopRightCorner);
  refreshPanelIcons();
}

void MainWindow::refreshPanelIcons() {
  const widgets::Theme& t = widgets::theme();
  for (QDockWidget* dock : m_docks) {
    QAction* toggle = dock->toggleViewAction();
    toggle->setIcon(
        widgets::icon(toggle->property("picture").toString(), t.muted, t.faint, scaled(15)));
  }
}

void MainWindow::changeEvent(QEvent* event) {
  QMainWindow::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && !m_docks.isEmpty()) refreshPanelIcons();
}

QDockWidget* MainWindow::makeDock(const QString& name, const QString& title, QWidget* content,
                                  QWidget* titleBar, Qt::DockWidgetArea area) {
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(name);
  dock->setWidget(content);
  dock->setTitleBarWidget(titleBar);
  addDockWidget(area, dock);
  m_docks.append(dock);
  return dock;
}

void MainWindow::connectParts() {
  const auto note = [this](widgets::Severity severity, const QString& text) {
    m_events->add(severity, text);
  };
  connect(m_training.get(), &TrainingController::happened, this,
          [this, note](auto severity, const QString& text) {
            // The recorder wrote before the status changed: in this order it is read.
            m_workspace.pollLiveEvents();
            note(severity, text);
          });
  connect(m_training.get(), &TrainingController::runEnded, this,
          [this](auto severity, const QString& text, const QString& folder) {
            m_workspace.pollLiveEvents();
            m_continuable = folder;
            widgets::EventEntry entry{severity, QDateTime::currentDateTime(), text};
            entry.runFolder = folder;
            m_events->add(entry);
          });
  connect(&m_workspace, &Workspace::happened, this, note);
  connect(&m_workspace.logs(), &OpenLogs::changed, this, &MainWindow::forgetViewOfOtherLogs);
  connect(&m_workspace, &Workspace::liveRunReported, m_events,
          qOverload<widgets::EventEntry>(&widgets::EventList::add));
  connect(&m_workspace, &Workspace::liveRunIsFiltered, m_runList,
          [this] { m_runList->setFilter({}); });
  connect(m_training.get(), &TrainingController::underWayChanged, m_refreshTimer,
          &RefreshTimer::setTraining);
  connect(m_training.get(), &TrainingController::formChanged, this,
          [this] { m_settings.setSetup(m_form->values()); });
  connect(&m_workspace.session(), &TrainingSession::engineChanged, this,
          &MainWindow::refreshStatus);
  connect(&m_workspace.session(), &TrainingSession::started, this,
          [this] { m_continuable.clear(); });
  connect(&m_workspace.session(), &TrainingSession::ended, this, [this] {
    m_events->refreshActions();
    if (m_closeWhenEnded) close();
  });
  connect(m_closeNotice, &widgets::StatusNotice::answered, this,
          [this] { setCloseWhenEnded(false); });
  connect(m_training.get(), &TrainingController::progressChanged, this,
          [this](const QString& title, std::optional<double> share) {
            setWindowTitle(title.isEmpty() ? QStringLiteral("TrainDeck") : title);
            showTaskBarProgress(share);
            showCloseNotice();
          });
  connect(m_training.get(), &TrainingController::failureChanged, this, &MainWindow::showFailure);
  connect(m_failureNotice, &widgets::StatusNotice::answered, m_failureNotice, &QWidget::hide);
  connect(m_runList, &widgets::RunList::openFolderRequested, this,
          [](const QString& path) { QDesktopServices::openUrl(QUrl::fromLocalFile(path)); });
  connect(m_runList, &widgets::RunList::continueRequested, m_training.get(),
          &TrainingController::continueRun);
  connect(m_runList, &widgets::RunList::useSettingsRequested, m_training.get(),
          &TrainingController::useSettings);
  connect(m_runList, &widgets::RunList::useSettingsRequested, m_dockLayout, &DockLayout::open);
  m_runList->setContinueCheck([this](const eventio::Run& run) {
    return m_training->continueProblem(QString::fromStdString(run.path()));
  });
  m_runList->setSettingsCheck([](const eventio::Run& run) {
    return TrainingController::settingsProblem(QString::fromStdString(run.path()));
  });
  connect(m_tagList, &widgets::TagList::tagActivated, this, &MainWindow::jumpToTag);
  connect(m_status, &widgets::StatusStrip::cancelLoadingRequested, &m_workspace.logs(),
          &OpenLogs::cancelLoading);
  connect(m_tabs, &QTabWidget::currentChanged, this, &MainWindow::refreshPage);
  connect(m_refreshTimer, &RefreshTimer::timeout, this, &MainWindow::refresh);
}

void MainWindow::showFailure(const QString& sentence) {
  if (!sentence.isEmpty()) m_failureNotice->setText(sentence);
  m_failureNotice->setVisible(!sentence.isEmpty());
}

void MainWindow::openLogs(const QStringList& paths) {
  for (const QString& path : paths) {
    if (!m_workspace.logs().open(path)) continue;
    m_settings.addRecent(QFileInfo(path).absoluteFilePath());
  }
  refresh();
}

void MainWindow::startEngine() {
  m_workspace.session().loadEngine();
}

void MainWindow::setCloseQuestion(std::function<CloseAnswer()> question) {
  m_closeQuestion = std::move(question);
}

void MainWindow::setGoBackQuestion(std::function<bool(const QString&)> question) {
  m_goBackQuestion = std::move(question);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  const auto urls = event->mimeData()->urls();
  for (const QUrl& url : urls) {
    if (url.isLocalFile()) event->acceptProposedAction();
  }
}

void MainWindow::dropEvent(QDropEvent* event) {
  QStringList paths;
  const auto urls = event->mimeData()->urls();
  for (const QUrl& url : urls) {
    if (url.isLocalFile()) paths << url.toLocalFile();
  }
  openLogs(paths);
  event->acceptProposedAction();
}

bool MainWindow::event(QEvent* event) {
  const bool handled = QMainWindow::event(event);
  if (event->type() == QEvent::Paint && !m_painted) {
    m_painted = true;
    QTimer::singleShot(0, this, &MainWindow::firstPainted);
  }
  return handled;
}

/// A text field takes some keys with Ctrl for itself (Ctrl+E: to the line's end); where the window
/// uses one, the window's comes first.
bool MainWindow::isWindowKey(const QKeyEvent& key) const {
  if (!key.modifiers().testFlag(Qt::ControlModifier)) return false;
  const QKeySequence pressed(key.keyCombination());
  const auto uses = [&pressed](const QAction* action) {
    return action->isEnabled() && action->shortcut() == pressed;
  };
  const auto own = actions();
  const auto ofBar = m_bar->actions();
  return std::any_of(own.begin(), own.end(), uses) || std::any_of(ofBar.begin(), ofBar.end(), uses);
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
  // Space and letters belong to the widget with the focus where it uses them: a check box, a
  // button, a list of runs. Elsewhere they are the window's shortcuts.
  if (event->type() == QEvent::ShortcutOverride && watched->isWidgetType()) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool usesSpace = watched->inherits("QAbstractButton") || watched->inherits("QComboBox") ||
                           watched->objectName() == QLatin1String("runView");
    if (key->key() == Qt::Key_Space && key->modifiers() == Qt::NoModifier && usesSpace) {
      event->accept();
      return true;
    }
    if (watched->inherits("QLineEdit") && isWindowKey(*key)) {
      event->ignore();
      return true;
    }
  }
  // QStatusBar's own layout leaves a margin that the strip must not have.
  if (event->type() == QEvent::Resize && watched == statusBar()) {
    m_status->resize(statusBar()->size());
  }
  return QMainWindow::eventFilter(watched, event);
}

}  // namespace app
