// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/number_text.h"

#include <QtTest>

#include "widgets/charts/axis_scale.h"

using namespace widgets;

class NumberTextTest : public QObject {
  Q_OBJECT

 private slots:
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
