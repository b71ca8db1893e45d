// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
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
#include "widgets/style/theme.h"
#include "widgets/training/training_page.h"

using widgets::HistogramsPage;
using widgets::TrainingPage;

class HistogramsPageTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }

  void aTrackOfOneStepAloneIsDrawn() {
    widgets::StepTrack track;
    track.resize(200, 24);
    track.setSteps({5});
    track.setAxis(10, 190, {5, 5});
    QCOMPARE(track.xOf(0), static_cast<double>(track.right()));
    QTest::failOnWarning(QRegularExpression("NaN"));
    QVERIFY(!track.grab().isNull());
  }

  void aTrackWithoutStepsIsNotDrawn() {
    widgets::StepTrack track;
    track.resize(200, 24);
    const QImage image = track.grab().toImage();
    QImage plain(image.size(), image.format());
    plain.setDevicePixelRatio(image.devicePixelRatio());
    plain.fill(image.pixelColor(0, 0));
    QCOMPARE(image, plain);
    track.setSteps({5});
    track.setAxis(10, 190, {5, 5});
    QVERIFY(track.grab().toImage() != plain);
  }

  void aLongRunNameIsCutAndLeavesTheFilterRoom() {
    Fixture fixture;
    auto run = fixture.open(std::string(200, 'x'));
    for (int step = 0; step < 3000; ++step) addHistogram(*run, "conv1/weight", step);
    fixture.selection.poll();
    HistogramsPage page(&fixture.selection);
    showPage(page);
    auto* label = page.findChild<QLabel*>("runLabel");
    QVERIFY(label->text().contains(QString(200, 'x')));
    QVERIFY(page.rect().contains(QRect(label->mapTo(&page, QPoint()), label->size())));
    QVERIFY(label->width() < label->fontMetrics().horizontalAdvance(label->text()));
    QVERIFY(label->toolTip().contains(QString(200, 'x')));
    QVERIFY(page.findChild<QLineEdit*>()->width() > 200);
    auto* card = static_cast<widgets::HistogramCard*>(page.grid()->cards().begin().value());
    QTRY_VERIFY2((page.refresh(), card->subtitle().contains("2,999")),
                 qPrintable(card->subtitle()));
    QVERIFY2(card->subtitle().contains("3,000 steps"), qPrintable(card->subtitle()));
  }

  void oneStepIsNamedAsOne() {
    Fixture fixture;
    auto run = fixture.open("a");
    addHistogram(*run, "conv1/weight", 7);
    fixture.selection.poll();
    HistogramsPage page(&fixture.selection);
    showPage(page);
    auto* card = static_cast<widgets::HistogramCard*>(page.grid()->cards().begin().value());
    QTRY_COMPARE((page.refresh(), card->subtitle()), QStringLiteral("step 7"));
    addHistogram(*run, "conv1/weight", 8);
    QTRY_COMPARE((page.refresh(), card->subtitle()), QStringLiteral("up to step 8 · 2 steps"));
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

  void stepsBelowAShortHeatMapAreWhole() {
    Fixture fixture;
    auto run = fixture.open("a");
    for (int step = 0; step < 3; ++step) addHistogram(*run, "w", step);
    fixture.selection.poll();
    HistogramsPage page(&fixture.selection);
    page.setView(widgets::HistogramView::kHeatmap);
    showPage(page);
    const auto* card = static_cast<widgets::HistogramCard*>(page.grid()->cards().value("w"));
    QStringList labels;
    for (const auto& tick : card->plot()->stepTicks(600)) labels << tick.label;
    QCOMPARE(labels, QStringList({"0", "1", "2"}));
    QVERIFY(card->plot()->stepTicks(20).size() <= 2);
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
};

QTEST_MAIN(HistogramsPageTest)
#include "histograms_page_test.moc"
