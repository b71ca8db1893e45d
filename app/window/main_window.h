// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <functional>
#include <memory>
#include <vector>

#include "app/window/window_settings.h"
#include "eventio/data/run_data.h"
#include "widgets/status/event_list.h"

class QDockWidget;
class QMenu;
class QTabWidget;

namespace widgets {
class ControlBar;
struct EventEntry;
class EventList;
class FormPanel;
class Page;
class RunList;
class StatusNotice;
class StatusStrip;
class TagList;
}  // namespace widgets

namespace app {

class DockLayout;
class OldRunEvents;
class RefreshTimer;
class TrainingController;
class Workspace;

/// The program's window: lays out bars, panels and pages, connects them, and refreshes them on a
/// timer.
class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  enum class CloseAnswer { kStopAndSave, kKeepRunning, kCancel };

  /// `workspace` outlives the window.
  explicit MainWindow(Workspace& workspace, QWidget* parent = nullptr);
  ~MainWindow() override;

  /// Opens log directories or event files; the first good one becomes the newest of the recent.
  void openLogs(const QStringList& paths);
  /// Loads the training engine in the background; called once the window is painted.
  void startEngine();

  /// What is asked when the window is to be closed during training; a dialog unless set.
  void setCloseQuestion(std::function<CloseAnswer()> question);
  /// What is asked before a run goes back otherwise than by the notice; gets the command's text.
  void setGoBackQuestion(std::function<bool(const QString& text)> question);

  [[nodiscard]] Workspace& workspace() { return m_workspace; }
  [[nodiscard]] TrainingController& trainingController() { return *m_training; }
  [[nodiscard]] widgets::ControlBar& controlBar() { return *m_bar; }
  [[nodiscard]] widgets::FormPanel& form() { return *m_form; }
  [[nodiscard]] widgets::EventList& events() { return *m_events; }
  [[nodiscard]] widgets::StatusNotice& notice() { return *m_notice; }
  [[nodiscard]] QTabWidget& tabs() { return *m_tabs; }
  [[nodiscard]] const std::vector<widgets::Page*>& pages() const { return m_pages; }

 signals:
  /// The window has been painted for the first time.
  void firstPainted();

 protected:
  bool event(QEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void makeTop();
  void showFailure(const QString& sentence);
  void makeCentre();
  void makeDocks();
  void makePanelButtons();
  void refreshPanelIcons();
  QDockWidget* makeDock(const QString& name, const QString& title, QWidget* content,
                        QWidget* titleBar, Qt::DockWidgetArea area);
  void connectParts();

  void makeMenus();
  void makeFileMenu(QMenu* menu);
  void makeTrainingMenu(QMenu* menu);
  void makeViewMenu(QMenu* menu);
  void makeThemeMenu(QMenu* menu);
  void makeHelpMenu(QMenu* menu);
  void fillRecentMenu();
  void fillCloseMenu();
  void chooseDirectory();
  void chooseFile();
  void exportPage();
  void noteExport(const QString& path, const QString& failure);
  void showKeys();
  void showAbout();

  void forgetViewOfOtherLogs();
  void restoreSettings();
  void saveSettings();
  void resetLayout();

  void refresh();
  void refreshSlowParts();
  void refreshPage();
  void refreshStatus();
  /// The page that has a card for a tag; null where none has.
  [[nodiscard]] widgets::Page* pageOf(const eventio::TagInfo& tag) const;
  void jumpToTag(const QString& tag, eventio::TagKind kind);
  [[nodiscard]] CloseAnswer askToClose();
  void setCloseWhenEnded(bool wanted);
  void showCloseNotice();
  void connectGoingBack();
  [[nodiscard]] bool canContinue(const widgets::EventEntry& entry) const;
  void fillSavedModelsMenu(QMenu* menu);
  void goBack(std::int64_t step);
  [[nodiscard]] bool askToGoBack(const QString& text);
  [[nodiscard]] bool isWindowKey(const QKeyEvent& key) const;

  Workspace& m_workspace;
  WindowSettings m_settings;
  RefreshTimer* m_refreshTimer;
  std::unique_ptr<OldRunEvents> m_oldEvents;
  std::unique_ptr<TrainingController> m_training;

  widgets::ControlBar* m_bar = nullptr;
  widgets::StatusNotice* m_notice = nullptr;
  widgets::StatusNotice* m_closeNotice = nullptr;    // offers to take the pending close back
  widgets::StatusNotice* m_failureNotice = nullptr;  // what cannot be written
  QTabWidget* m_tabs = nullptr;
  std::vector<widgets::Page*> m_pages;  // in the order of the tabs
  widgets::RunList* m_runList = nullptr;
  widgets::TagList* m_tagList = nullptr;
  widgets::FormPanel* m_form = nullptr;
  widgets::EventList* m_events = nullptr;
  widgets::StatusStrip* m_status = nullptr;
  QList<QDockWidget*> m_docks;
  DockLayout* m_dockLayout = nullptr;
  QMenu* m_recentMenu = nullptr;
  QMenu* m_closeMenu = nullptr;

  std::function<CloseAnswer()> m_closeQuestion;
  std::function<bool(const QString&)> m_goBackQuestion;
  QByteArray m_defaultLayout;
  qint64 m_lastSlowRefresh = 0;
  bool m_painted = false;
  QString m_continuable;  // folder of the run that ended last and can be continued
  bool m_closeWhenEnded = false;
};

}  // namespace app
