// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"

/// TensorProto messages, decoded. An Error says what is wrong with the message.
namespace eventio {

/// TensorFlow's numbers for the types of elements.
enum class TensorType : std::int32_t {
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

/// More elements than this are refused.
inline constexpr std::size_t kMaxNumbers = std::size_t{1} << 26;
inline constexpr std::size_t kMaxStrings = std::size_t{1} << 20;

struct NumberTensor {
  TensorType type = TensorType::kFloat;
  std::vector<std::int64_t> shape;
  std::vector<double> numbers;  ///< row by row; as many as the shape says
};

/// Numbers of any type, written either way (tensor_content or the field of the type). Where the
/// shape asks for more than are written, the last one stands for the rest, up to 65536.
[[nodiscard]] Result<NumberTensor> decodeNumbers(std::string_view tensor);

struct StringTensor {
  std::vector<std::int64_t> shape;
  std::vector<std::string_view> strings;  ///< pieces of the message; not held to the shape
};

[[nodiscard]] Result<StringTensor> decodeStrings(std::string_view tensor);

}  // namespace eventio
