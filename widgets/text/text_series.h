// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "eventio/data/run_store.h"

namespace widgets {

/// The steps at which a run wrote texts of one tag. The texts themselves stay in the run and are
/// copied when they are shown.
class TextSeries {
 public:
  TextSeries(std::shared_ptr<const eventio::Run> run, std::string tag);

  /// Takes over what is new in the run; true when there was something. Cheap when there was not.
  bool poll();
  /// Of each text, in the order of the file: one step can have several texts.
  [[nodiscard]] const std::vector<std::int64_t>& steps() const { return m_steps; }
  /// The last step that is not above `step` (none given: the last of all); empty where all are
  /// above.
  [[nodiscard]] std::optional<std::int64_t> stepAt(std::optional<std::int64_t> step) const;
  /// The texts of a step, the newest `most` of them, oldest first.
  [[nodiscard]] std::vector<eventio::TextPoint> textsOf(std::int64_t step, std::size_t most) const;

 private:
  std::shared_ptr<const eventio::Run> m_run;
  std::string m_tag;
  std::vector<std::int64_t> m_steps;
  std::uint64_t m_version = 0;
  std::uint64_t m_tagsVersion = 0;
};

}  // namespace widgets
