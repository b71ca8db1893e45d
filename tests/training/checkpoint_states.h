// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <span>

#include "training/models/conv_net.h"
#include "training/optimisers/sgd.h"
#include "training/snapshots/parameter_layout.h"
#include "training/snapshots/training_state.h"

/// A model small enough that every byte of its checkpoint can be tried.
inline std::span<const training::ParameterPlace> tinyModel() {
  static constexpr std::array<training::ParameterPlace, 2> kPlaces{
      {{"a", "weight", {2, 3, 1, 2}, 6, 0, 12}, {"a", "bias", {2, 0, 0, 0}, 6, 16, 2}}};
  return kPlaces;
}

/// A state of this model in which every number differs from its default and from the others.
inline training::TrainingState someState(
    std::span<const training::ParameterPlace> places = training::convNetParameters()) {
  training::TrainingState state;
  state.parameters.resize(training::flatSize(places));
  state.optimiser = training::newOptimiserState(training::sgd(), training::flatSize(places));
  state.optimiser.steps = 4321;
  for (const training::ParameterPlace& place : places) {
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
