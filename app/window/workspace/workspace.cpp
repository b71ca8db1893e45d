// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/workspace/workspace.h"

#include <QDateTime>
#include <algorithm>

namespace app {

Workspace::Workspace(QObject* parent)
    : QObject(parent),
      m_store(std::make_shared<eventio::RunStore>()),
      m_selection(m_store),
      m_session(m_store),
      m_logs(m_store) {
  m_selection.setStyleStorage(&m_runStyles);
  connect(&m_logs, &OpenLogs::happened, this, &Workspace::happened);
  connect(&m_liveEvents, &LiveRunEvents::happened, this, &Workspace::liveRunReported);
  connect(&m_session, &TrainingSession::started, this,
          [this] { expectLiveRun(!m_session.config().continueRun.empty()); });
}

Workspace::~Workspace() = default;

bool Workspace::hasTrained(const eventio::Run& run) const {
  return m_liveEvents.hasFollowed(run);
}

bool Workspace::isForViewing() const {
  return m_logsNamed && !m_hasTrained && !m_logs.paths().isEmpty() &&
         !m_selection.entries().empty();
}

void Workspace::expectLiveRun(bool isContinued) {
  m_awaitsLiveRun = true;
  m_isContinued = isContinued;
  m_hasTrained = true;
  m_liveRunSince = static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000;
}

void Workspace::poll() {
  m_selection.poll();
  if (m_awaitsLiveRun) adoptLiveRun();
  m_liveEvents.poll();
}

void Workspace::adoptLiveRun() {
  const training::TrainerStatus status = m_session.control().status();
  if (status.runPath.empty()) return;
  if (m_isContinued && !status.resumeStep) return;  // its saved model is still being read
  const auto& entries = m_selection.entries();
  const auto entry = std::find_if(entries.begin(), entries.end(), [&status](const auto& each) {
    return each.run->path() == status.runPath;
  });
  if (entry == entries.end()) return;
  const std::shared_ptr<eventio::Run> run = entry->run;
  const bool isFiltered = !entry->matches;
  if (m_isContinued) {
    m_liveEvents.follow(run, m_liveRunSince,
                        LiveRunEvents::Continuation{entry->label, *status.resumeStep});
  } else {
    m_liveEvents.follow(run, m_liveRunSince);
  }
  m_awaitsLiveRun = false;
  m_selection.setVisible(run.get(), true);
  if (isFiltered) emit liveRunIsFiltered();
  m_selection.setCurrent(run);
  const QString directory = QString::fromStdString(run->logDirectory());
  if (!m_logs.covers(directory)) m_logs.open(directory);
}

}  // namespace app
