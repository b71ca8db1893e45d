// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/wait.h>
#include <unistd.h>

#include <QAction>
#include <QDir>
#include <QDockWidget>
#include <QDropEvent>
#include <QLineEdit>
#include <QListView>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>
#include <QTimer>
#include <QUrl>
#include <algorithm>

#include "app/window/control/training_controller.h"
#include "app/window/main_window.h"
#include "tests/app/window/window_fixture.h"
#include "training/job/run_folder.h"
#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/forms/form_panel.h"
#include "widgets/runs/run_selection.h"
#include "widgets/scalars/scalars_page.h"
#include "widgets/scalars/scalars_page_bar.h"
#include "widgets/status/control_bar.h"
#include "widgets/status/event_list.h"
#include "widgets/style/filter_field.h"
#include "widgets/style/theme.h"
#include "widgets/training/training_page.h"

using app::MainWindow;

class WindowTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    m_files = std::make_unique<WindowFixture>();
    m_logs = m_files->path("logs");
    m_files->writeRun(m_logs + "/first", "train/loss", 50);
    m_files->writeRun(m_logs + "/second", "train/loss", 70);
    m_files->writeRun(m_files->path("other/third"), "train/loss", 20);
  }

  void init() {
    QSettings().clear();
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
  }

  void opensOldRunsOfSeveralDirectories() {
    TestWindow window;
    window.show();
    window.openLogs({m_logs, m_files->path("other")});
    QTRY_COMPARE(window.workspace().selection().entries().size(), std::size_t{3});
    QTRY_COMPARE(pointsOf(window, "second"), std::size_t{70});
    QTRY_COMPARE(pointsOf(window, "third"), std::size_t{20});
    QCOMPARE(app::WindowSettings().recent().first(), m_files->path("other"));
  }

  void metricsOfACsvFileAreARunLikeAnyOther() {
    const QString folder = m_files->path("csv");
    m_files->writeRun(folder + "/version_0", "train/loss", 50);
    QFile file(folder + "/version_0/metrics.csv");
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("step,train/loss\r\n9,0.5\r\n19,0.25\r\n");
    file.flush();
    TestWindow window;
    window.show();
    window.openLogs({folder});
    QTRY_COMPARE(window.workspace().selection().entries().size(), std::size_t{2});
    QTRY_COMPARE(pointsOf(window, "version_0/metrics.csv"), std::size_t{2});
    QTRY_COMPARE(pointsOf(window, "version_0"), std::size_t{50});
    file.write("29,0.125\r\n");
    file.flush();
    QTRY_COMPARE(pointsOf(window, "version_0/metrics.csv"), std::size_t{3});
  }

  void aFolderAndWhatLiesInItAreNotShownTwice() {
    const QString inner = m_logs + "/first";
    const QString file = QDir(inner).entryInfoList(QDir::Files).first().absoluteFilePath();
    for (const QString& part : {inner, file}) {
      TestWindow window;
      window.show();
      window.openLogs({m_logs});
      QTRY_COMPARE(window.workspace().selection().entries().size(), std::size_t{2});
      window.openLogs({part});
      QVERIFY(hasEvent(window, "which is open"));
      QCOMPARE(window.workspace().logs().paths(), QStringList{m_logs});

      TestWindow other;
      other.show();
      other.openLogs({part});
      QTRY_COMPARE(other.workspace().selection().entries().size(), std::size_t{1});
      other.openLogs({m_logs});
      QCOMPARE(other.workspace().logs().paths(), QStringList{m_logs});
      QVERIFY(hasEvent(other, "shown with it"));
      QTRY_COMPARE(other.workspace().selection().entries().size(), std::size_t{2});
      QTRY_COMPARE(pointsOf(other, "first"), std::size_t{50});
    }
  }

  void runsOfAClosedDirectoryGo() {
    TestWindow window;
    window.show();
    window.openLogs({m_logs});
    QTRY_COMPARE(window.workspace().selection().entries().size(), std::size_t{2});
    window.workspace().logs().close(window.workspace().logs().paths().first());
    QTRY_VERIFY(window.workspace().selection().entries().empty());
  }

  void missingDirectoryIsSaidNotHidden() {
    TestWindow window;
    window.openLogs({m_files->path("nowhere")});
    QTRY_VERIFY(hasEvent(window, "nowhere"));
  }

  void damageIsReported() {
    const QString folder = m_files->path("damaged/run");
    m_files->writeRun(folder, "loss", 30);
    const QString file = QDir(folder).entryInfoList(QDir::Files).first().absoluteFilePath();
    {
      std::fstream bytes(file.toStdString(), std::ios::in | std::ios::out | std::ios::binary);
      bytes.seekp(200);
      bytes.put('\x5a').put('\x5a').put('\x5a');
    }
    TestWindow window;
    window.show();
    window.openLogs({m_files->path("damaged")});
    QTRY_VERIFY(hasEvent(window, "damaged place"));
    QVERIFY(pointsOf(window, "run") >= 28);
  }

  void anUncleanEndIsReportedAtTheNextStart() {
    const QString folder = m_files->path("cut/run");
    m_files->writeRun(folder, "loss", 5);
    // Another process says that it trains this run, and dies.
    const pid_t child = fork();
    if (child == 0) {
      const auto written = training::writeRunSettings(training::runFolderAt(folder.toStdString()),
                                                      {}, training::RunState::kRunning);
      _exit(written ? 0 : 1);
    }
    int status = 1;
    QCOMPARE(waitpid(child, &status, 0), child);
    QCOMPARE(status, 0);
    TestWindow window;
    window.show();
    window.openLogs({m_files->path("cut")});
    QTRY_VERIFY(hasEvent(window, "cut off"));
  }

  void dropOpensFoldersAndFiles() {
    TestWindow window;
    window.show();
    QMimeData data;
    const QString file =
        QDir(m_logs + "/first").entryInfoList(QDir::Files).first().absoluteFilePath();
    data.setUrls({QUrl::fromLocalFile(m_files->path("other")), QUrl::fromLocalFile(file)});
    QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &drop);
    QTRY_COMPARE(window.workspace().selection().entries().size(), std::size_t{2});
  }

  void layoutTabAndSetUpComeBack() {
    {
      TestWindow window;
      window.resize(1200, 800);
      window.show();
      QVERIFY(QTest::qWaitForWindowExposed(&window));
      window.tabs().setCurrentIndex(2);
      window.findChild<QDockWidget*>("eventsDock")->hide();
      window.addDockWidget(Qt::LeftDockWidgetArea, window.findChild<QDockWidget*>("setupDock"));
      auto* field = window.form().findChild<QLineEdit*>("momentum");
      field->setFocus();
      field->selectAll();
      QTest::keyClicks(field, "0.7");
      QTest::keyClick(field, Qt::Key_Return);
      window.close();
    }
    TestWindow window;
    window.show();
    QCOMPARE(window.tabs().currentIndex(), 2);
    QVERIFY(window.findChild<QDockWidget*>("eventsDock")->isHidden());
    QCOMPARE(window.dockWidgetArea(window.findChild<QDockWidget*>("setupDock")),
             Qt::LeftDockWidgetArea);
    QCOMPARE(window.form().values().value("momentum").toDouble(), 0.7);
    QCOMPARE(window.size(), QSize(1200, 800));
  }

  void filtersAndAxesDoNotOutliveTheirLogDirectory() {
    const auto filterOf = [](MainWindow& window) {
      return window.findChild<widgets::ScalarsPage*>()->bar()->filter().text();
    };
    const auto axisOf = [](MainWindow& window) {
      return window.findChild<widgets::ScalarsPage*>()->bar()->options().xAxis;
    };
    {
      TestWindow window;
      window.show();
      window.openLogs({m_logs});
      auto* bar = window.findChild<widgets::ScalarsPage*>()->bar();
      bar->filter().setText("validation");
      auto options = bar->options();
      options.xAxis = widgets::XAxis::kWall;
      bar->setOptions(options);
      window.close();
    }
    {
      TestWindow window;
      window.show();
      window.openLogs({m_logs});
      QCOMPARE(filterOf(window), QStringLiteral("validation"));
      QVERIFY(axisOf(window) == widgets::XAxis::kWall);
      window.close();
    }
    TestWindow window;
    window.show();
    window.openLogs({m_files->path("other")});
    QCOMPARE(filterOf(window), QString());
    QVERIFY(axisOf(window) == widgets::XAxis::kStep);
    // The same while the window is open.
    window.findChild<widgets::ScalarsPage*>()->setFilter("loss");
    window.openLogs({m_logs});
    QCOMPARE(filterOf(window), QStringLiteral("loss"));
    for (const QString& path : window.workspace().logs().paths())
      window.workspace().logs().close(path);
    QDir().mkpath(m_files->path("elsewhere"));
    window.openLogs({m_files->path("elsewhere")});
    QCOMPARE(filterOf(window), QString());
  }

  void theKeysListSaysHowChartsAreUsed() {
    TestWindow window;
    window.show();
    QString text;
    QTimer::singleShot(0, &window, [&text] {
      auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
      QVERIFY(box);
      text = box->text();
      box->reject();
    });
    action(window, "&Keys")->trigger();
    for (const auto& [keys, effect] : widgets::ScalarChart::keys()) {
      QVERIFY2(text.contains(keys.toHtmlEscaped()) && text.contains(effect.toHtmlEscaped()),
               qPrintable(effect));
    }
    for (const char* word : {"Wheel", "ring", "Esc"}) QVERIFY2(text.contains(word), word);
  }

  void themeIsChosenAndKept() {
    {
      TestWindow window;
      window.show();
      action(window, "Dark")->trigger();
      QVERIFY(widgets::theme().dark);
      window.close();
    }
    QCOMPARE(app::WindowSettings().themeMode(), widgets::ThemeMode::kDark);
    TestWindow window;
    QVERIFY(action(window, "Dark")->isChecked());
  }

  void badFieldTurnsStartOffAndSaysWhy() {
    TestWindow window;
    window.show();
    QVariantMap values = window.form().values();
    values["batchSize"] = qlonglong{0};
    window.trainingController().setForm(values);
    auto* main = window.findChild<QPushButton*>("mainButton");
    QVERIFY(!main->isEnabled());
    auto* start = window.findChild<QPushButton*>("startTraining");
    QTRY_VERIFY(!start->isEnabled());
    QCOMPARE(start->toolTip(), window.controlBar().state().mainReason);
    QVERIFY(!start->toolTip().isEmpty());
    QVERIFY(!window.form().problem("batchSize").isEmpty());
  }

  void rateFieldAndFormAreOneWhileNothingTrains() {
    TestWindow window;
    window.show();
    emit window.controlBar().learningRateRequested(0.25);
    QCOMPARE(window.form().values().value("learningRate").toDouble(), 0.25);
    QCOMPARE(window.controlBar().state().learningRate, 0.25);
  }

  void theWindowsKeysWorkInTextFields() {
    TestWindow window;
    window.show();
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    int used = 0;
    auto* probe = new QAction("probe", &window);
    probe->setShortcut(QKeySequence("Ctrl+Shift+Left"));  // a key that text fields take
    connect(probe, &QAction::triggered, this, [&used] { ++used; });
    window.addAction(probe);
    auto* name = window.form().findChild<QLineEdit*>("runName");
    for (QLineEdit* field : {window.findChild<QLineEdit*>("rateField"),
                             window.findChild<QLineEdit*>("runFilter"), name}) {
      field->setFocus();
      QTest::keyClick(field, Qt::Key_Left, Qt::ControlModifier | Qt::ShiftModifier);
    }
    QCOMPARE(used, 3);
    const auto isExport = [](const QAction* act) {
      return act->shortcut() == QKeySequence("Ctrl+E");
    };
    const auto all = window.actions();
    QAction* exportAction = *std::find_if(all.begin(), all.end(), isExport);
    exportAction->disconnect();
    int exports = 0;
    connect(exportAction, &QAction::triggered, this, [&exports] { ++exports; });
    QTest::keyClick(name, Qt::Key_E, Qt::ControlModifier);
    QCOMPARE(exports, 1);
    // What a field does with keys that nobody else uses stays.
    name->setText("abc");
    QTest::keyClick(name, Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(name->selectedText(), QStringLiteral("abc"));
  }

  void noTwoActionsShareAKey() {
    TestWindow window;
    QHash<QString, QString> used;
    for (const QAction* act : window.findChildren<QAction*>()) {
      if (act->shortcut().isEmpty() || act->shortcutContext() != Qt::WindowShortcut) continue;
      const QString key = act->shortcut().toString();
      QVERIFY2(!used.contains(key), qPrintable(key + ": " + used.value(key) + ", " + act->text()));
      used.insert(key, act->text());
    }
    QVERIFY(used.size() > 15);
  }

  void everyButtonOfThePanelsHasAToolTipAndAName() {
    TestWindow window;
    window.show();
    for (const QPushButton* button : window.findChildren<QPushButton*>()) {
      if (!button->isVisible() || window.tabs().isAncestorOf(button)) continue;
      QVERIFY2(!button->toolTip().isEmpty(), qPrintable(button->objectName() + button->text()));
      QVERIFY(!button->text().isEmpty() || !button->accessibleName().isEmpty());
    }
  }

  void spaceTogglesARunWhereTheListHasTheFocus() {
    TestWindow window;
    window.show();
    window.openLogs({m_logs});
    QTRY_COMPARE(window.workspace().selection().entries().size(), std::size_t{2});
    auto* view = window.findChild<QListView*>("runView");
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    view->setFocus();
    QTest::keyClick(view, Qt::Key_Space);
    QCOMPARE(window.workspace().selection().visible().size(), std::size_t{1});
  }

  void chartsFollowTheChoiceOfRunsWhileNoRunGrows() {
    TestWindow window;
    window.show();
    window.openLogs({m_logs});
    const auto* page = window.findChild<widgets::TrainingPage*>();
    const auto* loss = page->findChild<widgets::ScalarChart*>();
    const auto curves = [loss] { return loss->curves().size(); };
    const auto lastDrawn = [loss] { return loss->curves().back()->series().run; };
    QTRY_COMPARE(pointsOf(window, "second"), std::size_t{70});
    QTRY_COMPARE(curves(), std::size_t{2});
    QTest::qWait(200);  // all that came of the loading is done
    const auto before = lastDrawn();
    for (const auto& entry : window.workspace().selection().entries()) {
      if (entry.run != before) window.workspace().selection().setCurrent(entry.run);
    }
    QTRY_VERIFY(lastDrawn() != before);  // the current run's curves stand above the others
    QTest::qWait(200);
    window.workspace().selection().setVisible(before.get(), false);
    QTRY_COMPARE(curves(), std::size_t{1});
  }

  void firstPaintIsAnnouncedOnce() {
    TestWindow window;
    QSignalSpy painted(&window, &MainWindow::firstPainted);
    window.show();
    QTRY_COMPARE(painted.count(), 1);
    window.update();
    QTest::qWait(50);
    QCOMPARE(painted.count(), 1);
  }

 private:
  static std::size_t pointsOf(MainWindow& window, const char* run) {
    for (const auto& entry : window.workspace().selection().entries()) {
      if (entry.run->name() != run) continue;
      std::size_t points = 0;
      for (const auto& tag : entry.run->tags()) points += tag.count;
      return points;
    }
    return 0;
  }

  static bool hasEvent(MainWindow& window, const QString& part) {
    for (const auto& entry : window.events().entries()) {
      if (entry.text.contains(part)) return true;
    }
    return false;
  }

  static QAction* action(MainWindow& window, const QString& text) {
    for (QAction* candidate : window.findChildren<QAction*>()) {
      if (candidate->text() == text) return candidate;
    }
    return nullptr;
  }

  std::unique_ptr<WindowFixture> m_files;
  QString m_logs;
};

QTEST_MAIN(WindowTest)
#include "window_test.moc"
