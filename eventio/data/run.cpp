// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <utility>

#include "eventio/data/histogram_buckets.h"
#include "eventio/data/run_series.h"
#include "eventio/data/run_store.h"
#include "eventio/data/wall_time.h"
#include "eventio/records/record_reader.h"

namespace eventio {

namespace {

constexpr std::size_t kMaxPluginContent = 64U << 10;

template <class T>
void fillFrom(const std::vector<T>& points, TagInfo& info) {
  info.count = points.size();
  if (points.empty()) return;
  info.firstStep = points.front().step;
  info.lastStep = points.back().step;
  info.firstWallTime = points.front().wallTime;
  info.lastWallTime = points.back().wallTime;
}

template <class T>
std::vector<T> tail(const std::vector<T>& points, std::size_t first) {
  if (first >= points.size()) return {};
  return {points.begin() + static_cast<std::ptrdiff_t>(first), points.end()};
}

std::size_t histogramBytes(const Histogram& histogram) {
  return sizeof(Histogram) +
         (histogram.limits.capacity() + histogram.counts.capacity()) * sizeof(double);
}

void summarise(HistogramPoint& point) {
  percentiles(*point.value, kKeptPercents, point.percentiles);
  point.lowest = point.highest = std::numeric_limits<double>::quiet_NaN();
  eachFilledBucket(*point.value, [&point](const HistogramBucket& bucket) {
    if (std::isinf(bucket.left)) return;
    if (std::isnan(point.lowest)) point.lowest = bucket.left;
    point.highest = bucket.right;
  });
}

}  // namespace

TagInfo Run::Series::describe() const {
  TagInfo described = info;
  switch (info.kind) {
    case TagKind::kScalar: {
      described.count = scalars.size();
      if (described.count == 0) break;
      const ScalarPoint first = scalars.point(0);
      const ScalarPoint last = scalars.point(scalars.size() - 1);
      described.firstStep = first.step;
      described.lastStep = last.step;
      described.firstWallTime = first.wallTime;
      described.lastWallTime = last.wallTime;
      described.lastValue = last.value;
      break;
    }
    case TagKind::kHistogram:
      fillFrom(histograms, described);
      break;
    case TagKind::kText:
      fillFrom(texts, described);
      break;
    default:
      fillFrom(stored, described);
      break;
  }
  return described;
}

std::size_t Run::Series::memoryBytes() const {
  std::size_t bytes = sizeof(Series) - sizeof(ScalarSeries) + scalars.memoryBytes() +
                      info.tag.capacity() + histograms.capacity() * sizeof(HistogramPoint) +
                      texts.capacity() * sizeof(TextPoint) +
                      stored.capacity() * sizeof(StoredPoint) + pluginContent.capacity();
  for (std::size_t i = firstKept; i < histograms.size(); ++i) {
    bytes += histogramBytes(*histograms[i].value);
  }
  for (const auto& point : texts) {
    for (const auto& text : point.value) bytes += sizeof(std::string) + text.capacity();
  }
  return bytes;
}

Run::Run(std::string logDirectory, std::string name)
    : m_logDirectory(std::move(logDirectory)), m_name(std::move(name)) {}

Run::~Run() = default;

std::string Run::path() const {
  if (m_name == ".") return m_logDirectory;
  return (std::filesystem::path(m_logDirectory) / m_name).string();
}

// --- reading -----------------------------------------------------------------------------------

std::vector<TagInfo> Run::tags() const {
  const std::lock_guard lock(m_mutex);
  std::vector<TagInfo> infos;
  infos.reserve(m_series.size());
  for (const auto& series : m_series) infos.push_back(series->describe());
  return infos;
}

std::optional<TagInfo> Run::tag(std::string_view tag) const {
  const std::lock_guard lock(m_mutex);
  const Series* series = seriesOf(tag);
  if (series == nullptr) return std::nullopt;
  return series->describe();
}

ScalarView Run::scalars(std::string_view tag) const {
  const std::lock_guard lock(m_mutex);
  const Series* series = seriesOf(tag);
  if (series == nullptr || series->info.kind != TagKind::kScalar) return {};
  return series->scalars.view();
}

std::vector<HistogramPoint> Run::histograms(std::string_view tag, std::size_t first) const {
  const std::lock_guard lock(m_mutex);
  const Series* series = seriesOf(tag);
  if (series == nullptr) return {};
  return tail(series->histograms, first);
}

std::optional<HistogramPoint> Run::histogram(std::string_view tag, std::size_t index) const {
  const std::lock_guard lock(m_mutex);
  const Series* series = seriesOf(tag);
  if (series == nullptr || index >= series->histograms.size()) return std::nullopt;
  return series->histograms[index];
}

std::vector<TextPoint> Run::texts(std::string_view tag, std::size_t first) const {
  const std::lock_guard lock(m_mutex);
  const Series* series = seriesOf(tag);
  if (series == nullptr) return {};
  return tail(series->texts, first);
}

std::vector<StoredPoint> Run::stored(std::string_view tag, std::size_t first) const {
  const std::lock_guard lock(m_mutex);
  const Series* series = seriesOf(tag);
  if (series == nullptr) return {};
  return tail(series->stored, first);
}

std::string Run::storedFile(std::uint32_t file) const {
  const std::lock_guard lock(m_mutex);
  return file < m_files.size() ? m_files[file] : std::string();
}

std::string Run::pluginContent(std::string_view tag) const {
  const std::lock_guard lock(m_mutex);
  const Series* series = seriesOf(tag);
  return series == nullptr ? std::string() : series->pluginContent;
}

std::optional<Hparams> Run::hparams() const {
  const std::lock_guard lock(m_mutex);
  return m_hparams;
}

std::vector<Damage> Run::damage() const {
  const std::lock_guard lock(m_mutex);
  std::vector<Damage> reported = m_damage;
  if (m_furtherPlaces > 0) {
    reported.push_back(m_furtherDamage);
    reported.back().what = {
        "the first of %1 further damaged places, which are not listed one by one; the bytes are "
        "those of all",
        m_furtherPlaces};
  }
  return reported;
}

double Run::firstWallTime() const {
  const std::lock_guard lock(m_mutex);
  return m_firstWallTime;
}

std::size_t Run::memoryBytes() const {
  const std::lock_guard lock(m_mutex);
  std::size_t bytes = sizeof(Run) + m_keptHistograms.size() * sizeof(void*);
  for (const auto& series : m_series) bytes += series->memoryBytes();
  return bytes;
}

// --- writing -----------------------------------------------------------------------------------

const Run::Series* Run::seriesOf(std::string_view tag) const {
  const auto found = m_byTag.find(tag);
  return found == m_byTag.end() ? nullptr : found->second;
}

Run::Series* Run::seriesFor(std::string_view tag, TagKind kind) {
  if (const auto found = m_byTag.find(tag); found != m_byTag.end()) {
    return found->second->info.kind == kind ? found->second : nullptr;
  }
  auto series = std::make_unique<Series>();
  series->info.tag = std::string(tag);
  series->info.kind = kind;
  if (const auto waiting = m_metadata.find(series->info.tag); waiting != m_metadata.end()) {
    series->info.plugin = std::move(waiting->second.plugin);
    series->info.displayName = std::move(waiting->second.displayName);
    series->info.description = std::move(waiting->second.description);
    series->pluginContent = std::move(waiting->second.pluginContent);
    series->hasMetadata = true;
    m_metadata.erase(waiting);
  }
  Series* made = series.get();
  m_series.push_back(std::move(series));
  m_byTag.emplace(made->info.tag, made);
  m_tagsVersion.fetch_add(1, std::memory_order_acq_rel);
  return made;
}

void Run::noteWallTime(double wallTime) {
  if (!std::isfinite(wallTime) || wallTime <= 0) return;
  // Some writers count from 0; a single such time among dates is damage.
  const bool isDate = wallTime >= kFirstDate;
  const bool startIsDate = m_firstWallTime >= kFirstDate;
  if (startIsDate && !isDate) return;
  const bool isFirst = m_firstWallTime == 0 || isDate != startIsDate;
  if (isFirst || wallTime < m_firstWallTime) m_firstWallTime = wallTime;
}

void Run::changed() noexcept {
  m_version.fetch_add(1, std::memory_order_acq_rel);
}

void Run::setLive(bool live) {
  m_live.store(live, std::memory_order_release);
  changed();
}

void Run::appendScalar(std::string_view tag, std::int64_t step, double wallTime, double value) {
  const ScalarPoint point{step, wallTime, value};
  appendScalarPoints(tag, {&point, 1});
}

void Run::appendScalars(std::int64_t step, double wallTime, std::span<const NamedScalar> values) {
  const std::lock_guard lock(m_mutex);
  for (const NamedScalar& named : values) {
    if (Series* series = seriesFor(named.tag, TagKind::kScalar)) {
      goBack(*series, step);
      series->scalars.append(step, wallTime, named.value);
    }
  }
  noteWallTime(wallTime);
  changed();
}

void Run::appendScalarPoints(std::string_view tag, std::span<const ScalarPoint> points) {
  if (points.empty()) return;
  const std::lock_guard lock(m_mutex);
  Series* series = seriesFor(tag, TagKind::kScalar);
  if (series == nullptr) return;
  goBack(*series, points.front().step);
  series->scalars.append(points);
  for (const ScalarPoint& point : points) noteWallTime(point.wallTime);
  changed();
}

void Run::appendHistogram(std::string_view tag, HistogramPoint point) {
  if (point.value == nullptr) return;
  summarise(point);
  const std::lock_guard lock(m_mutex);
  Series* series = seriesFor(tag, TagKind::kHistogram);
  if (series == nullptr) return;
  noteWallTime(point.wallTime);
  goBack(*series, point.step);
  m_keptHistogramBytes += histogramBytes(*point.value);
  m_keptHistograms.push_back(series);
  const bool hasPlace = point.place.isKnown();
  series->histograms.push_back(std::move(point));
  if (hasPlace) series->firstUnplaced = series->histograms.size();
  dropOldHistograms();
  changed();
}

void Run::noteHistogramPlace(std::string_view tag, std::int64_t step, double wallTime,
                             const StoredPlace& place) {
  const std::lock_guard lock(m_mutex);
  const auto found = m_byTag.find(tag);
  if (found == m_byTag.end()) return;
  Series& series = *found->second;
  for (std::size_t i = series.firstUnplaced; i < series.histograms.size(); ++i) {
    HistogramPoint& point = series.histograms[i];
    if (point.step != step || point.wallTime != wallTime) continue;
    point.place = place;
    series.firstUnplaced = i + 1;  // the record of one between was lost
    break;
  }
  dropOldHistograms();
}

/// Drops the oldest histograms from memory until the rest is within bounds; the newest stays.
void Run::dropOldHistograms() {
  while (m_keptHistogramBytes > kKeptHistogramBytes && m_keptHistograms.size() > 1) {
    Series& series = *m_keptHistograms.front();
    HistogramPoint& oldest = series.histograms[series.firstKept];
    if (!oldest.place.isKnown() && m_keptHistogramBytes <= kUnwrittenHistogramBytes) return;
    m_keptHistogramBytes -= histogramBytes(*oldest.value);
    oldest.value.reset();
    ++series.firstKept;
    m_keptHistograms.pop_front();
  }
}

/// After points were removed: those in memory are still the last ones of each tag.
void Run::recountHistograms() {
  std::vector<std::pair<std::int64_t, Series*>> kept;
  m_keptHistogramBytes = 0;
  for (const auto& series : m_series) {
    auto& points = series->histograms;
    series->firstKept = points.size();
    while (series->firstKept > 0 && points[series->firstKept - 1].value) {
      const HistogramPoint& point = points[--series->firstKept];
      kept.emplace_back(point.step, series.get());
      m_keptHistogramBytes += histogramBytes(*point.value);
    }
    series->firstUnplaced = points.size();
    while (series->firstUnplaced > 0 && !points[series->firstUnplaced - 1].place.isKnown()) {
      --series->firstUnplaced;
    }
  }
  std::sort(kept.begin(), kept.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  m_keptHistograms.clear();
  for (const auto& [step, series] : kept) m_keptHistograms.push_back(series);
}

void Run::appendText(std::string_view tag, TextPoint point) {
  const std::lock_guard lock(m_mutex);
  Series* series = seriesFor(tag, TagKind::kText);
  if (series == nullptr) return;
  noteWallTime(point.wallTime);
  goBack(*series, point.step);
  series->texts.push_back(std::move(point));
  changed();
}

void Run::appendStored(std::string_view tag, TagKind kind, const StoredPoint& point) {
  const std::lock_guard lock(m_mutex);
  Series* series = seriesFor(tag, kind);
  if (series == nullptr) return;
  noteWallTime(point.wallTime);
  goBack(*series, point.step);
  series->stored.push_back(point);
  changed();
}

std::uint32_t Run::noteFile(const std::string& path) {
  const std::lock_guard lock(m_mutex);
  const auto found = std::find(m_files.begin(), m_files.end(), path);
  if (found == m_files.end()) {
    m_files.push_back(path);
    return static_cast<std::uint32_t>(m_files.size() - 1);
  }
  return static_cast<std::uint32_t>(found - m_files.begin());
}

void Run::setHparams(Hparams hparams) {
  const std::lock_guard lock(m_mutex);
  m_hparams = std::move(hparams);
  changed();
}

void Run::setMetadata(std::string_view tag, std::string_view plugin, std::string_view displayName,
                      std::string_view description, std::string_view pluginContent) {
  if (pluginContent.size() > kMaxPluginContent) pluginContent = {};
  const std::lock_guard lock(m_mutex);
  const auto found = m_byTag.find(tag);
  if (found == m_byTag.end()) {
    m_metadata.try_emplace(std::string(tag),
                           Metadata{std::string(plugin), std::string(displayName),
                                    std::string(description), std::string(pluginContent)});
    return;
  }
  Series& series = *found->second;
  if (series.hasMetadata) return;
  series.info.plugin = plugin;
  series.info.displayName = displayName;
  series.info.description = description;
  series.pluginContent = pluginContent;
  series.hasMetadata = true;
  m_tagsVersion.fetch_add(1, std::memory_order_acq_rel);
  changed();
}

void Run::addDamage(Damage damage) {
  const std::lock_guard lock(m_mutex);
  const bool goesOn = !m_damage.empty() && m_damage.back().file == damage.file &&
                      m_damage.back().offset + m_damage.back().bytes == damage.offset &&
                      std::string_view(damage.what.text()) == kNoRecord.get();
  if (goesOn) {
    m_damage.back().bytes += damage.bytes;
  } else if (m_damage.size() < kMaxDamagePlaces) {
    m_damage.push_back(std::move(damage));
  } else {
    m_furtherDamage.bytes += damage.bytes;
    if (m_furtherPlaces++ == 0) m_furtherDamage = std::move(damage);
  }
  changed();
}

void Run::renameFile(const std::string& from, const std::string& to) {
  const std::lock_guard lock(m_mutex);
  std::replace(m_files.begin(), m_files.end(), from, to);
}

}  // namespace eventio
