// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/text_page.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSlider>
#include <QTest>
#include <QTextBlock>
#include <QTextDocument>

#include "tests/widgets/page_fixture.h"
#include "widgets/cards/chart_grid.h"
#include "widgets/style/theme.h"
#include "widgets/text/text_card.h"
#include "widgets/text/text_view.h"

using widgets::TextPage;

class TextPageTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }

  void withoutTextsItSaysWhatToDo() {
    Fixture fixture;
    TextPage page(&fixture.selection);
    showPage(page);
    QVERIFY(page.grid()->groups().empty());
    QVERIFY(page.findChild<QPushButton*>("emptyAction")->isHidden());
    addScalars(*fixture.open("a"), "loss", 3);
    fixture.selection.poll();
    showPage(page);
    QVERIFY(page.grid()->groups().empty());
  }

  void aCardHoldsTheTextsOfAllShownRuns() {
    Fixture fixture;
    const auto first = fixture.open("first");
    const auto second = fixture.open("second");
    addText(*first, "notes/text_summary", 1, "of the *first*");
    addText(*second, "notes/text_summary", 5, "of the second");
    addText(*second, "config", 0, "alone");
    addText(*second, "traindeck/changes/text_summary", 3, "internal");
    fixture.selection.poll();
    TextPage page(&fixture.selection);
    showPage(page);
    QStringList titles;
    for (const auto& group : page.grid()->groups()) {
      for (const QString& key : group.keys) titles << key;
    }
    QCOMPARE(titles, (QStringList{"config", "notes"}));
    QCOMPARE(textOf(page, "notes/text_summary"),
             QStringLiteral("■ first  step 1\nof the first\n■ second  step 5\nof the second"));
    for (const auto& entry : fixture.selection.entries()) {
      QVERIFY(markColors(page, "notes/text_summary").contains(widgets::runColor(entry.colorIndex)));
    }
    QCOMPARE(textOf(page, "config"), QStringLiteral("■ second  step 0\nalone"));
    // A run that is not shown leaves its card.
    fixture.selection.setVisible(first.get(), false);
    showPage(page);
    QVERIFY(!textOf(page, "notes/text_summary").contains("first"));
    fixture.selection.setVisible(second.get(), false);
    showPage(page);
    QVERIFY(page.grid()->groups().empty());
  }

  void itShowsTextTagsButTheRecordersOwn() {
    Fixture fixture;
    const TextPage page(&fixture.selection);
    const auto shows = [&page](const char* tag, eventio::TagKind kind) {
      eventio::TagInfo info;
      info.tag = tag;
      info.kind = kind;
      return page.shows(info);
    };
    QVERIFY(shows("notes", eventio::TagKind::kText));
    QVERIFY(shows("notes/traindeck/x", eventio::TagKind::kText));
    QVERIFY(!shows("notes", eventio::TagKind::kScalar));
    QVERIFY(!shows("traindeck/changes/text_summary", eventio::TagKind::kText));
  }

  void anEmptyPageSaysWhereTheRecordersOwnTextsAre() {
    Fixture fixture;
    addScalars(*fixture.open("a"), "loss", 3);
    fixture.selection.poll();
    TextPage page(&fixture.selection);
    const auto emptyText = [&page] { return page.grid()->emptyText(); };
    showPage(page);
    QVERIFY2(emptyText().contains("have no texts. Write some"), qPrintable(emptyText()));
    addText(*fixture.open("b"), "traindeck/changes/text_summary", 3, "internal");
    fixture.selection.poll();
    showPage(page);
    QVERIFY2(emptyText().contains("list of events"), qPrintable(emptyText()));
  }

  void aTagBesideItsNameWithTheSuffixHasACardOfItsOwn() {
    Fixture fixture;
    const auto run = fixture.open("run");
    addText(*run, "a", 1, "plain");
    addText(*run, "a/text_summary", 1, "with suffix");
    fixture.selection.poll();
    TextPage page(&fixture.selection);
    showPage(page);
    QVERIFY(textOf(page, "a").endsWith("plain"));
    QVERIFY(textOf(page, "a/text_summary").endsWith("with suffix"));
  }

  void theNewestStepIsShownAndFollowed() {
    Fixture fixture;
    const auto run = fixture.open("run");
    const auto other = fixture.open("other");
    for (const int step : {10, 20, 30}) addText(*run, "t", step, "at " + std::to_string(step));
    addText(*other, "t", 25, "other");
    fixture.selection.poll();
    TextPage page(&fixture.selection);
    showPage(page);
    QSlider* slider = page.card("t")->slider();
    QVERIFY(slider->isVisible());
    QCOMPARE(slider->maximum(), 3);
    QVERIFY(textOf(page, "t").contains("at 30"));
    addText(*run, "t", 40, "at 40");
    showPage(page);
    QVERIFY(textOf(page, "t").contains("at 40"));
    // Another step: each run is where it was then.
    slider->setValue(1);
    showPage(page);
    QVERIFY(textOf(page, "t").contains("at 20"));
    QVERIFY(textOf(page, "t").contains("No text up to this step"));
    addText(*run, "t", 50, "at 50");
    showPage(page);
    QVERIFY(textOf(page, "t").contains("at 20"));
    QCOMPARE(slider->value(), 1);
    slider->setValue(slider->maximum());
    showPage(page);
    QVERIFY(textOf(page, "t").contains("at 50"));
    QVERIFY(textOf(page, "t").contains("other"));
    // The run goes back.
    run->purgeFrom(40);
    showPage(page);
    QVERIFY2(textOf(page, "t").contains("at 30"), qPrintable(textOf(page, "t")));
  }

  void textsOfOneStepStandOneBelowTheOther() {
    Fixture fixture;
    const auto run = fixture.open("run");
    for (int i = 0; i < 30; ++i) addText(*run, "t", 0, "entry" + std::to_string(i) + ".");
    fixture.selection.poll();
    TextPage page(&fixture.selection);
    showPage(page);
    QVERIFY(!page.card("t")->slider()->isVisible());
    const QString text = textOf(page, "t");
    QVERIFY(text.contains("newest 20 of 30"));
    QVERIFY(text.contains("entry29.") && text.contains("entry10.") && !text.contains("entry9."));
  }

  void moreRunsThanACardHoldsAreCounted() {
    Fixture fixture;
    for (int i = 0; i < 40; ++i) {
      addText(*fixture.open("run" + std::to_string(i)), "t", 0, "text");
    }
    fixture.selection.poll();
    fixture.selection.setAllVisible(true);
    TextPage page(&fixture.selection);
    showPage(page);
    const auto shown = static_cast<int>(widgets::TextCard::kMaxRuns);
    QCOMPARE(textOf(page, "t").count("text\n"), shown);
    QVERIFY(textOf(page, "t").contains(QStringLiteral("%1 more runs").arg(40 - shown)));
  }

  void aCardIsAsHighAsItsTextUpToALimit() {
    Fixture fixture;
    const auto run = fixture.open("run");
    addText(*run, "a", 0, "short");
    std::string lines;
    for (int i = 0; i < 300; ++i) lines += "line\n\n";
    addText(*run, "b", 0, lines);
    fixture.selection.poll();
    TextPage page(&fixture.selection);
    showPage(page);
    const int low = page.card("a")->height();
    QVERIFY2(low < 130, qPrintable(QString::number(low)));
    QVERIFY(page.card("b") != nullptr);
    QVERIFY(page.card("b")->height() > 2 * low);
    QVERIFY(page.card("b")->height() < 600);
  }

  void theWheelScrollsThePageUntilATextIsClicked() {
    Fixture fixture;
    const auto run = fixture.open("run");
    std::string lines;
    for (int i = 0; i < 300; ++i) lines += "line\n\n";
    for (const char* tag : {"a", "b", "c"}) addText(*run, tag, 0, lines);
    fixture.selection.poll();
    TextPage page(&fixture.selection);
    showPage(page);
    page.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&page));
    auto* view = page.card("a")->view();
    const auto* scroll = page.grid()->verticalScrollBar();
    page.grid()->setFocus();
    turnWheel(*view->viewport(), -1);
    QVERIFY(scroll->value() > 0);
    QCOMPARE(view->verticalScrollBar()->value(), 0);
    QVERIFY(!view->hasFocus());
    const int place = scroll->value();
    view->setFocus(Qt::MouseFocusReason);
    turnWheel(*view->viewport(), -1);
    QCOMPARE(scroll->value(), place);
    QVERIFY(view->verticalScrollBar()->value() > 0);
  }

  void tagsAreFilteredAndRevealed() {
    Fixture fixture;
    const auto run = fixture.open("run");
    for (int i = 0; i < 60; ++i) {
      addText(*run, "group/tag" + std::to_string(i) + "/text_summary", 0, "text");
    }
    fixture.selection.poll();
    TextPage page(&fixture.selection);
    showPage(page);
    QVERIFY(page.grid()->cards().size() < 40);  // only those that are near
    page.setFilter("tag7$");
    QCOMPARE(page.grid()->groups().front().keys.size(), std::size_t{1});
    page.setFilter("tag(");
    QCOMPARE(page.grid()->groups().front().keys.size(), std::size_t{1});
    QVERIFY(page.findChild<QLineEdit*>()->property("bad").toBool());
    page.setFilter("nothing");
    QVERIFY(page.grid()->groups().empty());
    QVERIFY(page.findChild<QPushButton*>("emptyAction")->isVisible());
    page.grid()->setCollapsed("group", true);
    page.reveal("group/tag55/text_summary");
    showPage(page);
    const auto* card = page.card("group/tag55/text_summary");
    QVERIFY(card != nullptr);
    QVERIFY(!card->visibleRegion().isEmpty());
    QVERIFY(page.findChild<QLineEdit*>()->text().isEmpty());
  }

  void theChoicesComeBack() {
    Fixture fixture;
    addText(*fixture.open("run"), "t", 0, "**bold**");
    fixture.selection.poll();
    QVariantMap state;
    {
      TextPage page(&fixture.selection);
      showPage(page);
      QVERIFY(textOf(page, "t").endsWith("\nbold"));
      page.findChild<QCheckBox*>()->setChecked(false);
      showPage(page);
      QVERIFY(textOf(page, "t").endsWith("**bold**"));
      page.setFilter("t");
      state = page.saveState();
    }
    TextPage page(&fixture.selection);
    page.restoreState(state);
    QCOMPARE(page.saveState(), state);
    showPage(page);
    QVERIFY(textOf(page, "t").endsWith("**bold**"));
    page.forgetView();
    QVERIFY(page.findChild<QLineEdit*>()->text().isEmpty());
    QVERIFY(!page.findChild<QCheckBox*>()->isChecked());
    page.restoreState({});
    QVERIFY(page.findChild<QCheckBox*>()->isChecked());
  }

  void theTextFollowsTheTheme() {
    Fixture fixture;
    addText(*fixture.open("run"), "t", 0, "`code`");
    fixture.selection.poll();
    TextPage page(&fixture.selection);
    showPage(page);
    const auto codeColor = [&page] {
      const QTextDocument* document = page.card("t")->view()->document();
      for (QTextBlock block = document->begin(); block.isValid(); block = block.next()) {
        for (auto it = block.begin(); !it.atEnd(); ++it) {
          if (it.fragment().text() == "code")
            return it.fragment().charFormat().background().color();
        }
      }
      return QColor();
    };
    QCOMPARE(codeColor(), widgets::theme().band);
    widgets::applyTheme(*qApp, widgets::ThemeMode::kDark);
    showPage(page);
    QCOMPARE(codeColor(), widgets::theme().band);
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
  }

 private:
  static void addText(eventio::Run& run, const std::string& tag, std::int64_t step,
                      const std::string& text) {
    run.appendText(tag, {step, 1.7e9, {text}});
  }

  static QString textOf(const TextPage& page, const QString& tag) {
    const widgets::TextCard* card = page.card(tag);
    return card ? card->view()->toPlainText() : QString();
  }

  static QList<QColor> markColors(const TextPage& page, const QString& tag) {
    QList<QColor> colors;
    const QTextDocument* document = page.card(tag)->view()->document();
    for (QTextBlock block = document->begin(); block.isValid(); block = block.next()) {
      for (auto it = block.begin(); !it.atEnd(); ++it) {
        if (it.fragment().text().startsWith(QChar(0x25a0))) {
          colors << it.fragment().charFormat().foreground().color();
        }
      }
    }
    return colors;
  }
};

QTEST_MAIN(TextPageTest)
#include "text_page_test.moc"
