// SPDX-License-Identifier: GPL-3.0-or-later
// The window with a real training.
#include "tests/app/window/training_window_fixture.h"

using app::MainWindow;
using app::TrainingSession;
using training::TrainerState;
using CloseAnswer = MainWindow::CloseAnswer;

class TrainingWindowTest : public TrainingWindowFixture {
  Q_OBJECT

 private slots:
  void initTestCase() { writeData(); }
  void init() { begin(); }
  void cleanup() { end(); }

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

    // The window stays, too, where the run ends before the question is answered.
    m_window->setCloseQuestion([this] {
      m_window->workspace().session().stopAndWait();
      return CloseAnswer::kCancel;
    });
    QVERIFY(!m_window->close());
    QVERIFY(m_window->isVisible() && !m_window->workspace().session().isRunning());
    QTRY_COMPARE(state(), TrainerState::kStopped);
    pressSpace();
    QTRY_VERIFY(m_window->workspace().session().isRunning());
    QTRY_VERIFY_WITH_TIMEOUT(step() > 3, 30000);

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
};

QTEST_MAIN(TrainingWindowTest)
#include "training_window_test.moc"
