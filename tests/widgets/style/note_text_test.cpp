// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/note_text.h"

#include <QtTest>

using widgets::isAboutFiles;
using widgets::noteLabel;
using widgets::noteText;
using widgets::withGroupedNumbers;

class NoteTextTest : public QObject {
  Q_OBJECT

 private slots:
  void numbersAreGroupedWhereTheyAreNumbers_data() {
    QTest::addColumn<QString>("written");
    QTest::addColumn<QString>("shown");
    const auto add = [](const char* written, const char* shown) {
      QTest::newRow(written) << QString(written) << QString(shown);
    };
    add("Must be at most 1000000", "Must be at most 1,000,000");
    add("at most 999", "at most 999");
    add("output of fc2 holds 64000 inf", "output of fc2 holds 64,000 inf");
    add("1250, 1300: two", "1,250, 1,300: two");
    // Already so, or no numbers by themselves.
    add("step 1,250", "step 1,250");
    add("at most 1e30", "at most 1e30");
    add("/data/2024/mnist1000 and run_2024", "/data/2024/mnist1000 and run_2024");
    add("events.out.tfevents.1538072818.host", "events.out.tfevents.1538072818.host");
    add("on 2026-11-27 at 10:15", "on 2026-11-27 at 10:15");
    add("1234.5678", "1234.5678");
    add("", "");
  }
  void numbersAreGroupedWhereTheyAreNumbers() {
    QFETCH(QString, written);
    QFETCH(QString, shown);
    QCOMPARE(withGroupedNumbers(written), shown);
  }

  void goingBackNamesNoStepTwice() {
    const QString recorded =
        "went back from step 1250 to step 1245: step 1250: output of fc2 holds 640 inf";
    QCOMPARE(noteText(recorded),
             QString("went back from step 1,250 to step 1,245: output of fc2 holds 640 inf"));
    QCOMPARE(noteLabel(recorded), QString("back to step 1,245"));
    // Another step is news.
    QCOMPARE(noteText("went back from step 1250 to step 1245: step 1249: diverged"),
             QString("went back from step 1,250 to step 1,245: step 1,249: diverged"));
    QCOMPARE(noteText("went back from step 24 to step 20"),
             QString("went back from step 24 to step 20"));
    QCOMPARE(noteLabel("went back from step 24 to step 20"), QString("back to step 20"));
    QCOMPARE(noteLabel("learning rate 0.01 → 0.001"), QString("learning rate 0.01 → 0.001"));
  }

  void faultsOfFilesAreToldFromFaultsOfTraining() {
    QVERIFY(isAboutFiles("The model could not be saved: /runs/a: No space left on device"));
    QVERIFY(isAboutFiles("the event file '/runs/a/events.out' was removed, replaced or shortened"));
    QVERIFY(isAboutFiles("The log lacks 7 records: /runs/a"));
    QVERIFY(!isAboutFiles("output of fc2 holds 640 inf"));
    QVERIFY(!isAboutFiles("diverged: the smoothed loss, 12, is 9 times its best, 1.3"));
  }
};

QTEST_MAIN(NoteTextTest)
#include "note_text_test.moc"
