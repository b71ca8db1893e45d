// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "eventio/data/run_store.h"
#include "eventio/text/run_notes.h"
#include "widgets/status/event_entry.h"

namespace app {

struct ValidationMetric;

/// Reads out of the live run what the recorder wrote for people: changes, checkpoints, alerts,
/// phases, and each best validation metric. UI thread.
class LiveRunEvents : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;

  struct Continuation {
    QString label;          ///< the run's
    std::int64_t step = 0;  ///< that the run goes on from
  };

  /// Follows another run, which was started at the wall time `since`. Of a run that is continued
  /// the events from before it was first followed come first.
  void follow(std::shared_ptr<eventio::Run> run, double since,
              const std::optional<Continuation>& continuation = {});
  /// True for a run whose events were reported, and not only read from its file.
  [[nodiscard]] bool hasFollowed(const eventio::Run& run) const;
  [[nodiscard]] const std::shared_ptr<eventio::Run>& run() const { return m_run; }
  /// Reports what is new. Cheap when nothing is.
  void poll();

 signals:
  void happened(const widgets::EventEntry& entry);

 private:
  void reportEarlier(const QString& label, double before);
  void reportNotes();
  /// The best of the epochs that are reported.
  void findBest(const ValidationMetric& validation);
  void reportBest();
  void report(widgets::Severity severity, const QString& text, std::int64_t step);

  std::shared_ptr<eventio::Run> m_run;
  std::map<std::string, double> m_firstFollowed;  // wall times, by a run's path
  std::uint64_t m_version = 0;
  eventio::RunNotes m_notes;
  std::size_t m_reported = 0;  // notes, from the first on
  std::size_t m_epochsReported = 0;
  double m_best = 0;
};

}  // namespace app
