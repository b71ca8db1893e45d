// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine_fixture.h"

#include "training/base/random.h"
#include "training/snapshots/checkpoint.h"

using namespace training;

namespace {

ImageSet smallImages(std::int64_t count, std::uint64_t seed) {
  ImageSet set{count, 28, 28, {}, {}};
  Random random(seed);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto label = static_cast<std::uint8_t>(random.below(10));
    set.labels.push_back(label);
    for (std::size_t pixel = 0; pixel < 784; ++pixel) {
      const bool onBar = pixel / 28 == 2U * label + 4U;
      set.pixels.push_back(static_cast<std::uint8_t>(onBar ? 180 : random.below(40)));
    }
  }
  return set;
}

}  // namespace

DataSet smallData(std::int64_t trainCount, std::int64_t testCount) {
  return {"bars", "memory", 10, smallImages(trainCount, 1), smallImages(testCount, 2)};
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
  return loadCheckpoint(folder / "checkpoints" / "last.safetensors");
}

eventio::Result<TrainingOutcome> EngineRun::run() {
  control.begin(
      {config.learningRate, config.momentum, config.weightDecay, config.histogramInterval});
  TorchEngine engine;
  return engine.train(config, data, folder.path().string(), control, recorder);
}
