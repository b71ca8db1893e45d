// SPDX-License-Identifier: GPL-3.0-or-later
// What a restart removes from a run.
#include <algorithm>
#include <utility>

#include "eventio/data/run_series.h"
#include "eventio/data/run_store.h"

namespace eventio {

namespace {

constexpr std::size_t kTagsInNotice = 5;

template <class T>
std::size_t purgePoints(std::vector<T>& points, std::int64_t step, std::optional<double> before) {
  return std::erase_if(points, [&](const T& point) {
    return point.step >= step && (!before || point.wallTime < *before);
  });
}

/// False for what may be written at step 0 whenever a run begins, and for notes.
bool countsSteps(TagKind kind) {
  return kind != TagKind::kText && kind != TagKind::kHparams && kind != TagKind::kLayout &&
         kind != TagKind::kGraph && kind != TagKind::kOther;
}

}  // namespace

std::size_t Run::Series::purgeFrom(std::int64_t step, std::optional<double> before) {
  return scalars.purgeFrom(step, before) + purgePoints(histograms, step, before) +
         purgePoints(texts, step, before) + purgePoints(stored, step, before);
}

void Run::purgeFrom(std::int64_t step) {
  purgeFrom({.file = {}, .step = step, .isOwnTag = {}, .tagsRestart = true});
}

void Run::purgeTag(std::string_view tag, std::int64_t step) {
  const std::lock_guard lock(m_mutex);
  const auto series = m_byTag.find(tag);
  if (series == m_byTag.end()) return;
  const std::size_t removed = series->second->purgeFrom(step);
  noteRemoved(*series->second, removed, step);
  if (removed > 0) recountHistograms();
}

void Run::purgeFrom(const Restart& restart) {
  const std::lock_guard lock(m_mutex);
  ++m_restarts;
  m_removed = std::make_unique<Removed>();
  m_removed->restart = restart;
  m_removed->restart.isOwnTag = {};
  std::size_t all = 0;
  for (const auto& series : m_series) {
    const bool isOwn = !restart.isOwnTag || restart.isOwnTag(series->info.tag);
    const auto before = isOwn ? std::nullopt : std::optional(restart.wallTime);
    if (isOwn && restart.tagsRestart) series->restarts = countsSteps(series->info.kind);
    const std::size_t removed = series->purgeFrom(restart.step, before);
    noteRemoved(*series, removed, restart.step);
    all += removed;
  }
  if (all == 0) return;
  recountHistograms();
  const auto isEmpty = [](const auto& series) { return series->describe().count == 0; };
  if (std::all_of(m_series.begin(), m_series.end(), isEmpty)) m_firstWallTime = 0;
}

/// Before a point of that step is appended.
void Run::goBack(Series& series, std::int64_t step) {
  if (!series.restarts) return;
  series.restarts = false;
  const std::size_t removed = series.purgeFrom(step);
  noteRemoved(series, removed, step);
  if (removed > 0) recountHistograms();
}

void Run::noteRemoved(Series& series, std::uint64_t points, std::int64_t firstStep) {
  if (points == 0) return;
  m_tagsVersion.fetch_add(1, std::memory_order_acq_rel);
  changed();
  if (!m_removed || m_removed->restart.file.empty()) return;
  m_removed->points += points;
  const bool isKnown = std::exchange(series.lastRestart, m_restarts) == m_restarts;
  if (!isKnown) ++m_removed->tags;
  auto& first = m_removed->first;
  const auto named = std::find_if(first.begin(), first.end(), [&](const Removed::Tag& tag) {
    return tag.name == series.info.tag;
  });
  if (named != first.end()) {
    named->points += points;
    named->firstStep = std::min(named->firstStep, firstStep);
  } else if (!isKnown && first.size() < kTagsInNotice) {
    first.push_back({series.info.tag, points, firstStep});
  }
  if (!m_removed->place && m_damage.size() < kMaxDamagePlaces) {
    m_removed->place = m_damage.size();
    m_damage.push_back({m_removed->restart.file, m_removed->restart.offset, 0, {}, true});
  }
  if (m_removed->place) m_damage[*m_removed->place].what = sayRemoved();
}

Message Run::removedTags() const {
  const Removed& removed = *m_removed;
  Message tags;
  for (const Removed::Tag& tag : removed.first) {
    Message one("'%1' (%2 from step %3)", tag.name, tag.points, tag.firstStep);
    tags = tags.empty() ? std::move(one) : Message("%1, %2", tags, std::move(one));
  }
  const std::uint64_t others = removed.tags - removed.first.size();
  if (others == 0) return tags;
  return others == 1 ? Message("%1 and %2 other tag", tags, others)
                     : Message("%1 and %2 other tags", tags, others);
}

Message Run::sayRemoved() const {
  const std::int64_t step = m_removed->restart.step;
  const std::uint64_t points = m_removed->points;
  if (points == 1) {
    return {
        "the run was started again from step %1: %2 point written before that were dropped, of "
        "%3",
        step, points, removedTags()};
  }
  return {
      "the run was started again from step %1: %2 points written before that were dropped, of "
      "%3",
      step, points, removedTags()};
}

}  // namespace eventio
