// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSlider>
#include <QSpontaneKeyEvent>
#include <QWheelEvent>
#include <QtTest>
#include <array>
#include <cmath>

#include "eventio/histogram_builder.h"
#include "widgets/heatmap_plot.h"
#include "widgets/histogram_distribution.h"
#include "widgets/histogram_pair.h"
#include "widgets/histogram_plot.h"
#include "widgets/histogram_slider.h"
#include "widgets/histograms_page.h"
#include "widgets/scalar_card.h"
#include "widgets/scalars_page.h"
#include "widgets/scalars_page_bar.h"
#include "widgets/step_track.h"
#include "widgets/theme.h"
#include "widgets/training_page.h"

using eventio::Run;
using eventio::RunStore;
using widgets::HistogramsPage;
using widgets::RunSelection;
using widgets::ScalarsPage;
using widgets::TrainingPage;

namespace {

void addHistogram(Run& run, const std::string& tag, std::int64_t step) {
  std::vector<float> values;
  for (int i = 0; i < 200; ++i) values.push_back(std::sin(static_cast<float>(i)) * 0.3F);
  run.appendHistogram(
      tag, {step, 0, std::make_shared<eventio::Histogram>(eventio::buildHistogram(values))});
}

void addScalars(Run& run, const std::string& tag, int count) {
  for (int i = 0; i < count; ++i) run.appendScalar(tag, i, 1.7e9 + i, 1.0 / (1 + i));
}

template <class Page>
void showPage(Page& page) {
  page.resize(900, 700);
  page.show();
  QVERIFY(QTest::qWaitForWindowExposed(&page));
  for (int i = 0; i < 5; ++i) {
    page.refresh();
    QCoreApplication::processEvents();
  }
}

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

/// One notch over the middle of a widget; up is positive.
void turnWheel(QWidget& widget, int notches) {
  const QPointF at = widget.rect().center();
  QWheelEvent event(at, widget.mapToGlobal(at), {}, {0, notches * 120}, Qt::NoButton,
                    Qt::NoModifier, Qt::NoScrollPhase, false);
  QSpontaneKeyEvent::setSpontaneous(&event);  // only what comes from outside goes on to parents
  qApp->notify(&widget, &event);
}

int pixelsOfRun(QWidget& widget, int colorIndex) {
  const QImage image = widget.grab().toImage();
  const QColor wanted = widgets::runColor(colorIndex);
  int count = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const QColor color = image.pixelColor(x, y);
      count += std::abs(color.red() - wanted.red()) + std::abs(color.green() - wanted.green()) +
                   std::abs(color.blue() - wanted.blue()) <
               90;
    }
  }
  return count;
}

/// Store and selection, as a window has them.
struct Fixture {
  std::shared_ptr<RunStore> store = std::make_shared<RunStore>();
  RunSelection selection{store};

  std::shared_ptr<Run> open(const std::string& name) { return store->openRun("/log", name); }
};

}  // namespace

class ChartPagesTest : public QObject {
  Q_OBJECT

