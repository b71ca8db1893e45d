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
