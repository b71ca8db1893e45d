// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "eventio/data/run_store.h"
#include "eventio/text/run_notes.h"
#include "widgets/status/event_list.h"

namespace app {

/// Shows what the recorder of an old run wrote for people (changes, checkpoints, alerts, phases,
/// best validation accuracies) among the events, for as long as that run is the selected one. UI
/// thread.
class OldRunEvents {
 public:
  /// The newest of so many are shown.
  static constexpr std::size_t kMaxEvents = 200;

  /// `events` outlives this object.
  explicit OldRunEvents(widgets::EventList* events) : m_events(events) {}

  /// `run`: the selected one, named `label`; null where it has no old events to show. Cheap when
  /// nothing changed.
  void poll(const std::shared_ptr<eventio::Run>& run, const QString& label);

 private:
  widgets::EventList* m_events;
  std::shared_ptr<eventio::Run> m_run;
  std::uint64_t m_version = 0;
};

/// The severity that events of such notes have.
[[nodiscard]] widgets::Severity severityOf(const eventio::RunNote& note);

/// Gives an event of a saved model what makes those of one run a series.
void joinSaves(const eventio::Run& run, const eventio::RunNote& note, widgets::EventEntry& entry);

/// The events of a run's notes and of each best validation metric; oldest first, of the
/// saved models the last one.
[[nodiscard]] QList<widgets::EventEntry> recordedEvents(const eventio::Run& run,
                                                        const QString& label);

}  // namespace app
