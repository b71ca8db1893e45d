// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/encode/event_message.h"

#include "event.pb.h"
#include "eventio/records/record_format.h"

namespace eventio {

traindeck::proto::Summary_Value& addValue(traindeck::proto::Event& event, const ValueHead& head) {
  event.set_wall_time(head.wallTime);
  event.set_step(head.step);
  auto& value = *event.mutable_summary()->add_value();
  value.set_tag(head.tag.data(), head.tag.size());
  if (!head.displayName.empty()) {
    value.mutable_metadata()->set_display_name(head.displayName.data(), head.displayName.size());
  }
  if (!head.description.empty()) {
    value.mutable_metadata()->set_summary_description(head.description.data(),
                                                      head.description.size());
  }
  return value;
}

void setPlugin(traindeck::proto::Summary_Value& value, std::string_view plugin,
               std::string_view content) {
  auto* data = value.mutable_metadata()->mutable_plugin_data();
  data->set_plugin_name(plugin.data(), plugin.size());
  if (!content.empty()) data->set_content(content.data(), content.size());
}

void setPluginOfDescribed(traindeck::proto::Summary_Value& value, const ValueHead& head,
                          std::string_view plugin, DataClass dataClass) {
  if (head.displayName.empty() && head.description.empty()) return;
  setPlugin(value, plugin);
  value.mutable_metadata()->set_data_class(dataClass);
}

traindeck::proto::TensorProto& setTensor(traindeck::proto::Summary_Value& value, TensorType type,
                                         std::initializer_list<std::int64_t> shape) {
  auto& tensor = *value.mutable_tensor();
  tensor.set_dtype(type);
  auto* dimensions = tensor.mutable_tensor_shape();
  for (const std::int64_t size : shape) dimensions->add_dim()->set_size(size);
  return tensor;
}

Result<void> checkRecordBytes(std::uint64_t bytes) {
  if (bytes <= kMaxRecordBytes) return {};
  return makeError(ErrorCode::kInvalidArgument,
                   "a record holds at most 2^31 - 1 bytes, and this value takes %1: split it or "
                   "make it smaller",
                   bytes);
}

Result<void> appendRecordOf(std::string& out, const traindeck::proto::Event& event) {
  const std::size_t size = event.ByteSizeLong();
  if (auto fits = checkRecordBytes(size); !fits) return fits;
  const std::size_t start = out.size();
  out.resize(start + size + kRecordOverhead);
  event.SerializeWithCachedSizesToArray(
      reinterpret_cast<std::uint8_t*>(out.data() + start + kRecordHeaderBytes));
  frameRecord(out.data() + start, size);
  return {};
}

}  // namespace eventio
