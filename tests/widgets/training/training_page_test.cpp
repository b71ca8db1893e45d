// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/training/training_page.h"

#include <QtTest>
#include <set>
#include <string>

#include "tests/widgets/page_fixture.h"
#include "widgets/cards/chart_card.h"
#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/style/theme.h"

using widgets::TrainingMetric;
using widgets::TrainingPage;

namespace {

std::vector<TrainingMetric> metrics() {
  return {{"Accuracy", "fraction", {"accuracy", "acc"}}, {"RMSE", "degrees", {"rmse"}}};
}

}  // namespace

class TrainingPageTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }

  void showsTheMetricOfTheCurrentRun() {
    Fixture fixture;
    auto labels = fixture.open("labels");
    addScalars(*labels, "train/accuracy", 20);
    auto angles = fixture.open("angles");
    addScalars(*angles, "train/rmse", 30);
    addScalars(*angles, "validation/rmse", 3);
    auto old = fixture.open("old angles");
    addScalars(*old, "Training RMSE", 2);
    addScalars(*old, "Fine-tuning RMSE", 2);
    auto announced = fixture.open("before its first step");
    eventio::Hparams hparams;
    hparams.metrics.emplace_back().tag = "validation/rmse";
    announced->setHparams(hparams);
    auto foreign = fixture.open("of another program");
    addScalars(*foreign, "loss", 5);
    fixture.selection.poll();
    TrainingPage page(&fixture.selection, metrics());
    const auto select = [&](const std::shared_ptr<eventio::Run>& run) {
      fixture.selection.setCurrent(run);
      showPage(page);
    };
    const auto shown = [&page] {
      std::set<std::string> tags;
      for (const auto& curve : page.metricChart()->curves()) tags.insert(curve->series().tag);
      return tags;
    };
    const auto* card = page.findChild<widgets::ChartCard*>("metricCard");
    select(labels);
    QCOMPARE(card->title(), QString("Accuracy"));
    QCOMPARE(card->subtitle(), QString("fraction"));
    QCOMPARE(shown(), std::set<std::string>({"train/accuracy"}));
    const std::set<std::string> angleTags{"train/rmse", "validation/rmse", "Training RMSE",
                                          "Fine-tuning RMSE"};
    for (const auto& run : {angles, old, announced}) {
      select(labels);
      select(run);
      QCOMPARE(card->title(), QString("RMSE"));
      QCOMPARE(card->subtitle(), QString("degrees"));
      QCOMPARE(page.metricChart()->accessibleName(), QString("RMSE"));
      QCOMPARE(shown(), angleTags);
    }
    // A run without any metric leaves the chart to the first of the others.
    select(labels);
    select(foreign);
    QCOMPARE(card->title(), QString("RMSE"));
  }

  void namesNoMetricBeforeThereIsOne() {
    Fixture fixture;
    TrainingPage page(&fixture.selection, metrics());
    const auto* card = page.findChild<widgets::ChartCard*>("metricCard");
    page.setLiveActive(true);
    showPage(page);
    QCOMPARE(card->title(), QString("Metric"));
    QCOMPARE(card->subtitle(), QString());
  }
};

QTEST_MAIN(TrainingPageTest)
#include "training_page_test.moc"
