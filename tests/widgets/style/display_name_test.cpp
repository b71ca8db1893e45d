// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/display_name.h"

#include <QtTest>

using widgets::displayName;
using namespace std::string_view_literals;

class DisplayNameTest : public QObject {
  Q_OBJECT

 private slots:
  void ordinaryNamesStay() {
    const QString name = QString::fromUtf8("train/损失 (café) 👩‍🔬 \\n");
    QCOMPARE(displayName(name), name);
    QCOMPARE(displayName(name.toStdString()), name);
  }

  void stayOnOneLine() {
    QCOMPARE(displayName("loss\nof two\r\nlines"sv), QString("loss\\nof two\\r\\nlines"));
    QCOMPARE(displayName("a\tb\0c\x1b[31m\x7f"sv), QString("a\\tb\\x00c\\x1b[31m\\x7f"));
    for (const char16_t separator : {u'\u2028', u'\u2029', u'\u0085', u'\v', u'\f'}) {
      const QString shown = displayName(QString("a") + QChar(separator) + "b");
      QVERIFY(!shown.contains(QChar(separator)));
      QVERIFY(shown.contains('\\'));
    }
  }

  void doNotChangeTheTextAround() {
    QCOMPARE(displayName(u"a\u202Eb\u200Bc"), QString("a\\u202eb\\u200bc"));
    const char16_t alone[] = {u'a', 0xD800, u'b'};
    QCOMPARE(displayName(QStringView(alone, 3)), QString("a\\ud800b"));
    QCOMPARE(displayName("\xff"sv), QString(QChar(0xFFFD)));
  }

  void areVisible() {
    const QString whole(widgets::kMaxDisplayName, 'x');
    QCOMPARE(displayName(whole), whole);
    const QString longer = displayName("begin" + QString(1'000'000, 'x') + "end");
    QCOMPARE(longer.size(), widgets::kMaxDisplayName + 1);
    QVERIFY(longer.startsWith("begin") && longer.endsWith("end"));
    QCOMPARE(displayName(""sv), QString("(no name)"));
    QCOMPARE(displayName(QString()), QString("(no name)"));
    QCOMPARE(displayName("  "sv), QString("\"  \""));
  }
};

QTEST_GUILESS_MAIN(DisplayNameTest)
#include "display_name_test.moc"
