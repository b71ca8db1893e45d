// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/models/model_builder.h"

#include <utility>

namespace training {
namespace {

void append(std::vector<ParameterPlace>& places, ParameterPlace place) {
  place.size = 1;
  for (const std::int64_t extent : place.shape) {
    if (extent > 0) place.size *= static_cast<std::size_t>(extent);
  }
  place.offset = places.empty() ? 0 : places.back().offset + alignedSize(places.back().size);
  places.push_back(std::move(place));
}

}  // namespace

ModelBuilder::ModelBuilder(std::string name, SampleShape input) : m_shape(std::move(input)) {
  m_model.name = std::move(name);
  m_model.input = m_shape;
}

Operation& ModelBuilder::add(OperationKind kind, const std::string& layer) {
  Operation& operation = m_model.operations.emplace_back();
  operation.kind = kind;
  operation.layer = layer;
  operation.parameters = m_model.parameters.size();
  operation.buffers = m_model.buffers.size();
  return operation;
}

void ModelBuilder::addParameter(const std::string& layer, const std::string& name,
                                const std::array<std::int64_t, 4>& shape, std::int64_t fanIn,
                                float fill) {
  append(m_model.parameters, {layer, name, shape, fanIn, 0, 0, fill});
  std::vector<LayerInfo>& layers = m_model.layers;
  if (layers.empty() || layers.back().name != layer) layers.push_back({layer, 0});
  layers.back().parameters += static_cast<std::int64_t>(m_model.parameters.back().size);
}

void ModelBuilder::conv2d(const std::string& layer, std::int64_t channels, std::int64_t kernel,
                          const Conv2dOptions& options) {
  Operation& operation = add(OperationKind::kConv2d, layer);
  operation.stride = options.stride;
  operation.padding = options.padding;
  operation.hasBias = options.bias;
  std::vector<std::int64_t>& sizes = m_shape.sizes;
  const std::int64_t fanIn = sizes[0] * kernel * kernel;
  addParameter(layer, "weight", {channels, sizes[0], kernel, kernel}, fanIn);
  if (options.bias) addParameter(layer, "bias", {channels, 0, 0, 0}, fanIn);
  const auto convolved = [&](std::int64_t size) {
    return (size + 2 * options.padding - kernel) / options.stride + 1;
  };
  sizes = {channels, convolved(sizes[1]), convolved(sizes[2])};
}

void ModelBuilder::maxPoolRelu() {
  add(OperationKind::kMaxPoolRelu);
  m_shape.sizes = {m_shape.sizes[0], m_shape.sizes[1] / 2, m_shape.sizes[2] / 2};
}

void ModelBuilder::relu() {
  add(OperationKind::kRelu);
}

void ModelBuilder::flatten() {
  add(OperationKind::kFlatten);
  m_shape.sizes = {m_shape.numel()};
}

void ModelBuilder::linear(const std::string& layer, std::int64_t outputs) {
  add(OperationKind::kLinear, layer);
  const std::int64_t inputs = m_shape.sizes[0];
  addParameter(layer, "weight", {outputs, inputs, 0, 0}, inputs);
  addParameter(layer, "bias", {outputs, 0, 0, 0}, inputs);
  m_shape.sizes = {outputs};
}

void ModelBuilder::dropout(double probability) {
  Operation& operation = add(OperationKind::kDropout);
  operation.probability = probability;
  operation.ordinal = m_dropouts++;
}

void ModelBuilder::batchNorm2d(const std::string& layer) {
  add(OperationKind::kBatchNorm2d, layer);
  const std::array<std::int64_t, 4> shape = {m_shape.sizes[0], 0, 0, 0};
  addParameter(layer, "weight", shape, 0, 1);
  addParameter(layer, "bias", shape, 0, 0);
  append(m_model.buffers, {layer, "running_mean", shape, 0, 0, 0, 0});
  append(m_model.buffers, {layer, "running_var", shape, 0, 0, 0, 1});
}

void ModelBuilder::globalAveragePool() {
  add(OperationKind::kGlobalAveragePool);
  m_shape.sizes = {m_shape.sizes[0]};
}

std::vector<Operation> ModelBuilder::nested(const std::function<void()>& describe) {
  std::vector<Operation> outer = std::exchange(m_model.operations, {});
  if (describe) describe();
  return std::exchange(m_model.operations, std::move(outer));
}

void ModelBuilder::residual(const std::function<void()>& branch,
                            const std::function<void()>& shortcut) {
  const SampleShape before = m_shape;
  std::vector<Operation> branched = nested(branch);
  const SampleShape after = std::exchange(m_shape, before);
  std::vector<Operation> direct = nested(shortcut);
  m_shape = after;
  Operation& operation = add(OperationKind::kResidual);
  operation.branch = std::move(branched);
  operation.shortcut = std::move(direct);
}

Model ModelBuilder::build() && {
  m_model.outputs = m_shape.numel();
  return std::move(m_model);
}

}  // namespace training
