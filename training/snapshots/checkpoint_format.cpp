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

constexpr const char* kModel = "model.";
/// SGD's momentum buffers in files of versions that had no other optimiser and named none.
constexpr const char* kMomentumOfOlder = "momentum.";

std::string nameOf(const ParameterPlace& place) {
  return std::string(place.layer) + '.' + place.name;
}

/// Tensors and the values that they point to.
class TensorList {
 public:
  explicit TensorList(std::span<const ParameterPlace> places) : m_places(places) {}

  void add(const std::string& prefix, std::span<const float> flat) {
    for (const ParameterPlace& place : m_places) {
      const std::vector<float>& values = m_values.emplace_back(toRowMajor(place, flat));
      m_tensors.push_back({prefix + nameOf(place),
                           "F32",
                           shapeOf(place),
                           {reinterpret_cast<const char*>(values.data()), 4 * values.size()}});
    }
  }
  [[nodiscard]] std::string write(const SafetensorsMetadata& metadata) const {
    return writeSafetensors(m_tensors, metadata);
  }

 private:
  std::span<const ParameterPlace> m_places;
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

Result<void> checkBuffers(const TrainingState& state, std::span<const ParameterPlace> places) {
  const std::size_t size = flatSize(places);
  const OptimiserState& kept = state.optimiser;
  const Optimiser* optimiser = findOptimiser(kept.optimiser);
  const bool fits = optimiser != nullptr &&
                    kept.buffers.size() == optimiser->bufferNames().size() &&
                    std::all_of(kept.buffers.begin(), kept.buffers.end(),
                                [size](const auto& buffer) { return buffer.size() == size; });
  if (fits && state.parameters.size() == size) return {};
  return makeError(ErrorCode::kInvalidArgument, "the state's buffers have not the model's size");
}

/// The tensors named `prefix` and the parameter's name, as a flat buffer.
Result<std::vector<float>> readFlat(const SafetensorsFile& file, const std::string& prefix,
                                    std::span<const ParameterPlace> places) {
  std::vector<float> flat(flatSize(places));
  for (const ParameterPlace& place : places) {
    const std::string name = prefix + nameOf(place);
    const SafetensorsTensor* found = nullptr;
    for (const SafetensorsTensor& tensor : file.tensors) {
      if (tensor.name == name) found = &tensor;
    }
    if (found == nullptr) return makeError(ErrorCode::kCorrupt, quotedName(name) + " is missing");
    if (found->type != "F32" || found->shape != shapeOf(place)) {
      return makeError(ErrorCode::kCorrupt, quotedName(name) + " has another type or shape");
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
                     "its optimiser " + quotedName(state.optimiser) +
                         " is not known: a newer version of TrainDeck wrote it");
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
                     "its form " + quotedName(version->second) +
                         " is not known: a newer version of TrainDeck wrote it");
  }
  json values = json::parse(state->second, nullptr, false);
  if (values.is_discarded()) return makeError(ErrorCode::kCorrupt, "its state is not JSON");
  return values;
}

Result<TrainingState> readState(const SafetensorsFile& file,
                                std::span<const ParameterPlace> places) {
  TrainingState state;
  const auto values = parseState(file.metadata);
  if (!values) return tl::unexpected(values.error());
  const auto fields = fromJson(*values, StateFields::kExactly, state);
  if (!fields) return tl::unexpected(fields.error());
  const auto prefixes = bufferPrefixes(state.optimiser);
  if (!prefixes) return tl::unexpected(prefixes.error());
  if (file.tensors.size() != (1 + prefixes->size()) * places.size()) {
    return makeError(ErrorCode::kCorrupt, "it has not the model's number of tensors");
  }
  auto parameters = readFlat(file, kModel, places);
  if (!parameters) return tl::unexpected(parameters.error());
  state.parameters = std::move(*parameters);
  for (const std::string& prefix : *prefixes) {
    auto buffer = readFlat(file, prefix, places);
    if (!buffer) return tl::unexpected(buffer.error());
    state.optimiser.buffers.push_back(std::move(*buffer));
  }
  if (state.optimiser.optimiser.empty()) state.optimiser.optimiser = sgd().name();
  return state;
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

Result<std::string> encodeCheckpoint(const TrainingState& state,
                                     std::span<const ParameterPlace> places) {
  if (const auto fits = checkBuffers(state, places); !fits) return tl::unexpected(fits.error());
  const auto values = toJson(state);
  if (!values) return tl::unexpected(values.error());
  TensorList tensors(places);
  tensors.add(kModel, state.parameters);
  const auto names = findOptimiser(state.optimiser.optimiser)->bufferNames();
  for (std::size_t i = 0; i < names.size(); ++i) {
    tensors.add(prefixOf(names[i]), state.optimiser.buffers[i]);
  }
  std::string bytes = tensors.write({{"format", "pt"},
                                     {kVersionKey, kVersion},
                                     {kStateKey, values->dump()},
                                     {kChecksumKey, std::string(kNoChecksum)}});
  bytes.replace(checksumPlace(bytes), kNoChecksum.size(), checkpointChecksum(bytes));
  return bytes;
}

Result<std::string> encodeWeights(const TrainingState& state,
                                  std::span<const ParameterPlace> places) {
  if (const auto fits = checkBuffers(state, places); !fits) return tl::unexpected(fits.error());
  TensorList tensors(places);
  tensors.add("", state.parameters);
  return tensors.write({{"format", "pt"}});
}

Result<TrainingState> decodeCheckpoint(std::string_view bytes,
                                       std::span<const ParameterPlace> places) {
  if (bytes.starts_with("PK")) return decodeTorchCheckpoint(bytes, places);
  const std::string checksum = checkpointChecksum(bytes);
  if (!checksum.empty() && bytes.substr(checksumPlace(bytes), checksum.size()) != checksum) {
    return makeError(ErrorCode::kCorrupt, "its checksum does not match: it is damaged or cut off");
  }
  const auto file = readSafetensors(bytes);
  if (!file) return tl::unexpected(file.error());
  if (checksum.empty() || file->metadata.count(kChecksumKey) == 0) {
    return makeError(ErrorCode::kCorrupt, "it holds tensors, but no state of a training run");
  }
  return readState(*file, places);
}

}  // namespace training
