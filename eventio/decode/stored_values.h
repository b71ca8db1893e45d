// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"
#include "eventio/data/run_data.h"
#include "eventio/data/run_store.h"
#include "eventio/data/values.h"
#include "eventio/decode/stored_decoder.h"

/// Values that stay in their files, read again when they are shown.
///
/// Each call opens the file, reads the one record and closes the file; nothing is kept. `point` is
/// one of run.stored(tag). An Error says what failed, in which file and at which offset: the file
/// is gone or cannot be read, no record of this tag and step stands there any more, or the value
/// does not mean what it should. Any thread.
namespace eventio {

/// One of run.histograms(tag): the value in memory where there is one. kNotFound where its record
/// has reached no file.
[[nodiscard]] Result<std::shared_ptr<const Histogram>> readHistogram(const Run& run,
                                                                     std::string_view tag,
                                                                     const HistogramPoint& point);
[[nodiscard]] Result<std::vector<EncodedImage>> readImages(const Run& run, std::string_view tag,
                                                           const StoredPoint& point);
[[nodiscard]] Result<std::vector<EncodedAudio>> readAudio(const Run& run, std::string_view tag,
                                                          const StoredPoint& point);
[[nodiscard]] Result<PrCurve> readPrCurve(const Run& run, std::string_view tag,
                                          const StoredPoint& point);
[[nodiscard]] Result<ScalarLayout> readLayout(const Run& run, std::string_view tag,
                                              const StoredPoint& point);
/// Of graph_def, meta_graph_def, plugin graphs, and Keras's models.
[[nodiscard]] Result<Graph> readGraph(const Run& run, std::string_view tag,
                                      const StoredPoint& point);
/// The GraphDef message, MetaGraphDef message or JSON text that readGraph() reads.
[[nodiscard]] Result<std::string> readGraphBytes(const Run& run, std::string_view tag,
                                                 const StoredPoint& point);
[[nodiscard]] Result<MeshTensor> readMeshTensor(const Run& run, std::string_view tag,
                                                const StoredPoint& point);
/// Any value as its message stands in the record: TensorProto, Image, Audio, GraphDef, ...; empty
/// where the value has metadata alone.
[[nodiscard]] Result<std::string> readBytes(const Run& run, std::string_view tag,
                                            const StoredPoint& point);

/// A mesh whose tensors lie in tags of their own.
struct MeshTags {
  std::string name;
  std::string vertices;  ///< tag, empty where there is none
  std::string faces;
  std::string colors;
  std::string configJson;
};
/// The meshes of a run in the order of their first tags, put together by the name that plugin mesh
/// wrote beside each.
[[nodiscard]] std::vector<MeshTags> meshesOf(const Run& run);
/// The mesh at `step`: of several tensors at that step the last ones.
[[nodiscard]] Result<Mesh> readMesh(const Run& run, const MeshTags& mesh, std::int64_t step);

}  // namespace eventio
