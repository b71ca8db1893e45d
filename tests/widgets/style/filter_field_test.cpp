// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/filter_field.h"

#include <QSignalSpy>
#include <QTest>

using widgets::FilterField;

class FilterFieldTest : public QObject {
  Q_OBJECT

 private slots:
  void itsExpressionIgnoresCase() {
    FilterField field("e.g. loss", "Filter");
    QVERIFY(!field.isFiltering());
    QVERIFY(field.filter().match("anything").hasMatch());
    QSignalSpy changed(&field, &FilterField::filterChanged);
    field.setText("^Loss$");
    QCOMPARE(changed.count(), 1);
    QVERIFY(field.isFiltering());
    QVERIFY(field.filter().match("LOSS").hasMatch());
    QVERIFY(!field.filter().match("losses").hasMatch());
  }

  void aBadExpressionLeavesTheLastOneInForce() {
    FilterField field("e.g. loss", "Filter");
    field.setHint("hint");
    field.setText("loss");
    QSignalSpy changed(&field, &FilterField::filterChanged);
    QSignalSpy problem(&field, &FilterField::problemChanged);
    field.setText("loss(");
    QCOMPARE(changed.count(), 0);
    QCOMPARE(problem.count(), 1);
    QVERIFY(field.property("bad").toBool());
    QVERIFY(field.problem().contains("6"));  // where the pattern ends unfinished
    QCOMPARE(field.toolTip(), field.problem());
    QCOMPARE(field.accessibleDescription(), field.problem());
    QCOMPARE(field.filter().pattern(), QString("loss"));
    field.setText("loss");
    QVERIFY(field.problem().isEmpty());
    QVERIFY(!field.property("bad").toBool());
    QCOMPARE(field.toolTip(), QString("hint"));
  }
};

QTEST_MAIN(FilterFieldTest)
#include "filter_field_test.moc"
