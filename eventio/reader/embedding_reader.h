// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eventio/base/result.h"
#include "eventio/data/values.h"

/// Embeddings of TensorBoard's projector, which lie in files beside the event files. Any thread.
namespace eventio {

/// Where an embedding lies; paths are absolute or below the working directory as the run's folder
/// was given, empty where there is no such file.
struct EmbeddingFiles {
  std::string tag;        ///< the tensor's name without ":<step>"
  std::int64_t step = 0;  ///< the number that its path begins with, or that its name ends with
  std::string tensors;
  std::string metadata;
  std::string sprite;
  std::string bookmarks;
  std::vector<std::uint32_t> shape;  ///< rows, columns; empty where it is not given
  int spriteWidth = 0;               ///< of one small picture
  int spriteHeight = 0;
};

struct EmbeddingList {
  std::vector<EmbeddingFiles> embeddings;  ///< in the order of the configuration
  std::vector<Message> problems;           ///< what was passed over, one sentence each
};

/// The embeddings that `projector_config.pbtxt` of a run's folder names, or the one below
/// `plugins/org_tensorflow_tensorboard_projector/`. None where there is no such file. Paths that
/// lead out of the folder are refused, as TensorBoard does.
[[nodiscard]] EmbeddingList listEmbeddings(const std::string& runFolder);

struct EmbeddingSize {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
};

/// Counts without keeping anything.
[[nodiscard]] Result<EmbeddingSize> measureEmbedding(const EmbeddingFiles& files);

/// More numbers than this are refused.
inline constexpr std::uint64_t kMaxEmbeddingValues = std::uint64_t{1} << 27;
/// More cells of metadata than this are refused, and a sprite of more bytes.
inline constexpr std::uint64_t kMaxMetadataCells = std::uint64_t{1} << 24;
inline constexpr std::uint64_t kMaxSpriteBytes = std::uint64_t{1} << 28;

struct LoadedEmbedding {
  Embedding embedding;
  std::vector<Message> problems;  ///< why metadata or sprite are left out
};

/// Text: a line a point, numbers between tabs; lines without anything are passed over. Binary
/// (`.bytes`, or a file of just the size that the shape names): 32-bit floats, little-endian, row
/// by row. Metadata: a line a point; the first line names the columns where it has more than one.
/// The Error names file and line.
[[nodiscard]] Result<LoadedEmbedding> readEmbedding(const EmbeddingFiles& files);

}  // namespace eventio
