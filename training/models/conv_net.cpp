// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/models/conv_net.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "training/base/random.h"

namespace training {

namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

constexpr std::size_t kAlignment = 16;  // floats: one cache line

constexpr std::size_t product(const std::array<std::int64_t, 4>& shape) {
  std::size_t size = 1;
  for (const std::int64_t extent : shape) size *= extent > 0 ? static_cast<std::size_t>(extent) : 1;
  return size;
}

constexpr std::size_t aligned(std::size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

constexpr std::array<ParameterPlace, 8> makePlaces() {
  std::array<ParameterPlace, 8> places{{
      {"conv1", "weight", {10, 1, 5, 5}, 25, 0, 0},
      {"conv1", "bias", {10, 0, 0, 0}, 25, 0, 0},
      {"conv2", "weight", {20, 10, 5, 5}, 250, 0, 0},
      {"conv2", "bias", {20, 0, 0, 0}, 250, 0, 0},
      {"fc1", "weight", {50, 320, 0, 0}, 320, 0, 0},
      {"fc1", "bias", {50, 0, 0, 0}, 320, 0, 0},
      {"fc2", "weight", {10, 50, 0, 0}, 50, 0, 0},
      {"fc2", "bias", {10, 0, 0, 0}, 50, 0, 0},
  }};
  std::size_t offset = 0;
  for (ParameterPlace& place : places) {
    place.size = product(place.shape);
    place.offset = offset;
    offset += aligned(place.size);
  }
  return places;
}

constexpr std::array<ParameterPlace, 8> kPlaces = makePlaces();

}  // namespace

std::span<const ParameterPlace> convNetParameters() noexcept {
  return kPlaces;
}

std::size_t convNetFlatSize() noexcept {
  return kPlaces.back().offset + aligned(kPlaces.back().size);
}

std::vector<LayerInfo> convNetLayers() {
  std::vector<LayerInfo> layers;
  for (const ParameterPlace& place : kPlaces) {
    if (layers.empty() || layers.back().name != place.layer) layers.push_back({place.layer, 0});
    layers.back().parameters += static_cast<std::int64_t>(place.size);
  }
  return layers;
}

Result<void> checkConvNetTakes(const DataDescription& data) {
  const auto refuse = [&data](const std::string& what) {
    return makeError(ErrorCode::kUnsupported, data.path + ": " + what);
  };
  const SampleShape taken{{1, kImageSide, kImageSide}};
  if (!data.shape.sizes.empty() && data.shape != taken) {
    return refuse("samples of " + data.shape.text() + "; the ConvNet takes grey images, " +
                  taken.text());
  }
  if (data.classes > kClasses) {
    return refuse(std::to_string(data.classes) + " classes (labels 0 to " +
                  std::to_string(data.classes - 1) + "); the ConvNet takes labels 0 to 9");
  }
  return {};
}

Result<void> checkConvNetTakes(const LoadedData& data) {
  if (data.train.hasLabels()) return checkConvNetTakes(data.description);
  return makeError(ErrorCode::kUnsupported, data.description.path +
                                                ": targets are values; the ConvNet takes class "
                                                "labels");
}

void initialiseConvNet(std::span<float> flat, std::uint64_t seed) {
  std::fill(flat.begin(), flat.end(), 0.0F);
  Random random(seed);
  for (const ParameterPlace& place : kPlaces) {
    const double bound = 1.0 / std::sqrt(static_cast<double>(place.fanIn));
    for (float& value : flat.subspan(place.offset, place.size)) {
      value = static_cast<float>((2.0 * random.uniform() - 1.0) * bound);
    }
  }
}

}  // namespace training
