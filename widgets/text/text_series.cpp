// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/text_series.h"

#include <algorithm>
#include <utility>

namespace widgets {

TextSeries::TextSeries(std::shared_ptr<const eventio::Run> run, std::string tag)
    : m_run(std::move(run)), m_tag(std::move(tag)) {}

bool TextSeries::poll() {
  const std::uint64_t version = m_run->version();
  if (version == m_version) return false;
  m_version = version;
  // Where a restart removed texts the tags' version grows: only without that all stay in place.
  const std::uint64_t tagsVersion = m_run->tagsVersion();
  std::vector<std::int64_t> before;
  const bool isReadAnew = std::exchange(m_tagsVersion, tagsVersion) != tagsVersion;
  if (isReadAnew) before.swap(m_steps);
  const auto added = m_run->texts(m_tag, m_steps.size());
  for (const eventio::TextPoint& point : added) m_steps.push_back(point.step);
  return isReadAnew ? m_steps != before : !added.empty();
}

std::optional<std::int64_t> TextSeries::stepAt(std::optional<std::int64_t> step) const {
  std::optional<std::int64_t> found;
  for (const std::int64_t each : m_steps) {
    if (step && each > *step) continue;
    if (!found || each > *found) found = each;
  }
  return found;
}

std::vector<eventio::TextPoint> TextSeries::textsOf(std::int64_t step, std::size_t most) const {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < m_steps.size(); ++i) {
    if (m_steps[i] == step) places.push_back(i);
  }
  if (places.size() > most) {
    places.erase(places.begin(), places.end() - static_cast<std::ptrdiff_t>(most));
  }
  std::vector<eventio::TextPoint> texts;
  if (places.empty()) return texts;
  const std::size_t first = places.front();
  auto tail = m_run->texts(m_tag, first);
  for (const std::size_t place : places) {
    // The run may have lost some since poll().
    if (place - first < tail.size()) texts.push_back(std::move(tail[place - first]));
  }
  return texts;
}

}  // namespace widgets
