// SPDX-License-Identifier: GPL-3.0-or-later
// The window with a real training on a small made-up data set.
#include <QAction>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QRegularExpression>
#include <QTabWidget>
#include <QTest>
#include <QTimer>
#include <algorithm>

#include "app/window/control/training_controller.h"
#include "app/window/main_window.h"
#include "tests/gui/window_fixture.h"
#include "training/job/trainer.h"
#include "widgets/forms/form_panel.h"
#include "widgets/runs/run_selection.h"
#include "widgets/status/control_bar.h"
#include "widgets/status/event_list.h"
#include "widgets/status/event_list_model.h"
#include "widgets/status/status_notice.h"
#include "widgets/status/status_strip.h"
#include "widgets/style/style_figures.h"
#include "widgets/style/theme.h"

using app::MainWindow;
using app::TrainingSession;
using training::TrainerState;
using CloseAnswer = MainWindow::CloseAnswer;

class TrainingWindowTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    m_files = std::make_unique<WindowFixture>();
    m_files->writeDataSet(m_files->path("data"), 600, 100);
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
  }

  void init() {
    QSettings().clear();
    openWindow();
    ++m_case;
  }
  void cleanup() {
    m_window->workspace().session().stopAndWait();
    m_window.reset();
  }

  void aWholeRunFromTheSpaceBarToItsEnd() {
    setUp(2, 1);
    pressSpace();
    QTRY_COMPARE_WITH_TIMEOUT(state(), TrainerState::kFinished, 60000);
    QTRY_VERIFY(!m_window->workspace().session().isRunning());
    QTRY_COMPARE(m_window->workspace().selection().entries().size(), std::size_t{1});
    const auto run = m_window->workspace().selection().current();
    QVERIFY(run);
    QCOMPARE(run->scalars("Training Loss").size(), std::size_t{2});
    QCOMPARE(run->scalars("Fine-tuning Loss").size(), std::size_t{1});
    QCOMPARE(run->scalars("train/loss").size(), std::size_t{30});
    QVERIFY(!run->histograms("conv1/weight").empty());
    QTRY_VERIFY(hasEvent("finished"));
    QVERIFY(hasEvent("Best validation accuracy"));
    const auto saved = training::readSavedRun(run->path());
    QVERIFY(saved.has_value());
    QVERIFY(saved->finished && saved->endedCleanly);
    // The bar is back at Start, in its place, and may start another run.
    QTRY_VERIFY(m_window->controlBar().state().mainReason.isEmpty());
    QCOMPARE(m_window->controlBar().state().main, widgets::ControlBarState::Main::kStart);
  }

  void pauseStepAndResumeObey() {
    setUp(2000, 0);
    pressSpace();
    QTRY_VERIFY_WITH_TIMEOUT(state() == TrainerState::kTraining && step() > 3, 30000);
    pressSpace();
    QTRY_COMPARE(state(), TrainerState::kPaused);
    const auto paused = step();
    QTest::qWait(100);
    QCOMPARE(step(), paused);
    m_window->controlBar().action(widgets::ControlBar::Command::kStep)->trigger();
    QTRY_COMPARE(step(), paused + 1);
    QTRY_COMPARE(state(), TrainerState::kPaused);
    QCOMPARE(countEvents("Paused"), 1);
    QCOMPARE(countEvents("Resumed"), 0);
    QCOMPARE(m_window->controlBar().state().speed, QString());
    QCOMPARE(m_window->controlBar().state().left, QString());
    pressSpace();
    QTRY_VERIFY(step() > paused + 3);
    QTRY_COMPARE(countEvents("Resumed"), 1);
    QTRY_VERIFY(!m_window->controlBar().state().speed.isEmpty());
    m_window->controlBar().action(widgets::ControlBar::Command::kStop)->trigger();
    QTRY_COMPARE(state(), TrainerState::kStopped);
    QTRY_VERIFY(!m_window->workspace().session().isRunning());
  }

  void aStoppedRunIsContinued() {
    setUp(4, 0);
    pressSpace();
    m_window->workspace().session().control().pause();
    QTRY_COMPARE_WITH_TIMEOUT(state(), TrainerState::kPaused, 30000);
    QTRY_VERIFY(m_window->workspace().selection().current());
    m_window->controlBar().action(widgets::ControlBar::Command::kStop)->trigger();
    QTRY_VERIFY(!m_window->workspace().session().isRunning());
    const auto run = m_window->workspace().selection().current();
    const QString folder = QString::fromStdString(run->path());
    QTRY_COMPARE(m_window->trainingController().continueProblem(folder), QString());
    QCOMPARE(links(), QStringList{"Continue the run"});
    const auto events = m_window->events().entries();
    const auto stopped = std::find_if(events.begin(), events.end(),
                                      [&](const auto& entry) { return entry.runFolder == folder; });
    QVERIFY(stopped != events.end());
    emit m_window->events().actionRequested(*stopped);
    QTRY_COMPARE_WITH_TIMEOUT(state(), TrainerState::kFinished, 60000);
    QCOMPARE(links(), QStringList());
    QCOMPARE(m_window->workspace().selection().entries().size(), std::size_t{1});
    QCOMPARE(run->scalars("train/loss").size(), std::size_t{40});
  }

  void aContinuedRunsEarlierEventsComeFirst() {
    setUp(2000, 0);
    pressSpace();
    QTRY_VERIFY_WITH_TIMEOUT(hasEvent("saved "), 30000);
    QTRY_VERIFY(hasEvent("Best validation accuracy"));
    m_window->controlBar().action(widgets::ControlBar::Command::kStop)->trigger();
    QTRY_VERIFY(!m_window->workspace().session().isRunning());
    const QString stopped =
        QString::fromStdString(m_window->trainingController().shown().status.runPath);
    const std::int64_t reached = step();

    // In the same window nothing is told twice; in another one what was before comes first.
    const int best = countEvents("Best validation accuracy");
    m_window->trainingController().continueRun(stopped);
    QTRY_COMPARE(countEvents("continued from step"), 1);
    m_window->workspace().session().control().pause();
    QVERIFY(hasEvent(QStringLiteral("continued from step %1").arg(QLocale::c().toString(reached))));
    QVERIFY(countEvents("Best validation accuracy") <= best + 1);
    QCOMPARE(countEvents("step 0: Training begins"), 0);
    m_window->controlBar().action(widgets::ControlBar::Command::kStop)->trigger();
    QTRY_VERIFY(!m_window->workspace().session().isRunning());

    openWindow();
    m_window->openLogs({QFileInfo(stopped).path()});
    QTRY_VERIFY(!m_window->workspace().selection().entries().empty());
    QTRY_COMPARE(m_window->trainingController().continueProblem(stopped), QString());
    m_window->trainingController().continueRun(stopped);
    QTRY_COMPARE(countEvents("continued from step"), 1);
    const auto& entries = m_window->events().entries();  // the newest first
    const auto placeOf = [&entries](const QString& part) {
      return std::find_if(entries.begin(), entries.end(),
                          [&part](const auto& entry) { return entry.text.contains(part); }) -
             entries.begin();
    };
    QVERIFY(hasEvent("Training begins"));
    QVERIFY(hasEvent("Best validation accuracy"));
    QVERIFY(placeOf("continued from step") < placeOf("Training begins"));
  }

  void theStoppedRunIsNamedUntilAnotherStarts() {
    setUp(2000, 0);
    pressSpace();
    QTRY_VERIFY_WITH_TIMEOUT(step() > 3, 30000);
    const QString name = m_window->controlBar().state().summaryTop;
    QCOMPARE(name, QString::fromStdString(m_window->trainingController().shown().status.runName));
    m_window->controlBar().action(widgets::ControlBar::Command::kStop)->trigger();
    QTRY_COMPARE(state(), TrainerState::kStopped);
    type("runName", "another");
    QCOMPARE(m_window->controlBar().state().summaryTop, name);
    QTRY_VERIFY(m_window->controlBar().state().mainReason.isEmpty());
    pressSpace();
    QTRY_COMPARE_WITH_TIMEOUT(m_window->controlBar().state().summaryTop, QString("another"), 30000);
  }

  void changesAreLiveOrNeedARestart() {
    setUp(2000, 0);
    pressSpace();
    QTRY_VERIFY_WITH_TIMEOUT(state() == TrainerState::kTraining && step() > 3, 30000);
    QTRY_VERIFY(m_window->workspace().selection().current());
    QTest::qWait(100);
    emit m_window->controlBar().learningRateRequested(0.002);
    QCOMPARE(m_window->workspace().session().control().live().learningRate, 0.002);
    type("momentum", "0.5");
    QCOMPARE(m_window->workspace().session().control().live().momentum, 0.5);
    type("batchSize", "32");
    QVERIFY(m_window->form().findChild<QLabel*>("batchSizeMessage")->text().contains("restart"));
    QTRY_VERIFY(hasEvent("0.01 → 0.002"));
    QTRY_VERIFY(hasEvent("0.9 → 0.5"));
  }

  void closingAsksAndCanBeCalledOff() {
    setUp(2000, 0);
    pressSpace();
    QTRY_VERIFY_WITH_TIMEOUT(step() > 3, 30000);
    QTRY_VERIFY(m_window->workspace().selection().current());
    int asked = 0;
    m_window->setCloseQuestion([&asked] {
      ++asked;
      return CloseAnswer::kCancel;
    });
    QVERIFY(!m_window->close());
    QCOMPARE(asked, 1);
    QVERIFY(m_window->isVisible() && m_window->workspace().session().isRunning());

    m_window->setCloseQuestion([] { return CloseAnswer::kKeepRunning; });
    QVERIFY(!m_window->close());
    QVERIFY(m_window->isVisible() && m_window->workspace().session().isRunning());

    m_window->setCloseQuestion([] { return CloseAnswer::kStopAndSave; });
    m_window->close();
    QTRY_VERIFY(!m_window->isVisible());
    QVERIFY(!m_window->workspace().session().isRunning());
    const auto saved = training::readSavedRun(m_window->workspace().selection().current()->path());
    QVERIFY(saved.has_value() && saved->endedCleanly && !saved->modelFile.empty());
  }

  void nonFiniteLossAsksWithoutBlocking() {
    setUp(2000, 0);
    QVariantMap values = m_window->form().values();
    values["learningRate"] = 1e30;
    m_window->trainingController().setForm(values);
    pressSpace();
    QTRY_COMPARE_WITH_TIMEOUT(state(), TrainerState::kNonFinite, 30000);
    QTRY_VERIFY(m_window->notice().isVisible());
    QVERIFY(m_window->notice().text().contains(QRegularExpression("Step \\d+")));
    // The rest of the window is in use while it asks.
    m_window->tabs().setCurrentIndex(1);
    QCOMPARE(m_window->tabs().currentIndex(), 1);
    auto* stop = m_window->notice().findChild<QPushButton*>("answer2");
    QTest::mouseClick(stop, Qt::LeftButton);
    QTRY_COMPARE(state(), TrainerState::kStopped);
    QVERIFY(!m_window->notice().isVisible());
  }

  void aLogThatCannotBeWrittenIsSaidWhileTrainingGoesOn() {
    setUp(2000, 0);
    pressSpace();
    QTRY_VERIFY_WITH_TIMEOUT(state() == TrainerState::kTraining && step() > 3, 30000);
    QTRY_VERIFY(m_window->workspace().selection().current());
    const QString folder =
        QString::fromStdString(m_window->workspace().selection().current()->path());
    // A file where the run's folder was: nothing can be made in it, not even by root.
    QFile obstacle(folder);
    const auto block = [&] {  // while the run makes its folder again
      return obstacle.isOpen() ||
             (QDir(folder).removeRecursively() && obstacle.open(QIODevice::WriteOnly));
    };
    QTRY_VERIFY(block());
    obstacle.close();
    QTRY_VERIFY_WITH_TIMEOUT(statusContains("the log cannot be written"), 30000);
    QVERIFY(hasEvent("cannot be written"));
    const auto* notice = m_window->findChild<widgets::StatusNotice*>("failureNotice");
    QVERIFY(notice->isVisible());
    QVERIFY2(notice->text().contains("log cannot be written"), qPrintable(notice->text()));
    const auto failedAt = step();
    QTRY_VERIFY(step() > failedAt + 20);
    QVERIFY(obstacle.remove());
    QTRY_VERIFY_WITH_TIMEOUT(!statusContains("the log cannot be written"), 30000);
    QTRY_VERIFY(hasEvent("written again"));
    QVERIFY(!notice->isVisible());
    m_window->controlBar().action(widgets::ControlBar::Command::kStop)->trigger();
    // What the removed event file held is missing from the log.
    QTRY_COMPARE(state(), TrainerState::kFailed);
  }

  void theSettingsOfAFinishedRunCanBeUsed() {
    setUp(1, 0);
    type("momentum", "0.8");
    pressSpace();
    QTRY_COMPARE_WITH_TIMEOUT(state(), TrainerState::kFinished, 60000);
    QTRY_VERIFY(!m_window->workspace().session().isRunning());
    QTRY_VERIFY(m_window->workspace().selection().current());
    type("momentum", "0.5");
    auto* view = m_window->findChild<QListView*>("runView");
    QTRY_VERIFY(view->model()->rowCount() > 0);
    QString continueReason;
    QTimer::singleShot(100, this, [&continueReason] {
      auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
      if (!menu) return;
      for (QAction* action : menu->actions()) {
        if (action->text() == "Continue this run" && !action->isEnabled()) {
          continueReason = action->toolTip();
        }
        if (action->text() == "Use these settings" && action->isEnabled()) action->trigger();
      }
      menu->close();
    });
    emit view->customContextMenuRequested(view->visualRect(view->model()->index(0, 0)).center());
    QCOMPARE(m_window->form().values().value("momentum").toDouble(), 0.8);
    QVERIFY(!continueReason.isEmpty());
  }

  void keepRunningResumesAPausedRunAndCanBeTakenBack() {
    setUp(2000, 0);
    pressSpace();
    QTRY_VERIFY_WITH_TIMEOUT(state() == TrainerState::kTraining && step() > 3, 30000);
    pressSpace();
    QTRY_COMPARE(state(), TrainerState::kPaused);
    auto* notice = m_window->findChild<QWidget*>("closeNotice");
    QVERIFY(notice && !notice->isVisible());
    m_window->setCloseQuestion([] { return CloseAnswer::kKeepRunning; });
    QVERIFY(!m_window->close());
    QTRY_COMPARE(state(), TrainerState::kTraining);
    QVERIFY(notice->isVisible());
    // Taken back: the run ends and the window stays.
    QTest::mouseClick(notice->findChild<QPushButton*>("answer0"), Qt::LeftButton);
    QVERIFY(!notice->isVisible());
    m_window->controlBar().action(widgets::ControlBar::Command::kStop)->trigger();
    QTRY_VERIFY(!m_window->workspace().session().isRunning());
    QTest::qWait(50);
    QVERIFY(m_window->isVisible());
  }

  void aChangeWhilePausedIsPendingUntilTheNextStep() {
    setUp(2000, 0);
    pressSpace();
    QTRY_VERIFY_WITH_TIMEOUT(state() == TrainerState::kTraining && step() > 3, 30000);
    pressSpace();
    QTRY_COMPARE(state(), TrainerState::kPaused);
    emit m_window->controlBar().learningRateRequested(0.002);
    type("momentum", "0.5");
    auto* hint = m_window->form().findChild<QLabel*>("momentumMessage");
    QVERIFY(hint->isVisibleTo(&m_window->form()) && hint->text().contains("ending"));
    QCOMPARE(m_window->controlBar().state().learningRate, 0.002);
    QVERIFY(m_window->controlBar().state().appliedRate == 0.01);
    QVERIFY(hasEvent("0.002 is applied when"));
    pressSpace();
    QTRY_VERIFY(!m_window->controlBar().state().appliedRate);
    QTRY_VERIFY(!hint->isVisible());
    QTRY_VERIFY(hasEvent("0.01 → 0.002"));
  }

  void stepAndEpochMeanTheSameEverywhere() {
    setUp(2000, 0);
    pressSpace();
    QTRY_VERIFY_WITH_TIMEOUT(state() == TrainerState::kTraining && step() > 3, 30000);
    pressSpace();
    QTRY_COMPARE(state(), TrainerState::kPaused);
    QTRY_VERIFY(m_window->workspace().selection().current());
    const auto run = m_window->workspace().selection().current();
    const eventio::ScalarView loss = run->scalars("train/loss");
    const QString last = QString::number(loss.step(loss.size() - 1));
    QCOMPARE(m_window->controlBar().state().step, last);
    QVERIFY(hasEvent("after step " + last));
    m_window->controlBar().action(widgets::ControlBar::Command::kStopAfterEpoch)->trigger();
    pressSpace();
    QTRY_COMPARE_WITH_TIMEOUT(state(), TrainerState::kStopped, 30000);
    const auto epochs = run->scalars("Training Loss").size();
    QCOMPARE(m_window->controlBar().state().epoch, QStringLiteral("%1 / 2000").arg(epochs));
  }

  void theTitleSaysHowFarItIs() {
    setUp(2000, 0);
    pressSpace();
    QTRY_VERIFY_WITH_TIMEOUT(state() == TrainerState::kTraining && step() > 3, 30000);
    const QString name =
        QString::fromStdString(m_window->trainingController().shown().status.runName);
    QTRY_VERIFY2(m_window->windowTitle().contains("Training") &&
                     m_window->windowTitle().contains("%") &&
                     m_window->windowTitle().contains(name),
                 qPrintable(m_window->windowTitle()));
    pressSpace();
    QTRY_VERIFY(m_window->windowTitle().contains("Paused"));
    m_window->controlBar().action(widgets::ControlBar::Command::kStop)->trigger();
    QTRY_VERIFY(m_window->windowTitle().contains("Stopped"));
    QVERIFY(!m_window->windowTitle().contains("%"));
  }

  void noSentenceSaysAThingTwice() {
    setUp(2000, 0);
    QVariantMap values = m_window->form().values();
    values["learningRate"] = 1e30;
    m_window->trainingController().setForm(values);
    pressSpace();
    QTRY_COMPARE_WITH_TIMEOUT(state(), TrainerState::kNonFinite, 30000);
    type("batchSize", "32");
    QTRY_VERIFY(m_window->workspace().selection().current());
    QTRY_VERIFY(hasEvent("Step"));
    QStringList texts{m_window->notice().text(),
                      m_window->form().findChild<QLabel*>("batchSizeMessage")->text()};
    for (const auto& entry : m_window->events().entries()) texts << entry.text;
    for (const QString& text : std::as_const(texts)) {
      for (const QString part : {"not finite", "step", "restart", "NaN"}) {
        QVERIFY2(text.count(part, Qt::CaseInsensitive) < 2, qPrintable(text));
      }
    }
  }

  void theLogsSizeIsThatOfAllItsFiles() {
    setUp(4, 0);
    pressSpace();
    m_window->workspace().session().control().pause();
    QTRY_COMPARE_WITH_TIMEOUT(state(), TrainerState::kPaused, 30000);
    QTRY_VERIFY(m_window->workspace().selection().current());
    m_window->controlBar().action(widgets::ControlBar::Command::kStop)->trigger();
    QTRY_VERIFY(!m_window->workspace().session().isRunning());
    const QString folder =
        QString::fromStdString(m_window->workspace().selection().current()->path());
    m_window->trainingController().continueRun(folder);
    QTRY_COMPARE_WITH_TIMEOUT(state(), TrainerState::kFinished, 60000);
    QTRY_VERIFY(!m_window->workspace().session().isRunning());
    qint64 bytes = 0;
    const QFileInfoList files = QDir(folder).entryInfoList({"*tfevents*"}, QDir::Files);
    for (const QFileInfo& file : files) bytes += file.size();
    QVERIFY(files.size() > 1);
    QCOMPARE(static_cast<qint64>(m_window->workspace().session().snapshot().loggedBytes), bytes);
  }

  void aBadNumberOfThreadsIsNotRepeatedAsIfItHeld() {
    QVariantMap values = m_window->form().values();
    values["threads"] = qlonglong{9999};
    m_window->trainingController().setForm(values);
    QTest::qWait(400);
    QVERIFY(!statusContains("9999"));
  }

  void stopAfterTheEpochDoesItsLastStep() {
    setUp(2000, 0);
    pressSpace();
    QTRY_VERIFY_WITH_TIMEOUT(step() > 3, 30000);
    QAction* after = m_window->controlBar().action(widgets::ControlBar::Command::kStopAfterEpoch);
    after->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(state(), TrainerState::kStopped, 30000);
    QTRY_VERIFY(m_window->workspace().selection().current());
    const auto run = m_window->workspace().selection().current();
    QCOMPARE(run->scalars("train/loss").size() % 10, std::size_t{0});
  }

 private:
  void openWindow() {
    m_window.reset();
    m_window = std::make_unique<TestWindow>();
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_window->startEngine();
    QTRY_COMPARE_WITH_TIMEOUT(m_window->workspace().session().engineState(),
                              TrainingSession::Engine::kReady, 60000);
  }

  void setUp(int epochs, int fineTuneEpochs) {
    QVariantMap values = m_window->form().values();
    values["dataFolder"] = m_files->path("data");
    values["logDirectory"] = m_files->path(QStringLiteral("runs%1").arg(m_case));
    values["epochs"] = qlonglong{epochs};
    values["batchSize"] = qlonglong{60};
    values["fineTuneEpochs"] = qlonglong{fineTuneEpochs};
    values["histogramInterval"] = qlonglong{10};
    values["threads"] = qlonglong{1};
    m_window->trainingController().setForm(values);
    QCOMPARE(m_window->controlBar().state().mainReason, QString());
  }

  void pressSpace() {
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_window->setFocus();
    QTest::keyClick(m_window.get(), Qt::Key_Space);
  }

  void type(const char* name, const QString& text) {
    auto* field = m_window->form().findChild<QLineEdit*>(QString::fromLatin1(name));
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, text);
    QTest::keyClick(field, Qt::Key_Return);
  }

  [[nodiscard]] TrainerState state() const {
    return m_window->trainingController().shown().status.state;
  }
  [[nodiscard]] std::int64_t step() const {
    return m_window->workspace().session().control().status().step;
  }
  [[nodiscard]] int countEvents(const QString& part) const {
    const auto& entries = m_window->events().entries();
    return static_cast<int>(
        std::count_if(entries.begin(), entries.end(),
                      [&part](const auto& entry) { return entry.text.contains(part); }));
  }
  [[nodiscard]] bool hasEvent(const QString& part) const { return countEvents(part) > 0; }

  /// The commands that stand in rows of the events, newest first.
  [[nodiscard]] QStringList links() const {
    const auto* model = m_window->findChild<QListView*>("eventView")->model();
    QStringList links;
    for (int row = 0; row < model->rowCount(); ++row) {
      const QString link = model->index(row, 0).data(widgets::EventListModel::kLinkRole).toString();
      if (!link.isEmpty()) links << link;
    }
    return links;
  }

  [[nodiscard]] bool statusContains(const QString& part) const {
    const auto labels =
        m_window->findChild<widgets::StatusStrip*>()->findChildren<widgets::FigureLabel*>();
    return std::any_of(labels.begin(), labels.end(), [&part](const widgets::FigureLabel* label) {
      return label->text().contains(part);
    });
  }

  std::unique_ptr<WindowFixture> m_files;
  std::unique_ptr<TestWindow> m_window;
  int m_case = 0;
};

QTEST_MAIN(TrainingWindowTest)
#include "training_window_test.moc"
