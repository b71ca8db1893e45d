// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "event.pb.h"
#include "eventio/decode/stored_decoder.h"
#include "eventio/decode/tensor_decoder.h"
#include "eventio/records/proto_parse.h"

namespace eventio {

namespace {

namespace proto = traindeck::proto;

MeshPart partOf(int contentType) {
  switch (contentType) {
    case proto::MeshPluginData::VERTEX:
      return MeshPart::kVertices;
    case proto::MeshPluginData::FACE:
      return MeshPart::kFaces;
    case proto::MeshPluginData::COLOR:
      return MeshPart::kColors;
    default:
      return MeshPart::kUnknown;
  }
}

MeshInfo fromTag(std::string_view tag) {
  static constexpr std::array<std::pair<std::string_view, MeshPart>, 6> kEndings = {
      {{"_VERTEX", MeshPart::kVertices},
       {"_FACE", MeshPart::kFaces},
       {"_COLOR", MeshPart::kColors},
       {"_1", MeshPart::kVertices},
       {"_2", MeshPart::kFaces},
       {"_3", MeshPart::kColors}}};
  for (const auto& [ending, part] : kEndings) {
    if (tag.ends_with(ending)) {
      return {std::string(tag.substr(0, tag.size() - ending.size())), part, {}};
    }
  }
  return {std::string(tag), MeshPart::kUnknown, {}};
}

bool isShare(double color) {
  return color >= 0 && color <= 1;
}

std::vector<std::uint8_t> colorsFrom(const MeshTensor& tensor) {
  const auto& numbers = tensor.numbers;
  const bool shares =
      tensor.isFloat && std::all_of(numbers.begin(), numbers.end(), isShare) &&
      std::any_of(numbers.begin(), numbers.end(), [](double n) { return n > 0 && n < 1; });
  std::vector<std::uint8_t> colors;
  colors.reserve(numbers.size());
  for (const double number : numbers) {
    const double color = std::isnan(number) ? 0 : number * (shares ? 255 : 1);
    colors.push_back(static_cast<std::uint8_t>(std::lround(std::clamp(color, 0.0, 255.0))));
  }
  return colors;
}

/// Empty when one names a vertex that is not there.
std::optional<std::vector<std::int32_t>> facesFrom(const MeshTensor& tensor,
                                                   std::int64_t vertexCount) {
  std::vector<std::int32_t> faces;
  faces.reserve(tensor.numbers.size());
  for (const double index : tensor.numbers) {
    if (!(index >= 0 && index < static_cast<double>(vertexCount)) || index != std::floor(index)) {
      return std::nullopt;
    }
    faces.push_back(static_cast<std::int32_t>(index));
  }
  return faces;
}

}  // namespace

Result<MeshInfo> decodeMeshInfo(std::string_view tag, std::string_view content) {
  if (content.empty()) return fromTag(tag);
  proto::MeshPluginData data;
  if (!parseMessage(content, data)) return corrupt("its metadata are no MeshPluginData message");
  return MeshInfo{data.name(), partOf(data.content_type()), data.json_config()};
}

Result<MeshTensor> decodeMeshTensor(const Payload& payload) {
  if (payload.kind != PayloadKind::kTensor) return corrupt("it is no tensor");
  auto tensor = decodeNumbers(payload.bytes);
  if (!tensor) return tl::unexpected<Error>(tensor.error());
  const auto& shape = tensor->shape;
  if (shape.size() < 2 || shape.size() > 3 || shape.back() != 3) {
    return corrupt("its mesh is not of shape [batch, n, 3]");
  }
  MeshTensor mesh;
  mesh.batch = shape.size() == 3 ? shape[0] : 1;
  mesh.count = shape[shape.size() - 2];
  mesh.numbers = std::move(tensor->numbers);
  mesh.isFloat = tensor->type == TensorType::kFloat || tensor->type == TensorType::kDouble ||
                 tensor->type == TensorType::kHalf || tensor->type == TensorType::kBfloat16;
  return mesh;
}

Result<Mesh> assembleMesh(const MeshParts& parts, std::string configJson) {
  if (parts.vertices == nullptr) return corrupt("the mesh has no vertices");
  Mesh mesh;
  mesh.batch = parts.vertices->batch;
  mesh.vertexCount = parts.vertices->count;
  mesh.vertices.assign(parts.vertices->numbers.begin(), parts.vertices->numbers.end());
  mesh.configJson = std::move(configJson);
  if (parts.colors != nullptr) {
    if (parts.colors->batch != mesh.batch || parts.colors->count != mesh.vertexCount) {
      return corrupt("the mesh has not one colour for each vertex");
    }
    mesh.colors = colorsFrom(*parts.colors);
  }
  if (parts.faces != nullptr) {
    if (parts.faces->batch != mesh.batch) {
      return corrupt("the mesh's faces are of another batch size than its vertices");
    }
    auto faces = facesFrom(*parts.faces, mesh.vertexCount);
    if (!faces) return corrupt("a face of the mesh names a vertex that is not there");
    mesh.faceCount = parts.faces->count;
    mesh.faces = std::move(*faces);
  }
  return mesh;
}

}  // namespace eventio
