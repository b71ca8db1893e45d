// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine_fixture.h"

#include "tests/training/conv_net_model.h"
#include "training/base/random.h"
#include "training/snapshots/checkpoint.h"

using namespace training;

namespace {

SampleSet smallImages(std::int64_t count, std::uint64_t seed) {
  std::vector<std::uint8_t> pixels;
  std::vector<std::int64_t> labels;
  Random random(seed);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint64_t label = random.below(10);
    labels.push_back(static_cast<std::int64_t>(label));
    for (std::size_t pixel = 0; pixel < 784; ++pixel) {
      const bool onBar = pixel / 28 == 2U * label + 4U;
      pixels.push_back(static_cast<std::uint8_t>(onBar ? 180 : random.below(40)));
    }
  }
  return {count, {{1, 28, 28}}, std::move(pixels), std::move(labels)};
}

}  // namespace

LoadedData smallData(std::int64_t trainCount, std::int64_t testCount) {
  LoadedData data;
  data.train = smallImages(trainCount, 1);
  data.test = smallImages(testCount, 2);
  data.description.name = "bars";
  data.description.path = "memory";
  data.description.shape = data.train.shape;
  data.description.trainCount = trainCount;
  data.description.testCount = testCount;
  data.description.classes = 10;
  return data;
}

TrainingConfig smallConfig() {
  TrainingConfig config;
  config.epochs = 2;
  config.fineTuneEpochs = 1;
  config.batchSize = 16;
  config.threads = 2;
  config.histogramInterval = 7;
  return config;
}

eventio::Result<TrainingState> EngineRun::last() const {
  return loadCheckpoint(folder / "checkpoints" / "last.safetensors", convNet());
}

eventio::Result<TrainingOutcome> EngineRun::run() {
  control.begin(
      {config.learningRate, config.momentum, config.weightDecay, config.histogramInterval});
  TorchEngine engine;
  return engine.train(config, data, folder.path().string(), control, recorder);
}
