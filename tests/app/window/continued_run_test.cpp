// SPDX-License-Identifier: GPL-3.0-or-later
// The window with runs that stopped or diverged and go on.
#include "tests/app/window/training_window_fixture.h"

using app::MainWindow;
using app::TrainingSession;
using training::TrainerState;
using CloseAnswer = MainWindow::CloseAnswer;

class ContinuedRunTest : public TrainingWindowFixture {
  Q_OBJECT

 private slots:
  void initTestCase() { writeData(); }
  void init() { begin(); }
  void cleanup() { end(); }

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
    QTRY_COMPARE(links(), QStringList{"Continue the run"});
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

    // In the same window nothing is reported twice; in another one what was before comes first.
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

  void aRunThatIsALogDirectoryByItselfIsContinuedInItsPlace() {
    setUp(4, 0);
    pressSpace();
    m_window->workspace().session().control().pause();
    QTRY_COMPARE_WITH_TIMEOUT(state(), TrainerState::kPaused, 30000);
    m_window->controlBar().action(widgets::ControlBar::Command::kStop)->trigger();
    QTRY_VERIFY(!m_window->workspace().session().isRunning());
    const QString stopped =
        QString::fromStdString(m_window->trainingController().shown().status.runPath);
    openWindow();
    m_window->openLogs({stopped});
    QTRY_VERIFY(!m_window->workspace().selection().entries().empty());
    QTRY_COMPARE(m_window->trainingController().continueProblem(stopped), QString());
    m_window->trainingController().continueRun(stopped);
    QTRY_COMPARE_WITH_TIMEOUT(state(), TrainerState::kFinished, 60000);
    QTRY_COMPARE(countEvents("continued from "), 1);  // a step or its start
    const auto& entries = m_window->workspace().selection().entries();
    QCOMPARE(entries.size(), std::size_t{1});
    QCOMPARE(m_window->workspace().liveRun(), entries.front().run);
    QCOMPARE(entries.front().run->scalars("train/loss").size(), std::size_t{40});
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
    QCOMPARE(m_window->controlBar().state().word, QString("Diverged"));
    QVERIFY(hasEvent("diverged and stopped"));
    QTRY_VERIFY(!m_window->workspace().session().isRunning());
    QCOMPARE(links().first(), QString("Continue with a tenth of the rate"));
    const auto events = m_window->events().entries();
    emit m_window->events().actionRequested(
        *std::find_if(events.begin(), events.end(),
                      [](const auto& entry) { return !entry.runFolder.isEmpty(); }));
    QTRY_VERIFY(m_window->workspace().session().isRunning());
    const auto rate = m_window->workspace().session().config().changes.get<double>("learningRate");
    QVERIFY(rate && qFuzzyCompare(*rate, 1e29));
  }
};

QTEST_MAIN(ContinuedRunTest)
#include "continued_run_test.moc"
