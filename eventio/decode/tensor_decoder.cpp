// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/decode/tensor_decoder.h"

#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "event.pb.h"
#include "eventio/records/proto_parse.h"
#include "eventio/records/record_format.h"

namespace eventio {

namespace {

namespace proto = traindeck::proto;

/// A message may give the last number of a tensor once for many; it must not name a size that fills
/// the memory.
constexpr std::size_t kMaxRepeated = 65536;
constexpr std::size_t kMaxNumberBytes = kMaxNumbers * sizeof(double);
constexpr std::size_t kMaxDimensions = 32;

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
  if (content.size() / sizeof(Number) > kMaxNumbers) return false;
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

bool readContentOf(TensorType type, const std::string& content, std::vector<double>& out) {
  switch (type) {
    case TensorType::kFloat:
      return readPlain<float>(content, out);
    case TensorType::kDouble:
      return readPlain<double>(content, out);
    case TensorType::kInt32:
      return readPlain<std::int32_t>(content, out);
    case TensorType::kInt64:
      return readPlain<std::int64_t>(content, out);
    case TensorType::kUint8:
    case TensorType::kBool:
      return readPlain<std::uint8_t>(content, out);
    case TensorType::kInt8:
      return readPlain<std::int8_t>(content, out);
    case TensorType::kInt16:
      return readPlain<std::int16_t>(content, out);
    case TensorType::kUint16:
      return readPlain<std::uint16_t>(content, out);
    case TensorType::kUint32:
      return readPlain<std::uint32_t>(content, out);
    case TensorType::kUint64:
      return readPlain<std::uint64_t>(content, out);
    case TensorType::kHalf:
      return readContent<std::uint16_t>(content, out, fromHalf);
    case TensorType::kBfloat16:
      return readContent<std::uint16_t>(content, out, fromBfloat16);
    default:
      return false;
  }
}

template <class Field>
bool readField(const Field& field, std::vector<double>& out) {
  if (static_cast<std::size_t>(field.size()) > kMaxNumbers) return false;
  out.reserve(static_cast<std::size_t>(field.size()));
  for (const auto number : field) out.push_back(static_cast<double>(number));
  return true;
}

/// A field of 16-bit floats; `convert` takes the bits.
template <class Field, class Convert>
bool readHalves(const Field& field, std::vector<double>& out, Convert convert) {
  if (static_cast<std::size_t>(field.size()) > kMaxNumbers) return false;
  for (const auto bits : field) out.push_back(convert(static_cast<std::uint16_t>(bits)));
  return true;
}

bool readFieldsOf(TensorType type, const proto::TensorProto& tensor, std::vector<double>& out) {
  switch (type) {
    case TensorType::kFloat:
      return readField(tensor.float_val(), out);
    case TensorType::kDouble:
      return readField(tensor.double_val(), out);
    case TensorType::kInt32:
    case TensorType::kUint8:
    case TensorType::kInt8:
    case TensorType::kInt16:
    case TensorType::kUint16:
      return readField(tensor.int_val(), out);
    case TensorType::kInt64:
      return readField(tensor.int64_val(), out);
    case TensorType::kBool:
      return readField(tensor.bool_val(), out);
    case TensorType::kUint32:
      return readField(tensor.uint32_val(), out);
    case TensorType::kUint64:
      return readField(tensor.uint64_val(), out);
    case TensorType::kHalf:
      return readHalves(tensor.half_val(), out, fromHalf);
    case TensorType::kBfloat16:
      return readHalves(tensor.half_val(), out, fromBfloat16);
    default:
      return false;
  }
}

/// How many elements a tensor of this shape has; empty when a dimension is negative or the product
/// is over kMaxNumbers.
std::optional<std::size_t> elementsOf(const std::vector<std::int64_t>& shape) {
  std::size_t elements = 1;
  bool empty = false;
  for (const std::int64_t size : shape) {
    if (size < 0) return std::nullopt;
    if (size == 0) empty = true;
    if (empty) continue;
    if (static_cast<std::uint64_t>(size) > kMaxNumbers / elements) return std::nullopt;
    elements *= static_cast<std::size_t>(size);
  }
  return empty ? 0 : elements;
}

Result<std::vector<std::int64_t>> shapeOf(const proto::TensorShapeProto& shape) {
  if (static_cast<std::size_t>(shape.dim_size()) > kMaxDimensions) {
    return corrupt("its tensor has %1 dimensions", shape.dim_size());
  }
  std::vector<std::int64_t> sizes;
  for (const auto& dimension : shape.dim()) sizes.push_back(dimension.size());
  return sizes;
}

}  // namespace

Result<NumberTensor> decodeNumbers(std::string_view tensor) {
  proto::TensorProto message;
  if (tensor.size() > kMaxNumberBytes) {
    return corrupt("its tensor of %1 bytes is too large", tensor.size());
  }
  if (!parseMessage(tensor, message)) return corrupt("its tensor is no TensorProto message");
  auto shape = shapeOf(message.tensor_shape());
  if (!shape) return tl::unexpected<Error>(shape.error());
  const auto expected = elementsOf(*shape);
  if (!expected) return corrupt("its tensor has an impossible shape, or too many numbers");
  NumberTensor read;
  read.type = static_cast<TensorType>(message.dtype());
  read.shape = std::move(*shape);
  const bool good = message.tensor_content().empty()
                        ? readFieldsOf(read.type, message, read.numbers)
                        : readContentOf(read.type, message.tensor_content(), read.numbers);
  if (!good) {
    return corrupt("a tensor of type %1 has no numbers that can be read",
                   static_cast<int>(message.dtype()));
  }
  if (!read.numbers.empty() && read.numbers.size() < *expected && *expected <= kMaxRepeated) {
    read.numbers.resize(*expected, read.numbers.back());
  }
  if (read.numbers.size() != *expected) {
    return corrupt("a tensor has %1 numbers instead of %2", read.numbers.size(), *expected);
  }
  return read;
}

Result<StringTensor> decodeStrings(std::string_view tensor) {
  constexpr int kTypeField = 1;
  constexpr int kShapeField = 2;
  constexpr int kStringsField = 8;
  constexpr std::size_t kMaxShapeBytes = 65536;
  StringTensor read;
  std::uint64_t type = 0;
  std::string_view shapeBytes;
  const auto takeBytes = [&](int field, std::string_view bytes) {
    if (field == kShapeField) shapeBytes = bytes;
    if (field == kStringsField) read.strings.push_back(bytes);
    return read.strings.size() <= kMaxStrings;
  };
  const auto takeNumber = [&](int field, std::uint64_t number) {
    if (field == kTypeField) type = number;
    return true;
  };
  const bool good = eachField(tensor, takeBytes, takeNumber);
  if (read.strings.size() > kMaxStrings) return corrupt("its tensor has too many strings");
  if (!good) return corrupt("its tensor is no TensorProto message");
  if (type != static_cast<std::uint64_t>(TensorType::kString)) {
    return corrupt("its tensor holds no strings");
  }
  proto::TensorShapeProto shapeMessage;
  if (!parseMessage(shapeBytes, shapeMessage, kMaxShapeBytes)) {
    return corrupt("its tensor's shape is malformed");
  }
  auto shape = shapeOf(shapeMessage);
  if (!shape) return tl::unexpected<Error>(shape.error());
  read.shape = std::move(*shape);
  return read;
}

}  // namespace eventio
