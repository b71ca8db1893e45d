// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/workspace/open_logs.h"

#include <QDir>
#include <QFileInfo>
#include <algorithm>

#include "app/window/session/status_text.h"
#include "eventio/sources/run_source_kinds.h"
#include "training/job/trainer.h"
#include "widgets/style/translated.h"

namespace app {
namespace {

/// A poll looks at no more runs once this much time has gone.
constexpr qint64 kPollBudgetMilliseconds = 4;

std::string normalPath(const QString& path) {
  return QDir::cleanPath(QFileInfo(path).absoluteFilePath()).toStdString();
}

/// Both whatever links lead there.
bool liesIn(const std::string& path, const std::string& folder) {
  const QString inner = QFileInfo(QString::fromStdString(path)).canonicalFilePath();
  const QString outer = QFileInfo(QString::fromStdString(folder)).canonicalFilePath();
  return !outer.isEmpty() && inner.startsWith(outer + '/');
}

QString runText(const eventio::Run& run) {
  return run.name() == "." ? QFileInfo(QString::fromStdString(run.logDirectory())).fileName()
                           : QString::fromStdString(run.name());
}

}  // namespace

OpenLogs::OpenLogs(std::shared_ptr<eventio::RunStore> store, QObject* parent)
    : QObject(parent), m_store(std::move(store)) {}

OpenLogs::~OpenLogs() = default;

bool OpenLogs::open(const QString& path) {
  const std::string normal = normalPath(path);
  for (const auto& directory : m_directories) {
    if (directory->path() == normal) {
      directory->rescan();
      return true;
    }
    if (!liesIn(normal, directory->path())) continue;
    emit happened(widgets::Severity::kWarning,
                  tr("%1 lies in %2, which is open: its runs are there")
                      .arg(path, QString::fromStdString(directory->path())));
    return false;
  }
  auto opened = eventio::openRunSource(normal, m_store);
  if (!opened) {
    emit happened(widgets::Severity::kError, widgets::translated(opened.error().message));
    return false;
  }
  closeWithin(normal);
  m_directories.push_back(std::move(*opened));
  emit changed();
  return true;
}

/// What is open and lies in `folder` would be shown twice.
void OpenLogs::closeWithin(const std::string& folder) {
  QStringList inside;
  for (const auto& directory : m_directories) {
    if (liesIn(directory->path(), folder)) inside << QString::fromStdString(directory->path());
  }
  for (const QString& path : std::as_const(inside)) {
    close(path);
    emit happened(widgets::Severity::kInfo, tr("%1 lies in %2 and is shown with it from now on")
                                                .arg(path, QString::fromStdString(folder)));
  }
}

void OpenLogs::close(const QString& path) {
  const std::string wanted = path.toStdString();
  const auto gone = std::erase_if(
      m_directories, [&](const auto& directory) { return directory->path() == wanted; });
  if (gone == 0) return;
  m_store->removeRuns(wanted);
  m_problemsReported.erase(wanted);
  m_seen.clear();
  emit changed();
}

void OpenLogs::closeAll() {
  const QStringList open = paths();
  for (const QString& path : open) close(path);
}

QStringList OpenLogs::paths() const {
  QStringList list;
  for (const auto& directory : m_directories) list << QString::fromStdString(directory->path());
  return list;
}

bool OpenLogs::covers(const QString& folder) const {
  const std::string normal = normalPath(folder);
  return std::any_of(m_directories.begin(), m_directories.end(), [&normal](const auto& directory) {
    return normal == directory->path() || liesIn(normal, directory->path());
  });
}

OpenLogs::Loading OpenLogs::loading() const {
  std::uint64_t read = 0;
  std::uint64_t found = 0;
  bool busy = false;
  for (const auto& directory : m_directories) {
    const eventio::LoadProgress progress = directory->progress();
    if (progress.loaded) continue;
    busy = true;
    read += progress.bytesRead;
    found += progress.bytesFound;
  }
  if (!busy) return {};
  return {found == 0 ? 0.0 : std::min(1.0, static_cast<double>(read) / static_cast<double>(found)),
          found == 0 ? tr("Looking for runs")
                     : tr("Loading %1 of %2").arg(sizeText(read), sizeText(found))};
}

void OpenLogs::cancelLoading() {
  QStringList stopped;
  std::erase_if(m_directories, [&stopped](const auto& directory) {
    if (directory->progress().loaded) return false;
    stopped << QString::fromStdString(directory->path());
    return true;
  });
  for (const QString& path : std::as_const(stopped)) {
    emit happened(
        widgets::Severity::kWarning,
        tr("Loading of %1 was cancelled: what was read stays, the rest is not shown; open "
           "it again to read all")
            .arg(path));
  }
  if (!stopped.isEmpty()) emit changed();
}

void OpenLogs::poll() {
  reportProblems();
  const auto runs = m_store->runs();
  if (runs.empty()) return;
  QElapsedTimer budget;
  budget.start();
  for (std::size_t looked = 0; looked < runs.size(); ++looked) {
    if (budget.elapsed() > kPollBudgetMilliseconds) break;
    const auto& run = runs[m_nextRun++ % runs.size()];
    Seen& seen = m_seen[run.get()];
    if (!seen.endChecked && !run->isLive()) {
      seen.endChecked = true;
      reportUncleanEnd(*run);
    }
    const std::uint64_t version = run->version();
    if (seen.version == version) continue;
    seen.version = version;
    if (run->isLive()) {
      seen.endChecked = true;  // its end is reported by the trainer
      continue;
    }
    reportDamage(*run, seen);
  }
}

void OpenLogs::reportProblems() {
  for (const auto& directory : m_directories) {
    const auto problems = directory->problems();
    std::size_t& reported = m_problemsReported[directory->path()];
    for (; reported < problems.size(); ++reported) {
      emit happened(widgets::Severity::kError, widgets::translated(problems[reported]));
    }
  }
}

void OpenLogs::reportDamage(const eventio::Run& run, Seen& seen) {
  auto damage = run.damage();
  std::erase_if(damage, [](const eventio::Damage& place) { return place.isNotice; });
  if (damage.size() <= seen.damage) return;
  const eventio::Damage& first = damage[seen.damage];
  const auto count = static_cast<int>(damage.size() - seen.damage);
  seen.damage = damage.size();
  const QString file = QFileInfo(QString::fromStdString(first.file)).fileName();
  const QString offset = countText(static_cast<std::int64_t>(first.offset));
  const QString what = widgets::translated(first.what);
  const QString text = count == 1
                           ? tr("run %1: a damaged place skipped at byte %2 of %3: %4")
                                 .arg(runText(run), offset, file, what)
                           : tr("run %1: %2 damaged places skipped, the first at byte %3 of %4: %5")
                                 .arg(runText(run))
                                 .arg(count)
                                 .arg(offset, file, what);
  emit happened(widgets::Severity::kError, text);
}

void OpenLogs::reportUncleanEnd(const eventio::Run& run) {
  const auto saved = training::readSavedRun(run.path());
  if (!saved || saved->endedCleanly || saved->running) return;
  QString text =
      tr("run %1 was cut off: its program ended without closing it. Its log holds all up "
         "to the last flush, at most 2 s before the end")
          .arg(runText(run));
  text += saved->modelFile.empty()
              ? tr("; no model had been saved, so it cannot be continued")
              : tr("; its model is as of the last checkpoint, the run can be continued from there");
  emit happened(widgets::Severity::kWarning, text);
}

}  // namespace app
