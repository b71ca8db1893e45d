// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "eventio/base/result.h"

namespace eventio {

struct LoggedPoint {
  float value = 0;   ///< of a simple scalar
  std::string text;  ///< of a tensor of strings the first
};

/// Of each tag the newest point at each step.
using LoggedPoints = std::map<std::string, std::map<std::int64_t, LoggedPoint>, std::less<>>;

/// Steps that a log lacks.
struct MissingSteps {
  std::int64_t from = 0;
  std::int64_t to = 0;    ///< the last of them
  std::string afterFile;  ///< the event file that holds the step before; empty at the run's start
};

/// Which steps the event files of a run hold of one tag, and what of them cannot be read.
class LogCoverage {
 public:
  explicit LogCoverage(std::string tag) : m_tag(std::move(tag)) {}

  [[nodiscard]] const std::string& tag() const noexcept { return m_tag; }
  void add(std::int64_t step, const std::string& file);
  /// A START drops the points at and after its step.
  void cutFrom(std::int64_t step);
  void passOver(Message what) { m_passedOver.push_back(std::move(what)); }

  /// Of the steps from 0 to before `end`, those without a point.
  [[nodiscard]] std::vector<MissingSteps> missingBefore(std::int64_t end) const;
  /// A sentence for each file that is none, cannot be read as one, or is damaged.
  [[nodiscard]] const std::vector<Message>& passedOver() const noexcept { return m_passedOver; }

 private:
  struct Stretch {
    std::int64_t end = 0;  ///< one past its last step
    std::string lastFile;
  };
  std::string m_tag;
  std::map<std::int64_t, Stretch> m_stretches;  // by first step; apart from each other
  std::vector<Message> m_passedOver;
};

/// What the event files directly in `runFolder` hold of these tags: for a writer that goes on with
/// a run and must not write a point twice.
///
/// Reads the files once, in order of name, past damage; a START drops the points at and after its
/// step. What is not a regular file is passed over. Memory is bounded by the points of these tags
/// and the longest record. `coverage` gets the steps of its tag and what cannot be read. kIo when
/// the folder or a file cannot be read.
[[nodiscard]] Result<LoggedPoints> readLoggedPoints(const std::filesystem::path& runFolder,
                                                    std::span<const std::string_view> tags,
                                                    LogCoverage* coverage = nullptr);

}  // namespace eventio
