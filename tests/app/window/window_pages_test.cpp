// SPDX-License-Identifier: GPL-3.0-or-later
// What the window makes of its list of pages, whichever they are.
#include <QAction>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>
#include <QTreeView>
#include <algorithm>

#include "app/window/main_window.h"
#include "tests/app/window/window_fixture.h"
#include "widgets/pages/page.h"
#include "widgets/style/theme.h"

using app::MainWindow;

class WindowPagesTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    m_files = std::make_unique<WindowFixture>();
    m_logs = m_files->path("logs");
    m_files->writeRun(m_logs + "/first", "train/loss", 5);
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
  }

  void init() { QSettings().clear(); }

  void everyPageHasATabAKeyAndSettingsOfItsOwn() {
    QStringList ids;
    {
      TestWindow window;
      window.show();
      QCOMPARE(window.tabs().count(), static_cast<int>(window.pages().size()));
      for (int i = 0; i < window.tabs().count(); ++i) {
        const widgets::Page* page = window.pages()[static_cast<std::size_t>(i)];
        QCOMPARE(window.tabs().widget(i), page);
        QCOMPARE(window.tabs().tabText(i), page->title());
        QAction* entry = action(window, page->title());
        QVERIFY2(entry, qPrintable(page->title()));
        QCOMPARE(entry->shortcut(), QKeySequence(QStringLiteral("Ctrl+%1").arg(i + 1)));
        entry->trigger();
        QCOMPARE(window.tabs().currentWidget(), page);
        QVERIFY(!page->id().isEmpty() && !ids.contains(page->id()));
        // The settings of panels stand beside those of pages.
        QVERIFY(page->id() != "docks" && page->id() != "runs" && page->id() != "logs");
        ids << page->id();
      }
      window.close();
    }
    QCOMPARE(app::WindowSettings().frontPage(), ids.last());
    TestWindow window;
    for (const widgets::Page* page : window.pages()) {
      QCOMPARE(app::WindowSettings().page(page->id()), page->saveState());
    }
    QCOMPARE(window.tabs().currentWidget(), window.pages().back());
  }

  void aTagOfTheListJumpsToThePageThatShowsIt() {
    TestWindow window;
    window.show();
    window.openLogs({m_logs});
    const auto scalar = [](const widgets::Page* page) {
      eventio::TagInfo tag;
      tag.tag = "train/loss";
      tag.kind = eventio::TagKind::kScalar;
      return page->shows(tag);
    };
    const auto page = std::find_if(window.pages().begin(), window.pages().end(), scalar);
    QVERIFY(page != window.pages().end());
    QVERIFY(window.tabs().currentWidget() != *page);
    auto* view = window.findChild<QTreeView*>("tagView");
    QTRY_COMPARE(view->model()->rowCount(), 1);
    emit view->clicked(view->model()->index(0, 0));
    QCOMPARE(window.tabs().currentWidget(), *page);
  }

  void aPageCanAskToBeInFront() {
    TestWindow window;
    window.show();
    for (widgets::Page* page : window.pages()) {
      emit page->showRequested();
      QCOMPARE(window.tabs().currentWidget(), page);
    }
  }

 private:
  static QAction* action(MainWindow& window, const QString& text) {
    for (QAction* candidate : window.findChildren<QAction*>()) {
      if (candidate->text() == text) return candidate;
    }
    return nullptr;
  }

  std::unique_ptr<WindowFixture> m_files;
  QString m_logs;
};

QTEST_MAIN(WindowPagesTest)
#include "window_pages_test.moc"
