// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/reader/embedding_reader.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

#include "eventio/base/input_file.h"
#include "eventio/base/line_reader.h"
#include "eventio/media/image_decoder.h"
#include "eventio/reader/projector_config.h"

namespace eventio {

namespace {

namespace fs = std::filesystem;

constexpr const char* kConfigName = "projector_config.pbtxt";
constexpr const char* kPluginFolder = "plugins/org_tensorflow_tensorboard_projector";
constexpr std::uint64_t kMaxConfigBytes = std::uint64_t{16} << 20;

tl::unexpected<Error> cannotRead(const std::string& path, int number) {
  return makeError(ErrorCode::kIo, "cannot read '%1': %2", path,
                   std::generic_category().message(number));
}

Result<std::string> readWhole(const std::string& path, std::uint64_t most) {
  const auto file = openInputFile(path);
  if (!file) return cannotRead(path, file.error().number);
  const auto state = (*file)->state();
  if (!state) return cannotRead(path, state.error().number);
  if (state->size > most) {
    return makeError(ErrorCode::kUnsupported, "'%1' is too large: %2 bytes, at most %3 are read",
                     path, state->size, most);
  }
  std::string bytes(static_cast<std::size_t>(state->size), '\0');
  const auto got = (*file)->readAt(0, bytes.data(), bytes.size());
  if (!got) return cannotRead(path, got.error().number);
  bytes.resize(*got);
  return bytes;
}

// --- the configuration
// -----------------------------------------------------------------------------

std::optional<std::int64_t> wholeNumber(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// "tag:00003" at "00003/tag/tensors.tsv": the tag and the step.
void nameOf(const ProjectorEntry& entry, EmbeddingFiles& files) {
  std::string name = entry.tensorName;
  if (name.empty()) name = fs::path(entry.tensorPath).filename().string();
  const std::string first = entry.tensorPath.substr(0, entry.tensorPath.find('/'));
  const std::size_t colon = name.rfind(':');
  if (colon != std::string::npos) {
    const std::string_view ending = std::string_view(name).substr(colon + 1);
    const auto number = wholeNumber(ending);
    files.step = number.value_or(0);
    if (number || ending == first) name.resize(colon);
  }
  if (const auto step = wholeNumber(first); step && first.size() < entry.tensorPath.size()) {
    files.step = *step;
  }
  files.tag = std::move(name);
}

/// Where a path of the configuration leads; empty when that is out of `folder`.
std::optional<std::string> resolve(const fs::path& folder, const std::string& path) {
  if (path.empty()) return std::string();
  std::error_code failed;
  const fs::path root = fs::weakly_canonical(folder, failed);
  if (failed) return std::nullopt;
  const fs::path target = fs::weakly_canonical(root / path, failed);
  if (failed) return std::nullopt;
  const auto [rootEnd, targetAt] =
      std::mismatch(root.begin(), root.end(), target.begin(), target.end());
  if (rootEnd != root.end()) return std::nullopt;
  return target.string();
}

int smallSize(const std::vector<std::uint32_t>& size, std::size_t index) {
  if (size.empty()) return 0;
  const std::uint32_t declared = size[std::min(index, size.size() - 1)];
  return declared <= 65535 ? static_cast<int>(declared) : 0;
}

void addEntry(const fs::path& folder, const ProjectorEntry& entry, EmbeddingList& list) {
  EmbeddingFiles files;
  nameOf(entry, files);
  if (entry.tensorPath.empty()) {
    list.problems.push_back(
        {"embedding '%1' in '%2' lies in a TensorFlow checkpoint, which is not read", files.tag,
         folder / kConfigName});
    return;
  }
  const auto take = [&](const std::string& path, std::string& out) {
    auto target = resolve(folder, path);
    if (!target) {
      list.problems.push_back(
          {"embedding '%1' in '%2' names '%3', which is not below that folder; it was passed over",
           files.tag, folder / kConfigName, path});
      return false;
    }
    out = std::move(*target);
    return true;
  };
  if (!take(entry.tensorPath, files.tensors)) return;
  (void)(take(entry.metadataPath, files.metadata) && take(entry.spritePath, files.sprite) &&
         take(entry.bookmarksPath, files.bookmarks));
  files.shape = entry.shape;
  files.spriteWidth = smallSize(entry.spriteSize, 0);
  files.spriteHeight = smallSize(entry.spriteSize, 1);
  list.embeddings.push_back(std::move(files));
}

void readConfig(const fs::path& folder, EmbeddingList& list) {
  const std::string path = (folder / kConfigName).string();
  if (!fileState(path)) return;
  const auto text = readWhole(path, kMaxConfigBytes);
  if (!text) {
    list.problems.push_back(text.error().message);
    return;
  }
  const auto entries = parseProjectorConfig(*text);
  if (!entries) {
    list.problems.push_back({"'%1' cannot be read: %2", path, entries.error().message});
    return;
  }
  for (const ProjectorEntry& entry : *entries) addEntry(folder, entry, list);
}

// --- the points
// ------------------------------------------------------------------------------------

bool isBinary(const EmbeddingFiles& files, std::uint64_t bytes) {
  const std::string extension = fs::path(files.tensors).extension().string();
  if (extension == ".bytes") return true;
  if (extension == ".tsv" || files.shape.size() != 2) return false;
  return std::uint64_t{files.shape[0]} * files.shape[1] == bytes / sizeof(float) &&
         bytes % sizeof(float) == 0;
}

Result<std::uint64_t> sizeOf(const std::string& path) {
  const auto state = fileState(path);
  if (!state) return cannotRead(path, state.error().number);
  return state->size;
}

Result<EmbeddingSize> binarySize(const EmbeddingFiles& files, std::uint64_t bytes) {
  const auto& shape = files.shape;
  if (shape.size() != 2 || shape[1] == 0 ||
      std::uint64_t{shape[0]} * shape[1] > std::numeric_limits<std::int64_t>::max() / 4 ||
      std::uint64_t{shape[0]} * shape[1] * sizeof(float) != bytes) {
    if (shape.empty()) {
      return makeError(ErrorCode::kCorrupt,
                       "'%1' has %2 bytes, but the shape that is given for it is none",
                       files.tensors, bytes);
    }
    std::string given;
    for (const std::uint32_t size : shape)
      given += (given.empty() ? "" : " x ") + std::to_string(size);
    return makeError(ErrorCode::kCorrupt,
                     "'%1' has %2 bytes, but the shape that is given for it is %3", files.tensors,
                     bytes, given);
  }
  return EmbeddingSize{shape[0], shape[1]};
}

std::uint64_t cellsOf(std::string_view line) {
  return 1 + static_cast<std::uint64_t>(std::count(line.begin(), line.end(), '\t'));
}

/// Calls `take(line)` for each point; all have the same number of columns.
template <class Take>
Result<EmbeddingSize> eachPoint(const std::string& path, Take take) {
  auto reader = LineReader::open(path);
  if (!reader) return tl::unexpected<Error>(reader.error());
  EmbeddingSize size;
  std::string_view line;
  while (true) {
    const auto more = reader->next(line);
    if (!more) return tl::unexpected<Error>(more.error());
    if (!*more) return size;
    if (line.empty()) continue;
    const std::uint64_t columns = cellsOf(line);
    if (size.rows == 0) size.columns = columns;
    if (columns != size.columns) {
      return reader->error("%1 columns instead of %2", columns, size.columns);
    }
    ++size.rows;
    if (auto taken = take(*reader, line); !taken) return tl::unexpected<Error>(taken.error());
  }
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  return text;
}

std::optional<float> floatFrom(std::string_view cell) {
  const std::string_view text = trimmed(cell);
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || code == std::errc::invalid_argument) return std::nullopt;
  if (code == std::errc::result_out_of_range) {
    if (text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos) {
      return 0.0F;
    }
    return text.starts_with('-') ? -std::numeric_limits<float>::infinity()
                                 : std::numeric_limits<float>::infinity();
  }
  return static_cast<float>(number);
}

Result<void> takeNumbers(const LineReader& reader, std::string_view line,
                         std::vector<float>& values) {
  while (true) {
    const std::size_t tab = line.find('\t');
    const auto number = floatFrom(line.substr(0, tab));
    if (!number) {
      return reader.error("'%1' is no number", line.substr(0, std::min<std::size_t>(tab, 40)));
    }
    if (values.size() >= kMaxEmbeddingValues) return reader.error("more than 2^27 numbers");
    values.push_back(*number);
    if (tab == std::string_view::npos) return {};
    line.remove_prefix(tab + 1);
  }
}

Result<EmbeddingSize> readValues(const EmbeddingFiles& files, std::vector<float>& values) {
  const auto bytes = sizeOf(files.tensors);
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  if (!isBinary(files, *bytes)) {
    return eachPoint(files.tensors, [&](const LineReader& reader, std::string_view line) {
      return takeNumbers(reader, line, values);
    });
  }
  auto size = binarySize(files, *bytes);
  if (!size) return size;
  const auto content = readWhole(files.tensors, kMaxEmbeddingValues * sizeof(float));
  if (!content) return tl::unexpected<Error>(content.error());
  if (content->size() != *bytes) {
    return makeError(ErrorCode::kIo, "'%1' changed while it was read", files.tensors);
  }
  values.resize(content->size() / sizeof(float));
  std::copy_n(content->data(), content->size(), reinterpret_cast<char*>(values.data()));
  return size;
}

// --- metadata and sprite of the points
// --------------------------------------------------------------------

std::vector<std::string> cells(std::string_view line) {
  std::vector<std::string> row;
  while (true) {
    const std::size_t tab = line.find('\t');
    row.emplace_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return row;
    line.remove_prefix(tab + 1);
  }
}

Result<void> readMetadata(const std::string& path, Embedding& embedding) {
  auto reader = LineReader::open(path);
  if (!reader) return tl::unexpected<Error>(reader.error());
  const auto points = static_cast<std::uint64_t>(embedding.rows);
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::uint64_t columns = 0;
  std::string_view line;
  while (true) {
    const auto more = reader->next(line);
    if (!more) return tl::unexpected<Error>(more.error());
    if (!*more) break;
    const std::uint64_t found = cellsOf(line);
    if (columns == 0) {
      columns = found;
      if (columns > kMaxMetadataCells) return reader->error("more than 2^24 cells");
      if (columns > 1) {
        header = cells(line);
        continue;
      }
    }
    if (found != columns) {
      return reader->error("%1 columns instead of %2", found, columns);
    }
    if (rows.size() >= points) {
      return reader->error("more lines than the %1 points", points);
    }
    if ((rows.size() + 1) * columns > kMaxMetadataCells) {
      return reader->error("more than 2^24 cells");
    }
    rows.push_back(cells(line));
  }
  if (rows.size() != points) {
    return reader->error("the file ends after %1 of %2 points", rows.size(), points);
  }
  embedding.header = std::move(header);
  embedding.metadata = std::move(rows);
  return {};
}

Result<void> readSprite(const EmbeddingFiles& files, Embedding& embedding) {
  auto bytes = readWhole(files.sprite, kMaxSpriteBytes);
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  const auto info = imageInfo(*bytes);
  if (!info) {
    return makeError(info.error().code, "'%1': %2", files.sprite, info.error().message);
  }
  embedding.sprite = EncodedImage{info->width, info->height, std::move(*bytes)};
  embedding.spriteWidth = files.spriteWidth;
  embedding.spriteHeight = files.spriteHeight;
  return {};
}

}  // namespace

EmbeddingList listEmbeddings(const std::string& runFolder) {
  EmbeddingList list;
  readConfig(runFolder, list);
  readConfig(fs::path(runFolder) / kPluginFolder, list);
  return list;
}

Result<EmbeddingSize> measureEmbedding(const EmbeddingFiles& files) {
  const auto bytes = sizeOf(files.tensors);
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  if (isBinary(files, *bytes)) return binarySize(files, *bytes);
  return eachPoint(files.tensors,
                   [](const LineReader&, std::string_view) { return Result<void>(); });
}

Result<LoadedEmbedding> readEmbedding(const EmbeddingFiles& files) {
  LoadedEmbedding loaded;
  Embedding& embedding = loaded.embedding;
  embedding.tag = files.tag;
  embedding.step = files.step;
  const auto size = readValues(files, embedding.values);
  if (!size) return tl::unexpected<Error>(size.error());
  embedding.rows = static_cast<std::int64_t>(size->rows);
  embedding.columns = static_cast<std::int64_t>(size->columns);
  if (!files.metadata.empty()) {
    if (auto read = readMetadata(files.metadata, embedding); !read) {
      loaded.problems.push_back({"metadata left out: %1", read.error().message});
    }
  }
  if (!files.sprite.empty()) {
    if (auto read = readSprite(files, embedding); !read) {
      loaded.problems.push_back({"sprite left out: %1", read.error().message});
    }
  }
  return loaded;
}

}  // namespace eventio
