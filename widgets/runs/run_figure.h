// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string>
#include <unordered_map>
#include <vector>

#include "eventio/data/run_store.h"

namespace widgets {

/// Which number of a run stands beside its name.
struct RunFigure {
  enum class Kind { kLast, kLowest, kHighest };
  std::string tag;  ///< empty: the tag that stands for how good most of the runs are
  Kind kind = Kind::kLast;
  friend bool operator==(const RunFigure&, const RunFigure&) = default;
};

/// The number of a run in a few characters; empty where the run has no such scalar.
[[nodiscard]] QString figureText(const eventio::Run& run, const std::string& tag,
                                 RunFigure::Kind kind);

/// The tag that stands for how good a run is: a validation loss, else a training loss, else the
/// first scalar; empty when there is none.
[[nodiscard]] std::string headlineTag(const std::vector<eventio::TagInfo>& tags);

/// Counts which tag is the headline of how many runs. UI thread.
class HeadlineTags {
 public:
  /// Looks at a run's tags where they changed since the last call for it.
  void note(const eventio::Run& run);
  void forget(const eventio::Run* run);
  /// The headline of most runs, empty without any.
  [[nodiscard]] const std::string& common() const { return m_common; }

 private:
  struct Seen {
    std::uint64_t tagsVersion = 0;
    std::string tag;
  };
  void count(const std::string& tag, int change);

  std::unordered_map<const eventio::Run*, Seen> m_seen;
  std::unordered_map<std::string, int> m_counts;
  std::string m_common;
};

}  // namespace widgets
