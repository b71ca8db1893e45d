// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

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

using HistogramPoint = Point<std::shared_ptr<const Histogram>>;
/// One or more strings (rank 0 text has one); bytes as written, not always UTF-8.
using TextPoint = Point<std::vector<std::string>>;

/// A value that stays in its file: when it was written and where it stands (stored_values.h reads
/// it).
struct StoredPoint {
  static constexpr std::uint32_t kGraphDef = 0xffffffff;

  std::int64_t step = 0;
  double wallTime = 0;
  std::uint64_t offset = 0;  ///< of its record
  std::uint32_t file = 0;    ///< Run::storedFile()
  std::uint32_t value = 0;   ///< which value of the record's summary, or kGraphDef: the event's own
};

using HparamValue = std::variant<double, bool, std::string>;

/// The hyper-parameters of a run, as far as its session-start record tells.
struct Hparams {
  std::map<std::string, HparamValue> values;
  std::vector<std::string> metricTags;  ///< tags that the experiment record names as metrics
};

/// A place in an event file that could not be read and was passed over.
struct Damage {
  std::string file;          ///< path as opened
  std::uint64_t offset = 0;  ///< first byte passed over
  std::uint64_t bytes = 0;   ///< how many bytes were passed over
  std::string what;          ///< the reason, for the user
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
