// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"
#include "eventio/data/run_data.h"

/// The messages inside a summary's values, decoded. An Error says what is wrong with the message.
namespace eventio {

struct ValueMetadata {
  std::string plugin;
  std::string content;
  std::string displayName;
  std::string description;
};

[[nodiscard]] Result<ValueMetadata> decodeMetadata(std::string_view message);

/// A TensorProto of one number of any numeric type.
[[nodiscard]] Result<double> decodeScalarTensor(std::string_view message);
/// A HistogramProto.
[[nodiscard]] Result<std::shared_ptr<const Histogram>> decodeHistogram(std::string_view message);
/// A TensorProto [k, 3] of left edge, right edge and count; the sums are estimated from the middles
/// of the buckets, since this form does not hold them. A tensor without numbers is an empty
/// histogram, whatever its shape.
[[nodiscard]] Result<std::shared_ptr<const Histogram>> decodeHistogramTensor(
    std::string_view message);
/// A TensorProto of strings, of any rank.
[[nodiscard]] Result<std::vector<std::string>> decodeTexts(std::string_view message);

/// Adds what the content of plugin "hparams" holds to `hparams`.
[[nodiscard]] Result<void> decodeHparams(std::string_view content, Hparams& hparams);

/// The tag of a TaggedRunMetadata message, empty where it has none.
[[nodiscard]] std::string_view tagOfRunMetadata(std::string_view message);

/// True for a SessionLog of status START.
[[nodiscard]] Result<bool> isSessionStart(std::string_view sessionLog);

}  // namespace eventio
