// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QCheckBox>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollArea>
#include <QSettings>
#include <QTabBar>
#include <QTabWidget>
#include <QTest>

#include "app/window/main_window.h"
#include "tests/app/window/window_fixture.h"
#include "widgets/cards/chart_card.h"
#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/forms/form_panel.h"
#include "widgets/histograms/histogram_pair.h"
#include "widgets/histograms/histograms_page.h"
#include "widgets/status/control_bar.h"
#include "widgets/style/theme.h"
#include "widgets/training/training_page.h"

using app::MainWindow;

class WindowLayoutTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    m_files = std::make_unique<WindowFixture>();
    m_logs = m_files->path("logs");
    m_files->writeRun(m_logs + "/first", "train/loss", 50);
    m_files->writeRun(m_logs + "/second", "train/accuracy", 70);
    m_histogramLogs = m_files->path("histograms");
    for (const char* name : {"train", "validation"}) {
      writeHistograms(m_histogramLogs + "/a-run-with-a-very-long-name-of-its-own/log/" + name);
    }
  }

  void init() {
    QSettings().clear();
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
  }

  void docksRecoverFromASmallWindow() {
    TestWindow window;
    show(window, QSize(1440, 900));
    QTRY_COMPARE(dock(window, "runsDock")->width(), widgets::scaled(248));
    QTRY_COMPARE(dock(window, "setupDock")->width(), widgets::scaled(288));
    const int events = dock(window, "eventsDock")->height();
    show(window, QSize(800, 500));
    QTRY_VERIFY(dock(window, "runsDock")->width() < widgets::scaled(220));
    QTRY_VERIFY(dock(window, "setupDock")->isHidden());
    show(window, QSize(1440, 900));
    QTRY_COMPARE(dock(window, "runsDock")->width(), widgets::scaled(248));
    QTRY_COMPARE(dock(window, "setupDock")->width(), widgets::scaled(288));
    QTRY_COMPARE(dock(window, "eventsDock")->height(), events);
  }

  void sizesTheUserChoseComeBack() {
    {
      TestWindow window;
      show(window, QSize(1440, 900));
      QTRY_COMPARE(dock(window, "runsDock")->width(), widgets::scaled(248));
      drag(window, "runsDock", 330);
      QTRY_COMPARE(dock(window, "runsDock")->width(), 330);
      show(window, QSize(1000, 600));
      QTRY_VERIFY(dock(window, "runsDock")->width() < 260);
      show(window, QSize(1440, 900));
      QTRY_COMPARE(dock(window, "runsDock")->width(), 330);
      show(window, QSize(1000, 600));
      QTRY_VERIFY(dock(window, "runsDock")->width() < 260);
      window.close();
    }
    TestWindow window;
    show(window, QSize(1440, 900));
    QTRY_COMPARE(dock(window, "runsDock")->width(), 330);
  }

  void nothingIsCutOrOverlaps_data() {
    QTest::addColumn<QSize>("size");
    QTest::newRow("800x600") << QSize(800, 600);
    QTest::newRow("960x540") << QSize(960, 540);
    QTest::newRow("960x508") << QSize(960, 508);
    QTest::newRow("1280x800") << QSize(1280, 800);
  }

  void nothingIsCutOrOverlaps() {
    QFETCH(QSize, size);
    TestWindow window;
    window.openLogs({m_logs});
    show(window, size);
    for (const char* name : {"runsDockButton", "setupDockButton"}) {
      QTRY_VERIFY(window.findChild<QAbstractButton*>(name));
    }
    for (const bool isSetUpOpen : {false, true}) {
      if (dock(window, "setupDock")->isVisible() != isSetUpOpen) {
        window.findChild<QAbstractButton*>("setupDockButton")->click();
      }
      QTest::qWait(50);
      QCOMPARE(dock(window, "setupDock")->isVisible(), isSetUpOpen);
      QCOMPARE(window.size(), size);
      QList<QWidget*> parts{&window.tabs(), &window.controlBar()};
      for (const char* name : {"runsDock", "setupDock", "eventsDock"}) {
        if (dock(window, name)->isVisible()) parts << dock(window, name);
      }
      for (QWidget* part : parts) {
        const QRect area(part->mapTo(&window, QPoint()), part->size());
        QVERIFY2(window.rect().contains(area), qPrintable(part->objectName()));
        const bool isTabs = part == &window.tabs();  // its pages are content to scroll
        QVERIFY2(isTabs || part->width() >= part->minimumSizeHint().width(),
                 qPrintable(part->objectName()));
        for (QWidget* other : parts) {
          if (other == part) continue;
          const QRect otherArea(other->mapTo(&window, QPoint()), other->size());
          QVERIFY(!area.intersects(otherArea));
        }
      }
      QVERIFY(window.tabs().width() >= widgets::scaled(320));
    }
  }

  void nothingOfAPageIsCut_data() {
    QTest::addColumn<QSize>("size");
    QTest::newRow("800x600") << QSize(800, 600);
    QTest::newRow("960x540") << QSize(960, 540);
    QTest::newRow("1440x900") << QSize(1440, 900);
  }

  void nothingOfAPageIsCut() {
    QFETCH(QSize, size);
    TestWindow window;
    window.openLogs({m_histogramLogs});
    show(window, size);
    const auto* training = window.findChild<widgets::TrainingPage*>();
    QTRY_VERIFY(training->histograms()->isVisible());
    QTRY_VERIFY(dock(window, "setupDock")->isHidden());  // old runs alone are looked at
    window.findChild<QAbstractButton*>("setupDockButton")->click();
    QTRY_VERIFY(dock(window, "setupDock")->isVisible());
    QTest::qWait(50);
    QCOMPARE(window.size(), size);
    // The names of all pages stand beside the buttons of the panels.
    const QTabBar* bar = window.tabs().tabBar();
    const QWidget* corner = window.tabs().cornerWidget(Qt::TopRightCorner);
    QVERIFY(bar->x() + bar->width() <= corner->x());
    for (int i = 0; i < bar->count(); ++i) {
      QVERIFY2(bar->rect().contains(bar->tabRect(i)), qPrintable(bar->tabText(i)));
      QVERIFY(bar->tabRect(i).width() > bar->fontMetrics().horizontalAdvance(bar->tabText(i)));
    }
    const QRect end = bar->tabRect(bar->count() - 1);
    QVERIFY(!bar->childAt(end.center()));  // no button to scroll
    // Nothing of the cards lies beyond the page's right edge.
    const auto* scroll = training->findChild<QScrollArea*>();
    QTRY_VERIFY(scroll->widget()->width() <= scroll->viewport()->width());
    for (const QWidget* card : training->findChildren<widgets::ChartCard*>()) {
      QVERIFY(card->width() >= card->minimumSizeHint().width());
      QVERIFY(card->height() >= widgets::scaled(140));
      QVERIFY(scroll->widget()->rect().contains(
          QRect(card->mapTo(scroll->widget(), QPoint()), card->size())));
    }
    // The controls of the histograms have room.
    auto* histograms = window.findChild<widgets::HistogramsPage*>();
    window.tabs().setCurrentWidget(histograms);
    QTest::qWait(50);
    const auto* filter = histograms->findChild<QLineEdit*>();
    QVERIFY2(filter->width() >= widgets::scaled(120), qPrintable(QString::number(filter->width())));
    const QWidget* choice = histograms->findChild<QCheckBox*>();
    QVERIFY(choice->width() >= choice->sizeHint().width());
    const QWidget* view = histograms->findChild<QComboBox*>();
    QVERIFY(view->width() >= view->sizeHint().width());
    for (const QWidget* control : {static_cast<const QWidget*>(filter), choice, view}) {
      QVERIFY(histograms->rect().contains(
          QRect(control->mapTo(histograms, QPoint()), control->size())));
    }
    // Neither are the fields of the set-up.
    const auto* setUp = window.findChild<widgets::FormPanel*>()->findChild<QScrollArea*>();
    QVERIFY2(setUp->widget()->width() <= setUp->viewport()->width(),
             qPrintable(QString::number(setUp->widget()->minimumSizeHint().width())));
  }

  void curvesKeepAHeightAndThePageScrolls() {
    TestWindow window;
    window.openLogs({m_logs});
    show(window, QSize(960, 540));
    const auto* page = window.findChild<widgets::TrainingPage*>();
    QTRY_VERIFY(!page->isShowingEmptyState());
    for (const auto* chart : {page->lossChart(), page->metricChart()}) {
      QTRY_VERIFY2(chart->height() >= widgets::scaled(90),
                   qPrintable(QString::number(chart->height())));
    }
    QVERIFY(page->findChild<QScrollArea*>());
  }

  void setUpFoldsWhileOldRunsAreLookedAt() {
    TestWindow window;
    show(window, QSize(1280, 800));
    QVERIFY(dock(window, "setupDock")->isVisible());
    window.openLogs({m_logs});
    QTRY_VERIFY(dock(window, "setupDock")->isHidden());
    window.findChild<QAbstractButton*>("setupDockButton")->click();
    QTest::qWait(400);
    QVERIFY(dock(window, "setupDock")->isVisible());
    window.findChild<QAbstractButton*>("setupDockButton")->click();
    window.workspace().logs().closeAll();
    QTest::qWait(400);
    QVERIFY(dock(window, "setupDock")->isHidden());  // the user closed it
  }

  void setUpComesBackWithTheLastLogDirectoryGone() {
    TestWindow window;
    show(window, QSize(1280, 800));
    window.openLogs({m_logs});
    QTRY_VERIFY(dock(window, "setupDock")->isHidden());
    window.workspace().logs().closeAll();
    QTRY_VERIFY(dock(window, "setupDock")->isVisible());
  }

  void whatTheUserClosedStaysClosed() {
    {
      TestWindow window;
      show(window, QSize(1280, 800));
      window.findChild<QAbstractButton*>("setupDockButton")->click();
      window.findChild<QAbstractButton*>("eventsDockButton")->click();
      window.close();
    }
    TestWindow window;
    show(window, QSize(1280, 800));
    QTest::qWait(50);
    QVERIFY(dock(window, "setupDock")->isHidden());
    QVERIFY(dock(window, "eventsDock")->isHidden());
    QVERIFY(dock(window, "runsDock")->isVisible());
  }

  void whatTheUserOpenedStaysOpen() {
    {
      TestWindow window;
      show(window, QSize(1280, 800));
      window.openLogs({m_logs});
      QTRY_VERIFY(dock(window, "setupDock")->isHidden());
      window.findChild<QAbstractButton*>("setupDockButton")->click();
      QTRY_VERIFY(dock(window, "setupDock")->isVisible());
      window.close();
    }
    TestWindow window;
    show(window, QSize(1280, 800));
    window.openLogs({m_logs});
    QTest::qWait(400);
    QVERIFY(dock(window, "setupDock")->isVisible());
  }

  void theViewMenuMarksThePanelsThatAreShown() {
    TestWindow window;
    show(window, QSize(1280, 800));
    QMenu* view = nullptr;
    for (QMenu* menu : window.findChildren<QMenu*>()) {
      if (menu->title() == "&View") view = menu;
    }
    QVERIFY(view);
    QAction* toggle = dock(window, "eventsDock")->toggleViewAction();
    QVERIFY(view->actions().contains(toggle) && toggle->isChecked());
    const auto drawn = [view, toggle] {
      view->ensurePolished();
      view->resize(view->sizeHint());
      return view->grab(view->actionGeometry(toggle)).toImage();
    };
    const QImage shown = drawn();
    toggle->trigger();
    const QImage hidden = drawn();
    // Darker ink stands at the left of the shown panel's entry, and nothing of the hidden one's.
    const auto ink = [](const QImage& image) {
      int count = 0;
      for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.height(); ++x) {
          if (image.pixelColor(x, y).lightness() < 160) ++count;
        }
      }
      return count;
    };
    QVERIFY(ink(shown) > 10);
    QVERIFY(ink(hidden) < ink(shown) / 2);
  }

 private:
  static void writeHistograms(const QString& folder) {
    auto writer = eventio::SummaryWriter::create(folder.toStdString());
    QVERIFY(writer.has_value());
    const std::vector<float> values{-1, 0, 0.5F, 2};
    for (int step = 0; step < 10; ++step) {
      QVERIFY((*writer)->addScalar("train/loss", 1, step).has_value());
      QVERIFY((*writer)->addScalar("validation/loss", 1, step).has_value());
      QVERIFY((*writer)->addHistogram("parameters/conv1.weight", values, step).has_value());
    }
    QVERIFY((*writer)->close().has_value());
  }

  static void show(MainWindow& window, const QSize& size) {
    window.resize(size);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QTest::qWait(20);
  }

  static QDockWidget* dock(const MainWindow& window, const char* name) {
    return window.findChild<QDockWidget*>(QLatin1String(name));
  }

  /// As a drag of the separator does it.
  static void drag(MainWindow& window, const char* name, int width) {
    QMouseEvent press(QEvent::MouseButtonPress, QPointF(1, 1), QPointF(1, 1), Qt::LeftButton,
                      Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &press);
    window.resizeDocks({dock(window, name)}, {width}, Qt::Horizontal);
    QTest::qWait(20);
    QMouseEvent release(QEvent::MouseButtonRelease, QPointF(1, 1), QPointF(1, 1), Qt::LeftButton,
                        Qt::NoButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &release);
    QTest::qWait(20);
  }

  std::unique_ptr<WindowFixture> m_files;
  QString m_logs;
  QString m_histogramLogs;
};

QTEST_MAIN(WindowLayoutTest)
#include "window_layout_test.moc"
