// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QStringList>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "eventio/data/run_store.h"
#include "eventio/reader/run_source.h"
#include "widgets/status/event_entry.h"

namespace app {

/// The log directories and files that the window has open; reports what is found in
/// them: damage, places that cannot be read, runs whose process died. UI thread.
class OpenLogs : public QObject {
  Q_OBJECT

 public:
  explicit OpenLogs(std::shared_ptr<eventio::RunStore> store, QObject* parent = nullptr);
  ~OpenLogs() override;

  /// Opens a folder, or a file of any kind of run source; opening what is open looks for news in
  /// it. A folder takes the place of what is open within it, so that nothing is shown twice. False
  /// when it cannot be opened, or lies in a folder that is open; happened() then says why.
  bool open(const QString& path);
  /// Closes it and forgets its runs.
  void close(const QString& path);
  void closeAll();
  [[nodiscard]] QStringList paths() const;
  /// Whether a folder, or one above it, is open.
  [[nodiscard]] bool covers(const QString& folder) const;

  struct Loading {
    double share = -1;  ///< 0 to 1; negative when nothing is being loaded
    QString text;
  };
  [[nodiscard]] Loading loading() const;
  /// Stops what is still loading; what was read stays and is no longer followed.
  void cancelLoading();

  /// Looks at what was found since the last call; does a bounded amount of work.
  void poll();

 signals:
  void happened(widgets::Severity severity, const QString& text);
  /// Directories were opened or closed.
  void changed();

 private:
  struct Seen {
    std::uint64_t version = 0;
    std::size_t damage = 0;
    bool endChecked = false;
  };
  void closeWithin(const std::string& folder);
  void reportProblems();
  void reportDamage(const eventio::Run& run, Seen& seen);
  void reportUncleanEnd(const eventio::Run& run);

  std::shared_ptr<eventio::RunStore> m_store;
  std::vector<std::unique_ptr<eventio::RunSource>> m_directories;
  std::unordered_map<std::string, std::size_t> m_problemsReported;
  std::unordered_map<const eventio::Run*, Seen> m_seen;
  std::size_t m_nextRun = 0;
};

}  // namespace app
