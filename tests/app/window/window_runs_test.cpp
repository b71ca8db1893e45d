// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QScrollBar>
#include <QSettings>
#include <QTabWidget>
#include <QTest>
#include <QTimer>

#include "app/window/main_window.h"
#include "tests/app/window/window_fixture.h"
#include "widgets/cards/chart_grid.h"
#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/runs/run_list.h"
#include "widgets/runs/run_selection.h"
#include "widgets/runs/tag_list.h"
#include "widgets/scalars/scalars_page.h"
#include "widgets/status/event_list.h"
#include "widgets/style/theme.h"
#include "widgets/training/training_page.h"

using app::MainWindow;

/// How the window shows runs: the same from one start to the next, what the filter lets through,
/// the selected one in front.
class WindowRunsTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    m_files = std::make_unique<WindowFixture>();
    m_logs = m_files->path("logs");
    for (int i = 0; i < 12; ++i) {
      m_files->writeRun(QStringLiteral("%1/run%2").arg(m_logs).arg(i), "train/loss", 20);
    }
  }

  void init() {
    QSettings().clear();
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
  }

  void colorsAndHiddenRunsComeBack() {
    std::map<QString, std::pair<int, bool>> before;
    {
      TestWindow window;
      open(window, m_logs, 12);
      window.workspace().selection().setColor(run(window, "run3"), 40);
      window.workspace().selection().setVisible(run(window, "run1"), false);
      window.workspace().selection().setVisible(run(window, "run11"), true);
      for (const auto& entry : window.workspace().selection().entries()) {
        before[entry.name] = {entry.colorIndex, entry.visible};
      }
      window.close();
    }
    TestWindow window;
    open(window, m_logs, 12);
    for (const auto& entry : window.workspace().selection().entries()) {
      QCOMPARE(entry.colorIndex, before[entry.name].first);
      QCOMPARE(entry.visible, before[entry.name].second);
    }
    QCOMPARE(before["run3"].first, 40);
    QVERIFY(!before["run1"].second);
    QVERIFY(before["run11"].second);
  }

  void theRunSelectedLastIsSelectedAgain() {
    {
      TestWindow window;
      open(window, m_logs, 12);
      window.workspace().selection().setVisible(run(window, "run0"), false);
      window.close();
    }
    {
      TestWindow window;  // nothing was selected: the first that is drawn
      open(window, m_logs, 12);
      QTRY_COMPARE(window.workspace().selection().current()->name(), std::string("run1"));
      select(window, "run10");
      window.findChild<widgets::RunList*>()->setFilter("run[23]");
      QTRY_COMPARE(window.workspace().selection().current()->name(), std::string("run2"));
      window.close();
    }
    TestWindow window;
    open(window, m_logs, 12);
    QTRY_COMPARE(window.workspace().selection().current()->name(), std::string("run10"));
    QTest::qWait(300);
    QCOMPARE(window.workspace().selection().current()->name(), std::string("run10"));
  }

  void aRunHasOneColorInAllWindowsWhicheverFolderIsOpen() {
    TestWindow all;
    open(all, m_logs, 12);
    TestWindow alone;
    open(alone, m_logs + "/run7", 1);
    QCOMPARE(alone.workspace().selection().entries().front().colorIndex,
             all.workspace().selection().find(run(all, "run7"))->colorIndex);
    const QString link = m_files->path("link");
    QFile::remove(link);
    QVERIFY(QFile::link(m_logs, link));
    TestWindow linked;
    open(linked, link, 12);
    for (const auto& entry : linked.workspace().selection().entries()) {
      QCOMPARE(entry.colorIndex,
               all.workspace().selection().find(run(all, entry.run->name().c_str()))->colorIndex);
    }
  }

  void chartsDrawWhatPassesTheFilter() {
    TestWindow window;
    open(window, m_logs, 12);
    const auto* chart = window.findChild<widgets::TrainingPage*>()->lossChart();
    QTRY_COMPARE(chart->curves().size(), std::size_t{8});
    window.findChild<widgets::RunList*>()->setFilter("run[12]$");
    QTRY_COMPARE(chart->curves().size(), std::size_t{2});
    window.findChild<widgets::RunList*>()->setFilter("");
    QTRY_COMPARE(chart->curves().size(), std::size_t{8});
  }

  void theSelectedRunIsDrawnThickerAndInFront() {
    TestWindow window;
    open(window, m_logs, 12);
    window.tabs().setCurrentWidget(window.findChild<widgets::ScalarsPage*>());
    const auto* page = window.findChild<widgets::ScalarsPage*>();
    for (const char* name : {"run2", "run5"}) {
      for (const auto& entry : window.workspace().selection().entries()) {
        if (entry.name == QLatin1String(name)) window.workspace().selection().setCurrent(entry.run);
      }
      const auto chartOf = [page] {
        const auto cards = page->grid()->cards();
        return cards.isEmpty() ? nullptr
                               : cards.begin().value()->findChild<widgets::ScalarChart*>();
      };
      QTRY_VERIFY(chartOf() && chartOf()->curves().size() == 8);
      QTRY_COMPARE(chartOf()->curves().back()->series().run->name(), std::string(name));
      QVERIFY(chartOf()->curves().back()->series().isEmphasized);
      QVERIFY(!chartOf()->curves().front()->series().isEmphasized);
    }
  }

  void eventsOfTheSelectedOldRunAreListed() {
    const QString folder = m_files->path("old");
    m_files->writeRun(folder + "/a", "loss", 5);
    m_files->writeRun(folder + "/b", "loss", 5);
    {
      auto writer = eventio::SummaryWriter::create((folder + "/b").toStdString());
      QVERIFY(writer.has_value());
      QVERIFY(
          (*writer)->addText("traindeck/changes", "learning rate 0.01 → 0.005", 4410).has_value());
      QVERIFY((*writer)->close().has_value());
    }
    TestWindow window;
    open(window, folder, 2);
    const auto hasChange = [&window] {
      for (const auto& entry : window.events().entries()) {
        if (entry.text.contains("4,410") && entry.text.contains("0.01 → 0.005")) return true;
      }
      return false;
    };
    select(window, "b");
    QTRY_VERIFY(hasChange());
    select(window, "a");
    QTRY_VERIFY(!hasChange());
  }

  void aTagIsSuperimposedFromTheListWithoutTheMouse() {
    const QString folder = m_files->path("two");
    m_files->writeRun(folder + "/a", "loss", 5);
    m_files->writeRun(folder + "/b", "other", 5);
    TestWindow window;
    open(window, folder, 2);
    auto* page = window.findChild<widgets::ScalarsPage*>();
    window.tabs().setCurrentWidget(page);
    QTRY_COMPARE(page->grid()->groups().size(), std::size_t{1});
    window.tabs().setCurrentIndex(0);
    QTimer::singleShot(100, &window, [] {
      if (auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget())) {
        dialog->accept();
      }
    });
    emit window.findChild<widgets::TagList*>()->superimposeRequested("other");
    QCOMPARE(window.tabs().currentWidget(), page);
    QCOMPARE(page->arrangement().superimposed.size(), std::size_t{1});
    QCOMPARE(page->arrangement().superimposed.front(), (QStringList{"loss", "other"}));
  }

  void aFilterOfTagsScrollsToItsFirstHit() {
    const QString folder = m_files->path("tags");
    auto writer = eventio::SummaryWriter::create((folder + "/run").toStdString());
    QVERIFY(writer.has_value());
    for (int i = 0; i < 60; ++i) {
      QVERIFY((*writer)->addScalar("layer" + std::to_string(i) + "/norm", 1, 1).has_value());
    }
    QVERIFY((*writer)->close().has_value());
    TestWindow window;
    open(window, folder, 1);
    auto* page = window.findChild<widgets::ScalarsPage*>();
    window.tabs().setCurrentWidget(page);
    auto* bar = page->grid()->verticalScrollBar();
    QTRY_VERIFY(bar->maximum() > 1000);
    bar->setValue(bar->maximum());
    page->setFilter("layer[1-5]");
    QVERIFY(bar->maximum() > 1000);
    QCOMPARE(bar->value(), 0);
  }

 private:
  static void open(MainWindow& window, const QString& folder, std::size_t runs) {
    window.resize(1280, 800);
    window.show();
    window.openLogs({folder});
    QTRY_COMPARE(window.workspace().selection().entries().size(), runs);
  }

  static const eventio::Run* run(MainWindow& window, const char* name) {
    for (const auto& entry : window.workspace().selection().entries()) {
      if (entry.run->name() == name) return entry.run.get();
    }
    return nullptr;
  }

  static void select(MainWindow& window, const char* name) {
    for (const auto& entry : window.workspace().selection().entries()) {
      if (entry.run->name() == name) return window.workspace().selection().setCurrent(entry.run);
    }
  }

  std::unique_ptr<WindowFixture> m_files;
  QString m_logs;
};

QTEST_MAIN(WindowRunsTest)
#include "window_runs_test.moc"
