// SPDX-License-Identifier: GPL-3.0-or-later
// The workspace without a window, a screen or a QApplication, and with a trainer's status made up
// by the test.
#include "app/window/workspace/workspace.h"

#include <QCoreApplication>
#include <QDir>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "eventio/writer/summary_writer.h"

using app::Workspace;
using training::TrainerStatus;

class WorkspaceTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    QCoreApplication::setOrganizationName(QStringLiteral("TrainDeckTest"));
    QCoreApplication::setApplicationName(QStringLiteral("workspace"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.filePath("settings"));
    m_logs = QDir::cleanPath(m_folder.filePath("logs"));
    QDir().mkpath(m_logs + "/old");
    auto writer = eventio::SummaryWriter::create((m_logs + "/old").toStdString());
    QVERIFY(writer.has_value());
    QVERIFY((*writer)->addScalar("loss", 0.5F, 1).has_value());
    QVERIFY((*writer)->close().has_value());
  }

  void init() {
    QSettings().clear();
    m_workspace = std::make_unique<Workspace>();
  }
  void cleanup() { m_workspace.reset(); }

  void runsOfOpenLogsAreSelected() {
    QVERIFY(!m_workspace->isForViewing());
    QVERIFY(m_workspace->logs().open(m_logs));
    QTRY_VERIFY(found("old"));
    QCOMPARE(m_workspace->selection().current(), found("old"));
    QVERIFY(m_workspace->isForViewing());
    QVERIFY(!m_workspace->liveRun());
    m_workspace->logs().closeAll();
    m_workspace->poll();
    QVERIFY(m_workspace->selection().entries().empty());
    QVERIFY(!m_workspace->isForViewing());
  }

  void logsThatCannotBeOpenedAreReported() {
    QSignalSpy happened(m_workspace.get(), &Workspace::happened);
    QVERIFY(!m_workspace->logs().open(m_folder.filePath("nowhere")));
    QCOMPARE(happened.count(), 1);
    QVERIFY(happened.first().at(1).toString().contains("nowhere"));
  }

  void theRunOfATrainingIsAdoptedOnceItIsThere() {
    QVERIFY(m_workspace->logs().open(m_logs));
    QTRY_VERIFY(found("old"));
    m_workspace->expectLiveRun(false);
    m_workspace->poll();
    QVERIFY(!m_workspace->liveRun());  // its path is not known yet
    setRunPath("new");
    m_workspace->poll();
    QVERIFY(!m_workspace->liveRun());  // the store does not have it yet
    const auto run = begin("new");
    m_workspace->poll();
    QCOMPARE(m_workspace->liveRun(), run);
    QCOMPARE(m_workspace->selection().current(), run);
    QVERIFY(m_workspace->selection().find(run.get())->visible);
    QVERIFY(m_workspace->hasTrained(*run));
    QVERIFY(!m_workspace->hasTrained(*found("old")));
    QVERIFY(!m_workspace->isForViewing());
    // Choosing another run is not undone by the next poll.
    m_workspace->selection().setCurrent(found("old"));
    m_workspace->poll();
    QCOMPARE(m_workspace->selection().current(), found("old"));
  }

  void theLogDirectoryOfTheLiveRunIsOpened() {
    m_workspace->expectLiveRun(false);
    setRunPath("new");
    begin("new");
    m_workspace->poll();
    QCOMPARE(m_workspace->logs().paths(), QStringList{m_logs});
    QTRY_VERIFY(found("old"));
  }

  void aLiveRunThatTheFilterHidesIsSignalled() {
    QSignalSpy filtered(m_workspace.get(), &Workspace::liveRunIsFiltered);
    m_workspace->selection().setFilter(QRegularExpression("old"));
    m_workspace->expectLiveRun(false);
    setRunPath("new");
    begin("new");
    m_workspace->poll();
    m_workspace->poll();
    QCOMPARE(filtered.count(), 1);
  }

  void whatTheLiveRunRecordsIsReported() {
    QSignalSpy reported(m_workspace.get(), &Workspace::liveRunReported);
    m_workspace->expectLiveRun(false);
    setRunPath("new");
    const auto run = begin("new");
    m_workspace->poll();
    QCOMPARE(reported.count(), 0);
    run->appendText("traindeck/changes/text_summary", {7, 1.7e9, {"momentum 0.9 → 0.5"}});
    m_workspace->poll();
    m_workspace->poll();
    QCOMPARE(reported.count(), 1);
    const auto entry = reported.first().first().value<widgets::EventEntry>();
    QVERIFY2(entry.text.contains("0.5"), qPrintable(entry.text));
    QCOMPARE(entry.step, std::optional<std::int64_t>(7));
  }

  void aContinuedRunWaitsForTheStepItGoesOnFrom() {
    QSignalSpy reported(m_workspace.get(), &Workspace::liveRunReported);
    m_workspace->expectLiveRun(true);
    setRunPath("new");
    begin("new");
    m_workspace->poll();
    QVERIFY(!m_workspace->liveRun());
    m_workspace->session().control().update(
        [](TrainerStatus& status) { status.resumeStep = 1200; });
    m_workspace->poll();
    QVERIFY(m_workspace->liveRun());
    QCOMPARE(reported.count(), 1);
    const auto entry = reported.first().first().value<widgets::EventEntry>();
    QVERIFY2(entry.text.contains("continued from step 1,200"), qPrintable(entry.text));
  }

 private:
  void setRunPath(const QString& name) {
    m_workspace->session().control().update([this, &name](TrainerStatus& status) {
      status.runPath = (m_logs + '/' + name).toStdString();
    });
  }

  /// As the recorder opens a run.
  std::shared_ptr<eventio::Run> begin(const QString& name) {
    auto run = m_workspace->store()->openRun(m_logs.toStdString(), name.toStdString());
    run->setLive(true);
    return run;
  }

  std::shared_ptr<eventio::Run> found(const char* name) {
    m_workspace->poll();
    return m_workspace->store()->find(m_logs.toStdString(), name);
  }

  QTemporaryDir m_folder;
  QString m_logs;
  std::unique_ptr<Workspace> m_workspace;
};

QTEST_GUILESS_MAIN(WorkspaceTest)
#include "workspace_test.moc"
