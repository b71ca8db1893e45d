// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "training/data/data_source.h"

namespace training {

enum class NumberType { kUint8, kInt8, kUint16, kInt16, kInt32, kInt64, kFloat32, kFloat64 };

[[nodiscard]] std::size_t bytesOf(NumberType type) noexcept;

[[nodiscard]] constexpr bool isFloat(NumberType type) noexcept {
  return type == NumberType::kFloat32 || type == NumberType::kFloat64;
}

/// What toTargets() makes of numbers of this type; kAuto where that depends on the numbers.
[[nodiscard]] constexpr TargetKind targetKind(NumberType type, TargetKind wanted) noexcept {
  if (wanted != TargetKind::kAuto || isFloat(type)) return wanted;
  return TargetKind::kLabels;
}

/// Numbers as they are in a file. `bytes` holds as many as the product of the sizes, the last size
/// running fastest.
struct NumberArray {
  NumberType type = NumberType::kUint8;
  bool bigEndian = false;
  std::vector<std::int64_t> sizes;
  std::vector<std::uint8_t> bytes;

  [[nodiscard]] std::size_t count() const noexcept { return bytes.size() / bytesOf(type); }
  /// Element `index`; a 64-bit integer beyond 2^53 is rounded.
  [[nodiscard]] double at(std::size_t index) const noexcept;
};

/// Builds the Error for element `index`: file and place.
using PlaceError =
    std::function<tl::unexpected<eventio::Error>(std::size_t index, const eventio::Message& why)>;

/// Memory that toSampleValues() takes besides the array's own.
[[nodiscard]] std::uint64_t sampleValueBytes(NumberType type, std::uint64_t count) noexcept;

/// Bytes stay bytes, other types become floats; a value that is not finite as a float is an Error.
[[nodiscard]] eventio::Result<SampleValues> toSampleValues(NumberArray array,
                                                           const PlaceError& error);

/// Class labels, which are integers from 0 to kMaxClasses - 1, or values, which must be finite.
/// kAuto: integers are labels; so are floats that are all labels, and other floats are values.
[[nodiscard]] eventio::Result<SampleTargets> toTargets(const NumberArray& array, TargetKind kind,
                                                       const PlaceError& error);

/// Moves the last of the four sizes (channels) in front of height and width.
void channelsFirst(std::span<const std::int64_t> sizes, SampleValues& values);

/// The shape of one sample of an array {N, ...}: {N, length} a vector; {N, H, W} grey; {N, C, H, W}
/// with 1 or 3 channels, or {N, H, W, C}, for which `channelsLast` is set. Empty for other arrays.
[[nodiscard]] SampleShape sampleShape(std::span<const std::int64_t> sizes, bool& channelsLast);

}  // namespace training
