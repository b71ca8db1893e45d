// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/data/run_store.h"

#include <algorithm>
#include <utility>

namespace eventio {

std::shared_ptr<Run> RunStore::openRun(const std::string& logDirectory, const std::string& name) {
  const std::lock_guard lock(m_mutex);
  if (auto run = findLocked(logDirectory, name)) return run;
  auto run = std::make_shared<Run>(logDirectory, name);
  m_runs.push_back(run);
  m_byKey.emplace(std::pair{logDirectory, name}, run);
  m_runsVersion.fetch_add(1, std::memory_order_acq_rel);
  return run;
}

std::shared_ptr<Run> RunStore::find(const std::string& logDirectory,
                                    const std::string& name) const {
  const std::lock_guard lock(m_mutex);
  return findLocked(logDirectory, name);
}

std::shared_ptr<Run> RunStore::findLocked(const std::string& logDirectory,
                                          const std::string& name) const {
  const auto found = m_byKey.find(std::pair{logDirectory, name});
  return found == m_byKey.end() ? nullptr : found->second;
}

std::shared_ptr<Run> RunStore::findAt(const std::string& path) const {
  const std::lock_guard lock(m_mutex);
  const auto run = std::find_if(m_runs.begin(), m_runs.end(),
                                [&path](const auto& each) { return each->path() == path; });
  return run == m_runs.end() ? nullptr : *run;
}

std::vector<std::shared_ptr<Run>> RunStore::runs() const {
  const std::lock_guard lock(m_mutex);
  return m_runs;
}

void RunStore::removeRuns(const std::string& logDirectory) {
  const std::lock_guard lock(m_mutex);
  std::size_t removed = 0;
  std::erase_if(m_runs, [&](const std::shared_ptr<Run>& run) {
    if (run->logDirectory() != logDirectory || run->isLive()) return false;
    m_byKey.erase(std::pair{run->logDirectory(), run->name()});
    // Opened again, the run has to come from its files.
    const std::string folder = run->path() + "/";
    std::erase_if(m_ownFiles, [&](const std::string& file) {
      return file.starts_with(folder) && file.find('/', folder.size()) == std::string::npos;
    });
    ++removed;
    return true;
  });
  if (removed == 0) return;
  m_runsVersion.fetch_add(1, std::memory_order_acq_rel);
}

void RunStore::addOwnFile(const std::string& path) {
  const std::lock_guard lock(m_mutex);
  m_ownFiles.insert(path);
}

bool RunStore::isOwnFile(const std::string& path) const {
  const std::lock_guard lock(m_mutex);
  return m_ownFiles.contains(path);
}

}  // namespace eventio
