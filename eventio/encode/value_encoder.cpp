// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/encode/value_encoder.h"

#include <array>
#include <type_traits>

#include "event.pb.h"
#include "eventio/encode/event_encoder.h"
#include "eventio/encode/event_message.h"
#include "eventio/encode/pr_curve_builder.h"

namespace eventio {

namespace {

constexpr std::int32_t kWav = 11;  // AudioPluginData's number

template <class Number>
constexpr TensorType typeOf() {
  if constexpr (std::is_same_v<Number, float>) return kFloatTensor;
  if constexpr (std::is_same_v<Number, double>) return kDoubleTensor;
  if constexpr (std::is_same_v<Number, std::int32_t>) return kInt32Tensor;
  if constexpr (std::is_same_v<Number, std::int64_t>) return kInt64Tensor;
  return kUint8Tensor;
}

}  // namespace

Result<void> encodeScalarValue(std::string& out, const ValueHead& head, float value) {
  traindeck::proto::Event event;
  auto& proto = addValue(event, head);
  setPluginOfDescribed(proto, head, "scalars", kScalarClass);
  proto.set_simple_value(value);
  return appendRecordOf(out, event);
}

Result<void> encodeDoubleValue(std::string& out, const ValueHead& head, double value) {
  traindeck::proto::Event event;
  auto& proto = addValue(event, head);
  setPlugin(proto, "scalars");
  setTensor(proto, kDoubleTensor, {}).add_double_val(value);
  return appendRecordOf(out, event);
}

Result<void> encodeHistogramValue(std::string& out, const ValueHead& head,
                                  const Histogram& histogram) {
  if (auto fits = checkRecordBytes(histogram.limits.size() * 2 * sizeof(double)); !fits)
    return fits;
  if (head.displayName.empty() && head.description.empty()) {
    encodeHistogram(out, head.wallTime, head.step, head.tag, histogram);
    return {};
  }
  traindeck::proto::Event event;
  auto& value = addValue(event, head);
  setPluginOfDescribed(value, head, "histograms", kTensorClass);
  auto* histo = value.mutable_histo();
  histo->set_min(histogram.min);
  histo->set_max(histogram.max);
  histo->set_num(histogram.num);
  histo->set_sum(histogram.sum);
  histo->set_sum_squares(histogram.sumSquares);
  histo->mutable_bucket_limit()->Add(histogram.limits.begin(), histogram.limits.end());
  histo->mutable_bucket()->Add(histogram.counts.begin(), histogram.counts.end());
  return appendRecordOf(out, event);
}

Result<void> encodeTextValue(std::string& out, const ValueHead& head, std::string_view text,
                             std::string_view plugin) {
  if (auto fits = checkRecordBytes(text.size()); !fits) return fits;
  traindeck::proto::Event event;
  auto& value = addValue(event, head);
  setPlugin(value, plugin);
  value.mutable_metadata()->set_data_class(kTensorClass);
  setTensor(value, kStringTensor, {1}).add_string_val(text.data(), text.size());
  return appendRecordOf(out, event);
}

Result<void> encodeImageValue(std::string& out, const ValueHead& head, const EncodedImage& image,
                              int channels) {
  if (image.width < 1 || image.height < 1) {
    return badValue(head.tag, "the picture needs at least 1 x 1 pixels");
  }
  if (image.bytes.empty()) return badValue(head.tag, "the picture has no bytes");
  if (auto fits = checkRecordBytes(image.bytes.size()); !fits) return fits;
  traindeck::proto::Event event;
  auto& value = addValue(event, head);
  setPluginOfDescribed(value, head, "images", kBlobSequenceClass);
  auto* proto = value.mutable_image();
  proto->set_height(image.height);
  proto->set_width(image.width);
  proto->set_colorspace(channels);
  proto->set_encoded_image_string(image.bytes);
  return appendRecordOf(out, event);
}

Result<void> encodeAudioValue(std::string& out, const ValueHead& head, const EncodedAudio& audio) {
  if (audio.bytes.empty()) return badValue(head.tag, "the sound has no bytes");
  if (auto fits = checkRecordBytes(audio.bytes.size()); !fits) return fits;
  traindeck::proto::Event event;
  auto& value = addValue(event, head);
  // TensorBoard's data server serves sound as audio only where its encoding is named.
  traindeck::proto::AudioPluginData content;
  content.set_encoding(kWav);
  content.set_converted_to_tensor(true);
  setPlugin(value, "audio", content.SerializeAsString());
  value.mutable_metadata()->set_data_class(kBlobSequenceClass);
  auto* proto = value.mutable_audio();
  proto->set_sample_rate(static_cast<float>(audio.sampleRate));
  proto->set_num_channels(audio.channels);
  proto->set_length_frames(audio.frames);
  proto->set_encoded_audio_string(audio.bytes);
  proto->set_content_type(audio.contentType);
  return appendRecordOf(out, event);
}

Result<void> encodePrCurveValue(std::string& out, const ValueHead& head, const PrCurve& curve) {
  if (auto good = checkPrCurve(curve); !good) return good;
  const std::array<const std::vector<double>*, 6> rows = {
      &curve.truePositives,  &curve.falsePositives, &curve.trueNegatives,
      &curve.falseNegatives, &curve.precision,      &curve.recall};
  const std::size_t count = curve.thresholds();
  if (auto fits = checkRecordBytes(count * rows.size() * sizeof(float)); !fits) return fits;
  traindeck::proto::PrCurvePluginData content;
  content.set_num_thresholds(static_cast<std::uint32_t>(count));
  traindeck::proto::Event event;
  auto& value = addValue(event, head);
  setPluginOfDescribed(value, head, "pr_curves", kTensorClass);
  setPlugin(value, "pr_curves", content.SerializeAsString());
  auto& tensor =
      setTensor(value, kFloatTensor,
                {static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(count)});
  for (const auto* row : rows) tensor.mutable_float_val()->Add(row->begin(), row->end());
  return appendRecordOf(out, event);
}

Result<void> encodeTensorValue(std::string& out, const ValueHead& head, const TensorArray& tensor) {
  const std::size_t held =
      std::visit([](const auto& values) { return values.size(); }, tensor.values);
  std::uint64_t needed = 1;
  for (const std::int64_t extent : tensor.shape) {
    if (extent < 0) return badValue(head.tag, "an extent of the tensor is negative");
    if (auto fits = checkRecordBytes(needed | static_cast<std::uint64_t>(extent)); !fits) {
      return fits;
    }
    needed *= static_cast<std::uint64_t>(extent);
  }
  if (held != needed) {
    return badValue(head.tag, "the tensor has %1 values where its shape needs %2", held, needed);
  }
  traindeck::proto::Event event;
  auto& value = addValue(event, head);
  setPlugin(value, "tensor");
  Result<void> filled = std::visit(
      [&](const auto& values) -> Result<void> {
        using Number = std::remove_const_t<typename std::decay_t<decltype(values)>::element_type>;
        if (auto fits = checkRecordBytes(values.size_bytes()); !fits) return fits;
        auto& proto = setTensor(value, typeOf<Number>(), {});
        for (const std::int64_t extent : tensor.shape) {
          proto.mutable_tensor_shape()->add_dim()->set_size(extent);
        }
        proto.set_tensor_content(values.data(), values.size_bytes());
        return {};
      },
      tensor.values);
  if (!filled) return filled;
  return appendRecordOf(out, event);
}

}  // namespace eventio
