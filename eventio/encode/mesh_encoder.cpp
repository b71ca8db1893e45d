// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "event.pb.h"
#include "eventio/encode/event_encoder.h"
#include "eventio/encode/event_message.h"

namespace eventio {

namespace {

using traindeck::proto::MeshPluginData;

constexpr std::int64_t kMaxRows = std::int64_t{1} << 29;

bool isSize(std::int64_t batch, std::int64_t rows, std::size_t numbers) {
  return numbers == static_cast<std::uint64_t>(batch) * static_cast<std::uint64_t>(rows) * 3;
}

Result<void> check(std::string_view tag, const Mesh& mesh) {
  if (mesh.batch < 1 || mesh.vertexCount < 1) return badValue(tag, "the mesh has no vertices");
  if (mesh.batch > kMaxRows || mesh.vertexCount > kMaxRows || mesh.faceCount > kMaxRows) {
    return badValue(tag, "the mesh is too large for a record");
  }
  if (!isSize(mesh.batch, mesh.vertexCount, mesh.vertices.size())) {
    return badValue(tag, "the mesh has %1 coordinates instead of %2 x %3 x 3", mesh.vertices.size(),
                    mesh.batch, mesh.vertexCount);
  }
  if (!mesh.colors.empty() && mesh.colors.size() != mesh.vertices.size()) {
    return badValue(tag, "the mesh needs three bytes of colour for every vertex, or none at all");
  }
  if (mesh.faceCount < 0 || !isSize(mesh.batch, mesh.faceCount, mesh.faces.size())) {
    return badValue(tag, "the mesh has %1 corners of faces instead of %2 x %3 x 3",
                    mesh.faces.size(), mesh.batch, mesh.faceCount);
  }
  const auto wild = std::find_if(mesh.vertices.begin(), mesh.vertices.end(),
                                 [](float number) { return !std::isfinite(number); });
  if (wild != mesh.vertices.end()) {
    return badValue(tag, "coordinate %1 of the mesh is not finite", wild - mesh.vertices.begin());
  }
  const auto lost = std::find_if(mesh.faces.begin(), mesh.faces.end(), [&](std::int32_t corner) {
    return corner < 0 || corner >= mesh.vertexCount;
  });
  if (lost != mesh.faces.end()) {
    return badValue(tag, "face %1 has vertex %2 of 0 to %3", (lost - mesh.faces.begin()) / 3, *lost,
                    mesh.vertexCount - 1);
  }
  if (!isUtf8(mesh.configJson)) return badValue(tag, "the mesh's configuration is not UTF-8");
  return checkRecordBytes(mesh.vertices.size() * sizeof(float) + mesh.colors.size() +
                          mesh.faces.size() * sizeof(std::int32_t));
}

std::string pluginContent(const ValueHead& head, const Mesh& mesh, MeshPluginData::ContentType part,
                          std::int64_t rows) {
  MeshPluginData content;
  content.set_name(head.tag.data(), head.tag.size());
  content.set_content_type(part);
  content.set_json_config(mesh.configJson.empty() ? "{}" : mesh.configJson);
  for (const std::int64_t extent : {mesh.batch, rows, std::int64_t{3}}) {
    content.add_shape(static_cast<std::int32_t>(extent));
  }
  std::uint32_t components = 1U << MeshPluginData::VERTEX;
  if (!mesh.faces.empty()) components |= 1U << MeshPluginData::FACE;
  if (!mesh.colors.empty()) components |= 1U << MeshPluginData::COLOR;
  content.set_components(components);
  return content.SerializeAsString();
}

template <class Number>
void addPart(traindeck::proto::Event& event, const ValueHead& head, const Mesh& mesh,
             MeshPluginData::ContentType part, TensorType type, const std::vector<Number>& numbers,
             std::int64_t rows) {
  if (numbers.empty()) return;
  std::string tag(head.tag);
  tag += '_';
  tag += MeshPluginData::ContentType_Name(part);
  ValueHead partHead = head;
  partHead.tag = tag;
  auto& value = addValue(event, partHead);
  setPlugin(value, "mesh", pluginContent(head, mesh, part, rows));
  setTensor(value, type, {mesh.batch, rows, 3})
      .set_tensor_content(numbers.data(), numbers.size() * sizeof(Number));
}

}  // namespace

Result<void> encodeMeshValues(std::string& out, const ValueHead& head, const Mesh& mesh) {
  if (auto good = check(head.tag, mesh); !good) return good;
  traindeck::proto::Event event;
  addPart(event, head, mesh, MeshPluginData::VERTEX, kFloatTensor, mesh.vertices, mesh.vertexCount);
  addPart(event, head, mesh, MeshPluginData::FACE, kInt32Tensor, mesh.faces, mesh.faceCount);
  addPart(event, head, mesh, MeshPluginData::COLOR, kUint8Tensor, mesh.colors, mesh.vertexCount);
  return appendRecordOf(out, event);
}

}  // namespace eventio
