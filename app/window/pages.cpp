// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/pages.h"

#include "app/window/control/training_controller.h"
#include "app/window/training_metrics.h"
#include "app/window/workspace/workspace.h"
#include "widgets/histograms/histograms_page.h"
#include "widgets/runs/tag_list.h"
#include "widgets/scalars/scalars_page.h"
#include "widgets/text/text_page.h"
#include "widgets/training/training_page.h"

namespace app {
namespace {

using widgets::Page;
using widgets::ScalarsPage;
using widgets::TrainingPage;

/// The page of the live run: starts trainings, comes to the front when one begins, and offers to go
/// back to a saved model at the marks of its charts.
std::unique_ptr<Page> makeTrainingPage(const PageContext& context) {
  auto page = std::make_unique<TrainingPage>(&context.workspace.selection(), trainingMetrics());
  TrainingPage* target = page.get();
  TrainingController* training = &context.training;
  QObject::connect(training, &TrainingController::startProblemChanged, target,
                   &TrainingPage::setStartProblem);
  QObject::connect(training, &TrainingController::underWayChanged, target, [target](bool underWay) {
    target->setLiveActive(underWay);
    if (underWay) emit target->showRequested();
  });
  QObject::connect(target, &TrainingPage::startRequested, training, &TrainingController::start);
  QObject::connect(target, &TrainingPage::openRequested, target, context.openLogDirectory);
  target->setMarkAction([training, workspace = &context.workspace](const eventio::Run& run,
                                                                   const widgets::ChartMark& mark) {
    if (&run != workspace->liveRun().get()) return QString();
    const auto step = training->goBackChoice(mark.step);
    return step ? TrainingController::goBackText(*step) : QString();
  });
  QObject::connect(target, &TrainingPage::markActionRequested, target,
                   [training, goBack = context.goBack](const widgets::ChartMark& mark) {
                     if (const auto step = training->goBackChoice(mark.step)) goBack(*step);
                   });
  return page;
}

std::unique_ptr<Page> makeScalarsPage(const PageContext& context) {
  auto page = std::make_unique<ScalarsPage>(&context.workspace.selection());
  ScalarsPage* target = page.get();
  QObject::connect(&context.tagList, &widgets::TagList::superimposeRequested, target,
                   [target](const QString& tag) {
                     emit target->showRequested();
                     target->refresh();
                     target->chooseTarget({tag});
                   });
  return page;
}

}  // namespace

std::vector<std::unique_ptr<Page>> makePages(const PageContext& context) {
  widgets::RunSelection* selection = &context.workspace.selection();
  std::vector<std::unique_ptr<Page>> pages;
  pages.push_back(makeTrainingPage(context));
  pages.push_back(makeScalarsPage(context));
  pages.push_back(std::make_unique<widgets::HistogramsPage>(selection));
  pages.push_back(std::make_unique<widgets::TextPage>(selection));
  return pages;
}

}  // namespace app
