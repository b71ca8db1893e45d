// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/checkpoint.h"

#include <ATen/core/ivalue.h>
#include <torch/serialize/input-archive.h>
#include <torch/serialize/output-archive.h>

#include <sstream>
#include <string>

#include "eventio/file_replacement.h"
#include "training/conv_net.h"
#include "training/torch/parameter_view.h"

namespace training::inline torch_checkpoint {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;
using torch::serialize::InputArchive;
using torch::serialize::OutputArchive;

constexpr const char* kFormat = "TrainDeck ConvNet checkpoint 1";

/// Calls field(name, member) for every number of the state, so that saving and loading cannot
/// differ.
template <class State, class Field>
void eachNumber(State& state, const Field& field) {
  field("epoch", state.epoch);
  field("batch", state.batch);
  field("step", state.step);
  field("loss_sum", state.lossSum);
  field("correct", state.correct);
  field("samples", state.samples);
  field("learning_rate", state.live.learningRate);
  field("momentum", state.live.momentum);
  field("weight_decay", state.live.weightDecay);
  field("histogram_interval", state.live.histogramInterval);
  field("accuracy_after_training", state.accuracyAfterTraining);
  field("accuracy_after_fine_tuning", state.accuracyAfterFineTuning);
  field("batch_size", state.batchSize);
  field("train_images", state.trainImages);
}

/// One archive a layer with its tensors, as plain row-by-row copies.
void writeFlat(OutputArchive& archive, const std::vector<float>& flat) {
  const std::span<const ParameterPlace> places = convNetParameters();
  for (std::size_t i = 0; i < places.size(); i += 2) {
    OutputArchive layer(archive.compilation_unit());
    for (const ParameterPlace& place : places.subspan(i, 2)) {
      const at::Tensor view = parameterView(place, const_cast<float*>(flat.data()));
      layer.write(place.name, view.clone(at::MemoryFormat::Contiguous));
    }
    archive.write(places[i].layer, layer);
  }
}

std::vector<float> readFlat(InputArchive& archive) {
  std::vector<float> flat(convNetFlatSize());
  const std::span<const ParameterPlace> places = convNetParameters();
  for (std::size_t i = 0; i < places.size(); i += 2) {
    InputArchive layer;
    archive.read(places[i].layer, layer);
    for (const ParameterPlace& place : places.subspan(i, 2)) {
      at::Tensor saved;
      layer.read(place.name, saved);
      const at::Tensor view = parameterView(place, flat.data());
      TORCH_CHECK(saved.sizes() == view.sizes() && saved.scalar_type() == at::kFloat, place.tag(),
                  " has another shape or type");
      view.copy_(saved);
    }
  }
  return flat;
}

std::string encode(const TrainingState& state) {
  OutputArchive archive;
  archive.write("format", c10::IValue(std::string(kFormat)));
  OutputArchive model(archive.compilation_unit());
  writeFlat(model, state.parameters);
  archive.write("model", model);
  OutputArchive optimiser(archive.compilation_unit());
  writeFlat(optimiser, state.velocity);
  archive.write("momentum_buffers", optimiser);
  archive.write("phase", c10::IValue(static_cast<std::int64_t>(state.phase)));
  // TorchScript has signed integers only.
  archive.write("seed", c10::IValue(static_cast<std::int64_t>(state.seed)));
  eachNumber(state, [&archive](const char* name, const auto& value) {
    archive.write(name, c10::IValue(value));
  });
  std::ostringstream bytes;
  archive.save_to(bytes);
  return bytes.str();
}

c10::IValue readValue(InputArchive& archive, const char* name) {
  c10::IValue value;
  archive.read(name, value);
  return value;
}

TrainingState decode(const std::string& file) {
  InputArchive archive;
  archive.load_from(file);
  TORCH_CHECK(readValue(archive, "format").toStringRef() == kFormat, "another format");
  TrainingState state;
  InputArchive model;
  archive.read("model", model);
  state.parameters = readFlat(model);
  InputArchive optimiser;
  archive.read("momentum_buffers", optimiser);
  state.velocity = readFlat(optimiser);
  const std::int64_t phase = readValue(archive, "phase").toInt();
  TORCH_CHECK(phase == 0 || phase == 1, "phase ", phase);
  state.phase = static_cast<Phase>(phase);
  state.seed = static_cast<std::uint64_t>(readValue(archive, "seed").toInt());
  eachNumber(state, [&archive](const char* name, auto& value) {
    value = readValue(archive, name).to<std::remove_reference_t<decltype(value)>>();
  });
  return state;
}

std::string firstLine(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

Result<void> saveCheckpoint(const std::filesystem::path& file, const TrainingState& state) {
  std::string bytes;
  try {
    bytes = encode(state);
  } catch (const std::exception& error) {
    return makeError(ErrorCode::kIo, file.string() + ": cannot be encoded: " + error.what());
  }
  return eventio::replaceFile(file, bytes);
}

Result<TrainingState> loadCheckpoint(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) {
    return makeError(ErrorCode::kNotFound, file.string() + ": there is no saved model");
  }
  try {
    return decode(file.string());
  } catch (const std::exception& error) {
    return makeError(
        ErrorCode::kCorrupt,
        file.string() + ": not a whole model saved by TrainDeck: " + firstLine(error.what()));
  }
}

}  // namespace training::inline torch_checkpoint
