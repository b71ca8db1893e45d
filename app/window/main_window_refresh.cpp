// SPDX-License-Identifier: GPL-3.0-or-later
// What the main window does each time the refresh timer fires.
#include <QDateTime>
#include <QFileInfo>
#include <QTabWidget>

#include "app/window/dock_layout.h"
#include "app/window/live_run_events.h"
#include "app/window/main_window.h"
#include "app/window/old_run_events.h"
#include "app/window/open_logs.h"
#include "app/window/setup_binding.h"
#include "app/window/status_text.h"
#include "app/window/training_controller.h"
#include "app/window/training_session.h"
#include "training/base/machine.h"
#include "widgets/charts/chart_grid.h"
#include "widgets/charts/chart_groups.h"
#include "widgets/forms/form_panel.h"
#include "widgets/histograms/histograms_page.h"
#include "widgets/runs/run_list.h"
#include "widgets/runs/run_selection.h"
#include "widgets/runs/tag_list.h"
#include "widgets/scalars/scalars_page.h"
#include "widgets/status/control_bar.h"
#include "widgets/status/status_strip.h"
#include "widgets/training/training_page.h"

namespace app {
namespace {

constexpr qint64 kSlowMilliseconds = 250;

/// Scrolls to the card that shows a tag, alone or with others.
void revealCard(widgets::ChartGrid& grid, const QString& tag) {
  for (const auto& group : grid.groups()) {
    for (const QString& key : group.keys) {
      if (!widgets::cardTags(key).contains(tag)) continue;
      grid.setCollapsed(group.title, false);
      grid.reveal(key);
      return;
    }
  }
}

}  // namespace

void MainWindow::refresh() {
  m_training->poll();
  m_selection->poll();
  if (m_awaitsLiveRun) takeLiveRun();
  m_live->poll();
  // Also where no run has grown: the choice of runs may be another, charts may not be done.
  if (isVisible() && !isMinimized()) refreshPage();
  const qint64 now = QDateTime::currentMSecsSinceEpoch();
  if (now - m_lastSlowRefresh < kSlowMilliseconds) return;
  m_lastSlowRefresh = now;
  refreshSlowParts();
}

void MainWindow::takeLiveRun() {
  const std::string path = m_training->shown().status.runPath;
  if (path.empty()) return;
  for (const auto& entry : m_selection->entries()) {
    if (entry.run->path() != path) continue;
    const std::shared_ptr<eventio::Run> run = entry.run;
    if (m_session->config().continueRun.empty()) {
      m_live->follow(run, m_liveRunSince);
    } else {
      const std::optional<std::int64_t> step = m_session->snapshot().status.resumeStep;
      if (!step) return;  // its saved model is still being read
      m_live->follow(run, m_liveRunSince, LiveRunEvents::Continuation{entry.label, *step});
    }
    m_awaitsLiveRun = false;
    m_selection->setVisible(run.get(), true);
    if (!entry.matches) m_runList->setFilter({});  // a run that was just begun is to be seen
    m_selection->setCurrent(run);
    const QString directory = QString::fromStdString(run->logDirectory());
    if (!m_logs->covers(directory)) m_logs->open(directory);
    return;
  }
}

void MainWindow::refreshPage() {
  QWidget* page = m_tabs->currentWidget();
  if (page == m_trainingPage) m_trainingPage->refresh();
  if (page == m_scalarsPage) m_scalarsPage->refresh();
  if (page == m_histogramsPage) m_histogramsPage->refresh();
}

void MainWindow::refreshSlowParts() {
  m_logs->poll();
  // Who only looks at old runs needs no set-up of a next one.
  m_dockLayout->foldUnneeded(!m_hasTrained && !m_logs->paths().isEmpty() &&
                             !m_selection->entries().empty());
  const OpenLogs::Loading loading = m_logs->loading();
  m_status->setLoading(loading.share, loading.text);
  const auto current = m_selection->current();
  const auto* entry = m_selection->find(current.get());
  // What a run of this session did was shown when it happened.
  const bool isOld = entry && !current->isLive() && !m_live->hasFollowed(*current);
  m_oldEvents->poll(isOld ? current : nullptr, entry ? entry->label : QString());
  if (isVisible() && !isMinimized()) {
    m_runList->refresh();
    m_tagList->refresh();
  }
  refreshStatus();
}

void MainWindow::refreshStatus() {
  const auto& shown = m_training->shown();
  const training::TrainerStatus& status = shown.status;
  QStringList left;
  if (status.runPath.empty()) {
    left << (m_logs->paths().isEmpty() ? tr("No log directory is open")
                                       : m_logs->paths().join(QStringLiteral(" · ")));
  } else {
    left << QString::fromStdString(status.runPath);
    // Bytes and cost grow without the status changing: they are asked for here.
    const TrainingSession::Snapshot now = m_session->snapshot();
    if (now.loggedBytes > 0) left << sizeText(now.loggedBytes);
    if (isUnderWay(status.state)) {
      left << tr("logging costs %1 %").arg(now.status.loggingShare * 100, 0, 'f', 1);
    }
    if (now.loggingWaits > 0) {
      left << tr("waits for the log's disk: %1").arg(now.loggingWaits);
    }
    if (!now.loggingFailure.isEmpty()) left << tr("the log cannot be written");
    if (!now.status.saveFailure.empty()) left << tr("the model cannot be saved");
  }
  m_status->setLeft(left.join(QStringLiteral(" · ")));

  QStringList right;
  const bool underWay = isUnderWay(status.state);
  const training::TrainingConfig config =
      underWay ? m_session->config() : toConfig(m_form->values());
  static const int cores = training::availableCores();
  const int threads = config.threads > 0 ? config.threads : cores;
  // What the form says wrongly is said there, not repeated here as if it held.
  if (underWay || m_form->problem(QStringLiteral("threads")).isEmpty()) {
    right << (threads == 1 ? tr("1 thread") : tr("%1 threads").arg(threads));
  }
  if (underWay || m_form->problem(QStringLiteral("device")).isEmpty()) {
    right << deviceText(config.device);
  }
  switch (m_session->engineState()) {
    case TrainingSession::Engine::kReady:
      right << tr("LibTorch %1").arg(QString::fromStdString(m_session->engine().torchVersion));
      break;
    case TrainingSession::Engine::kMissing:
      right << tr("no training engine");
      break;
    default:
      right << tr("loading LibTorch…");
      break;
  }
  m_status->setRight(right.join(QStringLiteral(" · ")));
}

void MainWindow::jumpToTag(const QString& tag, eventio::TagKind kind) {
  if (kind == eventio::TagKind::kScalar) {
    m_tabs->setCurrentWidget(m_scalarsPage);
    m_scalarsPage->setFilter({});
    m_scalarsPage->refresh();
    revealCard(*m_scalarsPage->grid(), tag);
  } else if (kind == eventio::TagKind::kHistogram) {
    m_tabs->setCurrentWidget(m_histogramsPage);
    m_histogramsPage->refresh();
    revealCard(*m_histogramsPage->grid(), tag);
  }
}

}  // namespace app
