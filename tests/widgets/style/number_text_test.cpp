// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/number_text.h"

#include <QtTest>

#include "widgets/charts/axis_scale.h"

using namespace widgets;

class NumberTextTest : public QObject {
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

  void initTestCase() { QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany)); }
  void cleanupTestCase() { QLocale::setDefault(QLocale::c()); }

  void oneStyleInEveryLocale() {
    QCOMPARE(countText(3376), QString("3,376"));
    QCOMPARE(countText(-1234567), QString("-1,234,567"));
    QCOMPARE(decimalText(1234.5, 2), QString("1,234.50"));
    QCOMPARE(dataSizeText(1234567), QString("1.2 MB"));
    QCOMPARE(stepText(1234567), QString("1,234,567"));
    QCOMPARE(valueText(0.5), QString("0.5000"));
    QCOMPARE(shortNumber(2.5, 0.5), QString("2.5"));
    QCOMPARE(durationText(1.5), QString("1.5 s"));
    QCOMPARE(dateTimeText(QDateTime({2026, 11, 27}, {8, 5, 3})), QString("2026-11-27 08:05:03"));
  }

  void fieldsAcceptWhatIsShown() {
    QCOMPARE(parseNumber(decimalText(1234567.25, 2)).value(), 1234567.25);
    QCOMPARE(parseNumber(decimalText(1234.5, 1)).value(), 1234.5);
    QCOMPARE(parseCount(countText(1234567)).value(), 1234567);
    QCOMPARE(parseCount(countText(1500)).value(), 1500);
    QCOMPARE(parseCount(" -12 ").value(), -12);
    QCOMPARE(parseNumber(QString::number(1.5e-7, 'g', 10)).value(), 1.5e-7);
  }

  void fieldsTakeADecimalComma() {
    QCOMPARE(parseNumber("0,01").value(), 0.01);
    QCOMPARE(parseNumber("0,001").value(), 0.001);
    QCOMPARE(parseNumber("-1,5e-3").value(), -1.5e-3);
  }

  void fieldsRefuseWhatHasTwoMeanings() {
    QVERIFY(!parseNumber("1,500"));
    QVERIFY(!parseNumber("1.500,5"));
    QVERIFY(!parseNumber("1,5,5"));
    QVERIFY(!parseNumber(""));
    QVERIFY(!parseNumber("inf"));
    QVERIFY(!parseNumber("nan"));
    QVERIFY(!parseCount("1.5"));
    QVERIFY(!parseCount("1,5"));
    QVERIFY(!parseCount("99999999999999999999"));
  }
};

QTEST_GUILESS_MAIN(NumberTextTest)
#include "number_text_test.moc"
