// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "eventio/data/run_data.h"
#include "eventio/data/scalar_series.h"

namespace eventio {

/// One run, live or loaded: its tags with all their points.
///
/// Thread-safe. Appending takes the run's lock for the append alone; reading takes it for as long
/// as a pointer copy lasts. Every change makes version() grow.
class Run {
 public:
  /// Bytes of histograms kept in memory, the newest.
  static constexpr std::size_t kKeptHistogramBytes = 32U << 20;
  /// Histograms that are in no file yet are kept up to this many bytes: twice what a writer's queue
  /// holds. Beyond it the oldest go; they can be read once their place is noted, and never where
  /// their record was lost.
  static constexpr std::size_t kUnwrittenHistogramBytes = 128U << 20;

  /// `logDirectory`: the folder under which it was found, `name`: its path below that, "." for
  /// itself.
  Run(std::string logDirectory, std::string name);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  [[nodiscard]] const std::string& logDirectory() const noexcept { return m_logDirectory; }
  [[nodiscard]] const std::string& name() const noexcept { return m_name; }
  /// logDirectory / name.
  [[nodiscard]] std::string path() const;

  [[nodiscard]] std::uint64_t version() const noexcept {
    return m_version.load(std::memory_order_acquire);
  }

  // --- reading -------------------------------------------------------------------------------
  /// All tags in the order in which they first appeared.
  [[nodiscard]] std::vector<TagInfo> tags() const;
  [[nodiscard]] std::optional<TagInfo> tag(std::string_view tag) const;
  /// Grows by one when a tag appears or the points of one are purged; points alone leave it.
  [[nodiscard]] std::uint64_t tagsVersion() const noexcept {
    return m_tagsVersion.load(std::memory_order_acquire);
  }
  /// Empty when there is no such tag or it is of another kind.
  [[nodiscard]] ScalarView scalars(std::string_view tag) const;
  /// Points from index `first` on (0: all). The newest ones hold their values, up to
  /// kKeptHistogramBytes of all tags together; the older ones stay in their files.
  [[nodiscard]] std::vector<HistogramPoint> histograms(std::string_view tag,
                                                       std::size_t first = 0) const;
  /// The point of that index; empty when there is none.
  [[nodiscard]] std::optional<HistogramPoint> histogram(std::string_view tag,
                                                        std::size_t index) const;
  [[nodiscard]] std::vector<TextPoint> texts(std::string_view tag, std::size_t first = 0) const;
  /// Of a tag whose values stay in their files: every kind but scalar, histogram and text.
  [[nodiscard]] std::vector<StoredPoint> stored(std::string_view tag, std::size_t first = 0) const;
  /// Path of the file that StoredPoint::file means.
  [[nodiscard]] std::string storedFile(std::uint32_t file) const;
  /// What the plugin wrote beside its first value, empty where it is longer than 64 KB.
  [[nodiscard]] std::string pluginContent(std::string_view tag) const;
  [[nodiscard]] std::optional<Hparams> hparams() const;
  /// The first 1000 places one by one, so that memory stays bounded; one more entry sums up the
  /// rest.
  [[nodiscard]] std::vector<Damage> damage() const;
  /// The earliest wall time of any event that can be one, 0 when there is none.
  [[nodiscard]] double firstWallTime() const;
  /// True while a recorder of this process writes into it.
  [[nodiscard]] bool isLive() const noexcept { return m_live.load(std::memory_order_acquire); }
  [[nodiscard]] std::size_t memoryBytes() const;

  // --- writing -------------------------------------------------------------------------------
  // A value whose kind is not that of its tag is passed over.
  void setLive(bool live);
  void appendScalar(std::string_view tag, std::int64_t step, double wallTime, double value);

  struct NamedScalar {
    std::string_view tag;
    double value = 0;
  };
  /// Several tags of one step under one lock: a reader sees all of them or none.
  void appendScalars(std::int64_t step, double wallTime, std::span<const NamedScalar> values);

  /// One tag, many points, one lock.
  void appendScalarPoints(std::string_view tag, std::span<const ScalarPoint> points);
  /// `point.value` is there; `point.place` is set where it is known already.
  void appendHistogram(std::string_view tag, HistogramPoint point);
  /// Where the oldest histogram of this tag, step and wall time that had no place stands in its
  /// file, so that it need not stay in memory. Passed over where there is none (it was purged).
  /// Places of a tag come in the order in which its points were appended.
  void noteHistogramPlace(std::string_view tag, std::int64_t step, double wallTime,
                          const StoredPlace& place);
  void appendText(std::string_view tag, TextPoint point);
  /// A value that stays in its file; `file` is what noteFile() gave.
  void appendStored(std::string_view tag, TagKind kind, const StoredPoint& point);
  /// The number of a file for StoredPoint::file; the same for the same path.
  [[nodiscard]] std::uint32_t noteFile(const std::string& path);
  void setHparams(Hparams hparams);
  /// The first metadata of a tag holds; later calls for it do nothing.
  void setMetadata(std::string_view tag, std::string_view plugin, std::string_view displayName,
                   std::string_view description, std::string_view pluginContent = {});
  void addDamage(Damage damage);
  /// The run goes back to `step`: removes the points at and after it of every tag, and, when a tag
  /// gets its next point, those at and after that point's step (a tag that counts epochs). The
  /// second holds for the kinds that count steps: not for texts, hyper-parameters, layouts, graphs
  /// and other plugins.
  void purgeFrom(std::int64_t step);
  /// Removes the points of one tag at and after `step`.
  void purgeTag(std::string_view tag, std::int64_t step);
  /// The same as an event file announces it; damage() gets a notice of what it removed.
  void purgeFrom(const Restart& restart);
  /// The file of stored values has another name now.
  void renameFile(const std::string& from, const std::string& to);

