// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "eventio/base/result.h"
#include "eventio/data/pixel_array.h"
#include "eventio/data/values.h"

namespace eventio {

/// Writes an embedding for TensorBoard's projector into a run's folder: the files
/// `<step, 5 digits>/<tag>/tensors.tsv`, `metadata.tsv` and `sprite.png`, with '%', '/' and '\' of
/// the tag as %25, %2f and %5c, and then its entry in `projector_config.pbtxt`, named
/// `<tag>:<step, 5 digits>`. An entry of that name is replaced, the others stay. Each file is
/// replaced whole (file_replacement.h), the configuration last, so that it never names what is not
/// there. Calls of one process take turns; two processes must not write into one folder at once.
///
/// kInvalidArgument where extents and values do not go together, texts are not UTF-8, a cell of the
/// metadata has a tab or an end of line, or their rows are not as many as the points.
[[nodiscard]] Result<void> writeEmbedding(const std::filesystem::path& folder,
                                          const Embedding& embedding);

/// Draws one small square picture a point into the embedding's sprite: row by row from the top left
/// corner of a square, black below. Layouts are the orders of NCHW; the square may be at most 8192
/// pixels wide, the most that TensorBoard shows.
[[nodiscard]] Result<void> drawSprite(const PixelArray& pictures, Embedding& embedding);

}  // namespace eventio
