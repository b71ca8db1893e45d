// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/checkpoint_format.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "eventio/base/crc32c.h"
#include "training/base/quoted_name.h"
#include "training/optimisers/optimisers.h"
#include "training/optimisers/sgd.h"
#include "training/snapshots/parameter_layout.h"
#include "training/snapshots/safetensors_file.h"
#include "training/snapshots/state_fields.h"
#include "training/snapshots/torch_checkpoint.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;
using nlohmann::json;

constexpr const char* kVersionKey = "traindeck.checkpoint";
constexpr const char* kVersion = "1";
constexpr const char* kStateKey = "traindeck.state";
constexpr const char* kChecksumKey = "traindeck.crc32c";
// Within another JSON text the quotes would be escaped, so this stands in a header only once.
constexpr std::string_view kChecksumField = R"("traindeck.crc32c":")";
constexpr std::string_view kNoChecksum = "00000000";

constexpr const char* kModelKey = "traindeck.model";

constexpr const char* kModel = "model.";
/// SGD's momentum buffers in files of versions that had no other optimiser and named none.
constexpr const char* kMomentumOfOlder = "momentum.";

/// Tensors and the values that they point to.
class TensorList {
 public:
  void add(const std::string& prefix, std::span<const ParameterPlace> places,
           std::span<const float> flat) {
    for (const ParameterPlace& place : places) {
      const std::vector<float>& values = m_values.emplace_back(toRowMajor(place, flat));
      m_tensors.push_back({prefix + place.key(),
                           "F32",
                           shapeOf(place),
                           {reinterpret_cast<const char*>(values.data()), 4 * values.size()}});
    }
  }
  [[nodiscard]] std::string write(const SafetensorsMetadata& metadata) const {
    return writeSafetensors(m_tensors, metadata);
  }

 private:
  std::vector<std::vector<float>> m_values;  ///< their buffers do not move
  std::vector<SafetensorsTensor> m_tensors;
};

/// Where the 8 digits of the checksum begin; npos where there are none.
std::size_t checksumPlace(std::string_view bytes) {
  const std::size_t field = bytes.find(kChecksumField);
  if (field == std::string_view::npos) return field;
  const std::size_t place = field + kChecksumField.size();
  return place + kNoChecksum.size() <= bytes.size() ? place : std::string_view::npos;
}

Result<void> checkBuffers(const TrainingState& state, const Model& model) {
  const std::size_t size = flatSize(model.parameters);
  const OptimiserState& kept = state.optimiser;
  const Optimiser* optimiser = findOptimiser(kept.optimiser);
  const bool fits = optimiser != nullptr &&
                    kept.buffers.size() == optimiser->bufferNames().size() &&
                    std::all_of(kept.buffers.begin(), kept.buffers.end(),
                                [size](const auto& buffer) { return buffer.size() == size; });
  if (fits && state.parameters.size() == size && state.buffers.size() == flatSize(model.buffers)) {
    return {};
  }
  return makeError(ErrorCode::kInvalidArgument, "the state's buffers have not the model's size");
}

/// The tensors named `prefix` and the parameter's name, as a flat buffer.
Result<std::vector<float>> readFlat(const SafetensorsFile& file, const std::string& prefix,
                                    std::span<const ParameterPlace> places) {
  std::vector<float> flat(flatSize(places));
  for (const ParameterPlace& place : places) {
    const std::string name = prefix + place.key();
    const SafetensorsTensor* found = nullptr;
    for (const SafetensorsTensor& tensor : file.tensors) {
      if (tensor.name == name) found = &tensor;
    }
    if (found == nullptr) return makeError(ErrorCode::kCorrupt, "%1 is missing", quotedName(name));
    if (found->type != "F32" || found->shape != shapeOf(place)) {
      return makeError(ErrorCode::kCorrupt, "%1 has another type or shape", quotedName(name));
    }
    std::vector<float> values(place.size);
    std::memcpy(values.data(), found->data.data(), found->data.size());
    fromRowMajor(place, values, flat);
  }
  return flat;
}

std::string prefixOf(std::string_view buffer) {
  return std::string(buffer) + '.';
}

/// What the names of the tensors of each of the optimiser's buffers begin with.
Result<std::vector<std::string>> bufferPrefixes(const OptimiserState& state) {
  if (state.optimiser.empty()) return std::vector<std::string>{kMomentumOfOlder};
  const Optimiser* optimiser = findOptimiser(state.optimiser);
  if (optimiser == nullptr) {
    return makeError(ErrorCode::kCorrupt,
                     "its optimiser %1 is not known: a newer version of TrainDeck wrote it",
                     quotedName(state.optimiser));
  }
  std::vector<std::string> prefixes;
  for (const std::string_view name : optimiser->bufferNames()) prefixes.push_back(prefixOf(name));
  return prefixes;
}

Result<json> parseState(const SafetensorsMetadata& metadata) {
  const auto version = metadata.find(kVersionKey);
  const auto state = metadata.find(kStateKey);
  if (version == metadata.end() || state == metadata.end()) {
    return makeError(ErrorCode::kCorrupt, "it holds tensors, but no state of a training run");
  }
  if (version->second != kVersion) {
    return makeError(ErrorCode::kCorrupt,
                     "its form %1 is not known: a newer version of TrainDeck wrote it",
                     quotedName(version->second));
  }
  json values = json::parse(state->second, nullptr, false);
  if (values.is_discarded()) return makeError(ErrorCode::kCorrupt, "its state is not JSON");
  return values;
}

