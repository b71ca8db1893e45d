// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/number_array.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "training/data/sample_checks.h"

namespace training {

using eventio::Message;
using eventio::Result;

std::size_t bytesOf(NumberType type) noexcept {
  switch (type) {
    case NumberType::kUint8:
    case NumberType::kInt8:
      return 1;
    case NumberType::kUint16:
    case NumberType::kInt16:
      return 2;
    case NumberType::kInt32:
    case NumberType::kFloat32:
      return 4;
    case NumberType::kInt64:
    case NumberType::kFloat64:
      break;
  }
  return 8;
}

double NumberArray::at(std::size_t index) const noexcept {
  const std::size_t size = bytesOf(type);
  const std::uint8_t* from = bytes.data() + index * size;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < size; ++i) bits = bits << 8U | from[bigEndian ? i : size - 1 - i];
  switch (type) {
    case NumberType::kUint8:
    case NumberType::kUint16:
      return static_cast<double>(bits);
    case NumberType::kInt8:
      return static_cast<std::int8_t>(bits);
    case NumberType::kInt16:
      return static_cast<std::int16_t>(bits);
    case NumberType::kInt32:
      return static_cast<std::int32_t>(bits);
    case NumberType::kInt64:
      return static_cast<double>(static_cast<std::int64_t>(bits));
    case NumberType::kFloat32:
      return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    case NumberType::kFloat64:
      break;
  }
  return std::bit_cast<double>(bits);
}

std::uint64_t sampleValueBytes(NumberType type, std::uint64_t count) noexcept {
  return type == NumberType::kUint8 ? 0 : saturatingProduct(count, sizeof(float));
}

namespace {

Result<std::vector<float>> toFloats(const NumberArray& array, const PlaceError& error) {
  std::vector<float> values(array.count());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(array.at(i));
    if (!std::isfinite(values[i])) {
      return error(i, Message("a value that is not finite as a 32-bit float"));
    }
  }
  return values;
}

bool isLabel(double number) {
  return number >= 0 && number < static_cast<double>(kMaxClasses) && std::trunc(number) == number;
}

TargetKind targetKind(const NumberArray& array, TargetKind wanted) {
  const TargetKind kind = targetKind(array.type, wanted);
  if (kind != TargetKind::kAuto) return kind;
  for (std::size_t i = 0; i < array.count(); ++i) {
    if (!isLabel(array.at(i))) return TargetKind::kValues;
  }
  return TargetKind::kLabels;
}

Message labelProblem(double number) {
  if (std::trunc(number) != number) return Message("a label that is no whole number");
  return {
      "label %1; class labels go from 0 to %2, and the task regression takes other numbers as "
      "values",
      static_cast<std::int64_t>(number), kMaxClasses - 1};
}

}  // namespace

Result<SampleValues> toSampleValues(NumberArray array, const PlaceError& error) {
  if (array.type == NumberType::kUint8) return SampleValues(std::move(array.bytes));
  return toFloats(array, error).map([](std::vector<float>&& values) {
    return SampleValues(std::move(values));
  });
}

Result<SampleTargets> toTargets(const NumberArray& array, TargetKind kind,
                                const PlaceError& error) {
  if (targetKind(array, kind) == TargetKind::kValues) {
    return toFloats(array, error).map([](std::vector<float>&& values) {
      return SampleTargets(std::move(values));
    });
  }
  std::vector<std::int64_t> labels(array.count());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double label = array.at(i);
    if (!isLabel(label)) return error(i, labelProblem(label));
    labels[i] = static_cast<std::int64_t>(label);
  }
  return SampleTargets(std::move(labels));
}

void channelsFirst(std::span<const std::int64_t> sizes, SampleValues& values) {
  const auto pixels = static_cast<std::size_t>(sizes[1] * sizes[2]);
  const auto channels = static_cast<std::size_t>(sizes[3]);
  if (channels == 1) return;
  std::visit(
      [&](auto& all) {
        std::decay_t<decltype(all)> sample(pixels * channels);
        for (std::size_t first = 0; first < all.size(); first += sample.size()) {
          for (std::size_t i = 0; i < sample.size(); ++i) {
            sample[i % channels * pixels + i / channels] = all[first + i];
          }
          std::copy(sample.begin(), sample.end(), all.begin() + static_cast<std::ptrdiff_t>(first));
        }
      },
      values);
}

SampleShape sampleShape(std::span<const std::int64_t> sizes, bool& channelsLast) {
  channelsLast = false;
  const auto isColour = [](std::int64_t size) { return size == 1 || size == 3; };
  if (sizes.size() == 2) return {{sizes[1]}};
  if (sizes.size() == 3) return {{1, sizes[1], sizes[2]}};
  if (sizes.size() != 4) return {};
  if (isColour(sizes[3])) {
    channelsLast = true;
    return {{sizes[3], sizes[1], sizes[2]}};
  }
  if (isColour(sizes[1])) return {{sizes[1], sizes[2], sizes[3]}};
  return {};
}

}  // namespace training
