// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "training/models/model.h"

namespace training {

/// Floats up to the next multiple of a cache line.
[[nodiscard]] constexpr std::size_t alignedSize(std::size_t floats) noexcept {
  constexpr std::size_t kAlignment = 16;
  return (floats + kAlignment - 1) / kAlignment * kAlignment;
}

struct Conv2dOptions {
  std::int64_t stride = 1;
  std::int64_t padding = 0;
  bool bias = true;
};

/// Describes a model operation by operation, from its input to its output; it keeps count of the
/// shapes in between. The caller sees to it that an operation fits the shape before it: images
/// before conv2d(), maxPoolRelu() (rows and columns even), batchNorm2d() and globalAveragePool(),
/// a vector before linear().
class ModelBuilder {
 public:
  ModelBuilder(std::string name, SampleShape input);

  /// Square kernels.
  void conv2d(const std::string& layer, std::int64_t channels, std::int64_t kernel,
              const Conv2dOptions& options = {});
  void maxPoolRelu();
  void relu();
  void flatten();
  void linear(const std::string& layer, std::int64_t outputs);
  void dropout(double probability);
  void batchNorm2d(const std::string& layer);
  void globalAveragePool();
  /// Both describe their operations on this builder, and end in the same shape; an empty
  /// `shortcut` is the identity.
  void residual(const std::function<void()>& branch, const std::function<void()>& shortcut);

  /// Shape of what the last operation gives.
  [[nodiscard]] const SampleShape& shape() const noexcept { return m_shape; }
  /// The model so far; its outputs are the numbers of shape().
  [[nodiscard]] Model build() &&;

 private:
  Operation& add(OperationKind kind, const std::string& layer = {});
  void addParameter(const std::string& layer, const std::string& name,
                    const std::array<std::int64_t, 4>& shape, std::int64_t fanIn, float fill = 0);
  /// The operations that `describe` adds.
  std::vector<Operation> nested(const std::function<void()>& describe);

  Model m_model;
  SampleShape m_shape;
  std::uint64_t m_dropouts = 0;
};

}  // namespace training
