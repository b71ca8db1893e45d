// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/status/event_list.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QListView>
#include <QTest>

#include "widgets/style/theme.h"

using widgets::EventList;
using widgets::Severity;

class EventListTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }

  void newestStandsFirst() {
    EventList list;
    list.add(Severity::kInfo, "first");
    list.add(Severity::kError, "second");
    const auto entries = list.entries();
    QCOMPARE(entries.size(), 2);
    QCOMPARE(entries[0].text, QStringLiteral("second"));
    QVERIFY(entries[0].time >= entries[1].time);
  }

  void isBounded() {
    EventList list;
    for (int i = 0; i < EventList::kMaxEntries + 50; ++i) {
      list.add(Severity::kInfo, QString::number(i));
    }
    const auto entries = list.entries();
    QCOMPARE(entries.size(), EventList::kMaxEntries);
    QCOMPARE(entries.first().text, QString::number(EventList::kMaxEntries + 49));
    QCOMPARE(entries.last().text, QStringLiteral("50"));
  }

  void aSeriesKeepsOneRowThatCounts() {
    EventList list;
    const auto save = [&list](int step, const QString& series) {
      widgets::EventEntry entry;
      entry.text = QStringLiteral("Saved step %1").arg(step);
      entry.series = series;
      entry.seriesNote = QStringLiteral("%1 saved so far");
      list.add(entry);
    };
    save(1, "a");
    QCOMPARE(list.textToCopy().section("  ", 1), QStringLiteral("Saved step 1"));
    list.add(Severity::kInfo, "between");
    for (int step = 2; step <= 1200; ++step) save(step, "a");
    save(1, "b");
    QCOMPARE(list.entries().size(), 3);
    const QStringList lines = list.textToCopy().split('\n');
    QVERIFY2(lines[0].endsWith("Saved step 1"), qPrintable(lines[0]));
    QVERIFY2(lines[1].endsWith("Saved step 1200 (1,200 saved so far)"), qPrintable(lines[1]));
    QVERIFY2(lines[2].endsWith("between"), qPrintable(lines[2]));
  }

  void noRowIsHalfSeen() {
    EventList list;
    for (int i = 0; i < 9; ++i) list.add(Severity::kInfo, QString::number(i));
    list.show();
    QVERIFY(QTest::qWaitForWindowExposed(&list));
    const auto* view = list.findChild<QListView*>("eventView");
    for (int height = 40; height < 120; height += 7) {
      list.resize(300, height);
      const int row = view->sizeHintForRow(0);
      QTRY_COMPARE(view->viewport()->height() % row, 0);
      QTRY_VERIFY(view->viewport()->height() > height - 8 - row);
    }
  }

  void filterLeavesTheMilderOut() {
    EventList list;
    list.add(Severity::kInfo, "started");
    list.add(Severity::kGood, "best");
    list.add(Severity::kWarning, "changed");
    list.add(Severity::kError, "damaged");
    list.setLeastSeverity(Severity::kWarning);
    const QString text = list.textToCopy();
    QVERIFY(text.contains("damaged") && text.contains("changed"));
    QVERIFY(!text.contains("best") && !text.contains("started"));
    QCOMPARE(list.entries().size(), 4);
  }

  void copiesWhatIsChosenAsLines() {
    EventList list;
    list.resize(400, 100);
    list.show();
    list.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&list));
    list.add({Severity::kInfo, QDateTime(QDate(2024, 5, 6), QTime(14, 2, 11)), "one"});
    list.add({Severity::kInfo, QDateTime(QDate(2024, 5, 6), QTime(14, 2, 12)), "two"});
    auto* view = list.findChild<QListView*>();
    view->setFocus();
    view->setCurrentIndex(view->model()->index(1, 0));
    QTest::keyClick(view, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("2024-05-06 14:02:11  one"));
    view->clearSelection();
    QCOMPARE(list.textToCopy(),
             QStringLiteral("2024-05-06 14:02:12  two\n2024-05-06 14:02:11  one"));
  }

  void eventsOfAnOldRunGoWithIt() {
    EventList list;
    list.add(Severity::kInfo, "opened");
    const auto old = [](const QString& text, int day) {
      widgets::EventEntry entry;
      entry.text = text;
      entry.time = QDateTime(QDate(2024, 5, day), QTime(14, 2));
      return entry;
    };
    list.setOldRunEntries({old("begins", 1), old("rate changed", 2)});
    list.add(Severity::kError, "damaged");
    QCOMPARE(texts(list), (QStringList{"damaged", "rate changed", "begins", "opened"}));
    list.setOldRunEntries({old("other run", 3)});
    QCOMPARE(texts(list), (QStringList{"other run", "damaged", "opened"}));
    list.setOldRunEntries({});
    QCOMPARE(texts(list), (QStringList{"damaged", "opened"}));
  }

  void dotHasTheColorOfTheSeverity() {
    EventList list;
    list.resize(400, 60);
    list.add(Severity::kError, "damaged");
    list.show();
    QVERIFY(QTest::qWaitForWindowExposed(&list));
    const QImage image = list.grab().toImage();
    bool found = false;
    for (int x = 0; x < 40 && !found; ++x) {
      for (int y = 0; y < image.height() && !found; ++y) {
        found = image.pixelColor(x, y) == widgets::theme().bad;
      }
    }
    QVERIFY(found);
  }

 private:
  static QStringList texts(const EventList& list) {
    QStringList result;
    for (const auto& entry : list.entries()) result << entry.text;
    return result;
  }
};

QTEST_MAIN(EventListTest)
#include "event_list_test.moc"