 private:
  struct Series;
  struct Metadata {
    std::string plugin;
    std::string displayName;
    std::string description;
    std::string pluginContent;
  };
  /// What the last restart removed, for its notice.
  struct Removed {
    struct Tag {
      std::string name;
      std::uint64_t points = 0;
      std::int64_t firstStep = 0;
    };
    Restart restart;
    std::uint64_t points = 0;
    std::uint64_t tags = 0;
    std::vector<Tag> first;            // the first few tags
    std::optional<std::size_t> place;  // in m_damage
  };

  [[nodiscard]] const Series* seriesOf(std::string_view tag) const;
  Series* seriesFor(std::string_view tag, TagKind kind);  // null when the tag is of another kind
  void goBack(Series& series, std::int64_t step);
  void noteRemoved(Series& series, std::uint64_t points, std::int64_t firstStep);
  [[nodiscard]] Message sayRemoved() const;
  [[nodiscard]] Message removedTags() const;
  void noteWallTime(double wallTime);
  void dropOldHistograms();
  void recountHistograms();
  void changed() noexcept;

  const std::string m_logDirectory;
  const std::string m_name;
  std::atomic<std::uint64_t> m_version{1};
  std::atomic<std::uint64_t> m_tagsVersion{1};
  std::atomic<bool> m_live{false};

  mutable std::mutex m_mutex;
  std::vector<std::unique_ptr<Series>> m_series;            // order of appearance
  std::unordered_map<std::string_view, Series*> m_byTag;    // keys point into m_series
  std::map<std::string, Metadata, std::less<>> m_metadata;  // of tags that have no value yet
  // One entry for each histogram in memory, the oldest first: the series whose oldest one it is.
  std::deque<Series*> m_keptHistograms;
  std::size_t m_keptHistogramBytes = 0;
  std::optional<Hparams> m_hparams;
  std::vector<Damage> m_damage;
  std::uint64_t m_restarts = 0;
  std::unique_ptr<Removed> m_removed;
  std::vector<std::string> m_files;  // of the values that stay in them
  Damage m_furtherDamage;
  std::uint64_t m_furtherPlaces = 0;
  double m_firstWallTime = 0;
};

/// All runs that the program knows, live and loaded: the one door through which the window, the
/// command line and the tests see a run. Thread-safe. Runs are never removed while someone holds
/// them.
class RunStore {
 public:
  RunStore() = default;
  RunStore(const RunStore&) = delete;
  RunStore& operator=(const RunStore&) = delete;

  /// The run of that name under that log directory, made when it is not there yet.
  /// `logDirectory` is compared as given: callers pass absolute, lexically normal paths.
  std::shared_ptr<Run> openRun(const std::string& logDirectory, const std::string& name);
  [[nodiscard]] std::shared_ptr<Run> find(const std::string& logDirectory,
                                          const std::string& name) const;
  /// The run whose folder this is (Run::path()), under whichever log directory it was found first;
  /// null where there is none.
  [[nodiscard]] std::shared_ptr<Run> findAt(const std::string& path) const;
  /// In the order in which they were opened.
  [[nodiscard]] std::vector<std::shared_ptr<Run>> runs() const;
  /// Forgets every run of a log directory (it was closed); live runs stay.
  void removeRuns(const std::string& logDirectory);

  /// Grows only when a run is opened or removed.
  [[nodiscard]] std::uint64_t runsVersion() const noexcept {
    return m_runsVersion.load(std::memory_order_acquire);
  }

  /// Files that a writer of this process fills: a LogDirectory passes them over, since their points
  /// reach the store directly. Absolute paths.
  void addOwnFile(const std::string& path);
  [[nodiscard]] bool isOwnFile(const std::string& path) const;

 private:
  [[nodiscard]] std::shared_ptr<Run> findLocked(const std::string& logDirectory,
                                                const std::string& name) const;

  std::atomic<std::uint64_t> m_runsVersion{1};
  mutable std::mutex m_mutex;
  std::vector<std::shared_ptr<Run>> m_runs;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<Run>> m_byKey;
  std::set<std::string, std::less<>> m_ownFiles;
};

}  // namespace eventio
