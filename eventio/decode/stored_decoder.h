// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"
#include "eventio/data/values.h"
#include "eventio/records/event_wire.h"

/// The values that stay in their files, decoded from the bytes of the value in its record. An Error
/// says what is wrong with them. Memory stays in proportion to the bytes: what could grow far
/// beyond them is refused above a limit that the error names.
namespace eventio {

/// What a value of a summary holds: which field, and the message in it.
struct Payload {
  PayloadKind kind = PayloadKind::kNone;
  std::string_view bytes;
};

/// Summary.Image, or a tensor of strings: width, height, pictures.
[[nodiscard]] Result<std::vector<EncodedImage>> decodeImages(const Payload& payload);

/// Summary.Audio, or a tensor of strings: [clips] of sound, or [clips, 2] of sound and label.
[[nodiscard]] Result<std::vector<EncodedAudio>> decodeAudio(const Payload& payload);

/// A tensor [6, thresholds].
[[nodiscard]] Result<PrCurve> decodePrCurve(const Payload& payload);

/// One of the tensors that make a mesh.
struct MeshTensor {
  std::int64_t batch = 1;
  std::int64_t count = 0;       ///< vertices, faces or colours of each mesh
  std::vector<double> numbers;  ///< [batch, count, 3]
  bool isFloat = false;
};

/// A tensor [batch, n, 3] or [n, 3].
[[nodiscard]] Result<MeshTensor> decodeMeshTensor(const Payload& payload);

/// What stands beside a mesh's first value.
struct MeshInfo {
  std::string name;
  MeshPart part = MeshPart::kUnknown;
  std::string configJson;
};

/// `content` of plugin mesh. Where it is empty, name and part are taken from the end of the tag:
/// "_VERTEX", "_FACE", "_COLOR", or "_1", "_2", "_3".
[[nodiscard]] Result<MeshInfo> decodeMeshInfo(std::string_view tag, std::string_view content);

/// Puts the tensors of one mesh together. Those that there are must agree in batch and counts, and
/// faces must name vertices that there are. Colours that are floats with fractions from 0 to 1
/// count as shares of 255.
struct MeshParts {
  const MeshTensor* vertices = nullptr;
  const MeshTensor* faces = nullptr;   ///< may be null
  const MeshTensor* colors = nullptr;  ///< may be null
};
[[nodiscard]] Result<Mesh> assembleMesh(const MeshParts& parts, std::string configJson);

/// A tensor of one string, a Layout message.
[[nodiscard]] Result<ScalarLayout> decodeLayout(const Payload& payload);

/// A GraphDef message.
[[nodiscard]] Result<Graph> decodeGraphDef(std::string_view message);
/// The graph in a MetaGraphDef message.
[[nodiscard]] Result<Graph> decodeMetaGraphDef(std::string_view message);
/// Keras's description of a model (to_json()): a node a layer, named by the models it is in.
[[nodiscard]] Result<Graph> decodeKerasModel(std::string_view json);

/// The strings of a tensor: what graphs and unknown plugins keep.
[[nodiscard]] Result<std::vector<std::string_view>> decodeBlobs(const Payload& payload);

}  // namespace eventio
