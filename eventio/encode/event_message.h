// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "eventio/base/result.h"
#include "eventio/encode/value_encoder.h"

namespace traindeck::proto {
class Event;
class Summary_Value;
class TensorProto;
}  // namespace traindeck::proto

/// Common steps of the encoders that go by protobuf messages.
namespace eventio {

/// Numbers of TensorFlow's DataType.
enum TensorType {
  kFloatTensor = 1,
  kDoubleTensor = 2,
  kInt32Tensor = 3,
  kUint8Tensor = 4,
  kStringTensor = 7,
  kInt64Tensor = 9
};

/// Adds a value with the head's tag, display name and description to the event, whose time and step
/// become the head's.
traindeck::proto::Summary_Value& addValue(traindeck::proto::Event& event, const ValueHead& head);
/// Numbers of TensorBoard's DataClass.
enum DataClass { kScalarClass = 1, kTensorClass = 2, kBlobSequenceClass = 3 };

/// For a value with a name or description in the form that says by itself what it is: TensorBoard's
/// data server takes them only where plugin and class are named.
void setPluginOfDescribed(traindeck::proto::Summary_Value& value, const ValueHead& head,
                          std::string_view plugin, DataClass dataClass);
/// Names the plugin that the value is for, with what the plugin wants to know.
void setPlugin(traindeck::proto::Summary_Value& value, std::string_view plugin,
               std::string_view content = {});
/// Type and shape of the value's tensor, which is still empty.
traindeck::proto::TensorProto& setTensor(traindeck::proto::Summary_Value& value, TensorType type,
                                         std::initializer_list<std::int64_t> shape);
/// Appends the event as a record, unless it is longer than a record can be.
[[nodiscard]] Result<void> appendRecordOf(std::string& out, const traindeck::proto::Event& event);
/// kInvalidArgument when so many bytes of data cannot be a record; to be asked before they are
/// copied.
[[nodiscard]] Result<void> checkRecordBytes(std::uint64_t bytes);

template <class... Arguments>
[[nodiscard]] tl::unexpected<Error> badValue(std::string_view tag,
                                             MessageText<sizeof...(Arguments)> what,
                                             Arguments&&... arguments) {
  return makeError(ErrorCode::kInvalidArgument, "'%1' cannot be written: %2", tag,
                   Message(what, std::forward<Arguments>(arguments)...));
}

}  // namespace eventio
