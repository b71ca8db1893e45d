// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "eventio/base/result.h"
#include "training/data/data_source.h"
#include "training/settings/config.h"

namespace training {

/// The ConvNet's shape and where its parameters lie, without torch.
///
/// conv1 1→10 5x5, max-pool 2, ReLU; conv2 10→20 5x5, max-pool 2, ReLU; flatten 320; fc1 320→50,
/// ReLU; fc2 50→10. Input N x 1 x 28 x 28. All parameters lie in one flat buffer, so that summing
/// gradients, checking, updating and saving are each one loop.
constexpr std::int64_t kImageSide = 28;
constexpr std::int64_t kImagePixels = kImageSide * kImageSide;
constexpr std::int64_t kClasses = 10;

struct ParameterPlace {
  const char* layer;                  ///< "conv1"
  const char* name;                   ///< "weight" or "bias"
  std::array<std::int64_t, 4> shape;  ///< PyTorch's order; unused dimensions are 0
  std::int64_t fanIn;                 ///< inputs of one output of the layer
  std::size_t offset;                 ///< in the flat buffer, in floats; a multiple of 16
  std::size_t size;                   ///< in floats

  /// "conv1/weight", as it stands in logs.
  [[nodiscard]] std::string tag() const { return std::string(layer) + "/" + name; }
};

/// Input to output, weight before bias. A 4-dimensional weight lies in channels-last order
/// (out, height, width, in), all others row by row.
[[nodiscard]] std::span<const ParameterPlace> convNetParameters() noexcept;

/// Floats of a flat buffer: 21,840 parameters and padding, which stays zero.
[[nodiscard]] std::size_t convNetFlatSize() noexcept;

[[nodiscard]] std::vector<LayerInfo> convNetLayers();

/// kUnsupported, with what the model takes and what the data are, for samples of another shape and
/// for more classes. What the description leaves open is not checked.
[[nodiscard]] eventio::Result<void> checkConvNetTakes(const DataDescription& data);
/// The same for data in memory, whose targets must be labels.
[[nodiscard]] eventio::Result<void> checkConvNetTakes(const LoadedData& data);

/// PyTorch's defaults for these layers: uniform in ±1/sqrt(fan in), weights and biases. The same
/// seed gives the same values on every machine. `flat` has convNetFlatSize() floats.
void initialiseConvNet(std::span<float> flat, std::uint64_t seed);

}  // namespace training
