// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/value_decoder.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "event.pb.h"
#include "eventio/record_format.h"

namespace eventio {

namespace {

namespace proto = traindeck::proto;

enum TensorType : std::int32_t {
  kFloat = 1,
  kDouble = 2,
  kInt32 = 3,
  kUint8 = 4,
  kInt16 = 5,
  kInt8 = 6,
  kString = 7,
  kInt64 = 9,
  kBool = 10,
  kBfloat16 = 14,
  kUint16 = 17,
  kHalf = 19,
  kUint32 = 22,
  kUint64 = 23,
};

/// A message may give the last number of a tensor once for many; it must not name a size that fills
/// the memory.
constexpr std::size_t kMostRepeated = 65536;

tl::unexpected<Error> corrupt(std::string what) {
  return makeError(ErrorCode::kCorrupt, std::move(what));
}

template <class Message>
bool parse(std::string_view bytes, Message& message) {
  return bytes.size() <= kMaxRecordBytes &&
         message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

/// A number stored as IEEE half precision.
double fromHalf(std::uint16_t bits) {
  const int exponent = bits >> 10 & 0x1f;
  const int mantissa = bits & 0x3ff;
  double size = 0;
  if (exponent == 0x1f) {
    size = mantissa == 0 ? std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  } else {
    size = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -size : size;
}

double fromBfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

template <class Number, class Convert>
bool readContent(const std::string& content, std::vector<double>& out, Convert convert) {
  if (content.size() % sizeof(Number) != 0) return false;
  out.reserve(content.size() / sizeof(Number));
  for (std::size_t i = 0; i < content.size(); i += sizeof(Number)) {
    out.push_back(convert(loadNumber<Number>(content.data() + i)));
  }
  return true;
}

template <class Number>
bool readPlain(const std::string& content, std::vector<double>& out) {
  return readContent<Number>(content, out, [](Number n) { return static_cast<double>(n); });
}

bool readContentOf(std::int32_t type, const std::string& content, std::vector<double>& out) {
  switch (type) {
    case kFloat:
      return readPlain<float>(content, out);
    case kDouble:
      return readPlain<double>(content, out);
    case kInt32:
      return readPlain<std::int32_t>(content, out);
    case kInt64:
      return readPlain<std::int64_t>(content, out);
    case kUint8:
    case kBool:
      return readPlain<std::uint8_t>(content, out);
    case kInt8:
      return readPlain<std::int8_t>(content, out);
    case kInt16:
      return readPlain<std::int16_t>(content, out);
    case kUint16:
      return readPlain<std::uint16_t>(content, out);
    case kUint32:
      return readPlain<std::uint32_t>(content, out);
    case kUint64:
      return readPlain<std::uint64_t>(content, out);
    case kHalf:
      return readContent<std::uint16_t>(content, out, fromHalf);
    case kBfloat16:
      return readContent<std::uint16_t>(content, out, fromBfloat16);
    default:
      return false;
  }
}

template <class Field>
void readField(const Field& field, std::vector<double>& out) {
  out.reserve(static_cast<std::size_t>(field.size()));
  for (const auto number : field) out.push_back(static_cast<double>(number));
}

bool readFieldsOf(const proto::TensorProto& tensor, std::vector<double>& out) {
  switch (tensor.dtype()) {
    case kFloat:
      readField(tensor.float_val(), out);
      return true;
    case kDouble:
      readField(tensor.double_val(), out);
      return true;
    case kInt32:
    case kUint8:
    case kInt8:
    case kInt16:
    case kUint16:
      readField(tensor.int_val(), out);
      return true;
    case kInt64:
      readField(tensor.int64_val(), out);
      return true;
    case kBool:
      readField(tensor.bool_val(), out);
      return true;
    case kUint32:
      readField(tensor.uint32_val(), out);
      return true;
    case kUint64:
      readField(tensor.uint64_val(), out);
      return true;
    case kHalf:
    case kBfloat16:
      for (const std::int32_t bits : tensor.half_val()) {
        const auto half = static_cast<std::uint16_t>(bits);
        out.push_back(tensor.dtype() == kHalf ? fromHalf(half) : fromBfloat16(half));
      }
      return true;
    default:
      return false;
  }
}

/// All numbers of a tensor in order. Where its shape asks for more than are written, the last one
/// stands for the rest.
Result<std::vector<double>> numbersOf(const proto::TensorProto& tensor, std::size_t expected) {
  std::vector<double> numbers;
  const bool good = tensor.tensor_content().empty()
                        ? readFieldsOf(tensor, numbers)
                        : readContentOf(tensor.dtype(), tensor.tensor_content(), numbers);
  if (!good)
    return corrupt("a tensor of type " + std::to_string(tensor.dtype()) + " has no numbers");
  if (!numbers.empty() && numbers.size() < expected && expected <= kMostRepeated) {
    numbers.resize(expected, numbers.back());
  }
  if (numbers.size() != expected) {
    return corrupt("a tensor has " + std::to_string(numbers.size()) + " numbers instead of " +
                   std::to_string(expected));
  }
  return numbers;
}

void addBucket(Histogram& histogram, double left, double right, double count) {
  histogram.limits.push_back(right);
  histogram.counts.push_back(count);
  histogram.num += count;
  const double middle = left + (right - left) / 2;
  histogram.sum += middle * count;
  histogram.sumSquares += middle * middle * count;
}

std::optional<HparamValue> fromProto(const proto::HparamValue& value) {
  switch (value.kind_case()) {
    case proto::HparamValue::kNumberValue:
      return value.number_value();
    case proto::HparamValue::kBoolValue:
      return value.bool_value();
    case proto::HparamValue::kStringValue:
      return value.string_value();
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<ValueMetadata> decodeMetadata(std::string_view message) {
  proto::SummaryMetadata metadata;
  if (!parse(message, metadata)) return corrupt("its metadata are no SummaryMetadata message");
  return ValueMetadata{metadata.plugin_data().plugin_name(), metadata.plugin_data().content(),
                       metadata.display_name(), metadata.summary_description()};
}

Result<double> decodeScalarTensor(std::string_view message) {
  proto::TensorProto tensor;
  if (!parse(message, tensor)) return corrupt("its tensor is no TensorProto message");
  for (const auto& dimension : tensor.tensor_shape().dim()) {
    if (dimension.size() != 1) return corrupt("its tensor holds more than one number");
  }
  auto numbers = numbersOf(tensor, 1);
  if (!numbers) return tl::unexpected<Error>(numbers.error());
  return numbers->front();
}

Result<std::shared_ptr<const Histogram>> decodeHistogram(std::string_view message) {
  proto::HistogramProto histo;
  if (!parse(message, histo)) return corrupt("its histogram is no HistogramProto message");
  if (histo.bucket_limit_size() != histo.bucket_size()) {
    return corrupt("its histogram has " + std::to_string(histo.bucket_limit_size()) +
                   " limits but " + std::to_string(histo.bucket_size()) + " buckets");
  }
  auto histogram = std::make_shared<Histogram>();
  histogram->min = histo.min();
  histogram->max = histo.max();
  histogram->num = histo.num();
  histogram->sum = histo.sum();
  histogram->sumSquares = histo.sum_squares();
  histogram->limits.assign(histo.bucket_limit().begin(), histo.bucket_limit().end());
  histogram->counts.assign(histo.bucket().begin(), histo.bucket().end());
  return histogram;
}

Result<std::shared_ptr<const Histogram>> decodeHistogramTensor(std::string_view message) {
  proto::TensorProto tensor;
  if (!parse(message, tensor)) return corrupt("its tensor is no TensorProto message");
  const auto& shape = tensor.tensor_shape();
  if (shape.dim_size() != 2 || shape.dim(1).size() != 3 || shape.dim(0).size() < 0) {
    return corrupt("its histogram is not of shape [k, 3]");
  }
  const auto rows = static_cast<std::uint64_t>(shape.dim(0).size());
  if (rows > kMaxRecordBytes / sizeof(double)) return corrupt("its histogram is too long");
  const auto numbers = numbersOf(tensor, 3 * rows);
  if (!numbers) return tl::unexpected<Error>(numbers.error());
  auto histogram = std::make_shared<Histogram>();
  if (rows == 0) return histogram;
  histogram->min = numbers->front();
  histogram->max = (*numbers)[3 * rows - 2];
  histogram->limits.reserve(rows + 1);
  histogram->counts.reserve(rows + 1);
  addBucket(*histogram, histogram->min, histogram->min, 0);
  for (std::size_t row = 0; row < rows; ++row) {
    const double* bucket = numbers->data() + 3 * row;
    addBucket(*histogram, bucket[0], bucket[1], bucket[2]);
  }
  return histogram;
}

Result<std::vector<std::string>> decodeTexts(std::string_view message) {
  proto::TensorProto tensor;
  if (!parse(message, tensor)) return corrupt("its tensor is no TensorProto message");
  if (tensor.dtype() != kString) return corrupt("its tensor holds no strings");
  return std::vector<std::string>(tensor.string_val().begin(), tensor.string_val().end());
}

Result<void> decodeHparams(std::string_view content, Hparams& hparams) {
  proto::HParamsPluginData data;
  if (!parse(content, data)) return corrupt("its content is no HParamsPluginData message");
  for (const auto& metric : data.experiment().metric_infos()) {
    const std::string& group = metric.name().group();
    const std::string& tag = metric.name().tag();
    std::string name = group;
    if (!group.empty()) name += '/';
    name += tag;
    if (std::find(hparams.metricTags.begin(), hparams.metricTags.end(), name) ==
        hparams.metricTags.end()) {
      hparams.metricTags.push_back(name);
    }
  }
  for (const auto& entry : data.session_start_info().hparams()) {
    if (auto value = fromProto(entry.value())) {
      hparams.values.insert_or_assign(entry.key(), std::move(*value));
    }
  }
  return {};
}

Result<bool> isSessionStart(std::string_view sessionLog) {
  proto::SessionLog log;
  if (!parse(sessionLog, log)) return corrupt("its session log is no SessionLog message");
  return log.status() == proto::SessionLog::START;
}

}  // namespace eventio
