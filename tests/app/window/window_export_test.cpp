// SPDX-License-Identifier: GPL-3.0-or-later
// Export… of the window: pictures and runs, and what it says when it fails.
#include <QAction>
#include <QDir>
#include <QFileDialog>
#include <QLineEdit>
#include <QMap>
#include <QTest>
#include <QTimer>
#include <algorithm>

#include "app/window/main_window.h"
#include "tests/app/window/window_fixture.h"
#include "widgets/runs/run_selection.h"
#include "widgets/status/event_list.h"
#include "widgets/style/theme.h"

using app::MainWindow;

class WindowExportTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    m_files = std::make_unique<WindowFixture>();
    m_logs = m_files->path("logs");
    m_files->writeRun(m_logs + "/first", "train/loss", 50);
    m_files->writeRun(m_logs + "/second", "train/loss", 70);
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
  }

  void init() { QSettings().clear(); }

  void exportOffersANameAndSaysWhyItFailed() {
    TestWindow window;
    window.show();
    window.openLogs({m_logs});
    QTRY_COMPARE(window.workspace().selection().entries().size(), std::size_t{2});
    const QString file =
        QDir(m_logs + "/first").entryInfoList(QDir::Files).first().absoluteFilePath();
    for (const char* suffix : {".png", ".csv", ".jsonl"}) {
      QCOMPARE(exportTo(window, file + "/in-a-file" + suffix),
               QStringLiteral("first_Training.png"));
      const auto isReported = [&] {
        const auto entries = window.events().entries();
        return std::any_of(entries.begin(), entries.end(), [suffix](const auto& entry) {
          return entry.text.contains("in-a-file" + QString(suffix)) &&
                 entry.text.contains("Not a directory");
        });
      };
      QTRY_VERIFY2(isReported(), suffix);
      const QString good = m_files->path("exported") + suffix;
      exportTo(window, good);
      QTRY_VERIFY2(hasEvent(window, "Exported to " + good), suffix);
      QVERIFY(QFileInfo(good).size() > 0);
    }
  }

  void exportOfARunLeavesOutWhatElseLiesInItsFolder() {
    const QString folder = m_files->path("two");
    m_files->writeRun(folder, "train/loss", 3);
    QFile file(folder + "/metrics.csv");
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("step,val/loss\n1,2\n");
    file.close();
    TestWindow window;
    window.show();
    window.openLogs({folder});
    QTRY_COMPARE(window.workspace().selection().entries().size(), std::size_t{2});
    for (const auto& [run, lines] : {std::pair{".", 3}, {"metrics.csv", 1}}) {
      const auto& entries = window.workspace().selection().entries();
      const auto entry = std::find_if(entries.begin(), entries.end(),
                                      [&](const auto& each) { return each.run->name() == run; });
      QVERIFY(entry != entries.end());
      window.workspace().selection().setCurrent(entry->run);
      const QString path = m_files->path("exported-run.jsonl");
      QFile::remove(path);
      exportTo(window, path);
      QTRY_VERIFY(QFileInfo::exists(path));
      QFile exported(path);
      QVERIFY(exported.open(QIODevice::ReadOnly));
      QCOMPARE(exported.readAll().count('\n'), lines);
    }
  }

  void aRunIsExportedAsItIsInTheStore() {
    TestWindow window;
    window.show();
    const auto run = window.workspace().store()->openRun("/nowhere", "live");
    run->setLive(true);
    run->appendScalar("train/loss", 7, 1.7e9, 0.25);
    QTRY_COMPARE(window.workspace().selection().current(), run);
    const QString path = m_files->path("live.csv");
    exportTo(window, path);
    QTRY_VERIFY(hasEvent(window, "Exported to " + path));
    QFile exported(path);
    QVERIFY(exported.open(QIODevice::ReadOnly));
    const QByteArray bytes = exported.readAll();
    QCOMPARE(bytes.count('\n'), 2);
    QVERIFY2(bytes.contains("train/loss,scalar,7,"), bytes.constData());
    QVERIFY2(bytes.contains(",0.25"), bytes.constData());
  }

  void theTableHoldsAllRunsThatAreShownByName() {
    TestWindow window;
    window.show();
    window.openLogs({m_logs});
    auto& selection = window.workspace().selection();
    QTRY_COMPARE(selection.entries().size(), std::size_t{2});
    const auto store = window.workspace().store();
    store->openRun("/nowhere", ".")->appendScalar("train/loss", 7, 1.7e9, 0.25);
    QTRY_COMPARE(selection.entries().size(), std::size_t{3});
    selection.setAllVisible(true);
    const auto countsIn = [&window](const QString& path) {
      exportTo(window, path);
      QMap<QString, int> counts;
      [&] { QTRY_VERIFY(hasEvent(window, "Exported to " + path)); }();
      QFile exported(path);
      if (!exported.open(QIODevice::ReadOnly)) return counts;
      exported.readLine();
      while (!exported.atEnd()) ++counts[QString::fromUtf8(exported.readLine()).section(',', 0, 0)];
      return counts;
    };
    QMap<QString, int> wanted;
    for (const auto& entry : selection.entries()) {
      QVERIFY(entry.name != ".");
      QTRY_VERIFY(entry.run->tag("train/loss").has_value());
      wanted[entry.name] = entry.run->name() == "." ? 1 : entry.run->name() == "first" ? 50 : 70;
    }
    QCOMPARE(wanted.size(), 3);
    QTRY_COMPARE(selection.entries().back().run->scalars("train/loss").size(), std::size_t{70});
    QCOMPARE(countsIn(m_files->path("all.csv")), wanted);
    const auto first = selection.entries().front();
    selection.showOnly(first.run.get());
    QCOMPARE(countsIn(m_files->path("one.csv")),
             (QMap<QString, int>{{first.name, wanted.value(first.name)}}));
  }

  void whatARunLacksIsTheReason() {
    TestWindow window;
    window.show();
    const auto run = window.workspace().store()->openRun("/nowhere", "texts");
    run->appendText("notes", {1, 1.7e9, {"only this"}});
    QTRY_COMPARE(window.workspace().selection().current(), run);
    const QString path = m_files->path("none.csv");
    exportTo(window, path);
    QTRY_VERIFY(hasEvent(window, "no run holds a tag of kind scalar"));
    QVERIFY(!QFileInfo::exists(path));
  }

 private:
  static bool hasEvent(MainWindow& window, const QString& part) {
    const auto entries = window.events().entries();
    return std::any_of(entries.begin(), entries.end(),
                       [&part](const auto& entry) { return entry.text.contains(part); });
  }

  static QAction* action(MainWindow& window, const QString& text) {
    for (QAction* candidate : window.findChildren<QAction*>()) {
      if (candidate->text() == text) return candidate;
    }
    return nullptr;
  }

  /// Chooses Export… and answers its dialog; returns the name that it offered.
  static QString exportTo(MainWindow& window, const QString& path) {
    QString offered;
    QTimer::singleShot(0, &window, [&] {
      auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
      QVERIFY(dialog);
      auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
      offered = name->text();
      name->setText(path);
      QTest::keyClick(name, Qt::Key_Return);
    });
    action(window, "&Export…")->trigger();
    return offered;
  }

  std::unique_ptr<WindowFixture> m_files;
  QString m_logs;
};

QTEST_MAIN(WindowExportTest)
#include "window_export_test.moc"
