// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "eventio/run_data.h"
#include "eventio/scalar_series.h"

namespace eventio {

/// Points as lines of text, one line a point.
///
/// Numbers get the fewest digits that bring back the same number; a scalar that is a float those
/// that bring back the same float. Every call appends to `out`; beginTag() comes before the points
/// of a tag.
class ExportFormat {
 public:
  virtual ~ExportFormat() = default;
  /// What stands before all points.
  virtual void header(std::string& out) const = 0;
  virtual void beginTag(const std::string& run, const TagInfo& tag) = 0;
  virtual void scalar(std::string& out, const ScalarPoint& point) const = 0;
  virtual void histogram(std::string& out, const HistogramPoint& point) const = 0;
  virtual void text(std::string& out, const TextPoint& point) const = 0;
  virtual void stamp(std::string& out, const StoredPoint& point) const = 0;
  virtual void hparams(std::string& out, const StoredPoint& point,
                       const Hparams& hparams) const = 0;
};

/// One JSON object a line: run, tag, kind, step, wall_time, and what the kind has. NaN and
/// infinities are the strings "NaN", "Infinity", "-Infinity"; bytes that are not UTF-8 become
/// U+FFFD.
[[nodiscard]] std::unique_ptr<ExportFormat> makeJsonLines();

/// Comma-separated values (RFC 4180 but for line ends, which are "\n") with a header line. `kind`:
/// the only kind that is written, whose columns alone then appear.
[[nodiscard]] std::unique_ptr<ExportFormat> makeCsv(std::optional<TagKind> kind);

}  // namespace eventio