 private slots:
  void cardsNameTheirTagsOnOneLine() {
    const widgets::ScalarCard two({"two\nlines", ""});
    QCOMPARE(two.accessibleName(), QString("two\\nlines + (no name)"));
    QCOMPARE(widgets::ScalarCard({"two\nlines"}).title(), QString("two\\nlines"));
    widgets::ChartCard card;
    card.setTitle("a\nb");
    QCOMPARE(card.title(), QString("a\\nb"));
  }

  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }

  void trainingPageWithoutRunsSaysWhatToDo() {
    Fixture fixture;
    TrainingPage page(&fixture.selection);
    showPage(page);
    QVERIFY(page.isShowingEmptyState());
    QSignalSpy start(&page, &TrainingPage::startRequested);
    QSignalSpy open(&page, &TrainingPage::openRequested);
    for (auto* button : page.findChildren<QPushButton*>()) button->click();
    QCOMPARE(start.count(), 1);
    QCOMPARE(open.count(), 1);
    page.setLiveActive(true);
    page.refresh();
    QVERIFY(!page.isShowingEmptyState());
  }

  void trainingPageShowsLossAndAccuracy() {
    Fixture fixture;
    auto own = fixture.open("own");
    addScalars(*own, "train/loss", 200);
    addScalars(*own, "validation/loss", 3);
    addScalars(*own, "train/accuracy", 200);
    auto other = fixture.open("the other");
    for (int i = 0; i < 50; ++i) other->appendScalar("Training Loss", i, 1.7e9 + i, 0.7);
    fixture.selection.poll();
    TrainingPage page(&fixture.selection);
    showPage(page);
    QVERIFY(!page.isShowingEmptyState());
    QCOMPARE(page.lossChart()->curves().size(), std::size_t{3});
    QCOMPARE(page.accuracyChart()->curves().size(), std::size_t{1});
    QCOMPARE(page.accuracyChart()->xRange().upper, page.lossChart()->xRange().upper);
    QVERIFY(pixelsOfRun(*page.lossChart(), 0) > 100);
    QVERIFY(pixelsOfRun(*page.lossChart(), 1) > 100);
    fixture.selection.setVisible(other.get(), false);
    page.refresh();
    QCoreApplication::processEvents();
    QCOMPARE(page.lossChart()->curves().size(), std::size_t{2});
    QCOMPARE(pixelsOfRun(*page.lossChart(), 1), 0);
  }

  void trainingPageFollowsALiveRun() {
    Fixture fixture;
    TrainingPage page(&fixture.selection);
    page.setLiveActive(true);
    showPage(page);
    auto run = fixture.open("live");
    run->setLive(true);
    fixture.selection.poll();
    page.refresh();
    addScalars(*run, "train/loss", 100);
    page.refresh();
    QCOMPARE(page.lossChart()->xRange().upper, 99.0);
    run->appendScalar("train/loss", 300, 1.8e9, 0.1);
    page.refresh();
    QCOMPARE(page.lossChart()->xRange().upper, 300.0);
  }

  void trainingPageRemembersItsSettings() {
    Fixture fixture;
    TrainingPage page(&fixture.selection);
    auto options = page.lossChart()->options();
    options.smoothing = 0.9;
    options.yScale = widgets::AxisScale::kLog;
    options.xAxis = widgets::XAxis::kRelative;
    page.lossChart()->setOptions(options);
    QCOMPARE(page.accuracyChart()->options().smoothing, 0.9);  // shared
    QVERIFY(page.accuracyChart()->options().xAxis == widgets::XAxis::kRelative);
    QVERIFY(page.accuracyChart()->options().yScale == widgets::AxisScale::kLinear);
    page.histograms()->setWantedTag("fc1/weight");

    TrainingPage again(&fixture.selection);
    again.restoreState(page.saveState());
    QVERIFY(again.lossChart()->options() == page.lossChart()->options());
    QVERIFY(again.accuracyChart()->options() == page.accuracyChart()->options());
    QCOMPARE(again.histograms()->wantedTag(), std::string("fc1/weight"));
    again.restoreState({{"loss", QVariantMap{{"smoothing", "nonsense"}, {"xAxis", 7}}}});
    QCOMPARE(again.lossChart()->options().smoothing, 0.6);
  }

  void histogramSliderFollowsUntilMoved() {
    Fixture fixture;
    auto run = fixture.open("a");
    addScalars(*run, "train/loss", 10);
    for (int step = 0; step < 5; ++step) {
      addHistogram(*run, "conv1/weight", step);
      addHistogram(*run, "conv2/weight", step);
    }
    fixture.selection.poll();
    TrainingPage page(&fixture.selection);
    showPage(page);
    auto* slider = page.histograms()->slider();
    QCOMPARE(page.histograms()->series()->tag(), std::string("conv2/weight"));
    QCOMPARE(slider->selected(), std::size_t{4});
    addHistogram(*run, "conv2/weight", 5);
    page.refresh();
    QCOMPARE(slider->selected(), std::size_t{5});
    slider->slider()->setValue(2);
    QVERIFY(!slider->isFollowing());
    addHistogram(*run, "conv2/weight", 6);
    page.refresh();
    QCOMPARE(slider->selected(), std::size_t{2});
    slider->slider()->setValue(6);
    addHistogram(*run, "conv2/weight", 7);
    page.refresh();
    QCOMPARE(slider->selected(), std::size_t{7});
  }

  void scalarsPageMakesCardsOnlyWhereSeen() {
    Fixture fixture;
    auto run = fixture.open("a");
    for (int i = 0; i < 1000; ++i) run->appendScalar("group/tag" + std::to_string(i), 0, 0, i);
    fixture.selection.poll();
    ScalarsPage page(&fixture.selection);
    showPage(page);
    QCOMPARE(page.grid()->groups().size(), std::size_t{1});
    QCOMPARE(page.grid()->groups()[0].keys.size(), std::size_t{1000});
    const auto first = page.grid()->cards().size();
    QVERIFY(first > 0 && first < 30);
    QVERIFY(page.grid()->cards().contains("group/tag0"));
    page.grid()->verticalScrollBar()->setValue(page.grid()->verticalScrollBar()->maximum());
    QVERIFY(page.grid()->cards().contains("group/tag999"));
    QVERIFY(!page.grid()->cards().contains("group/tag0"));
    QVERIFY(page.grid()->cards().size() < 40);
  }

  void cardsKeepWhatWasChosenWhileOutOfSight() {
    Fixture fixture;
    auto run = fixture.open("a");
    for (int i = 0; i < 200; ++i) addScalars(*run, "group/tag" + std::to_string(i), 101);
    fixture.selection.poll();
    ScalarsPage page(&fixture.selection);
    showPage(page);
    const auto chartOf = [&page](const char* tag) {
      return static_cast<widgets::ScalarCard*>(page.grid()->cards().value(tag))->chart();
    };
    chartOf("group/tag0")->setXRange({20, 40});
    auto options = chartOf("group/tag0")->options();
    options.smoothing = 0.3;
    options.yScale = widgets::AxisScale::kLog;
    chartOf("group/tag0")->setOptions(options);
    auto* bar = page.grid()->verticalScrollBar();
    bar->setValue(bar->maximum());
    QVERIFY(!page.grid()->cards().contains("group/tag0"));
    bar->setValue(0);
    page.refresh();
    QCOMPARE(chartOf("group/tag0")->xRange().lower, 20.0);
    QCOMPARE(chartOf("group/tag0")->xRange().upper, 40.0);
    QVERIFY(chartOf("group/tag0")->options() == options);
    QVERIFY(chartOf("group/tag1")->isFitted());
    // What is then chosen for all cards holds for those out of sight too.
    bar->setValue(bar->maximum());
    auto all = page.bar()->options();
    all.smoothing = 0.9;
    page.bar()->setOptions(all);
    bar->setValue(0);
    page.refresh();
    QCOMPARE(chartOf("group/tag0")->options().smoothing, 0.9);
    QCOMPARE(chartOf("group/tag0")->xRange().lower, 20.0);
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

  void superimposedTagsHaveColoursOfTheirOwn() {
    for (const auto mode : {widgets::ThemeMode::kLight, widgets::ThemeMode::kDark}) {
      widgets::applyTheme(*qApp, mode);
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

  void namesOfSuperimposedTagsTellThemApart() {
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

  void barMakesRoomInANarrowWindow() {
    widgets::ScalarsPageBar bar;
    bar.resize(1200, bar.sizeHint().height());
    bar.show();
    QVERIFY(bar.findChild<QSlider*>()->isVisible());
    bar.resize(560, bar.height());
    QCoreApplication::processEvents();
    QVERIFY(!bar.findChild<QSlider*>()->isVisible());
    for (const QWidget* widget : bar.findChildren<QWidget*>(Qt::FindDirectChildrenOnly)) {
      if (!widget->isVisible()) continue;
      QVERIFY2(bar.rect().contains(widget->geometry()), widget->metaObject()->className());
    }
    bar.resize(1200, bar.height());
    QVERIFY(bar.findChild<QSlider*>()->isVisible());
  }

  void scalarsPageFiltersAndDraws() {
    Fixture fixture;
    auto run = fixture.open("a");
    addScalars(*run, "train/loss", 100);
    addScalars(*run, "train/acc", 100);
    fixture.selection.poll();
    ScalarsPage page(&fixture.selection);
    showPage(page);
    QCOMPARE(page.grid()->cards().size(), 2);
    QVERIFY(pixelsOfRun(page, 0) > 100);
    page.setFilter("LOSS");
    QCOMPARE(page.grid()->groups()[0].keys, std::vector<QString>{"train/loss"});
    page.setFilter("(");
    QVERIFY(!page.bar()->filterError().isEmpty());
    QCOMPARE(page.grid()->groups()[0].keys, std::vector<QString>{"train/loss"});
    page.setFilter("no such tag");
    QVERIFY(page.grid()->groups().empty());
    QVERIFY(page.bar()->filterError().isEmpty());
  }

  void scalarsPageSharesOptionsAndSuperimposes() {
    Fixture fixture;
    auto run = fixture.open("a");
    for (const char* tag : {"train/loss", "train/acc", "validation/loss"})
      addScalars(*run, tag, 50);
    fixture.selection.poll();
    ScalarsPage page(&fixture.selection);
    showPage(page);
    auto options = page.bar()->options();
    options.smoothing = 0.95;
    page.bar()->setOptions(options);
    widgets::CardArrangement arrangement;
    widgets::superimpose(arrangement, {"train/loss"}, {"validation/loss"});
    arrangement.pinned = {"train/acc"};
    page.setArrangement(arrangement);
    page.refresh();
    QCOMPARE(page.grid()->groups().size(), std::size_t{2});
    auto* card = static_cast<widgets::ScalarCard*>(
        page.grid()->cards().value(widgets::cardKey({"train/loss", "validation/loss"})));
    QVERIFY(card);
    QCOMPARE(card->chart()->curves().size(), std::size_t{2});
    QCOMPARE(card->chart()->options().smoothing, 0.95);
    QCOMPARE(card->legend()->entries().size(), std::size_t{2});

    ScalarsPage again(&fixture.selection);
    again.restoreState(page.saveState());
    showPage(again);
    QVERIFY(again.grid()->groups() == page.grid()->groups());
    QCOMPARE(again.bar()->options().smoothing, 0.95);
  }

  void groupsOpenAndClose() {
    Fixture fixture;
    auto run = fixture.open("a");
    addScalars(*run, "train/loss", 5);
    addScalars(*run, "validation/loss", 5);
    fixture.selection.poll();
    ScalarsPage page(&fixture.selection);
    showPage(page);
    page.grid()->setCollapsed("train", true);
    QVERIFY(!page.grid()->cards().contains("train/loss"));
    QVERIFY(page.grid()->cards().contains("validation/loss"));
    QCOMPARE(page.saveState().value("collapsed").toStringList(), QStringList{"train"});
  }

  void histogramsPageShowsTheCurrentRun() {
    Fixture fixture;
    auto run = fixture.open("a");
    auto other = fixture.open("b");
    for (int step = 0; step < 4; ++step) {
      addHistogram(*run, "conv1/weight", step);
      addHistogram(*run, "conv10/weight", step);
      addHistogram(*run, "conv2/weight", step);
    }
    fixture.selection.poll();
    HistogramsPage page(&fixture.selection);
    for (const auto view :
         {widgets::HistogramView::kRidges, widgets::HistogramView::kOverlay,
          widgets::HistogramView::kHeatmap, widgets::HistogramView::kDistribution}) {
      page.setView(view);
      showPage(page);
      QCOMPARE(page.grid()->groups().size(), std::size_t{3});
      QCOMPARE(page.grid()->groups()[1].title, QStringLiteral("conv2"));
      auto* card = static_cast<widgets::HistogramCard*>(page.grid()->cards().value("conv1/weight"));
      QVERIFY(card);
      const QImage image = card->plot()->grab().toImage();
      int colors = 0;
      for (int y = 0; y < image.height(); y += 2) {
        for (int x = 0; x < image.width(); x += 2)
          colors += image.pixelColor(x, y).saturation() > 60;
      }
      QVERIFY2(colors > 100, qPrintable(QString::number(static_cast<int>(view))));
    }
    fixture.selection.setCurrent(other);
    page.refresh();
    QVERIFY(page.grid()->groups().empty());
  }

  void hoverNamesStepBinAndCount() {
    Fixture fixture;
    auto run = fixture.open("a");
    auto histogram = std::make_shared<eventio::Histogram>();
    histogram->limits = {0, 30};
    histogram->counts = {0, 300};
    histogram->min = 0;
    histogram->max = 30;
    run->appendHistogram("w", {1234, 0, histogram});
    fixture.selection.poll();
    HistogramsPage page(&fixture.selection);
    page.setView(widgets::HistogramView::kHeatmap);
    showPage(page);
    auto* plot = static_cast<widgets::HistogramCard*>(page.grid()->cards().value("w"))->plot();
    const auto place = plot->placeAt(plot->rect().center());
    QVERIFY(place.has_value());
    QCOMPARE(plot->hoverHead(*place), QStringLiteral("step 1,234"));
    QCOMPARE(plot->hoverCount(*place), QStringLiteral("10"));
    QVERIFY(plot->hoverBin({0, 3}).startsWith("3"));
    QVERIFY(!plot->placeAt({0, 0}).has_value());
  }

  void distributionsTooltipShowsItsPercentiles() {
    Fixture fixture;
    auto run = fixture.open("a");
    auto histogram = std::make_shared<eventio::Histogram>();
    histogram->limits = {0, 100};
    histogram->counts = {0, 1000};
    histogram->max = 100;
    run->appendHistogram("w", {1234, 0, histogram});
    fixture.selection.poll();
    HistogramsPage page(&fixture.selection);
    page.setView(widgets::HistogramView::kDistribution);
    showPage(page);
    auto* plot = static_cast<widgets::HistogramCard*>(page.grid()->cards().value("w"))->plot();
    QTest::mouseMove(plot, plot->plotArea().center());
    QVERIFY(QTest::qWaitFor([plot] { return plot->tooltip() && plot->tooltip()->isVisible(); }));
    QCOMPARE(plot->tooltip()->head(), QStringLiteral("step 1,234"));
    const auto& rows = plot->tooltip()->rows();
    QCOMPARE(rows.size(), std::size_t{9});
    QCOMPARE(rows[0].label, QStringLiteral("maximum"));
    QCOMPARE(rows[0].value.toDouble(), 100.0);
    QCOMPARE(rows[1].label, QStringLiteral("93.32 %"));
    QCOMPARE(rows[1].value.toDouble(), 93.32);
    QCOMPARE(rows[4].label, QStringLiteral("median"));
    QCOMPARE(rows[4].value.toDouble(), 50.0);
    QCOMPARE(rows[7].value.toDouble(), 6.68);
    QCOMPARE(rows[8].value.toDouble(), 0.0);
  }

  void clickOnTheSlidersTrackGoesThere() {
    Fixture fixture;
    auto run = fixture.open("a");
    for (int step = 0; step <= 100; ++step) addHistogram(*run, "w", step);
    fixture.selection.poll();
    HistogramsPage page(&fixture.selection);
    for (const auto view : {widgets::HistogramView::kRidges, widgets::HistogramView::kHeatmap,
                            widgets::HistogramView::kDistribution}) {
      page.setView(view);
      showPage(page);
      auto* card = static_cast<widgets::HistogramCard*>(page.grid()->cards().value("w"));
      auto* track = card->slider()->slider();
      // The track's ends are those of the axis.
      const QRect area = card->plot()->plotArea();
      const auto onPage = [&page](QWidget* widget, int x) {
        return widget->mapTo(&page, QPoint(x, 0)).x();
      };
      QCOMPARE(onPage(track, track->left()), onPage(card->plot(), area.left()));
      QCOMPARE(onPage(track, track->right()), onPage(card->plot(), area.right() + 1));
      for (const int step : {30, 0, 77, 100}) {
        const double x = area.left() + step / 100.0 * area.width();
        const QPoint at(
            track->mapFromGlobal(card->plot()->mapToGlobal(QPoint(static_cast<int>(x), 0))).x(),
            track->height() / 2);
        QTest::mouseClick(track, Qt::LeftButton, {}, at);
        QVERIFY(std::abs(static_cast<int>(card->slider()->selected()) - step) <= 1);
        QVERIFY(std::abs(track->xOf(track->value()) - at.x()) <
                static_cast<double>(area.width()) / 100 + 2);
      }
    }
  }

  void slidersOfAllCardsAreLinkedByStep() {
    Fixture fixture;
    auto run = fixture.open("a");
    for (int step = 0; step <= 100; step += 10) {
      addHistogram(*run, "w", step);
      if (step % 20 == 0) addHistogram(*run, "x", step);
    }
    fixture.selection.poll();
    HistogramsPage page(&fixture.selection);
    showPage(page);
    auto* w = static_cast<widgets::HistogramCard*>(page.grid()->cards().value("w"))->slider();
    auto* x = static_cast<widgets::HistogramCard*>(page.grid()->cards().value("x"))->slider();
    w->slider()->setValue(4);
    QCOMPARE(x->selected(), std::size_t{2});
    QVERIFY(!x->isFollowing());
    addHistogram(*run, "x", 110);
    page.refresh();
    QCOMPARE(x->selected(), std::size_t{2});
    x->slider()->setValue(x->slider()->maximum());
    QVERIFY(w->isFollowing());
    QCOMPARE(w->selected(), std::size_t{10});
    page.setLinked(false);
    w->slider()->setValue(1);
    QVERIFY(x->isFollowing());
    HistogramsPage again(&fixture.selection);
    QVERIFY(again.isLinked());
    again.restoreState(page.saveState());
    QVERIFY(!again.isLinked());
  }

  void wheelZoomsHistogramsThatWereClicked() {
    Fixture fixture;
    auto run = fixture.open("a");
    for (int step = 0; step <= 100; ++step) addHistogram(*run, "w", step);
    fixture.selection.poll();
    HistogramsPage page(&fixture.selection);
    page.setView(widgets::HistogramView::kHeatmap);
    showPage(page);
    auto* plot = static_cast<widgets::HistogramCard*>(page.grid()->cards().value("w"))->plot();
    const QPoint center = plot->plotArea().center();
    const auto wheel = [&](Qt::KeyboardModifiers modifiers) {
      QWheelEvent event(center, plot->mapToGlobal(center), {}, {0, 120}, Qt::NoButton, modifiers,
                        Qt::NoScrollPhase, false);
      QApplication::sendEvent(plot, &event);
      return event.isAccepted();
    };
    const auto pixelsOfRing = [plot] {
      const QImage image = plot->grab().toImage();
      return image.pixelColor(image.width() / 2, 0) == widgets::theme().accent;
    };
    page.setFocus();
    QVERIFY(!wheel({}));  // it belongs to the page
    QVERIFY(!plot->series()->isZoomed());
    QTest::mouseClick(plot, Qt::LeftButton, {}, center);
    QVERIFY(plot->hasFocus());
    QVERIFY(pixelsOfRing());
    QVERIFY(wheel({}));
    QVERIFY(std::abs(plot->series()->stepRange().upper - plot->series()->stepRange().lower - 80) <
            1e-9);
    const double width = plot->series()->upper() - plot->series()->lower();
    QVERIFY(wheel(Qt::ControlModifier));
    QVERIFY(std::abs((plot->series()->upper() - plot->series()->lower()) / width - 0.8) < 1e-9);
    QTest::mouseDClick(plot, Qt::LeftButton, {}, center);
    QVERIFY(!plot->series()->isZoomed());
    // A box of the right half, upper half.
    const QRect area = plot->plotArea();
    QTest::mousePress(plot, Qt::LeftButton, Qt::ShiftModifier, center);
    QTest::mouseMove(plot, center + QPoint(30, -30));
    QTest::mouseRelease(plot, Qt::LeftButton, Qt::ShiftModifier, area.topRight());
    QVERIFY(plot->series()->isZoomed());
    QVERIFY(plot->series()->stepRange().lower > 45);
    QTest::keyClick(plot, Qt::Key_0);
    QVERIFY(!plot->series()->isZoomed());
    page.setView(widgets::HistogramView::kRidges);
    page.refresh();
    QCoreApplication::processEvents();
    plot = static_cast<widgets::HistogramCard*>(page.grid()->cards().value("w"))->plot();
    plot->setFocus();
    QVERIFY(wheel({}));
    QVERIFY(std::abs((plot->series()->upper() - plot->series()->lower()) / width - 0.8) < 1e-9);
  }

  void heatMapShowsTheHistogramWhoseStepIsNearest() {
    Fixture fixture;
    auto run = fixture.open("a");
    for (int step = 0; step < 4; ++step) addHistogram(*run, "w", step);
    fixture.selection.poll();
    HistogramsPage page(&fixture.selection);
    page.setView(widgets::HistogramView::kHeatmap);
    showPage(page);
    auto* card = static_cast<widgets::HistogramCard*>(page.grid()->cards().value("w"));
    const auto* plot = dynamic_cast<widgets::HeatmapPlot*>(card->plot());
    QVERIFY(plot);
    const QRect area = plot->plotArea();
    const auto headAt = [&](double step) {
      const int x = area.left() + static_cast<int>(step / 3 * area.width());
      const auto place = plot->placeAt({x, area.center().y()});
      return place ? plot->hoverHead(*place) : QString();
    };
    QCOMPARE(headAt(0.4), QStringLiteral("step 0"));
    QCOMPARE(headAt(0.6), QStringLiteral("step 1"));
    QCOMPARE(headAt(2.4), QStringLiteral("step 2"));
    QCOMPARE(headAt(2.6), QStringLiteral("step 3"));
  }

  void themeChangesAreFollowed() {
    Fixture fixture;
    addScalars(*fixture.open("a"), "train/loss", 100);
    fixture.selection.poll();
    TrainingPage page(&fixture.selection);
    showPage(page);
    widgets::applyTheme(*qApp, widgets::ThemeMode::kDark);
    page.refresh();
    QCoreApplication::processEvents();
    const QImage image = page.lossChart()->grab().toImage();
    QCOMPARE(image.pixelColor(image.width() / 2, 5), widgets::theme().panel);
    QVERIFY(pixelsOfRun(*page.lossChart(), 0) > 50);
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
  }
};

QTEST_MAIN(ChartPagesTest)
#include "chart_pages_test.moc"
