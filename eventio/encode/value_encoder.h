// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "eventio/base/result.h"
#include "eventio/data/run_data.h"
#include "eventio/data/tensor_array.h"
#include "eventio/data/values.h"

/// Records of the kinds that are written rarely, framed and ready to be written; event_encoder.h
/// has the others. Each call checks its value (kInvalidArgument, with nothing appended) and appends
/// one record. Tags, display names and descriptions are UTF-8. A record of more than
/// kMaxRecordBytes is refused.
namespace eventio {

/// What stands beside every value.
struct ValueHead {
  double wallTime = 0;
  std::int64_t step = 0;
  std::string_view tag{};
  std::string_view displayName{};
  std::string_view description{};
};

/// As encodeScalar(), with display name and description.
[[nodiscard]] Result<void> encodeScalarValue(std::string& out, const ValueHead& head, float value);
/// A scalar of double precision: plugin scalars, a tensor of one double.
[[nodiscard]] Result<void> encodeDoubleValue(std::string& out, const ValueHead& head, double value);
[[nodiscard]] Result<void> encodeHistogramValue(std::string& out, const ValueHead& head,
                                                const Histogram& histogram);
/// The tag is written as it is. `plugin`: whose text it is.
[[nodiscard]] Result<void> encodeTextValue(std::string& out, const ValueHead& head,
                                           std::string_view text, std::string_view plugin = "text");
[[nodiscard]] Result<void> encodeImageValue(std::string& out, const ValueHead& head,
                                            const EncodedImage& image, int channels);
[[nodiscard]] Result<void> encodeAudioValue(std::string& out, const ValueHead& head,
                                            const EncodedAudio& audio);
[[nodiscard]] Result<void> encodePrCurveValue(std::string& out, const ValueHead& head,
                                              const PrCurve& curve);
/// Two or three values: vertices, faces, colours.
[[nodiscard]] Result<void> encodeMeshValues(std::string& out, const ValueHead& head,
                                            const Mesh& mesh);
[[nodiscard]] Result<void> encodeTensorValue(std::string& out, const ValueHead& head,
                                             const TensorArray& tensor);
[[nodiscard]] Result<void> encodeLayout(std::string& out, double wallTime,
                                        const ScalarLayout& layout);
[[nodiscard]] Result<void> encodeGraph(std::string& out, double wallTime, const Graph& graph);
/// `graphDef`: a serialised GraphDef message.
[[nodiscard]] Result<void> encodeGraphDef(std::string& out, double wallTime,
                                          std::string_view graphDef);

}  // namespace eventio
