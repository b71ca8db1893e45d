// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

/// Event files put together byte by byte from the format's description, with none of eventio's
/// code.
namespace event_bytes {

/// One bit at a time.
inline std::uint32_t slowCrc32c(std::string_view data) {
  std::uint32_t crc = 0xffffffffU;
  for (const char letter : data) {
    crc ^= static_cast<unsigned char>(letter);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0x82f63b78U & (0U - (crc & 1U)));
  }
  return ~crc;
}

inline std::uint32_t masked(std::string_view data) {
  const std::uint32_t crc = slowCrc32c(data);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

template <class Number>
std::string raw(Number number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

/// Header, data, footer.
inline std::string record(std::string_view data) {
  const std::string length = raw<std::uint64_t>(data.size());
  return length + raw(masked(length)) + std::string(data) + raw(masked(data));
}

inline std::string varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>(number | 0x80);
  return bytes + static_cast<char>(number);
}

inline std::string key(unsigned field, unsigned wireType) {
  return varint(field << 3 | wireType);
}

inline std::string intField(unsigned field, std::int64_t number) {
  return key(field, 0) + varint(static_cast<std::uint64_t>(number));
}
inline std::string doubleField(unsigned field, double number) {
  return key(field, 1) + raw(number);
}
inline std::string floatField(unsigned field, float number) {
  return key(field, 5) + raw(number);
}
inline std::string bytesField(unsigned field, std::string_view bytes) {
  return key(field, 2) + varint(bytes.size()) + std::string(bytes);
}

/// An Event message: time, step, and one more field.
inline std::string event(double wallTime, std::int64_t step, const std::string& what) {
  return doubleField(1, wallTime) + intField(2, step) + what;
}
/// The field that holds a summary of these values.
inline std::string summary(std::initializer_list<std::string> values) {
  std::string all;
  for (const std::string& value : values) all += bytesField(1, value);
  return bytesField(5, all);
}
inline std::string scalarValue(std::string_view tag, float value) {
  return bytesField(1, tag) + floatField(2, value);
}
inline std::string scalarEvent(std::string_view tag, float value, std::int64_t step,
                               double wallTime = 1.5e9) {
  return event(wallTime, step, summary({scalarValue(tag, value)}));
}
inline std::string versionEvent(double wallTime = 1.5e9) {
  return doubleField(1, wallTime) + bytesField(3, "brain.Event:2");
}
inline std::string sessionStart(std::int64_t step, double wallTime = 1.5e9) {
  return event(wallTime, step, bytesField(7, intField(1, 1)));
}
inline std::string metadata(std::string_view plugin, std::string_view content = {},
                            std::string_view displayName = {}, std::string_view description = {}) {
  std::string bytes = bytesField(1, bytesField(1, plugin) + bytesField(2, content));
  if (!displayName.empty()) bytes += bytesField(2, displayName);
  if (!description.empty()) bytes += bytesField(3, description);
  return bytesField(9, bytes);
}
/// A TensorProto's type and shape.
inline std::string tensorHead(int type, std::initializer_list<std::int64_t> shape) {
  std::string dimensions;
  for (const std::int64_t size : shape) dimensions += bytesField(2, intField(1, size));
  return intField(1, type) + bytesField(2, dimensions);
}
inline std::string tensorValue(std::string_view tag, const std::string& tensor,
                               const std::string& withMetadata = {}) {
  return bytesField(1, tag) + bytesField(8, tensor) + withMetadata;
}

template <class Number>
std::string packed(const std::vector<Number>& numbers) {
  std::string bytes;
  for (const Number number : numbers) bytes += raw(number);
  return bytes;
}

/// Records of scalar "a" at steps [first, last), each value its step.
inline std::string points(int first, int last) {
  std::string bytes;
  for (int i = first; i < last; ++i) bytes += record(scalarEvent("a", static_cast<float>(i), i));
  return bytes;
}
/// A file with these points.
inline std::string file(int first, int last, double wallTime = 1.5e9) {
  return record(versionEvent(wallTime)) + points(first, last);
}

}  // namespace event_bytes
