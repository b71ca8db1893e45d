// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/torch_engine.h"

#include <new>

#include "training/base/machine.h"
#include "training/compute/system_allocator.h"
#include "training/models/models.h"
#include "training/optimisers/optimisers.h"
#include "training/tasks/tasks.h"
#include "training/torch/devices.h"
#include "training/torch/replica.h"
#include "training/torch/training_loop.h"

namespace training {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

EngineInfo TorchEngine::info() const {
  return {torchVersion(), torchDevices()};
}

Result<TrainingOutcome> TorchEngine::train(const TrainingConfig& config, const LoadedData& data,
                                           const std::string& runFolder, TrainerControl& control,
                                           TrainingRecorder& recorder) {
  const std::vector<std::string> devices = torchDevices();
  if (findTask(config.task) == nullptr) {
    return makeError(ErrorCode::kInvalidArgument, "task: There is no task '%1'", config.task);
  }
  const ChosenTask task{*findTask(config.task),
                        {config.task, config.labelSmoothing, config.tolerance}};
  const Result<std::int64_t> outputs = task.task.outputs(data.description);
  if (!outputs) return tl::unexpected(outputs.error());
  const Result<Model> model = modelFor(modelSettings(config), data.description, *outputs);
  if (!model) return tl::unexpected(model.error());
  const std::vector<ConfigProblem> problems = checkConfig(config, model->layers, devices);
  if (!problems.empty()) {
    return makeError(ErrorCode::kInvalidArgument, "%1: %2", problems.front().field,
                     problems.front().message);
  }
  const OptimiserSettings optimiser = optimiserSettings(config);
  if (findOptimiser(optimiser.name) == nullptr) {
    return makeError(ErrorCode::kInvalidArgument,
                     "optimiser: There is no optimiser '%1'; choose one of %2", optimiser.name,
                     optimiserNames());
  }
  const bool hasBatch = !config.dropLast || data.train.count >= config.batchSize;
  if (data.train.count < 1 || data.test.count < 1 || !hasBatch) {
    return makeError(ErrorCode::kInvalidArgument,
                     "%1: the data set holds no samples, or no whole batch", data.description.path);
  }
  try {
    keepFreedMemory();
    useOneTorchThread();
    return TrainingLoop(config, optimiser, task, *model, data, runFolder, control, recorder).run();
  } catch (const std::exception& error) {
    const std::string text = error.what();
    const bool isMemory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr ||
                          text.find("allocate memory") != std::string::npos;
    if (isMemory) return makeError(ErrorCode::kUnsupported, kOutOfMemoryAdvice);
    return makeError(ErrorCode::kUnsupported, "LibTorch cannot go on: %1",
                     text.substr(0, text.find('\n')));
  }
}

}  // namespace training
