// SPDX-License-Identifier: GPL-3.0-or-later
// Menus of the main window, and what it keeps in the settings.
#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QDockWidget>
#include <QFileDialog>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QTabWidget>
#include <algorithm>

#include "app/cli/version.h"
#include "app/window/control/training_controller.h"
#include "app/window/dock_layout.h"
#include "app/window/main_window.h"
#include "app/window/workspace/workspace.h"
#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/forms/form_panel.h"
#include "widgets/pages/page.h"
#include "widgets/runs/run_list.h"
#include "widgets/status/control_bar.h"
#include "widgets/style/theme.h"

namespace app {

using widgets::ControlBar;
using widgets::ThemeMode;

void MainWindow::makeMenus() {
  auto* bar = menuWidget()->findChild<QMenuBar*>();
  makeFileMenu(bar->addMenu(tr("&File")));
  makeTrainingMenu(bar->addMenu(tr("&Training")));
  makeViewMenu(bar->addMenu(tr("&View")));
  makeHelpMenu(bar->addMenu(tr("&Help")));
  // Shortcuts must work while no menu is open, also where a desktop hides the menu bar.
  for (QMenu* menu : bar->findChildren<QMenu*>()) {
    for (QAction* action : menu->actions()) {
      if (!action->shortcut().isEmpty() && action->parent() != m_bar) addAction(action);
    }
  }
}

void MainWindow::makeFileMenu(QMenu* menu) {
  menu->addAction(tr("&Open log directory…"), QKeySequence::Open, this,
                  &MainWindow::chooseDirectory);
  menu->addAction(tr("Open event &file…"), QKeySequence(tr("Ctrl+Shift+O")), this,
                  &MainWindow::chooseFile);
  m_recentMenu = menu->addMenu(tr("Open &recent"));
  connect(m_recentMenu, &QMenu::aboutToShow, this, &MainWindow::fillRecentMenu);
  m_closeMenu = menu->addMenu(tr("&Close log directory"));
  connect(m_closeMenu, &QMenu::aboutToShow, this, &MainWindow::fillCloseMenu);
  menu->addSeparator();
  menu->addAction(tr("&Export…"), QKeySequence(tr("Ctrl+E")), this, &MainWindow::exportPage);
  menu->addSeparator();
  menu->addAction(tr("&Quit"), QKeySequence(tr("Ctrl+Q")), this, &QWidget::close);
}

void MainWindow::makeTrainingMenu(QMenu* menu) {
  menu->addAction(m_bar->action(ControlBar::Command::kMain));
  menu->addAction(m_bar->action(ControlBar::Command::kStep));
  menu->addAction(m_bar->action(ControlBar::Command::kStop));
  menu->addAction(m_bar->action(ControlBar::Command::kStopAfterEpoch));
  menu->addSeparator();
  QAction* goOn = menu->addAction(tr("&Continue the selected run"), this, [this] {
    if (const auto run = m_workspace.selection().current()) {
      m_training->continueRun(QString::fromStdString(run->path()));
    }
  });
  goOn->setShortcut(QKeySequence(tr("Ctrl+R")));
  connect(menu, &QMenu::aboutToShow, this, [this, goOn] {
    const auto run = m_workspace.selection().current();
    const QString problem = run ? m_training->continueProblem(QString::fromStdString(run->path()))
                                : tr("There is no run");
    goOn->setEnabled(problem.isEmpty());
    goOn->setToolTip(problem);
  });
  connect(menu, &QMenu::aboutToHide, this, [goOn] { goOn->setEnabled(true); });
  menu->setToolTipsVisible(true);
  QMenu* saved = menu->addMenu(tr("Go &back to a saved model"));
  connect(saved, &QMenu::aboutToShow, this, [this, saved] { fillSavedModelsMenu(saved); });
  menu->addSeparator();
  for (const auto command : {ControlBar::Command::kEditRate, ControlBar::Command::kRateTenth,
                             ControlBar::Command::kRateHalf, ControlBar::Command::kRateDouble,
                             ControlBar::Command::kRateTenfold}) {
    menu->addAction(m_bar->action(command));
  }
}

void MainWindow::makeViewMenu(QMenu* menu) {
  for (int i = 0; i < m_tabs->count(); ++i) {
    menu->addAction(m_tabs->tabText(i), QKeySequence(QStringLiteral("Ctrl+%1").arg(i + 1)), this,
                    [this, i] { m_tabs->setCurrentIndex(i); });
  }
  menu->addSeparator();
  menu->addAction(tr("Filter the runs"), QKeySequence::Find, this, [this] {
    m_docks.first()->show();
    m_runList->focusFilter();
  });
  menu->addSeparator();
  const QStringList keys{tr("Ctrl+Shift+R"), tr("Ctrl+Shift+P"), tr("Ctrl+Shift+E")};
  for (int i = 0; i < m_docks.size(); ++i) {
    QAction* toggle = m_docks[i]->toggleViewAction();
    toggle->setShortcut(QKeySequence(keys[i]));
    toggle->setIconVisibleInMenu(false);  // it would stand in the check mark's place
    menu->addAction(toggle);
  }
  menu->addAction(tr("Reset layout"), this, &MainWindow::resetLayout);
  menu->addSeparator();
  makeThemeMenu(menu->addMenu(tr("Theme")));
}

void MainWindow::makeThemeMenu(QMenu* menu) {
  auto* group = new QActionGroup(menu);
  const QList<std::pair<QString, ThemeMode>> modes{{tr("System"), ThemeMode::kSystem},
                                                   {tr("Light"), ThemeMode::kLight},
                                                   {tr("Dark"), ThemeMode::kDark}};
  for (const auto& [text, mode] : modes) {
    QAction* action = menu->addAction(text, this, [this, chosen = mode] {
      m_settings.setThemeMode(chosen);
      widgets::applyTheme(*qApp, chosen);
    });
    action->setCheckable(true);
    action->setChecked(m_settings.themeMode() == mode);
    group->addAction(action);
  }
}

void MainWindow::makeHelpMenu(QMenu* menu) {
  menu->addAction(tr("&Keys"), QKeySequence::HelpContents, this, &MainWindow::showKeys);
  menu->addAction(tr("&About TrainDeck"), this, &MainWindow::showAbout);
}

void MainWindow::fillRecentMenu() {
  m_recentMenu->clear();
  const QStringList paths = m_settings.recent();
  for (const QString& path : paths) {
    m_recentMenu->addAction(path, this, [this, path] { openLogs({path}); });
  }
  if (paths.isEmpty()) {
    m_recentMenu->addAction(tr("Nothing opened yet"))->setEnabled(false);
    return;
  }
  m_recentMenu->addSeparator();
  m_recentMenu->addAction(tr("Clear list"), this, [this] { m_settings.clearRecent(); });
}

void MainWindow::fillCloseMenu() {
  m_closeMenu->clear();
  const QStringList paths = m_workspace.logs().paths();
  for (const QString& path : paths) {
    m_closeMenu->addAction(path, this, [this, path] {
      m_workspace.logs().close(path);
      refresh();
    });
  }
  if (paths.isEmpty()) m_closeMenu->addAction(tr("None is open"))->setEnabled(false);
}

void MainWindow::chooseDirectory() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a log directory"));
  if (!folder.isEmpty()) openLogs({folder});
}

