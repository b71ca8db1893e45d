// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/models/models.h"

#include <algorithm>
#include <array>
#include <utility>

namespace training {

ModelKind convNetKind();
ModelKind leNet5Kind();
ModelKind mlpKind();
ModelKind resNetKind();

namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

constexpr std::size_t kMaxParameters = std::size_t{1} << 28U;
constexpr std::int64_t kExampleOutputs = 10;

/// "MLP, ResNet": the other models that these samples fit.
std::string othersThatFit(ModelSettings settings, const SampleShape& input, std::int64_t outputs) {
  std::string titles;
  const std::string given = std::exchange(settings.name, {});
  for (const ModelKind& kind : modelKinds()) {
    settings.name = kind.name;
    if (kind.name == given || !makeModel(settings, input, outputs)) continue;
    titles += (titles.empty() ? "" : ", ") + std::string(kind.title);
  }
  return titles;
}

/// What to do about samples that the model does not take.
std::string adviceFor(const ModelSettings& settings, const DataDescription& data,
                      std::int64_t outputs) {
  // Settings that are no model for any samples are the reason themselves.
  if (data.shape.sizes.empty() || !exampleModel(settings)) return {};
  const std::string others = othersThatFit(settings, data.shape, outputs);
  std::string advice = others.empty() ? "" : "; other models that take them: " + others;
  if (data.isResized) {
    advice += "; pictures of different sizes are resized to " + data.shape.text() +
              ": bring them all to one size for another shape";
  }
  return advice;
}

}  // namespace

std::span<const ModelKind> modelKinds() {
  static const std::array kKinds = {convNetKind(), leNet5Kind(), mlpKind(), resNetKind()};
  return kKinds;
}

const ModelKind* findModel(std::string_view name) {
  for (const ModelKind& kind : modelKinds()) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

std::string modelNames() {
  std::string names;
  for (const ModelKind& kind : modelKinds()) {
    names += (names.empty() ? "" : ", ") + std::string(kind.name);
  }
  return names;
}

Result<Model> makeModel(const ModelSettings& settings, const SampleShape& input,
                        std::int64_t outputs) {
  const ModelKind* kind = findModel(settings.name);
  if (kind == nullptr) {
    return makeError(ErrorCode::kInvalidArgument,
                     "There is no model '" + settings.name + "'; choose one of " + modelNames());
  }
  Result<Model> model = kind->make(settings, input, outputs);
  if (!model) return model;
  const std::size_t size = flatSize(model->parameters);
  if (size <= kMaxParameters) return model;
  return makeError(ErrorCode::kUnsupported,
                   "the model would have " + std::to_string(size) + " parameters; " +
                       std::to_string(kMaxParameters) +
                       " is the most: choose smaller layers or smaller samples");
}

Result<Model> exampleModel(const ModelSettings& settings) {
  const ModelKind* kind = findModel(settings.name);
  return makeModel(settings, kind != nullptr ? kind->example : SampleShape{}, kExampleOutputs);
}

Result<Model> modelFor(const ModelSettings& settings, const DataDescription& data,
                       std::int64_t outputs) {
  Result<Model> model = makeModel(settings, data.shape, outputs);
  if (model) return model;
  return makeError(model.error().code,
                   data.path + ": " + model.error().message + adviceFor(settings, data, outputs));
}

Result<void> checkModelTakes(const ModelSettings& settings, const DataDescription& data) {
  if (data.shape.sizes.empty() || !exampleModel(settings)) return {};
  return modelFor(settings, data, std::max<std::int64_t>(data.classes, 1)).map([](const Model&) {});
}

}  // namespace training
