// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/data_fit.h"

#include <algorithm>
#include <cstdint>

#include "training/job/setting_choices.h"
#include "training/models/models.h"
#include "training/tasks/tasks.h"

namespace training {
namespace {

/// Sentences name the data as the window does, not by their path.
DataDescription named(const DataDescription& data) {
  DataDescription copy = data;
  copy.path = data.name;
  return copy;
}

/// Numbers of classes that stand for all that the data may turn out to have; 0: values.
std::vector<std::int64_t> possibleClasses(const DataDescription& data) {
  if (data.classes > 0) return {data.classes};
  if (data.name == "MNIST" || data.name == "Fashion-MNIST") return {10};
  if (data.targets == TargetKind::kValues) return {0};
  if (data.targets == TargetKind::kLabels) return {2, 1000};
  return {0, 2, 1000};
}

/// Task::outputs() for each of these numbers of classes.
std::vector<eventio::Result<std::int64_t>> possibleOutputs(const Task& task,
                                                           const DataDescription& data) {
  std::vector<eventio::Result<std::int64_t>> outputs;
  for (const std::int64_t classes : possibleClasses(data)) {
    DataDescription possible = named(data);
    possible.classes = classes;
    outputs.push_back(task.outputs(possible));
  }
  return outputs;
}

/// Outputs of the model; 0 while they are not known.
std::int64_t outputsFor(const Task& task, const DataDescription& data) {
  std::int64_t known = 0;
  for (const auto& outputs : possibleOutputs(task, data)) {
    if (!outputs) continue;
    if (known != 0 && known != *outputs) return 0;
    known = *outputs;
  }
  return known;
}

std::vector<LayerInfo> withoutCounts(std::vector<LayerInfo> layers) {
  for (LayerInfo& layer : layers) layer.parameters = 0;
  return layers;
}

}  // namespace

eventio::Message taskProblem(const TrainingConfig& config, const DataDescription& data) {
  const Task* task = findTask(config.task);
  if (task == nullptr) return {};
  const auto outputs = possibleOutputs(*task, data);
  const bool fits = std::any_of(outputs.begin(), outputs.end(),
                                [](const auto& each) { return each.has_value(); });
  return fits ? eventio::Message() : outputs.front().error().message;
}

eventio::Message modelProblem(const TrainingConfig& config, const DataDescription& data) {
  const ModelSettings settings = modelSettings(config);
  if (const auto any = exampleModel(settings); !any) return any.error().message;
  const auto taken = checkModelTakes(settings, named(data));
  return taken ? eventio::Message() : taken.error().message;
}

eventio::Message validationProblem(const TrainingConfig& config, const DataDescription& data) {
  if (config.validateOn != "validation" || data.hasValidation) return {};
  return {"the data have no validation set; choose data that have one, or the test set"};
}

eventio::Message batchProblem(const TrainingConfig& config, const DataDescription& data) {
  if (!config.dropLast || data.trainCount == 0 || data.trainCount >= config.batchSize) return {};
  return {
      "the training set has %1 samples, fewer than one batch of %2, and incomplete batches are "
      "dropped; choose a smaller batch",
      data.trainCount, config.batchSize};
}

std::vector<LayerInfo> layersFor(const TrainingConfig& config, const DataDescription& data) {
  const Task* task = findTask(config.task);
  if (task == nullptr || data.shape.sizes.empty()) return withoutCounts(layersOf(config));
  const std::int64_t outputs = outputsFor(*task, data);
  const ModelSettings settings = modelSettings(config);
  const auto model = makeModel(settings, data.shape, std::max<std::int64_t>(outputs, 1));
  if (!model) return withoutCounts(layersOf(config));
  std::vector<LayerInfo> layers = model->layers;
  if (outputs > 0) return layers;
  // How many outputs there are, and what depends on it, is not known yet.
  const auto other = makeModel(settings, data.shape, 2);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!other || other->layers[i].parameters != layers[i].parameters) layers[i].parameters = 0;
  }
  return layers;
}

}  // namespace training
