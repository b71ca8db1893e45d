// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "eventio/data/run_data.h"
#include "eventio/data/scalar_series.h"
#include "eventio/data/values.h"

namespace eventio {

/// When a value was written.
struct Stamp {
  std::int64_t step = 0;
  double wallTime = 0;
};

// What is reported of values whose own bytes are not text. `file`: where the bytes were written to,
// empty where they were not.

struct ImageRow {
  int width = 0;
  int height = 0;
  std::string format;  ///< "png", "jpeg", "gif" or empty
  std::uint64_t bytes = 0;
  std::string file;
};

struct AudioRow {
  double sampleRate = 0;
  std::int64_t channels = 0;
  std::int64_t frames = 0;
  std::string contentType;
  std::string label;
  std::uint64_t bytes = 0;
  std::string file;
};

struct MeshRow {
  std::string mesh;  ///< its name
  MeshPart part = MeshPart::kUnknown;
  std::int64_t batch = 0;
  std::int64_t count = 0;  ///< of vertices, faces or colours of each mesh
};

struct OtherRow {
  std::string plugin;
  std::uint64_t bytes = 0;
};

struct EmbeddingRow {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  std::vector<std::string> files;  ///< tensors, metadata, sprite
};

/// What a run's hyper-parameter records each hold.
enum class HparamRecord { kExperiment, kSessionStart, kSessionEnd, kUnknown };
[[nodiscard]] HparamRecord hparamRecord(const std::string& tag) noexcept;

/// Points as lines of text, one line a point.
///
/// Numbers get the fewest digits that bring back the same number; a scalar that is a float those
/// that bring back the same float. Every call appends to `out`; begin() comes before the points
/// of a tag.
class ExportFormat {
 public:
  virtual ~ExportFormat() = default;
  /// What stands before all points.
  virtual void header(std::string& out) const = 0;
  /// `kind`: the word for it.
  virtual void begin(const std::string& run, const std::string& tag, const std::string& kind) = 0;
  virtual void scalar(std::string& out, const ScalarPoint& point) const = 0;
  virtual void histogram(std::string& out, const HistogramPoint& point) const = 0;
  virtual void text(std::string& out, const TextPoint& point) const = 0;
  virtual void hparams(std::string& out, const Stamp& stamp, HparamRecord record,
                       const Hparams& hparams) const = 0;
  virtual void images(std::string& out, const Stamp& stamp,
                      const std::vector<ImageRow>& images) const = 0;
  virtual void audio(std::string& out, const Stamp& stamp,
                     const std::vector<AudioRow>& clips) const = 0;
  virtual void prCurve(std::string& out, const Stamp& stamp, const PrCurve& curve) const = 0;
  virtual void mesh(std::string& out, const Stamp& stamp, const MeshRow& mesh) const = 0;
  virtual void layout(std::string& out, const Stamp& stamp, const ScalarLayout& layout) const = 0;
  virtual void graph(std::string& out, const Stamp& stamp, const Graph& graph, std::uint64_t bytes,
                     const std::string& file) const = 0;
  virtual void other(std::string& out, const Stamp& stamp, const OtherRow& other) const = 0;
  virtual void embedding(std::string& out, const Stamp& stamp,
                         const EmbeddingRow& embedding) const = 0;
  /// A value that could not be read.
  virtual void failure(std::string& out, const Stamp& stamp, const std::string& why) const = 0;
};

/// The kind of an embedding, which is no tag's.
inline constexpr const char* kEmbeddingKind = "embedding";

/// One JSON object a line: run, tag, kind, step, wall_time, and what the kind has. NaN and
/// infinities are the strings "NaN", "Infinity", "-Infinity"; bytes that are not UTF-8 become
/// U+FFFD.
[[nodiscard]] std::unique_ptr<ExportFormat> makeJsonLines();

/// Comma-separated values (RFC 4180 but for line ends, which are "\n") with a header line. `kind`:
/// the word for the only kind that is written, whose columns alone then appear; empty: all kinds.
[[nodiscard]] std::unique_ptr<ExportFormat> makeCsv(const std::string& kind);

}  // namespace eventio
