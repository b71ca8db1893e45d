// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "training/data/data_source.h"
#include "training/models/operation.h"
#include "training/settings/config.h"

namespace training {

/// A tensor of a model and where it lies in a flat buffer.
///
/// A 4-dimensional one lies in channels-last order (out, height, width, in), all others row by row.
struct ParameterPlace {
  std::string layer;                  ///< "conv1", "layer1.0.conv1"
  std::string name;                   ///< "weight", "bias", "running_mean"
  std::array<std::int64_t, 4> shape;  ///< PyTorch's order; unused dimensions are 0
  std::int64_t fanIn;  ///< inputs of one output of the layer; 0: the tensor starts as `fill`
  std::size_t offset;  ///< in the flat buffer, in floats; a multiple of 16
  std::size_t size;    ///< in floats
  float fill = 0;

  /// "conv1/weight", as it stands in logs.
  [[nodiscard]] std::string tag() const { return layer + '/' + name; }
  /// "conv1.weight", as in PyTorch's state_dict.
  [[nodiscard]] std::string key() const { return layer + '.' + name; }
};

/// Floats of a flat buffer that holds these tensors and padding, which stays zero.
[[nodiscard]] std::size_t flatSize(std::span<const ParameterPlace> places) noexcept;

/// A neural network as a description, without torch: its tensors by name and shape, and the
/// operations that training/torch runs. Made by ModelBuilder; constant afterwards.
struct Model {
  std::string name;          ///< of the catalogue
  SampleShape input;         ///< of one sample
  std::int64_t outputs = 0;  ///< numbers that come out for one sample
  /// Trained tensors, input to output, weight before bias. All lie in one flat buffer, so that
  /// summing gradients, checking, updating and saving are each one loop.
  std::vector<ParameterPlace> parameters;
  /// Tensors that are not trained but belong to the model, in a flat buffer of their own: batch
  /// norm's running_mean and running_var.
  std::vector<ParameterPlace> buffers;
  std::vector<Operation> operations;
  std::vector<LayerInfo> layers;  ///< those with parameters, input to output

  /// "conv_net for 1 x 28 x 28, 10 outputs"
  [[nodiscard]] std::string text() const;
  /// PyTorch's defaults: weights and biases uniform in ±1/sqrt(fan in) (kaiming_uniform_ with
  /// a = sqrt(5)), batch norm 1 and 0. The same seed gives the same values on every machine.
  [[nodiscard]] std::vector<float> initialParameters(std::uint64_t seed) const;
  [[nodiscard]] std::vector<float> initialBuffers() const;
};

}  // namespace training
