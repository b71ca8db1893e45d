// SPDX-License-Identifier: GPL-3.0-or-later
// How the main window closes while something trains.
#include <QCloseEvent>
#include <QMessageBox>
#include <QPushButton>

#include "app/window/control/training_controller.h"
#include "app/window/main_window.h"
#include "app/window/workspace/workspace.h"
#include "widgets/status/event_list.h"
#include "widgets/status/status_notice.h"

namespace app {

using training::TrainerState;

MainWindow::CloseAnswer MainWindow::askToClose() {
  QMessageBox box(this);
  box.setWindowTitle(tr("Training is under way"));
  box.setIcon(QMessageBox::NoIcon);
  box.setText(tr("A run is being trained. Stop it and close the window?"));
  box.setInformativeText(tr("The model and the log are saved; the run can be continued later."));
  const bool paused = m_workspace.session().snapshot().status.state == TrainerState::kPaused;
  auto* stop = box.addButton(tr("Stop and save"), QMessageBox::AcceptRole);
  auto* keep =
      box.addButton(paused ? tr("Resume, close when done") : tr("Keep running, close when done"),
                    QMessageBox::ActionRole);
  auto* cancel = box.addButton(QMessageBox::Cancel);
  connect(&m_workspace.session(), &TrainingSession::ended, &box, [&box, keep] {
    box.setText(tr("The run has ended. Close the window?"));
    box.setInformativeText({});
    keep->hide();
  });
  box.setDefaultButton(qobject_cast<QPushButton*>(cancel));
  box.exec();
  if (box.clickedButton() == stop) return CloseAnswer::kStopAndSave;
  if (box.clickedButton() == keep) return CloseAnswer::kKeepRunning;
  return CloseAnswer::kCancel;
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (m_workspace.session().isRunning()) {
    const CloseAnswer answer = m_closeQuestion();
    if (answer == CloseAnswer::kStopAndSave) m_workspace.session().requestStop();
    if (answer == CloseAnswer::kKeepRunning) {
      // A run that is paused never ends.
      if (m_workspace.session().snapshot().status.state == TrainerState::kPaused)
        m_workspace.session().control().resume();
      m_events->add(widgets::Severity::kInfo, tr("The window closes when the run has ended"));
    }
    if (answer != CloseAnswer::kCancel) setCloseWhenEnded(true);
    // The window stays until the worker has saved; it closes itself then. The run may have ended
    // while the question stood.
    if (answer == CloseAnswer::kCancel || m_workspace.session().isRunning()) {
      event->ignore();
      return;
    }
  }
  saveSettings();
  event->accept();
}

void MainWindow::setCloseWhenEnded(bool wanted) {
  if (m_closeWhenEnded && !wanted) {
    m_events->add(widgets::Severity::kInfo, tr("The window stays open when the run has ended"));
  }
  m_closeWhenEnded = wanted;
  showCloseNotice();
}

void MainWindow::showCloseNotice() {
  m_closeNotice->setVisible(m_closeWhenEnded);
  if (!m_closeWhenEnded) return;
  QString text = tr("The window closes when the run has ended.");
  switch (m_workspace.session().snapshot().status.state) {
    case TrainerState::kPaused:
      text = tr("The window closes when the run has ended; it is paused: resume or stop it.");
      break;
    case TrainerState::kNonFinite:
      text = tr("The window closes when the run has ended; it waits for an answer above.");
      break;
    default:
      break;
  }
  m_closeNotice->setText(text);
}

}  // namespace app
