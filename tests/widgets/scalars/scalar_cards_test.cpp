// SPDX-License-Identifier: GPL-3.0-or-later
// How the cards of the Scalars page are used: wheel, keyboard, filter, superimposed tags.
#include <QApplication>
#include <QDragEnterEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QScrollBar>
#include <QtTest>
#include <array>
#include <cmath>

#include "tests/widgets/page_fixture.h"
#include "widgets/histograms/histograms_page.h"
#include "widgets/runs/scalar_tag_drag.h"
#include "widgets/scalars/scalar_card.h"
#include "widgets/scalars/scalars_page.h"
#include "widgets/scalars/scalars_page_bar.h"
#include "widgets/style/theme.h"

using widgets::HistogramsPage;
using widgets::RunSelection;
using widgets::ScalarsPage;

namespace {

/// Between two colours in OKLab (Ottosson 2020), in which equal distances look alike.
double distance(const QColor& a, const QColor& b) {
  const auto lab = [](const QColor& color) {
    const auto linear = [](double c) {
      return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    const double r = linear(color.redF());
    const double g = linear(color.greenF());
    const double bl = linear(color.blueF());
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * bl);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * bl);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * bl);
    return std::array{0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
                      1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
                      0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
  };
  const auto x = lab(a);
  const auto y = lab(b);
  return std::hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

}  // namespace

class ScalarCardsTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }

  void aSubtitleIsNotSqueezedToALetter() {
    widgets::ChartCard card;
    card.setTitle("Loss");
    card.setSubtitle("per step");
    card.resize(400, 100);
    card.show();
    QVERIFY(QTest::qWaitForWindowExposed(&card));
    QLabel* subtitle = nullptr;
    for (QLabel* label : card.findChildren<QLabel*>()) {
      if (label->text() == "per step") subtitle = label;
    }
    QVERIFY(subtitle);
    const auto isDrawn = [subtitle](int width) {
      subtitle->resize(width, subtitle->height());
      QImage image(subtitle->size(), QImage::Format_ARGB32_Premultiplied);
      image.fill(Qt::transparent);
      subtitle->render(&image, {}, {}, QWidget::RenderFlags());
      QImage empty(image.size(), image.format());
      empty.fill(Qt::transparent);
      return image != empty;
    };
    QVERIFY(isDrawn(subtitle->sizeHint().width()));
    QVERIFY(!isDrawn(widgets::scaled(14)));
  }

  void theWheelScrollsThePageUntilAChartIsClicked() {
    Fixture fixture;
    auto run = fixture.open("a");
    for (int i = 0; i < 30; ++i) addScalars(*run, "group/tag" + std::to_string(i), 101);
    fixture.selection.poll();
    ScalarsPage page(&fixture.selection);
    showPage(page);
    page.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&page));
    const QScrollBar* scroll = page.grid()->verticalScrollBar();
    auto* chart =
        static_cast<widgets::ScalarCard*>(page.grid()->cards().value("group/tag2"))->chart();
    QWidget* plot = chart->childAt(chart->plotArea().center());
    const auto ring = [chart] {
      const QColor edge = chart->grab().toImage().pixelColor(1, chart->height() / 2);
      return edge == widgets::theme().accent;
    };
    QVERIFY(!ring());
    turnWheel(*plot, -1);
    const int scrolled = scroll->value();
    QVERIFY(scrolled > 0);
    QVERIFY(chart->isFitted());

    const QPoint middle = plot->rect().center();
    const auto isZoomedByTheWheel = [&] {
      chart->fit();
      const int before = scroll->value();
      turnWheel(*plot, 1);
      return !chart->isFitted() && scroll->value() == before;
    };
    QTest::mouseClick(plot, Qt::LeftButton, {}, middle);
    QVERIFY(ring());
    QVERIFY(isZoomedByTheWheel());
    QTest::keyClick(chart, Qt::Key_Escape);
    QVERIFY(!ring());
    QVERIFY(!isZoomedByTheWheel());
    QTest::mouseClick(plot, Qt::LeftButton, {}, middle);
    QVERIFY(isZoomedByTheWheel());
    // A click elsewhere, on the margin of the page.
    QTest::mouseClick(page.grid()->widget(), Qt::LeftButton, {}, QPoint(3, scroll->value() + 40));
    QVERIFY(!ring());
    QVERIFY(!isZoomedByTheWheel());
  }

  void tabGoesThroughTheChartsAsTheyStand() {
    Fixture fixture;
    auto run = fixture.open("a");
    for (int i = 0; i < 40; ++i) addScalars(*run, "group/tag" + std::to_string(i), 11);
    fixture.selection.poll();
    ScalarsPage page(&fixture.selection);
    showPage(page);
    page.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&page));
    // The last cards come into being before the first ones do again.
    auto* scroll = page.grid()->verticalScrollBar();
    scroll->setValue(scroll->maximum());
    scroll->setValue(0);
    page.grid()->setFocus();
    QStringList charts;
    int menus = 0;
    for (int i = 0; i < 120 && charts.size() < 30; ++i) {
      QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
      QWidget* focus = QApplication::focusWidget();
      QVERIFY(focus);
      menus += focus->accessibleName() == QLatin1String("Chart menu");
      if (!qobject_cast<widgets::ScalarChart*>(focus)) continue;
      charts << focus->accessibleName();
      const QRect seen(page.grid()->viewport()->mapToGlobal(QPoint()),
                       page.grid()->viewport()->size());
      QVERIFY(seen.contains(QRect(focus->mapToGlobal(QPoint()), focus->size())));
    }
    QStringList wanted;
    for (int i = 0; i < 30; ++i) wanted << QStringLiteral("group/tag%1").arg(i);
    QCOMPARE(charts, wanted);
    QCOMPARE(menus, 30);
  }

  void scrollingAwayFromAClickedChartIsNotUndone() {
    Fixture fixture;
    auto run = fixture.open("a");
    for (int i = 0; i < 200; ++i) addScalars(*run, "group/tag" + std::to_string(i), 11);
    fixture.selection.poll();
    ScalarsPage page(&fixture.selection);
    showPage(page);
    page.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&page));
    static_cast<widgets::ScalarCard*>(page.grid()->cards().value("group/tag0"))
        ->chart()
        ->setFocus();
    auto* scroll = page.grid()->verticalScrollBar();
    scroll->setValue(scroll->maximum() / 2);
    QCOMPARE(scroll->value(), scroll->maximum() / 2);
    QVERIFY(!page.grid()->cards().contains("group/tag0"));
    QVERIFY(page.grid()->hasFocus());
  }

  void theEnterKeyOpensTheMenuOfACard() {
    Fixture fixture;
    addScalars(*fixture.open("a"), "loss", 11);
    fixture.selection.poll();
    ScalarsPage page(&fixture.selection);
    showPage(page);
    auto* chart = static_cast<widgets::ScalarCard*>(page.grid()->cards().value("loss"))->chart();
    QTest::keyClick(chart, Qt::Key_Return);
    auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    QVERIFY(menu);
    QStringList texts;
    for (const QAction* action : menu->actions()) texts << action->text();
    QVERIFY2(texts.contains("Pin to the top") && texts.contains("Fit"),
             qPrintable(texts.join(", ")));
    menu->close();
  }

  void anEmptyPageOffersToClearItsFilter() {
    Fixture fixture;
    auto run = fixture.open("a");
    addScalars(*run, "train/loss", 10);
    addHistogram(*run, "conv1/weight", 0);
    fixture.selection.poll();
    const auto buttonOf = [](widgets::ChartGrid* grid) {
      return grid->findChild<QPushButton*>(QStringLiteral("emptyAction"));
    };
    ScalarsPage scalars(&fixture.selection);
    showPage(scalars);
    QVERIFY(!buttonOf(scalars.grid())->isVisible());
    scalars.setFilter("no such tag");
    QVERIFY(scalars.grid()->groups().empty());
    QVERIFY(buttonOf(scalars.grid())->isVisible());
    buttonOf(scalars.grid())->click();
    QCOMPARE(scalars.grid()->groups().size(), std::size_t{1});
    QVERIFY(!buttonOf(scalars.grid())->isVisible());

    HistogramsPage histograms(&fixture.selection);
    showPage(histograms);
    histograms.findChild<QLineEdit*>()->setText("no such tag");
    QVERIFY(buttonOf(histograms.grid())->isVisible());
    buttonOf(histograms.grid())->click();
    QCOMPARE(histograms.grid()->groups().size(), std::size_t{1});
  }

  void aTagDroppedOnACardIsSuperimposed() {
    Fixture fixture;
    const auto run = fixture.open("a");
    for (const char* tag : {"train/loss", "validation/loss"}) addScalars(*run, tag, 20);
    fixture.selection.poll();
    ScalarsPage page(&fixture.selection);
    showPage(page);
    QWidget* card = page.grid()->cards().value("train/loss");
    QVERIFY(card);
    const auto enters = [card](const QStringList& tags) {
      const std::unique_ptr<QMimeData> mime(widgets::scalarTagsMime(tags));
      QDragEnterEvent enter(card->rect().center(), Qt::CopyAction, mime.get(), Qt::LeftButton,
                            Qt::NoModifier);
      enter.ignore();
      QApplication::sendEvent(card, &enter);
      return enter.isAccepted();
    };
    QVERIFY(!enters({"train/loss"}));  // it is there
    QVERIFY(enters({"validation/loss"}));
    const std::unique_ptr<QMimeData> mime(widgets::scalarTagsMime({"validation/loss"}));
    QDropEvent drop(card->rect().center(), Qt::CopyAction, mime.get(), Qt::LeftButton,
                    Qt::NoModifier);
    QApplication::sendEvent(card, &drop);
    QTRY_COMPARE(page.arrangement().superimposed.size(), std::size_t{1});
    QCOMPARE(page.arrangement().superimposed.front(),
             (QStringList{"train/loss", "validation/loss"}));
  }

  void superimposedTagsHaveColoursOfTheirOwn() {
    for (const auto mode : {widgets::ThemeMode::kLight, widgets::ThemeMode::kDark}) {
      widgets::applyTheme(*qApp, mode);
      for (int color = 0; color < 16; ++color) {
        for (const auto& [a, b] : {std::pair(0, 1), std::pair(0, 2), std::pair(1, 2)}) {
          const double apart =
              distance(widgets::seriesColor(color, a), widgets::seriesColor(color, b));
          QVERIFY2(apart > 0.08, qPrintable(QString("%1: %2").arg(color).arg(apart)));
        }
      }
      Fixture fixture;
      const QStringList tags{"train/loss", "validation/loss", "test/loss"};
      std::vector<RunSelection::Entry> entries;
      for (int i = 0; i < 3; ++i) {
        auto run = fixture.open(std::to_string(i));
        for (const QString& tag : tags) addScalars(*run, tag.toStdString(), 5);
        entries.push_back({run, QString::number(i), i});
      }
      for (const std::size_t runs : {std::size_t{1}, std::size_t{3}}) {
        widgets::ScalarCard card(tags);
        card.setRuns({entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(runs)});
        const auto& curves = card.chart()->curves();
        QCOMPARE(curves.size(), runs * 3);
        const auto colorOf = [](const auto& curve) {
          return widgets::seriesColor(curve->series().colorIndex, curve->series().shade);
        };
        for (std::size_t a = 0; a < curves.size(); ++a) {
          for (std::size_t b = 0; b < a; ++b) {
            const bool sameRun = curves[a]->series().run == curves[b]->series().run;
            const double apart = distance(colorOf(curves[a]), colorOf(curves[b]));
            // Palette colours are 0.09 and more apart; 0.02 is what an eye just notices.
            QVERIFY2(apart > (sameRun ? 0.08 : 0.045), qPrintable(QString::number(apart)));
          }
        }
        // The first tag has the run's own colour, and the legend those of the first run.
        QCOMPARE(colorOf(curves[0]), widgets::runColor(0));
        const auto& legend = card.legend()->entries();
        QCOMPARE(card.title(), QStringLiteral("loss"));
        QCOMPARE(legend.size(), std::size_t{3});
        for (std::size_t i = 0; i < 3; ++i) {
          QCOMPARE(legend[i].text, tags[static_cast<int>(i)].section('/', 0, 0));
          QCOMPARE(widgets::seriesColor(legend[i].colorIndex, legend[i].shade), colorOf(curves[i]));
          QCOMPARE(legend[i].moreColors.size(), runs - 1);
        }
      }
    }
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
  }

  void namesOfSuperimposedTagsDistinguishThem() {
    const auto namesOf = [](const QStringList& tags) {
      Fixture fixture;
      auto run = fixture.open("a");
      for (const QString& tag : tags) addScalars(*run, tag.toStdString(), 2);
      widgets::ScalarCard card(tags);
      card.setRuns({{run, "a", 0}});
      QStringList names{card.title()};
      for (const auto& entry : card.legend()->entries()) names << entry.text;
      return names;
    };
    QCOMPARE(namesOf({"train/loss", "train/acc"}), (QStringList{"train", "loss", "acc"}));
    QCOMPARE(namesOf({"loss", "validation/loss"}),
             (QStringList{"2 tags", "loss", "validation/loss"}));
    QCOMPARE(namesOf({"a/x/z", "a/y/z"}), (QStringList{"a/…/z", "x", "y"}));
    QCOMPARE(namesOf({"rate", "loss"}), (QStringList{"2 tags", "rate", "loss"}));
  }

  void aViewIsForgottenButNotTheCards() {
    Fixture fixture;
    addScalars(*fixture.open("a"), "train/loss", 100);
    fixture.selection.poll();
    ScalarsPage page(&fixture.selection);
    showPage(page);
    auto options = page.bar()->options();
    options.xAxis = widgets::XAxis::kWall;
    options.yScale = widgets::AxisScale::kLog;
    options.smoothing = 0.9;
    page.bar()->setOptions(options);
    auto* chart =
        static_cast<widgets::ScalarCard*>(page.grid()->cards().value("train/loss"))->chart();
    chart->setXRange({1.7e9, 1.7e9 + 5});
    page.setFilter("acc");
    page.forgetView();
    QCOMPARE(page.grid()->groups().size(), std::size_t{1});
    chart = static_cast<widgets::ScalarCard*>(page.grid()->cards().value("train/loss"))->chart();
    QVERIFY(chart->options() == page.bar()->options());
    QVERIFY(chart->options().xAxis == widgets::XAxis::kStep);
    QVERIFY(chart->options().yScale == widgets::AxisScale::kLinear);
    QCOMPARE(chart->options().smoothing, 0.9);
    QVERIFY(chart->isFitted());
  }
};

QTEST_MAIN(ScalarCardsTest)
#include "scalar_cards_test.moc"
