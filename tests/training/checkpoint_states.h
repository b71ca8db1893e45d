// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "tests/training/conv_net_model.h"
#include "training/optimisers/sgd.h"
#include "training/snapshots/parameter_layout.h"
#include "training/snapshots/training_state.h"

/// A model small enough that every byte of its checkpoint can be tried.
inline const training::Model& tinyModel() {
  static const training::Model kModel = [] {
    training::Model model;
    model.name = "tiny";
    model.input = {{3, 1, 2}};
    model.outputs = 2;
    model.parameters = {{"a", "weight", {2, 3, 1, 2}, 6, 0, 12},
                        {"a", "bias", {2, 0, 0, 0}, 6, 16, 2}};
    return model;
  }();
  return kModel;
}

/// A state of this model in which every number differs from its default and from the others.
inline training::TrainingState someState(const training::Model& model = convNet()) {
  const std::size_t size = training::flatSize(model.parameters);
  training::TrainingState state;
  state.parameters.resize(size);
  state.buffers = model.initialBuffers();
  for (const training::ParameterPlace& place : model.buffers) {
    for (std::size_t i = place.offset; i < place.offset + place.size; ++i) {
      state.buffers[i] = static_cast<float>(i) / 7.0F;
    }
  }
  state.optimiser = training::newOptimiserState(training::sgd(), size);
  state.optimiser.steps = 4321;
  for (const training::ParameterPlace& place : model.parameters) {
    for (std::size_t i = place.offset; i < place.offset + place.size; ++i) {
      state.parameters[i] = static_cast<float>(i) + 0.1F;
      float divisor = 3;
      for (std::vector<float>& buffer : state.optimiser.buffers) {
        buffer[i] = -static_cast<float>(i) / divisor++;
      }
    }
  }
  state.phase = training::Phase::kFineTuning;
  state.epoch = 3;
  state.batch = 17;
  state.step = 12'345'678'901;
  state.lossSum = 0.1 + 0.2;
  state.metricSums = {77};
  state.samples = 99;
  state.live = {0.123, 0.456, 0.789, 42};
  state.metricAfterTraining = 0.8612;
  state.metricAfterFineTuning = 0.8731;
  state.validationMetric = 0.8432;
  state.bestMetric = 0.8765;
  state.bestLoss = 0.345;
  state.lossHistory = {123, 2.34, 0.567, 0.321};
  state.diverged = 1;
  state.seed = UINT64_MAX - 1;
  state.batchSize = 64;
  state.trainImages = 60'000;
  return state;
}