void MainWindow::chooseFile() {
  const QStringList files = QFileDialog::getOpenFileNames(
      this, tr("Open files"), {},
      tr("Event files and CSV files of metrics (*tfevents* *.csv training.log);;All files (*)"));
  if (!files.isEmpty()) openLogs(files);
}

void MainWindow::showKeys() {
  const QString row = QStringLiteral(
      "<tr><td style='padding-right:24px; white-space:nowrap'><b>%1</b></td>"
      "<td style='white-space:nowrap'>%2</td></tr>");
  QString rows;
  const auto add = [&rows, &row](const QAction* action) {
    if (action->shortcut().isEmpty()) return;
    QString name = action->text();
    name.remove('&').remove(QStringLiteral("…"));
    rows += row.arg(action->shortcut().toString(QKeySequence::NativeText).toHtmlEscaped(),
                    name.toHtmlEscaped());
  };
  for (const QAction* action : m_bar->actions()) add(action);
  for (const QAction* action : actions()) add(action);
  QString chartRows;
  for (const auto& [keys, effect] : widgets::ScalarChart::keys()) {
    chartRows += row.arg(keys.toHtmlEscaped(), effect.toHtmlEscaped());
  }
  QMessageBox box(this);
  box.setWindowTitle(tr("Keys"));
  box.setText(
      QStringLiteral(
          "<table><tr><td style='padding-right:32px'><p>%1</p>"
          "<table cellspacing='0' cellpadding='1'>%2</table></td>"
          "<td><p>%3</p><table cellspacing='0' cellpadding='1'>%4</table></td></tr></table>")
          .arg(tr("Everywhere"), rows, tr("On a chart"), chartRows));
  box.setInformativeText(
      tr("In the list of runs, Space shows or hides the run under the focus. "
         "In the list of tags, the Menu key offers to superimpose a scalar."));
  box.exec();
}

