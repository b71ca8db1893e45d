// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "eventio/base/message.h"

namespace eventio {

/// What a tag holds. A tag keeps the kind of its first value.
enum class TagKind {
  kScalar,
  kHistogram,
  kText,
  kHparams,
  kImage,
  kAudio,
  kPrCurve,
  kMesh,
  kLayout,  ///< of custom scalars
  kGraph,
  kOther,  ///< of a plugin that is not known here
};

/// "scalar", "histogram", "text", "hparam", "image", "audio", "pr_curve", "mesh", "layout",
/// "graph", "other": the words of the command line.
[[nodiscard]] const char* toString(TagKind kind) noexcept;

/// A histogram with the meaning of TensorBoard's HistogramProto.
///
/// `limits[i]` is the right edge of bucket i, `counts[i]` what fell into it; a bucket's left edge
/// is the limit before it. The first bucket of a trimmed histogram is empty, so that its limit is
/// the left edge of the first filled one; where the first bucket is filled, its left edge is `min`.
/// min, max, num, sum and sumSquares are over all finite values.
struct Histogram {
  double min = 0;
  double max = 0;
  double num = 0;
  double sum = 0;
  double sumSquares = 0;
  std::vector<double> limits;
  std::vector<double> counts;
};

/// One value of a tag other than scalar. `wallTime` is in seconds since 1970.
template <class T>
struct Point {
  std::int64_t step = 0;
  double wallTime = 0;
  T value{};
};

/// The record of an event file that holds a value.
struct StoredPlace {
  static constexpr std::uint32_t kNoFile = 0xffffffff;

  std::uint64_t offset = 0;      ///< of the record
  std::uint32_t file = kNoFile;  ///< Run::storedFile(); kNoFile: not known to be in a file
  std::uint32_t value = 0;       ///< which value of the record's summary

  [[nodiscard]] bool isKnown() const noexcept { return file != kNoFile; }
};

/// Per cent of a histogram's counts whose values a run keeps in memory for every step; of a normal
/// distribution they are half standard deviations apart.
inline constexpr std::array<double, 9> kKeptPercents{0,     6.68,  15.87, 30.85, 50,
                                                     69.15, 84.13, 93.32, 100};

/// One histogram of a tag.
struct HistogramPoint {
  std::int64_t step = 0;
  double wallTime = 0;  ///< seconds since 1970
  /// Null where it is no longer in memory: readHistogram() (stored_values.h) reads it.
  std::shared_ptr<const Histogram> value{};
  StoredPlace place{};
  /// The values at kKeptPercents (histogram_buckets.h), filled in by Run: infinite where so many
  /// counts lie in buckets without an end, NaN for a histogram without counts.
  std::array<double, kKeptPercents.size()> percentiles{};
  /// Of the finite values, filled in by Run; NaN where there is none.
  double lowest = 0;
  double highest = 0;
};

/// One or more strings (rank 0 text has one); bytes as written, not always UTF-8.
using TextPoint = Point<std::vector<std::string>>;

/// A value that stays in its file: when it was written and where it stands (stored_values.h reads
/// it).
struct StoredPoint {
  // What the event itself holds instead of a summary.
  static constexpr std::uint32_t kGraphDef = 0xffffffff;
  static constexpr std::uint32_t kMetaGraphDef = 0xfffffffe;
  static constexpr std::uint32_t kRunMetadata = 0xfffffffd;

  std::int64_t step = 0;
  double wallTime = 0;
  std::uint64_t offset = 0;  ///< of its record
  std::uint32_t file = 0;    ///< Run::storedFile()
  std::uint32_t value = 0;   ///< which value of the record's summary, or one of the above
};

using HparamValue = std::variant<double, bool, std::string>;

/// What an experiment says of one hyper-parameter: its name, and which values it may have.
struct HparamInfo {
  enum class Type { kUnset, kString, kBool, kNumber };

  std::string name;
  std::string displayName;
  std::string description;
  Type type = Type::kUnset;
  std::vector<HparamValue> choices;                   ///< the values tried, where they are listed
  std::optional<std::pair<double, double>> interval;  ///< or the least and the greatest
};

/// A scalar by which the experiment judges its sessions.
struct HparamMetric {
  std::string tag;  ///< "group/tag", or the tag alone where it has no group
  std::string displayName;
  std::string description;
};

/// How a session of hyper-parameters ended. The numbers are the format's.
enum class SessionStatus {
  kUnknown = 0,
  kSuccess = 1,
  kFailure = 2,
  kRunning = 3,  ///< it has not ended; a writer that closes so writes no end
};

/// "unknown", "success", "failure", "running".
[[nodiscard]] const char* toString(SessionStatus status) noexcept;

/// What the records of plugin hparams say of a run: the session (one training with one set of
/// hyper-parameters) and the experiment that it belongs to. Times are in seconds since 1970, 0
/// where no record holds them.
struct Hparams {
  std::map<std::string, HparamValue> values;
  std::vector<HparamMetric> metrics{};
  std::vector<HparamInfo> infos{};
  std::string experiment{};  ///< its name
  std::string description{};
  std::string user{};
  std::string groupName{};  ///< sessions of one group repeat the same values
  SessionStatus status = SessionStatus::kUnknown;
  double startTime = 0;
  double endTime = 0;
};

/// A place in an event file that could not be read and was passed over, or a notice about one.
struct Damage {
  std::string file;          ///< path as opened
  std::uint64_t offset = 0;  ///< first byte passed over
  std::uint64_t bytes = 0;   ///< how many bytes were passed over
  Message what;              ///< the reason, for the user
  /// No bytes are damaged: what a restart dropped, or a wall time that cannot be.
  bool isNotice = false;
};

/// A session log START in an event file: the run goes back to `step`.
struct Restart {
  std::string file;          ///< that announces it
  std::uint64_t offset = 0;  ///< of its record
  std::int64_t step = 0;
  double wallTime = 0;
  /// Whether the writer that announces it wrote all points of a tag: then they go whatever their
  /// wall time is, else only those that are older than the announcement.
  std::function<bool(std::string_view tag)> isOwnTag;
  /// The first point that an own tag gets afterwards also drops what is at and after its step.
  bool tagsRestart = false;
};

/// What is known of a tag without its points.
struct TagInfo {
  std::string tag;
  TagKind kind = TagKind::kOther;
  std::string plugin;  ///< plugin name as written, may be empty
  std::string displayName;
  std::string description;
  std::uint64_t count = 0;  ///< points known
  std::int64_t firstStep = 0;
  std::int64_t lastStep = 0;
  double firstWallTime = 0;
  double lastWallTime = 0;
  double lastValue = 0;  ///< of a scalar
};

}  // namespace eventio
