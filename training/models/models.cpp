// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/models/models.h"

#include <algorithm>
#include <array>
#include <utility>

namespace training {

ModelKind convNetKind();
ModelKind leNet5Kind();
ModelKind linearKind();
ModelKind mlpKind();
ModelKind resNetKind();

namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Message;
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

/// `problem` and what to do about samples that the model does not take.
Message withAdvice(Message problem, const ModelSettings& settings, const DataDescription& data,
                   std::int64_t outputs) {
  // Settings that are no model for any samples are the reason themselves.
  if (data.shape.sizes.empty() || !exampleModel(settings)) return problem;
  const std::string others = othersThatFit(settings, data.shape, outputs);
  if (!others.empty()) {
    problem = Message("%1; other models that take them: %2", std::move(problem), others);
  }
  if (!data.isResized) return problem;
  return Message(
      "%1; pictures of different sizes are resized to %2: bring them all to one size for another "
      "shape",
      std::move(problem), data.shape.text());
}

}  // namespace

std::span<const ModelKind> modelKinds() {
  static const std::array kKinds = {convNetKind(), leNet5Kind(), linearKind(), mlpKind(),
                                    resNetKind()};
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
    return makeError(ErrorCode::kInvalidArgument, "There is no model '%1'; choose one of %2",
                     settings.name, modelNames());
  }
  Result<Model> model = kind->make(settings, input, outputs);
  if (!model) return model;
  const std::size_t size = flatSize(model->parameters);
  if (size <= kMaxParameters) return model;
  return makeError(ErrorCode::kUnsupported,
                   "the model would have %1 parameters; %2 is the most: choose smaller layers or "
                   "smaller samples",
                   size, kMaxParameters);
}

Result<Model> exampleModel(const ModelSettings& settings) {
  const ModelKind* kind = findModel(settings.name);
  return makeModel(settings, kind != nullptr ? kind->example : SampleShape{}, kExampleOutputs);
}

Result<Model> modelFor(const ModelSettings& settings, const DataDescription& data,
                       std::int64_t outputs) {
  Result<Model> model = makeModel(settings, data.shape, outputs);
  if (model) return model;
  Message problem("%1: %2", data.path, model.error().message);
  return makeError(model.error().code, withAdvice(std::move(problem), settings, data, outputs));
}

Result<void> checkModelTakes(const ModelSettings& settings, const DataDescription& data) {
  if (data.shape.sizes.empty() || !exampleModel(settings)) return {};
  return modelFor(settings, data, std::max<std::int64_t>(data.classes, 1)).map([](const Model&) {});
}

}  // namespace training