void MainWindow::showAbout() {
  const auto state = m_workspace.session().engineState();
  const QString torch =
      state == TrainingSession::Engine::kReady
          ? tr("LibTorch %1")
                .arg(QString::fromStdString(m_workspace.session().engine().torchVersion))
          : m_workspace.session().engineProblem();
  QMessageBox box(this);
  box.setWindowTitle(tr("About TrainDeck"));
  box.setIconPixmap(windowIcon().pixmap(64));
  box.setText(tr("<b>TrainDeck %1</b><br>Train neural networks and watch them learn.")
                  .arg(QString::fromStdString(programVersion())));
  box.setInformativeText(QStringLiteral("Qt %1\n%2\n%3")
                             .arg(QString::fromLatin1(qVersion()), torch,
                                  tr("Free software under GPL-3.0-or-later.")));
  box.exec();
}

/// Filters and axes were chosen for certain runs: where none of their log directories is open any
/// more, they would hide or bend what is.
void MainWindow::forgetViewOfOtherLogs() {
  const QStringList open = m_workspace.logs().paths();
  if (open.isEmpty()) return;
  const QStringList viewed = m_settings.viewedLogs();
  const bool same = std::any_of(open.begin(), open.end(),
                                [&viewed](const QString& path) { return viewed.contains(path); });
  m_settings.setViewedLogs(open);
  if (same || viewed.isEmpty()) return;
  for (widgets::Page* page : m_pages) page->forgetView();
}

void MainWindow::restoreSettings() {
  restoreGeometry(m_settings.geometry());
  const QByteArray layout = m_settings.layout();
  if (!layout.isEmpty()) restoreState(layout);
  m_dockLayout->restoreState(m_settings.page(QStringLiteral("docks")));
  if (!m_settings.setup().isEmpty()) m_training->setForm(m_settings.setup());
  m_runList->restoreState(m_settings.page(QStringLiteral("runs")));
  const QString front = m_settings.frontPage();
  for (widgets::Page* page : m_pages) {
    page->restoreState(m_settings.page(page->id()));
    if (page->id() == front) m_tabs->setCurrentWidget(page);
  }
}

void MainWindow::saveSettings() {
  m_settings.setGeometryAndLayout(saveGeometry(), saveState());
  m_settings.setSetup(m_form->values());
  m_settings.setPage(QStringLiteral("docks"), m_dockLayout->saveState());
  m_settings.setPage(QStringLiteral("runs"), m_runList->saveState());
  for (const widgets::Page* page : m_pages) {
    m_settings.setPage(page->id(), page->saveState());
    if (page == m_tabs->currentWidget()) m_settings.setFrontPage(page->id());
  }
}

void MainWindow::resetLayout() {
  restoreState(m_defaultLayout);
  m_dockLayout->reset();
}

}  // namespace app
