// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/text_document.h"

#include <QImage>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBlock>
#include <QTextDocument>
#include <QTextTable>
#include <QUrl>

#include "widgets/style/theme.h"
#include "widgets/text/text_view.h"

using widgets::fillDocument;
using widgets::TextDocumentOptions;
using widgets::TextSection;

class TextDocumentTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }

  void eachRunIsNamedInItsColour() {
    QTextDocument document;
    fillDocument(document,
                 {{"first", QColor(Qt::red), "step 3", {}, {{"one"}}},
                  {"second", QColor(Qt::blue), {}, {"a warning"}, {{"two"}}}},
                 {});
    QCOMPARE(document.toPlainText(),
             QStringLiteral("■ first  step 3\none\n■ second\na warning\ntwo"));
    QCOMPARE(formatOf(document, "■").foreground().color(), QColor(Qt::red));
  }

  void markdownIsLaidOut() {
    QTextDocument document;
    fill(document,
         "# Title\n\nsome **bold** and `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- item");
    const QString text = document.toPlainText();
    QVERIFY(text.contains("Title") && !text.contains('#') && !text.contains('*'));
    QVERIFY(formatOf(document, "bold").fontWeight() > QFont::Normal);
    QVERIFY(formatOf(document, "code").fontFixedPitch());
    const QList<QTextTable*> tables = tablesOf(document);
    QCOMPARE(tables.size(), 1);
    QCOMPARE(tables.first()->rows(), 2);
    QCOMPARE(tables.first()->columns(), 2);
    QCOMPARE(tables.first()->cellAt(1, 1).firstCursorPosition().block().text(),
             QStringLiteral("2"));
  }

  void tablesOfGitHubsDialectAreTables_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("rows");  // 0: no table
    QTest::newRow("regular") << "| a | b |\n|---|---|\n| 1 | 2 |" << 2;
    QTest::newRow("one dash") << "|a|b|\n|-|-|\n|1|2|\n|3|4|" << 3;
    QTest::newRow("aligned") << "a | b\n:-: | -:\n1 | 2" << 2;
    QTest::newRow("one column") << "|a|\n|-|\n|1|" << 2;
    QTest::newRow("after a paragraph") << "some text\n| a | b |\n|---|---|\n| 1 | 2 |" << 2;
    QTest::newRow("Windows") << "text\r\n|a|b|\r\n|-|-|\r\n|1|2|\r\n" << 2;
    QTest::newRow("bar in a cell") << "|a \\| c|b|\n|-|-|\n|1|2|" << 2;
    QTest::newRow("other number of cells") << "a | b | c\n-|-\n" << 0;
    QTest::newRow("code") << "```\n|a|b|\n|-|-|\n|1|2|\n```" << 0;
    QTest::newRow("indented code") << "    |a|b|\n    |-|-|\n    |1|2|" << 0;
  }
  void tablesOfGitHubsDialectAreTables() {
    QFETCH(QString, text);
    QFETCH(int, rows);
    QTextDocument document;
    fill(document, text.toStdString());
    const QList<QTextTable*> tables = tablesOf(document);
    QCOMPARE(tables.size(), rows > 0 ? 1 : 0);
    if (rows > 0) QCOMPARE(tables.first()->rows(), rows);
    if (text.contains("```")) QVERIFY(document.toPlainText().contains("|a|b|\n|-|-|"));
  }

  void withoutMarkdownATextStandsAsItWasWritten() {
    const std::string text = "# Title\n**bold** <b>\n  indented";
    QTextDocument document;
    TextDocumentOptions options;
    options.markdown = false;
    fill(document, text, options);
    QVERIFY(document.toPlainText().endsWith(QString::fromStdString(text)));
  }

  void htmlStaysText() {
    QTextDocument document;
    fill(document, "<b>x</b> <script>alert(1)</script>\n\n<img src='file:///etc/passwd'>");
    const QString text = document.toPlainText();
    QVERIFY2(text.contains("<b>x</b> <script>alert(1)</script>"), qPrintable(text));
    QVERIFY2(text.contains("<img src="), qPrintable(text));
  }

  void picturesAreDescribedAndNotLoaded() {
    const QTemporaryDir folder;
    const QString file = folder.filePath("picture.png");
    QImage picture(300, 200, QImage::Format_RGB32);
    picture.fill(Qt::red);
    QVERIFY(picture.save(file));
    for (const QString& address :
         {file, QUrl::fromLocalFile(file).toString(), QStringLiteral("http://127.0.0.1:9/x.png"),
          QStringLiteral(":/traindeck/style/traindeck.qss")}) {
      widgets::TextView view;
      view.resize(500, 300);
      view.show();
      fill(*view.document(), ("before ![a plot](" + address + ") after").toStdString());
      QVERIFY(view.toPlainText().contains("[picture: a plot, " + address + "] after"));
      for (const QTextFragment& piece : pieces(*view.document())) {
        QVERIFY(!piece.charFormat().isImageFormat());
      }
      QVERIFY(view.textHeight() > 10 && view.textHeight() < 200);
      const QImage shot = view.grab().toImage();
      for (int x = 0; x < shot.width(); x += 5) {
        for (int y = 0; y < shot.height(); y += 5)
          QVERIFY(shot.pixelColor(x, y) != QColor(Qt::red));
      }
    }
  }

  void onlyWebLinksKeepTheirTarget() {
    QTextDocument document;
    fill(document,
         "[a](http://example.org/x) [b](file:///etc/passwd) [c](javascript:alert(1)) "
         "[d](mailto:x@example.org) <https://example.org/y> [e](/etc/passwd) [f](http:///etc)");
    QStringList targets;
    for (const QTextFragment& piece : pieces(document)) {
      if (piece.charFormat().isAnchor()) targets << piece.charFormat().anchorHref();
    }
    QCOMPARE(targets, (QStringList{"http://example.org/x", "https://example.org/y"}));
  }

  void aLinkOpensOnlyWhenClickedAndOnlyOnTheWeb() {
    widgets::TextView view;
    QList<QUrl> opened;
    view.setOpener([&opened](const QUrl& link) { opened << link; });
    fill(*view.document(), "[a](http://example.org/x)");
    QVERIFY(opened.isEmpty());
    emit view.anchorClicked(QUrl("file:///etc/passwd"));
    emit view.anchorClicked(QUrl("http://example.org/x"));
    QCOMPARE(opened, QList<QUrl>{QUrl("http://example.org/x")});
    QVERIFY(view.source().isEmpty());  // it did not go there itself
  }

  void aHugeTextIsCutAndSaysSo() {
    std::string text;
    while (text.size() < 3'000'000) text += "word after word ";
    QTextDocument document;
    fill(document, text);
    const QString shown = document.toPlainText();
    QVERIFY(shown.size() > 19'000 && shown.size() < 21'000);
    QVERIFY2(
        shown.endsWith("Cut: the first 20,000 characters of 3.0 MB. Export writes the whole text."),
        qPrintable(shown.right(100)));
    fill(document, "short");
    QVERIFY(!document.toPlainText().contains("Cut"));
  }

  void markdownThatIsSlowToLayOutIsCutAndSaysSo_data() {
    QTest::addColumn<QString>("piece");
    QTest::newRow("code") << "a`";
    QTest::newRow("entities") << "&lt;";
    QTest::newRow("lines") << "a\n";
    QTest::newRow("paragraphs") << "a\n\n";
    QTest::newRow("rows") << "a|b\n-|-\n";
  }
  void markdownThatIsSlowToLayOutIsCutAndSaysSo() {
    QFETCH(QString, piece);
    const std::string text = piece.repeated(20'000 / piece.size()).toStdString();
    QTextDocument document;
    fillDocument(document, {{"run", Qt::blue, {}, {}, {{text}, {text}, {text}}}}, {});
    int pieceCount = 0;
    for (const QTextFragment& each : pieces(document)) pieceCount += each.length() > 0 ? 1 : 0;
    QVERIFY2(pieceCount < 8000, qPrintable(QString::number(pieceCount)));
    QVERIFY(document.blockCount() < 8000);
    QCOMPARE(document.toPlainText().count("Export writes the whole text."), 3);
    TextDocumentOptions options;
    options.markdown = false;
    fill(document, text, options);
    QVERIFY(document.toPlainText().endsWith(QString::fromStdString(text)));
  }

  void markdownAsPeopleWriteItIsShownWhole() {
    QString text = "# Title\n\n";
    while (text.size() < 15'000) {
      text +=
          "Some **bold** words, `code` and a [link](http://example.org) in a\nparagraph of "
          "several lines, _as_ people\nwrite them, and a list:\n\n- one `item`\n- another\n\n"
          "| a | b |\n|---|---|\n| 1 | `x` |\n| 2 | *y* |\n\n";
    }
    QTextDocument document;
    fill(document, (text + "the end").toStdString());
    QVERIFY(document.toPlainText().endsWith("the end"));
  }

  void manyTextsTogetherAreBounded() {
    std::vector<TextSection> sections;
    for (int i = 0; i < 40; ++i) {
      sections.push_back({"run", Qt::red, {}, {}, {{std::string(15'000, 'x')}}});
    }
    QTextDocument document;
    fillDocument(document, sections, {});
    const QString shown = document.toPlainText();
    QVERIFY(shown.size() > 99'000 && shown.size() < 110'000);
    QVERIFY(shown.contains("the card is full"));
  }

  void severalStringsAreATable() {
    QTextDocument document;
    fillDocument(document, {{"run", Qt::red, {}, {}, {{"one", "**two**", ""}, {"next"}}}}, {});
    const QList<QTextTable*> tables = tablesOf(document);
    QCOMPARE(tables.size(), 1);
    QCOMPARE(tables.first()->rows(), 3);
    QCOMPARE(tables.first()->cellAt(1, 0).firstCursorPosition().block().text(),
             QStringLiteral("two"));
    QVERIFY(document.toPlainText().endsWith("next"));
    TextDocumentOptions options;
    options.maxRows = 2;
    fillDocument(document, {{"run", Qt::red, {}, {}, {{"one", "two", "three"}}}}, options);
    QCOMPARE(tablesOf(document).first()->rows(), 2);
    QVERIFY(document.toPlainText().contains("first 2 of 3 rows"));
  }

  void emptyTextsAreDistinguishedFromNone() {
    QTextDocument document;
    fill(document, "");
    QVERIFY(document.toPlainText().endsWith("(empty)"));
    fillDocument(document, {{"run", Qt::red, {}, {}, {{}}}}, {});
    QVERIFY(document.toPlainText().endsWith("(no text)"));
  }

  void bytesThatAreNoTextAreShownAsUnreadable() {
    using namespace std::string_literals;
    for (const std::string& bytes :
         {"\xff\xfe\x80"s, "a\0b"s, "\xef\xbf\xbc"s, "\xef\xb7\x90 \xef\xb7\x91"s, "\xe2\x82"s}) {
      for (const bool markdown : {true, false}) {
        QTextDocument document;
        TextDocumentOptions options;
        options.markdown = markdown;
        fill(document, bytes, options);
        QVERIFY(document.toPlainText().contains(QChar(QChar::ReplacementCharacter)));
        QVERIFY(document.rootFrame()->childFrames().isEmpty());
      }
    }
  }

  /// Within the bounds of length nothing may take ages or memory without end.
  void hostileMarkdownIsLaidOut_data() {
    QTest::addColumn<QString>("piece");
    QTest::addColumn<QString>("end");
    QTest::newRow("quotes") << ">"
                            << "x";
    QTest::newRow("spaced quotes") << "> "
                                   << "x";
    QTest::newRow("lists") << "- "
                           << "x";
    QTest::newRow("numbered lists") << "1. "
                                    << "x";
    QTest::newRow("brackets") << "["
                              << "";
    QTest::newRow("pictures") << "![a](b)"
                              << "";
    QTest::newRow("stars") << "*a **a "
                           << "";
    QTest::newRow("backticks") << "a`"
                               << "";
    QTest::newRow("columns") << "|a"
                             << "|\n" + QString("|-").repeated(6000) + "|\n";
    QTest::newRow("rows") << "a|b\n-|-\n"
                          << "";
    QTest::newRow("headings") << "#\n"
                              << "";
    QTest::newRow("links") << "[a](http://b) "
                           << "";
    QTest::newRow("no spaces") << "a"
                               << "";
  }
  void hostileMarkdownIsLaidOut() {
    QFETCH(QString, piece);
    QFETCH(QString, end);
    const std::string text = (piece.repeated(20'000 / piece.size()) + end).toStdString();
    widgets::TextView view;
    view.resize(600, 400);
    view.show();
    fill(*view.document(), text);
    QVERIFY(view.textHeight() > 0);
    view.grab();
  }

 private:
  static void fill(QTextDocument& document, const std::string& text,
                   const TextDocumentOptions& options = {}) {
    fillDocument(document, {{"run", Qt::blue, {}, {}, {{text}}}}, options);
  }

  static QList<QTextFragment> pieces(const QTextDocument& document) {
    QList<QTextFragment> found;
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
      for (auto it = block.begin(); !it.atEnd(); ++it) found << it.fragment();
    }
    return found;
  }

  static QTextCharFormat formatOf(const QTextDocument& document, const QString& text) {
    for (const QTextFragment& piece : pieces(document)) {
      if (piece.text().trimmed() == text) return piece.charFormat();
    }
    qFatal("no fragment %s", qPrintable(text));
  }

  static QList<QTextTable*> tablesOf(const QTextDocument& document) {
    QList<QTextTable*> tables;
    for (QTextFrame* frame : document.rootFrame()->childFrames()) {
      if (auto* table = qobject_cast<QTextTable*>(frame)) tables << table;
    }
    return tables;
  }
};

QTEST_MAIN(TextDocumentTest)
#include "text_document_test.moc"
