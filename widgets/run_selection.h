// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QObject>
#include <QString>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "eventio/run_store.h"

namespace widgets {

/// Which runs of a RunStore are shown, and how: the run list edits it, every page draws by it.
///
/// A run keeps its place and its colour for as long as the program runs. UI thread only.
class RunSelection : public QObject {
  Q_OBJECT

 public:
  struct Entry {
    std::shared_ptr<eventio::Run> run;
    QString label;       ///< unique among the entries: the run's name, with its folder where needed
    int colorIndex = 0;  ///< for runColor()
    bool visible = true;
  };

  explicit RunSelection(std::shared_ptr<eventio::RunStore> store, QObject* parent = nullptr);

  [[nodiscard]] const std::shared_ptr<eventio::RunStore>& store() const { return m_store; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return m_entries; }
  /// The entries that are visible, in order.
  [[nodiscard]] std::vector<Entry> visible() const;
  [[nodiscard]] const Entry* find(const eventio::Run* run) const;

  void setVisible(const eventio::Run* run, bool visible);
  /// Shows this run alone.
  void showOnly(const eventio::Run* run);
  void setAllVisible(bool visible);

  /// The run that pages for a single run show (histograms); null without runs.
  [[nodiscard]] std::shared_ptr<eventio::Run> current() const { return m_current; }
  void setCurrent(std::shared_ptr<eventio::Run> run);

  /// The live run that has diverged or waits at a value that is not finite; null for none.
  void setTroubled(std::shared_ptr<eventio::Run> run);
  [[nodiscard]] bool isTroubled(const eventio::Run* run) const {
    return run && m_troubled.get() == run;
  }

  /// Takes over runs that the store opened or removed since the last call; the first runs of a log
  /// directory start visible, as many as there are colours, and so does a live run. Called by the
  /// window's timer.
  void poll();

 signals:
  /// Entries, visibility or colours changed.
  void changed();
  void currentChanged();
  void troubledChanged();

 private:
  [[nodiscard]] int freeColor() const;
  void addRun(const std::shared_ptr<eventio::Run>& run);
  void relabel();

  std::shared_ptr<eventio::RunStore> m_store;
  std::vector<Entry> m_entries;
  std::shared_ptr<eventio::Run> m_current;
  std::shared_ptr<eventio::Run> m_troubled;
  std::uint64_t m_runsVersion = 0;
  std::map<std::string, int> m_colorOfPath;  // outlives the entries: reopened runs look the same
  std::map<std::string, int> m_runsOfDirectory;
};

}  // namespace widgets
