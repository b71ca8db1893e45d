// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// Event records read straight from protobuf's wire format, as far as every record needs it. What
/// is found are pieces of the record itself; nothing is copied.
namespace eventio {

enum class PayloadKind { kNone, kSimple, kTensor, kHistogram, kImage, kAudio };

/// One value of a summary.
struct WireValue {
  std::string_view tag;
  PayloadKind kind = PayloadKind::kNone;
  float simple = 0;                          ///< of kSimple
  std::string_view payload;                  ///< message of the other kinds
  std::optional<std::string_view> metadata;  ///< SummaryMetadata message
};

struct WireEvent {
  double wallTime = 0;
  std::int64_t step = 0;
  std::string_view fileVersion;
  std::optional<std::string_view> sessionLog;   ///< SessionLog message
  std::optional<std::string_view> graph;        ///< GraphDef message
  std::optional<std::string_view> metaGraph;    ///< MetaGraphDef message
  std::optional<std::string_view> runMetadata;  ///< TaggedRunMetadata message
  std::string_view writer;                      ///< which program wrote the file
  std::vector<WireValue> values;
};

/// False when the bytes are not an Event message. `event` keeps its memory between calls.
[[nodiscard]] bool parseEvent(std::string_view record, WireEvent& event);

/// The number in a TensorProto of one float or double element; empty for any other tensor.
[[nodiscard]] std::optional<double> parseScalarTensor(std::string_view tensor);

}  // namespace eventio
