// SPDX-License-Identifier: GPL-3.0-or-later
// What the main window does each time the refresh timer fires.
#include <QDateTime>
#include <QFileInfo>
#include <QTabWidget>
#include <algorithm>

#include "app/window/control/status_strip_state.h"
#include "app/window/control/training_controller.h"
#include "app/window/dock_layout.h"
#include "app/window/main_window.h"
#include "app/window/session/status_text.h"
#include "app/window/setup/setup_binding.h"
#include "app/window/workspace/old_run_events.h"
#include "app/window/workspace/workspace.h"
#include "training/base/machine.h"
#include "widgets/forms/form_panel.h"
#include "widgets/pages/page.h"
#include "widgets/runs/run_list.h"
#include "widgets/runs/tag_list.h"
#include "widgets/status/control_bar.h"
#include "widgets/status/status_strip.h"

namespace app {
namespace {

constexpr qint64 kSlowMilliseconds = 250;

}  // namespace

void MainWindow::refresh() {
  m_training->poll();
  m_workspace.poll();
  // Also where no run has grown: the choice of runs may be another, charts may not be done.
  if (isVisible() && !isMinimized()) refreshPage();
  const qint64 now = QDateTime::currentMSecsSinceEpoch();
  if (now - m_lastSlowRefresh < kSlowMilliseconds) return;
  m_lastSlowRefresh = now;
  refreshSlowParts();
}

void MainWindow::refreshPage() {
  for (widgets::Page* page : m_pages) {
    if (page == m_tabs->currentWidget()) page->refresh();
  }
}

void MainWindow::refreshSlowParts() {
  m_workspace.logs().poll();
  m_dockLayout->foldUnneeded(m_workspace.isForViewing());
  const OpenLogs::Loading loading = m_workspace.logs().loading();
  m_status->setLoading(loading.share, loading.text);
  const auto current = m_workspace.selection().current();
  const auto* entry = m_workspace.selection().find(current.get());
  // What a run of this session did was shown when it happened.
  const bool isOld = entry && !current->isLive() && !m_workspace.hasTrained(*current);
  m_oldEvents->poll(isOld ? current : nullptr, entry ? entry->label : QString());
  if (isVisible() && !isMinimized()) {
    m_runList->refresh();
    m_tagList->refresh();
  }
  refreshStatus();
}

void MainWindow::refreshStatus() {
  StatusStripInput input;
  // Bytes and cost grow without the status changing: they are asked for here.
  input.snapshot = m_workspace.session().snapshot();
  input.openLogs = m_workspace.logs().paths();
  const bool underWay = isUnderWay(input.snapshot.status.state);
  const training::TrainingConfig config =
      underWay ? m_workspace.session().config() : toConfig(m_form->values());
  // What the form says wrongly is said there, not repeated here as if it held.
  const auto holds = [&](const char* field) {
    return underWay || m_form->problem(QString::fromLatin1(field)).isEmpty();
  };
  static const int cores = training::availableCores();
  if (holds("threads")) input.threads = config.threads > 0 ? config.threads : cores;
  if (holds("device")) input.device = deviceText(config.device);
  input.engine = m_workspace.session().engineState();
  input.torchVersion = m_workspace.session().engine().torchVersion;
  const StatusStripState state = statusStripState(input);
  m_status->setLeft(state.left);
  m_status->setRight(state.right);
}

widgets::Page* MainWindow::pageOf(const eventio::TagInfo& tag) const {
  const auto page = std::find_if(m_pages.begin(), m_pages.end(),
                                 [&tag](const widgets::Page* each) { return each->shows(tag); });
  return page == m_pages.end() ? nullptr : *page;
}

void MainWindow::jumpToTag(const QString& tag, eventio::TagKind kind) {
  eventio::TagInfo wanted;
  wanted.tag = tag.toStdString();
  wanted.kind = kind;
  widgets::Page* page = pageOf(wanted);
  if (!page) return;
  m_tabs->setCurrentWidget(page);
  page->reveal(tag);
}

}  // namespace app
