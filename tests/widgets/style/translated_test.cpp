// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/translated.h"

#include <QCoreApplication>
#include <QTest>
#include <QTranslator>

namespace {

using eventio::Message;
using widgets::translated;

/// Knows two messages, in another order of their arguments.
class TwoMessages : public QTranslator {
 public:
  [[nodiscard]] bool isEmpty() const override { return false; }
  [[nodiscard]] QString translate(const char* context, const char* text, const char* /*comment*/,
                                  int /*count*/) const override {
    if (qstrcmp(context, "Messages") != 0) return {};
    if (qstrcmp(text, "cannot read '%1': %2") == 0) return QStringLiteral("%2，无法读取“%1”");
    if (qstrcmp(text, "at least %1") == 0) return QStringLiteral("至少 %1");
    return {};
  }
};

}  // namespace

class TranslatedTest : public QObject {
  Q_OBJECT

 private slots:
  void withoutATranslationTheTextIsEnglish() {
    QCOMPARE(translated(Message("cannot read '%1': %2", "a", "no space")),
             QStringLiteral("cannot read 'a': no space"));
    QVERIFY(translated(Message()).isEmpty());
  }

  void theTranslatorOrdersTheArguments() {
    TwoMessages translator;
    QVERIFY(QCoreApplication::installTranslator(&translator));
    QCOMPARE(translated(Message("cannot read '%1': %2", "%2", "x")),
             QStringLiteral("x，无法读取“%2”"));
    const Message nested("run: %1", Message("cannot read '%1': %2", "a", "b"));
    QCOMPARE(translated(nested), QStringLiteral("run: b，无法读取“a”"));
    QCoreApplication::removeTranslator(&translator);
  }

  void numbersAreWrittenAsInTheRestOfTheWindow() {
    QCOMPARE(translated(Message("at least %1", 1'000'000)), QStringLiteral("at least 1,000,000"));
    QCOMPARE(translated(Message("at least %1", "1000000")), QStringLiteral("at least 1000000"));
  }
};

QTEST_MAIN(TranslatedTest)
#include "translated_test.moc"
