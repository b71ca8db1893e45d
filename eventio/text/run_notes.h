// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/message.h"
#include "eventio/data/own_tags.h"
#include "eventio/data/run_store.h"

namespace eventio {

/// Something that happened to a run, in a form that programs read.
///
/// TrainDeck's runs hold them under kRunNotesTag, a JSON object each, of a plugin that TensorBoard
/// does not show. The same sentences stand in text tags for people (textTagOf()).
struct RunNote {
  enum class Kind {
    kPhaseBegins,  ///< `name` is the phase; `detail` the layers that it trains, empty for all
    kEnded,        ///< `detail` is the reason
    kChanged,      ///< hyper-parameter `name` went from value `from` to `to`
    kWentBack,     ///< from step `from` to a state saved at step `to`; `detail` is why, or empty
    kSaved,        ///< a model, as file `name` of the run's folder
    kAlert,        ///< `message` says it
  };
  /// What an alert is about.
  enum class About {
    kTraining,  ///< a state saved before may help
    kLog,       ///< the event file cannot be written
    kSaving,    ///< models cannot be saved, or can again
    kFiles,     ///< other trouble with the run's folder
    kData,      ///< how the data set was read: nothing is wrong
  };
  Kind kind = Kind::kAlert;
  About about = About::kTraining;
  std::string name{};
  double from = 0;
  double to = 0;
  std::string detail{};
  std::optional<std::int64_t> detailStep{};  ///< that `detail` is of, where it is not `from`
  std::string sentence{};                    ///< in English, as in the text tag
  /// Of an alert what `sentence` says, of going back `detail`; empty in runs of earlier versions.
  Message message{};
  std::int64_t step = 0;
  double wallTime = 0;
};

/// The tag of the note's sentence: kAlertsTag for an alert.
[[nodiscard]] std::string_view textTagOf(RunNote::Kind kind) noexcept;

/// All but step and wall time, as JSON in UTF-8.
[[nodiscard]] std::string encodeRunNote(const RunNote& note);
/// The inverse; nothing for what is no note, and for kinds that came later.
[[nodiscard]] std::optional<RunNote> decodeRunNote(std::string_view json, std::int64_t step,
                                                   double wallTime);

/// The notes of one run, followed while it grows. Runs that were written before there were notes
/// give them as far as their texts allow. One thread at a time.
class RunNotes {
 public:
  /// Takes over what changed since the last call. Returns the index of the first note that is new
  /// or another one than before; notes().size() where nothing changed. A run that went back has
  /// lost what came after.
  std::size_t update(const Run& run);
  /// Earlier texts first, then in the order of their arrival.
  [[nodiscard]] const std::vector<RunNote>& notes() const noexcept { return m_notes; }

 private:
  [[nodiscard]] std::size_t reload(const Run& run);
  void append(std::span<const TextPoint> points);

  std::vector<RunNote> m_notes;
  std::vector<double> m_points;  // wall times of the values of kRunNotesTag
};

}  // namespace eventio