Result<TrainingState> readNumbers(const SafetensorsFile& file) {
  TrainingState state;
  const auto values = parseState(file.metadata);
  if (!values) return tl::unexpected(values.error());
  const auto fields = fromJson(*values, StateFields::kExactly, state);
  if (!fields) return tl::unexpected(fields.error());
  return state;
}

Result<void> checkModel(const SafetensorsFile& file, const Model& model) {
  const auto saved = file.metadata.find(kModelKey);
  if (saved == file.metadata.end() || saved->second == model.text()) return {};
  return makeError(ErrorCode::kCorrupt, "it is of another model: of %1, not of %2",
                   quotedName(saved->second), model.text());
}

Result<TrainingState> readState(const SafetensorsFile& file, const Model& model) {
  auto state = readNumbers(file);
  if (!state) return state;
  if (const auto same = checkModel(file, model); !same) return tl::unexpected(same.error());
  const auto prefixes = bufferPrefixes(state->optimiser);
  if (!prefixes) return tl::unexpected(prefixes.error());
  if (file.tensors.size() !=
      (1 + prefixes->size()) * model.parameters.size() + model.buffers.size()) {
    return makeError(ErrorCode::kCorrupt, "it has not the model's number of tensors");
  }
  auto parameters = readFlat(file, kModel, model.parameters);
  if (!parameters) return tl::unexpected(parameters.error());
  state->parameters = std::move(*parameters);
  auto statistics = readFlat(file, kModel, model.buffers);
  if (!statistics) return tl::unexpected(statistics.error());
  state->buffers = std::move(*statistics);
  for (const std::string& prefix : *prefixes) {
    auto buffer = readFlat(file, prefix, model.parameters);
    if (!buffer) return tl::unexpected(buffer.error());
    state->optimiser.buffers.push_back(std::move(*buffer));
  }
  if (state->optimiser.optimiser.empty()) state->optimiser.optimiser = sgd().name();
  return state;
}

/// The container of today's form, whose checksum matches.
Result<SafetensorsFile> readWhole(std::string_view bytes) {
  const std::string checksum = checkpointChecksum(bytes);
  if (!checksum.empty() && bytes.substr(checksumPlace(bytes), checksum.size()) != checksum) {
    return makeError(ErrorCode::kCorrupt, "its checksum does not match: it is damaged or cut off");
  }
  auto file = readSafetensors(bytes);
  if (!file) return tl::unexpected(file.error());
  if (checksum.empty() || file->metadata.count(kChecksumKey) == 0) {
    return makeError(ErrorCode::kCorrupt, "it holds tensors, but no state of a training run");
  }
  return file;
}

}  // namespace

std::string checkpointChecksum(std::string_view bytes) {
  const std::size_t place = checksumPlace(bytes);
  if (place == std::string_view::npos) return {};
  std::uint32_t crc = eventio::crc32c(bytes.substr(0, place));
  crc = eventio::crc32c(kNoChecksum, crc);
  crc = eventio::crc32c(bytes.substr(place + kNoChecksum.size()), crc);
  std::array<char, 9> digits{};
  std::snprintf(digits.data(), digits.size(), "%08x", crc);
  return digits.data();
}

Result<std::string> encodeCheckpoint(const TrainingState& state, const Model& model) {
  if (const auto fits = checkBuffers(state, model); !fits) return tl::unexpected(fits.error());
  const auto values = toJson(state);
  if (!values) return tl::unexpected(values.error());
  TensorList tensors;
  tensors.add(kModel, model.parameters, state.parameters);
  tensors.add(kModel, model.buffers, state.buffers);
  const auto names = findOptimiser(state.optimiser.optimiser)->bufferNames();
  for (std::size_t i = 0; i < names.size(); ++i) {
    tensors.add(prefixOf(names[i]), model.parameters, state.optimiser.buffers[i]);
  }
  std::string bytes = tensors.write({{"format", "pt"},
                                     {kVersionKey, kVersion},
                                     {kModelKey, model.text()},
                                     {kStateKey, values->dump()},
                                     {kChecksumKey, std::string(kNoChecksum)}});
  bytes.replace(checksumPlace(bytes), kNoChecksum.size(), checkpointChecksum(bytes));
  return bytes;
}

Result<std::string> encodeWeights(const TrainingState& state, const Model& model) {
  if (const auto fits = checkBuffers(state, model); !fits) return tl::unexpected(fits.error());
  TensorList tensors;
  tensors.add("", model.parameters, state.parameters);
  tensors.add("", model.buffers, state.buffers);
  return tensors.write({{"format", "pt"}});
}

Result<TrainingState> decodeCheckpoint(std::string_view bytes, const Model& model) {
  if (bytes.starts_with("PK")) return decodeTorchCheckpoint(bytes, model);
  const auto file = readWhole(bytes);
  if (!file) return tl::unexpected(file.error());
  return readState(*file, model);
}

Result<TrainingState> decodePosition(std::string_view bytes) {
  if (bytes.starts_with("PK")) return decodeTorchPosition(bytes);
  const auto file = readWhole(bytes);
  if (!file) return tl::unexpected(file.error());
  return readNumbers(*file);
}

}  // namespace training
