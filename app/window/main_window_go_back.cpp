// SPDX-License-Identifier: GPL-3.0-or-later
// Ways to go back to a saved model: the events' rows and the menu.
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>

#include "app/window/control/training_controller.h"
#include "app/window/main_window.h"
#include "app/window/workspace/workspace.h"
#include "widgets/status/event_list.h"

namespace app {

void MainWindow::connectGoingBack() {
  m_events->setAction([this](const widgets::EventEntry& entry) {
    if (canContinue(entry)) return m_training->continueEndedText();
    const auto step = entry.step ? m_training->goBackChoice(*entry.step) : std::nullopt;
    return step ? TrainingController::goBackText(*step) : QString();
  });
  connect(m_events, &widgets::EventList::actionRequested, this,
          [this](const widgets::EventEntry& entry) {
            if (canContinue(entry)) return m_training->continueEnded();
            if (const auto step = m_training->goBackChoice(entry.step.value_or(-1))) goBack(*step);
          });
  connect(m_training.get(), &TrainingController::progressChanged, m_events,
          &widgets::EventList::refreshActions);
  connect(m_training.get(), &TrainingController::progressChanged, this, [this] {
    m_workspace.selection().setTroubled(m_training->isInTrouble() ? m_workspace.liveRun()
                                                                  : nullptr);
  });
}

/// The run that ended last, while none is under way.
bool MainWindow::canContinue(const widgets::EventEntry& entry) const {
  return !entry.runFolder.isEmpty() && entry.runFolder == m_continuable &&
         !m_workspace.session().isRunning();
}

void MainWindow::fillSavedModelsMenu(QMenu* menu) {
  menu->clear();
  const auto choices = m_training->savedChoices();
  for (const TrainingController::SavedChoice& choice : choices) {
    menu->addAction(choice.text, this, [this, step = choice.step] { goBack(step); });
  }
  if (choices.isEmpty()) {
    menu->addAction(tr("No model of a run under way was saved yet"))->setEnabled(false);
  }
}

void MainWindow::goBack(std::int64_t step) {
  if (m_goBackQuestion(TrainingController::goBackText(step))) m_training->goBack(step);
}

bool MainWindow::askToGoBack(const QString& text) {
  QMessageBox box(this);
  box.setWindowTitle(tr("Go back"));
  box.setIcon(QMessageBox::NoIcon);
  box.setText(tr("%1?").arg(text));
  box.setInformativeText(tr("What was trained and logged after that step is dropped."));
  auto* go = box.addButton(tr("Go back"), QMessageBox::AcceptRole);
  box.setDefaultButton(qobject_cast<QPushButton*>(box.addButton(QMessageBox::Cancel)));
  box.exec();
  return box.clickedButton() == go;
}

}  // namespace app
