// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QRegularExpression>
#include <QString>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "eventio/data/run_store.h"
#include "widgets/style/run_styles.h"
#include "widgets/style/theme.h"

namespace widgets {

/// Which runs of a RunStore are shown, and how: the run list edits it, every page draws by it.
///
/// What is drawn is what is ticked and passes the filter. A run keeps its style for as long as the
/// program runs, and longer with a RunStyleStorage. UI thread only.
class RunSelection : public QObject {
  Q_OBJECT

 public:
  struct Entry {
    std::shared_ptr<eventio::Run> run;
    QString label;        ///< as shown, on one line: `name` without a beginning that most share
    int colorIndex = 0;   ///< for runColor() and runDashes()
    bool visible = true;  ///< drawn: ticked and passes the filter
    bool ticked = true;   ///< the user's choice
    bool matches = true;  ///< passes the filter
    QString name{};  ///< unique among the entries: the run's name, with its folder where needed
  };

  explicit RunSelection(std::shared_ptr<eventio::RunStore> store, QObject* parent = nullptr);

  /// Before the first poll(); `storage` outlives the selection.
  void setStyleStorage(RunStyleStorage* storage) { m_storage = storage; }

  [[nodiscard]] const std::shared_ptr<eventio::RunStore>& store() const { return m_store; }
  /// In natural order of their names.
  [[nodiscard]] const std::vector<Entry>& entries() const { return m_entries; }
  /// The entries that are visible, in order.
  [[nodiscard]] std::vector<Entry> visible() const;
  [[nodiscard]] const Entry* find(const eventio::Run* run) const;

  void setVisible(const eventio::Run* run, bool visible);
  /// Shows this run alone.
  void showOnly(const eventio::Run* run);
  /// Ticks or unticks all runs that pass the filter.
  void setAllVisible(bool visible);
  void setColor(const eventio::Run* run, int colorIndex);

  /// Draws only the runs whose name holds a match. The expression must be valid.
  void setFilter(const QRegularExpression& filter);
  [[nodiscard]] bool isFiltered() const { return !m_filter.pattern().isEmpty(); }

  /// The run that pages for a single run show (histograms): the one that was set, at first the one
  /// that was set last in its log directory (with a RunStyleStorage), else the first visible one.
  /// Where that does not pass the filter, the first visible one, or the first that passes; null
  /// without runs.
  [[nodiscard]] std::shared_ptr<eventio::Run> current() const { return m_current; }
  void setCurrent(std::shared_ptr<eventio::Run> run);

  /// The live run that has diverged or waits at a value that is not finite; null for none.
  void setTroubled(std::shared_ptr<eventio::Run> run);
  [[nodiscard]] bool isTroubled(const eventio::Run* run) const {
    return run && m_troubled.get() == run;
  }

  /// Takes over runs that the store opened or removed since the last call; unless stored otherwise
  /// the first eight of a log directory start visible, and so does a live run. Called by the
  /// window's timer.
  void poll();

 signals:
  /// Entries, their order, visibility or colours changed.
  void changed();
  void currentChanged();
  void troubledChanged();

 private:
  void addRuns(std::vector<std::shared_ptr<eventio::Run>> runs);
  void relabel();
  void applyFilter();
  void updateCurrent();
  [[nodiscard]] const Entry* lastSelectedEntry(const Entry* in) const;
  [[nodiscard]] const Entry* firstShown() const;
  bool tick(Entry& entry, bool ticked);
  void storeStyle(const Entry& entry);

  std::shared_ptr<eventio::RunStore> m_store;
  RunStyleStorage* m_storage = nullptr;
  std::vector<Entry> m_entries;
  std::shared_ptr<eventio::Run> m_chosen;  // by the user or the window
  bool m_isChoiceFinal = false;            // not the first one that was there
  std::shared_ptr<eventio::Run> m_current;
  std::shared_ptr<eventio::Run> m_troubled;
  QRegularExpression m_filter;
  std::uint64_t m_runsVersion = 0;
  std::map<std::string, RunStyle>
      m_styleOfPath;  // outlives the entries: reopened runs look the same
  std::map<std::string, int> m_runsOfDirectory;
  std::map<std::string, std::string> m_lastSelected;  // the run selected last, by log directory
};

}  // namespace widgets
