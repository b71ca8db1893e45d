// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/torch_checkpoint.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "training/base/quoted_name.h"
#include "training/snapshots/parameter_layout.h"
#include "training/snapshots/state_fields.h"
#include "training/snapshots/torch_archive.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;
using nlohmann::json;

constexpr std::string_view kFormat = "TrainDeck ConvNet checkpoint 1";

Result<std::vector<float>> readFlat(const TorchArchive& archive, std::string_view part,
                                    std::span<const ParameterPlace> places) {
  const Pickle& pickle = archive.pickle();
  const PickleNode* group = pickle.find(pickle.root(), part);
  std::vector<float> flat(flatSize(places));
  for (const ParameterPlace& place : places) {
    const std::string name = std::string(part) + '.' + place.key();
    const PickleNode* layer = group != nullptr ? pickle.find(*group, place.layer) : nullptr;
    const PickleNode* tensor = layer != nullptr ? pickle.find(*layer, place.name) : nullptr;
    if (tensor == nullptr) return makeError(ErrorCode::kCorrupt, "%1 is missing", quotedName(name));
    const auto values = archive.floats(*tensor, shapeOf(place));
    if (!values) {
      return makeError(ErrorCode::kCorrupt, "%1: %2", quotedName(name), values.error().message);
    }
    fromRowMajor(place, *values, flat);
  }
  return flat;
}

/// The attributes that are plain numbers.
json numbersOf(const Pickle& pickle) {
  json values = json::object();
  const PickleNode& attributes = pickle.at(pickle.root().state);
  for (std::size_t i = 0; i + 1 < attributes.items.size(); i += 2) {
    const PickleNode& name = pickle.at(attributes.items[i]);
    const PickleNode& value = pickle.at(attributes.items[i + 1]);
    if (name.kind != PickleKind::kText) continue;
    if (value.kind == PickleKind::kFloat) values[name.text] = value.number;
    if (value.kind == PickleKind::kInteger) values[name.text] = value.integer;
    // TorchScript has signed integers only.
    if (value.kind == PickleKind::kInteger && name.text == "seed") {
      values[name.text] = static_cast<std::uint64_t>(value.integer);
    }
  }
  return values;
}

Result<TrainingState> readNumbers(const TorchArchive& archive) {
  const Pickle& pickle = archive.pickle();
  const PickleNode* format = pickle.find(pickle.root(), "format");
  if (format == nullptr || format->kind != PickleKind::kText || format->text != kFormat) {
    return makeError(ErrorCode::kCorrupt, "PyTorch wrote it, but it holds no state of a run");
  }
  TrainingState state;
  const auto fields = fromJson(numbersOf(pickle), StateFields::kOfAnyAge, state);
  if (!fields) return tl::unexpected(fields.error());
  return state;
}

}  // namespace

Result<TrainingState> decodeTorchPosition(std::string_view bytes) {
  const auto archive = TorchArchive::open(bytes);
  if (!archive) return tl::unexpected(archive.error());
  return readNumbers(*archive);
}

Result<TrainingState> decodeTorchCheckpoint(std::string_view bytes, const Model& model) {
  const auto archive = TorchArchive::open(bytes);
  if (!archive) return tl::unexpected(archive.error());
  auto state = readNumbers(*archive);
  if (!state) return state;
  if (!model.buffers.empty()) {
    return makeError(ErrorCode::kCorrupt, "it is of the ConvNet, not of %1", model.text());
  }
  auto parameters = readFlat(*archive, "model", model.parameters);
  if (!parameters) return tl::unexpected(parameters.error());
  auto velocity = readFlat(*archive, "momentum_buffers", model.parameters);
  if (!velocity) return tl::unexpected(velocity.error());
  state->parameters = std::move(*parameters);
  state->optimiser = {"sgd", {std::move(*velocity)}, 0};
  return state;
}

}  // namespace training
