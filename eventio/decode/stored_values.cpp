// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/decode/stored_values.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <system_error>
#include <utility>

#include "eventio/base/input_file.h"
#include "eventio/decode/value_decoder.h"
#include "eventio/records/record_format.h"

namespace eventio {

namespace {

/// Where a value stands, for messages.
struct Place {
  const std::string& file;
  std::uint64_t offset;

  [[nodiscard]] tl::unexpected<Error> error(ErrorCode code, MessageArgument what) const {
    return makeError(code, "cannot read the value at offset %1 of '%2': %3", offset, file,
                     std::move(what));
  }
  [[nodiscard]] tl::unexpected<Error> system(int number) const {
    return error(ErrorCode::kIo, std::generic_category().message(number));
  }
  [[nodiscard]] tl::unexpected<Error> gone() const {
    return error(ErrorCode::kCorrupt,
                 Message("it does not stand there any more; the file was replaced or damaged since "
                         "it was read, open the log directory again"));
  }
};

/// The data of the record at `place`.
Result<std::string> readRecord(const Place& place) {
  const auto input = openInputFile(place.file);
  if (!input) return place.system(input.error().number);
  const auto state = (*input)->state();
  if (!state) return place.system(state.error().number);
  char header[kRecordHeaderBytes];
  const auto got = (*input)->readAt(place.offset, header, sizeof header);
  if (!got) return place.system(got.error().number);
  if (*got != sizeof header || !isRecordHeader(header)) return place.gone();
  const auto length = loadNumber<std::uint64_t>(header);
  const std::uint64_t left = state->size - std::min(place.offset, state->size);
  if (length > kMaxRecordBytes || length + kRecordOverhead > left) return place.gone();
  const auto size = static_cast<std::size_t>(length);
  std::string data(size + kRecordFooterBytes, '\0');
  const auto read = (*input)->readAt(place.offset + kRecordHeaderBytes, data.data(), data.size());
  if (!read) return place.system(read.error().number);
  if (*read != data.size()) return place.gone();
  const auto crc = loadNumber<std::uint32_t>(data.data() + size);
  data.resize(size);
  if (crc != maskedCrc32c(data)) return place.gone();
  return data;
}

/// A value's record, kept as long as what points into it.
struct StoredValue {
  std::string record;
  Payload payload;  // of graphs: the message itself, kind kNone
};

std::optional<Payload> payloadOf(const WireEvent& event, std::string_view tag,
                                 const StoredPoint& point) {
  const auto own = [](const std::optional<std::string_view>& bytes) -> std::optional<Payload> {
    if (!bytes) return std::nullopt;
    return Payload{PayloadKind::kNone, *bytes};
  };
  switch (point.value) {
    case StoredPoint::kGraphDef:
      return own(event.graph);
    case StoredPoint::kMetaGraphDef:
      return own(event.metaGraph);
    case StoredPoint::kRunMetadata:
      return own(event.runMetadata);
    default:
      break;
  }
  if (point.value >= event.values.size()) return std::nullopt;
  const WireValue& value = event.values[point.value];
  if (value.tag != tag) return std::nullopt;
  return Payload{value.kind, value.payload};
}

bool isSame(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

/// Reads the value and hands it to `decode`, whose error gets file and offset.
template <class Value, class Decode>
Result<Value> readStored(const Run& run, std::string_view tag, const StoredPoint& point,
                         Decode decode) {
  const std::string file = run.storedFile(point.file);
  const Place place{file, point.offset};
  const auto record = readRecord(place);
  if (!record) return tl::unexpected<Error>(record.error());
  WireEvent event;
  if (!parseEvent(*record, event) || event.step != point.step ||
      !isSame(event.wallTime, point.wallTime)) {
    return place.gone();
  }
  const auto payload = payloadOf(event, tag, point);
  if (!payload) return place.gone();
  Result<Value> value = decode(*payload);
  if (!value) {
    return place.error(value.error().code,
                       Message("the value of tag '%1' is damaged: %2", tag, value.error().message));
  }
  return value;
}

enum class GraphForm { kGraphDef, kMetaGraphDef, kKeras };

struct GraphBytes {
  GraphForm form = GraphForm::kGraphDef;
  std::string_view bytes;
};

Result<GraphBytes> graphBytesOf(const Payload& payload, const StoredPoint& point,
                                const std::string& plugin) {
  if (point.value == StoredPoint::kGraphDef) return GraphBytes{GraphForm::kGraphDef, payload.bytes};
  if (point.value == StoredPoint::kMetaGraphDef) {
    return GraphBytes{GraphForm::kMetaGraphDef, payload.bytes};
  }
  const auto blobs = decodeBlobs(payload);
  if (!blobs) return tl::unexpected<Error>(blobs.error());
  if (blobs->size() != 1) {
    return makeError(ErrorCode::kCorrupt, "its tensor does not hold one graph");
  }
  const bool keras = plugin == "graph_keras_model";
  return GraphBytes{keras ? GraphForm::kKeras : GraphForm::kGraphDef, blobs->front()};
}

std::string pluginOf(const Run& run, std::string_view tag) {
  const auto info = run.tag(tag);
  return info ? info->plugin : std::string();
}

}  // namespace

Result<std::shared_ptr<const Histogram>> readHistogram(const Run& run, std::string_view tag,
                                                       const HistogramPoint& point) {
  using Value = std::shared_ptr<const Histogram>;
  if (point.value) return point.value;
  if (!point.place.isKnown()) {
    return makeError(
        ErrorCode::kNotFound,
        "the histogram of tag '%1' at step %2 of '%3' is not in the log: its record is "
        "not written yet, or was lost when the disk failed",
        tag, point.step, run.path());
  }
  const StoredPoint stored{point.step, point.wallTime, point.place.offset, point.place.file,
                           point.place.value};
  return readStored<Value>(run, tag, stored, [](const Payload& payload) {
    return payload.kind == PayloadKind::kHistogram ? decodeHistogram(payload.bytes)
                                                   : decodeHistogramTensor(payload.bytes);
  });
}

Result<std::vector<EncodedImage>> readImages(const Run& run, std::string_view tag,
                                             const StoredPoint& point) {
  return readStored<std::vector<EncodedImage>>(run, tag, point, decodeImages);
}

Result<std::vector<EncodedAudio>> readAudio(const Run& run, std::string_view tag,
                                            const StoredPoint& point) {
  return readStored<std::vector<EncodedAudio>>(run, tag, point, decodeAudio);
}

Result<PrCurve> readPrCurve(const Run& run, std::string_view tag, const StoredPoint& point) {
  return readStored<PrCurve>(run, tag, point, decodePrCurve);
}

Result<ScalarLayout> readLayout(const Run& run, std::string_view tag, const StoredPoint& point) {
  return readStored<ScalarLayout>(run, tag, point, decodeLayout);
}

Result<MeshTensor> readMeshTensor(const Run& run, std::string_view tag, const StoredPoint& point) {
  return readStored<MeshTensor>(run, tag, point, decodeMeshTensor);
}

Result<Graph> readGraph(const Run& run, std::string_view tag, const StoredPoint& point) {
  const std::string plugin = pluginOf(run, tag);
  return readStored<Graph>(run, tag, point, [&](const Payload& payload) -> Result<Graph> {
    const auto graph = graphBytesOf(payload, point, plugin);
    if (!graph) return tl::unexpected<Error>(graph.error());
    switch (graph->form) {
      case GraphForm::kMetaGraphDef:
        return decodeMetaGraphDef(graph->bytes);
      case GraphForm::kKeras:
        return decodeKerasModel(graph->bytes);
      default:
        return decodeGraphDef(graph->bytes);
    }
  });
}

Result<std::string> readGraphBytes(const Run& run, std::string_view tag, const StoredPoint& point) {
  const std::string plugin = pluginOf(run, tag);
  return readStored<std::string>(run, tag, point,
                                 [&](const Payload& payload) -> Result<std::string> {
                                   const auto graph = graphBytesOf(payload, point, plugin);
                                   if (!graph) return tl::unexpected<Error>(graph.error());
                                   return std::string(graph->bytes);
                                 });
}

Result<std::string> readBytes(const Run& run, std::string_view tag, const StoredPoint& point) {
  return readStored<std::string>(
      run, tag, point,
      [](const Payload& payload) -> Result<std::string> { return std::string(payload.bytes); });
}

std::vector<MeshTags> meshesOf(const Run& run) {
  std::vector<MeshTags> meshes;
  for (const TagInfo& info : run.tags()) {
    if (info.kind != TagKind::kMesh) continue;
    const auto part = decodeMeshInfo(info.tag, run.pluginContent(info.tag));
    if (!part || part->part == MeshPart::kUnknown) continue;
    const auto sameName = [&](const MeshTags& mesh) { return mesh.name == part->name; };
    auto mesh = std::find_if(meshes.begin(), meshes.end(), sameName);
    if (mesh == meshes.end()) {
      meshes.push_back({part->name, {}, {}, {}, {}});
      mesh = meshes.end() - 1;
    }
    std::string& tag = part->part == MeshPart::kVertices ? mesh->vertices
                       : part->part == MeshPart::kFaces  ? mesh->faces
                                                         : mesh->colors;
    if (tag.empty()) tag = info.tag;
    if (mesh->configJson.empty()) mesh->configJson = part->configJson;
  }
  return meshes;
}

Result<Mesh> readMesh(const Run& run, const MeshTags& mesh, std::int64_t step) {
  const auto read = [&](const std::string& tag) -> Result<std::optional<MeshTensor>> {
    const auto points = run.stored(tag);
    const auto found = std::find_if(points.rbegin(), points.rend(),
                                    [&](const StoredPoint& point) { return point.step == step; });
    if (found == points.rend()) return std::nullopt;
    auto tensor = readMeshTensor(run, tag, *found);
    if (!tensor) return tl::unexpected<Error>(tensor.error());
    return std::optional<MeshTensor>(std::move(*tensor));
  };
  const auto vertices = read(mesh.vertices);
  if (!vertices) return tl::unexpected<Error>(vertices.error());
  const auto faces = read(mesh.faces);
  if (!faces) return tl::unexpected<Error>(faces.error());
  const auto colors = read(mesh.colors);
  if (!colors) return tl::unexpected<Error>(colors.error());
  const auto there = [](const std::optional<MeshTensor>& tensor) {
    return tensor ? &*tensor : nullptr;
  };
  auto whole = assembleMesh({there(*vertices), there(*faces), there(*colors)}, mesh.configJson);
  if (!whole) {
    return makeError(whole.error().code, "cannot show mesh '%1' at step %2: %3", mesh.name, step,
                     whole.error().message);
  }
  return whole;
}

}  // namespace eventio
