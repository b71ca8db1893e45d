// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSlider>
#include <QtTest>
#include <algorithm>
#include <cmath>

#include "tests/widgets/page_fixture.h"
#include "widgets/charts/step_track.h"
#include "widgets/histograms/heatmap_plot.h"
#include "widgets/histograms/histogram_distribution.h"
#include "widgets/histograms/histogram_pair.h"
#include "widgets/histograms/histogram_plot.h"
#include "widgets/histograms/histogram_slider.h"
#include "widgets/histograms/histograms_page.h"
#include "widgets/scalars/scalar_card.h"
#include "widgets/scalars/scalars_page.h"
#include "widgets/scalars/scalars_page_bar.h"
#include "widgets/style/filter_field.h"
#include "widgets/style/theme.h"
#include "widgets/training/training_page.h"

using eventio::Run;
using eventio::RunStore;
using widgets::HistogramsPage;
using widgets::RunSelection;
using widgets::ScalarsPage;
using widgets::TrainingPage;

namespace {

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
    // A long one does not make the card wider, and can be read.
    card.setTitle(QString(5000, 'x'));
    QVERIFY(card.minimumSizeHint().width() < 400);
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

  void trainingPageShowsLossAndMetric() {
    Fixture fixture;
    auto own = fixture.open("own");
    addScalars(*own, "train/loss", 200);
    addScalars(*own, "validation/loss", 3);
    addScalars(*own, "train/score", 200);
    auto other = fixture.open("the other");
    for (int i = 0; i < 50; ++i) other->appendScalar("Training Loss", i, 1.7e9 + i, 0.7);
    fixture.selection.poll();
    TrainingPage page(&fixture.selection, {{"Score", "points", {"score"}}});
    showPage(page);
    QVERIFY(!page.isShowingEmptyState());
    QCOMPARE(page.lossChart()->curves().size(), std::size_t{3});
    QCOMPARE(page.metricChart()->curves().size(), std::size_t{1});
    QCOMPARE(page.metricChart()->xRange().upper, page.lossChart()->xRange().upper);
    const int ownColor = fixture.selection.find(own.get())->colorIndex;
    const int otherColor = fixture.selection.find(other.get())->colorIndex;
    QVERIFY(pixelsOfRun(*page.lossChart(), ownColor) > 100);
    QVERIFY(pixelsOfRun(*page.lossChart(), otherColor) > 100);
    fixture.selection.setVisible(other.get(), false);
    page.refresh();
    QCoreApplication::processEvents();
    QCOMPARE(page.lossChart()->curves().size(), std::size_t{2});
    QCOMPARE(pixelsOfRun(*page.lossChart(), otherColor), 0);
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

  void trainingPageStoresItsSettings() {
    Fixture fixture;
    TrainingPage page(&fixture.selection);
    auto options = page.lossChart()->options();
    options.smoothing = 0.9;
    options.yScale = widgets::AxisScale::kLog;
    options.xAxis = widgets::XAxis::kRelative;
    page.lossChart()->setOptions(options);
    QCOMPARE(page.metricChart()->options().smoothing, 0.9);  // shared
    QVERIFY(page.metricChart()->options().xAxis == widgets::XAxis::kRelative);
    QVERIFY(page.metricChart()->options().yScale == widgets::AxisScale::kLinear);
    page.histograms()->setWantedTag("fc1/weight");

    TrainingPage again(&fixture.selection);
    again.restoreState(page.saveState());
    QVERIFY(again.lossChart()->options() == page.lossChart()->options());
    QVERIFY(again.metricChart()->options() == page.metricChart()->options());
    QCOMPARE(again.histograms()->wantedTag(), std::string("fc1/weight"));
    again.restoreState({{"loss", QVariantMap{{"smoothing", "nonsense"}, {"xAxis", 7}}}});
    QCOMPARE(again.lossChart()->options().smoothing, 0.6);
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

  void barMakesRoomInANarrowWindow() {
    widgets::ScalarsPageBar bar;
    bar.resize(1200, bar.sizeHint().height());
    bar.show();
    QCoreApplication::processEvents();
    QVERIFY(bar.findChild<QSlider*>()->isVisible());
    const int oneRow = bar.sizeHint().height();
    int tallest = 0;
    for (const int width : {700, 620, 560, 480, 420}) {
      bar.resize(width, bar.height());
      QCoreApplication::processEvents();
      bar.resize(width, bar.sizeHint().height());
      QCoreApplication::processEvents();
      tallest = std::max(tallest, bar.height());
      for (const QWidget* widget : bar.findChildren<QWidget*>(Qt::FindDirectChildrenOnly)) {
        if (!widget->isVisible()) continue;
        const QByteArray what =
            QByteArray(widget->metaObject()->className()) + " at " + QByteArray::number(width);
        QVERIFY2(bar.rect().contains(widget->geometry()), what);
        QVERIFY2(widget->width() >= widget->minimumSizeHint().width() ||
                     qobject_cast<const QLineEdit*>(widget),
                 what);
      }
    }
    QVERIFY(tallest > oneRow);  // the axes have a row of their own
    bar.resize(1200, bar.height());
    QCoreApplication::processEvents();
    QVERIFY(bar.findChild<QSlider*>()->isVisible());
    QCOMPARE(bar.sizeHint().height(), oneRow);
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
    QVERIFY(!page.bar()->filter().problem().isEmpty());
    QCOMPARE(page.grid()->groups()[0].keys, std::vector<QString>{"train/loss"});
    page.setFilter("no such tag");
    QVERIFY(page.grid()->groups().empty());
    QVERIFY(page.bar()->filter().problem().isEmpty());
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

  void aFilterOpensTheGroupsOfItsHits() {
    Fixture fixture;
    auto run = fixture.open("a");
    for (const char* tag : {"train/loss", "validation/loss"}) addScalars(*run, tag, 5);
    for (const char* tag : {"conv1/weight", "conv1/bias"}) addHistogram(*run, tag, 1);
    fixture.selection.poll();
    ScalarsPage page(&fixture.selection);
    showPage(page);
    page.grid()->setCollapsed("train", true);
    page.setFilter("train");
    QVERIFY(page.grid()->cards().contains("train/loss"));
    QCOMPARE(page.saveState().value("collapsed").toStringList(), QStringList{"train"});
    page.grid()->setCollapsed("train", true);  // also while the filter is there
    QVERIFY(!page.grid()->cards().contains("train/loss"));
    page.setFilter("loss");
    QVERIFY(page.grid()->cards().contains("train/loss"));
    ScalarsPage again(&fixture.selection);
    again.restoreState(page.saveState());
    showPage(again);
    QVERIFY(again.grid()->cards().contains("train/loss"));
    for (ScalarsPage* each : {&page, &again}) {
      each->setFilter("");
      QVERIFY(!each->grid()->cards().contains("train/loss"));
      QVERIFY(each->grid()->cards().contains("validation/loss"));
    }

    widgets::HistogramsPage histograms(&fixture.selection);
    showPage(histograms);
    histograms.grid()->setCollapsed("conv1", true);
    histograms.findChild<QLineEdit*>()->setText("bias");
    QVERIFY(histograms.grid()->cards().contains("conv1/bias"));
    histograms.findChild<QLineEdit*>()->clear();
    QVERIFY(histograms.grid()->cards().isEmpty());
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
