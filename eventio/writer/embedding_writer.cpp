// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/writer/embedding_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <mutex>
#include <system_error>
#include <utility>

#include "eventio/base/file_replacement.h"
#include "eventio/encode/event_encoder.h"
#include "eventio/media/image_encoder.h"

namespace eventio {

namespace {

constexpr int kMaxSpritePixels = 8192;
constexpr std::size_t kStepDigits = 5;

template <class... Arguments>
tl::unexpected<Error> bad(const Embedding& embedding, MessageText<sizeof...(Arguments)> what,
                          Arguments&&... arguments) {
  return makeError(ErrorCode::kInvalidArgument, "embedding '%1' cannot be written: %2",
                   embedding.tag, Message(what, std::forward<Arguments>(arguments)...));
}

bool isCell(std::string_view text) {
  return isUtf8(text) && text.find_first_of("\t\n\r") == std::string_view::npos;
}

Result<void> checkMetadata(const Embedding& embedding) {
  if (embedding.metadata.empty()) {
    if (!embedding.header.empty()) return bad(embedding, "there is a header, but no metadata");
    return {};
  }
  if (embedding.metadata.size() != static_cast<std::size_t>(embedding.rows)) {
    return bad(embedding, "there are %1 rows of metadata for %2 points", embedding.metadata.size(),
               embedding.rows);
  }
  const std::size_t columns = std::max<std::size_t>(1, embedding.header.size());
  if (!std::all_of(embedding.header.begin(), embedding.header.end(), isCell)) {
    return bad(embedding, "a name in the header is not UTF-8 or has a tab or an end of line");
  }
  for (std::size_t i = 0; i < embedding.metadata.size(); ++i) {
    const auto& row = embedding.metadata[i];
    if (row.size() != columns) {
      return bad(embedding,
                 "row %1 of the metadata has %2 cells instead of %3 (several columns need a name "
                 "each in the header)",
                 i, row.size(), columns);
    }
    if (!std::all_of(row.begin(), row.end(), isCell)) {
      return bad(embedding, "row %1 of the metadata is not UTF-8 or has a tab or an end of line",
                 i);
    }
  }
  return {};
}

Result<void> check(const Embedding& embedding) {
  if (embedding.tag.empty() || !isUtf8(embedding.tag)) {
    return bad(embedding, "its tag must be UTF-8 and not empty");
  }
  if (embedding.rows < 1 || embedding.columns < 1 ||
      static_cast<std::size_t>(embedding.rows) >
          embedding.values.size() / static_cast<std::size_t>(embedding.columns) ||
      static_cast<std::size_t>(embedding.rows * embedding.columns) != embedding.values.size()) {
    return bad(embedding, "there are %1 numbers for %2 points of %3", embedding.values.size(),
               embedding.rows, embedding.columns);
  }
  if (embedding.sprite && (embedding.spriteWidth < 1 || embedding.spriteHeight < 1)) {
    return bad(embedding, "the size of a picture of the sprite is missing");
  }
  return checkMetadata(embedding);
}

std::string stepText(std::int64_t step) {
  std::string digits = std::to_string(step < 0 ? -step : step);
  const std::size_t width = kStepDigits - (step < 0 ? 1 : 0);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return (step < 0 ? "-" : "") + digits;
}

/// The tag as the name of one folder.
std::string safeName(std::string_view tag) {
  std::string name;
  for (const char letter : tag) {
    switch (letter) {
      case '%':
        name += "%25";
        break;
      case '/':
        name += "%2f";
        break;
      case '\\':
        name += "%5c";
        break;
      default:
        name += letter;
    }
  }
  if (name == ".") return "%2e";
  return name == ".." ? "%2e%2e" : name;
}

std::string tensorLines(const Embedding& embedding) {
  std::string text;
  std::array<char, 32> number{};
  std::int64_t column = 0;
  for (const float value : embedding.values) {
    const auto end = std::to_chars(number.data(), number.data() + number.size(), value);
    text.append(number.data(), end.ptr);
    ++column;
    text += column == embedding.columns ? '\n' : '\t';
    if (column == embedding.columns) column = 0;
  }
  return text;
}

void appendRow(std::string& text, const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text += '\t';
    text += cells[i];
  }
  text += '\n';
}

/// One column has no header: TensorBoard would take it for a point.
std::string metadataLines(const Embedding& embedding) {
  std::string text;
  if (embedding.header.size() > 1) appendRow(text, embedding.header);
  for (const auto& row : embedding.metadata) appendRow(text, row);
  return text;
}

/// A string of protobuf's text format.
std::string textString(std::string_view text) {
  std::string out = "\"";
  for (const char letter : text) {
    if (letter == '\n') {
      out += "\\n";
      continue;
    }
    if (letter == '"' || letter == '\\') out += '\\';
    out += letter;
  }
  return out + '"';
}

std::string entryName(const Embedding& embedding) {
  return "tensor_name: " + textString(embedding.tag + ":" + stepText(embedding.step)) + "\n";
}

std::string entryOf(const Embedding& embedding, const std::string& subfolder) {
  const auto path = [&](const char* name) { return textString(subfolder + "/" + name); };
  std::string text = "embeddings {\n" + entryName(embedding);
  text += "tensor_path: " + path("tensors.tsv") + "\n";
  if (!embedding.metadata.empty()) text += "metadata_path: " + path("metadata.tsv") + "\n";
  if (embedding.sprite) {
    text += "sprite {\nimage_path: " + path("sprite.png") + "\n";
    text += "single_image_dim: " + std::to_string(embedding.spriteWidth) + "\n";
    text += "single_image_dim: " + std::to_string(embedding.spriteHeight) + "\n}\n";
  }
  return text + "}\n";
}

/// Behind the brace that closes the first one at or after `from`; the text's end where none does.
std::size_t behindBlock(std::string_view text, std::size_t from) {
  int depth = 0;
  bool inString = false;
  for (std::size_t i = from; i < text.size(); ++i) {
    const char letter = text[i];
    if (inString) {
      if (letter == '\\') ++i;
      if (letter == '"') inString = false;
    } else if (letter == '"') {
      inString = true;
    } else if (letter == '{') {
      ++depth;
    } else if (letter == '}' && --depth == 0) {
      return std::min(i + 2, text.size());  // with its end of line
    }
  }
  return text.size();
}

void removeEntry(std::string& config, const Embedding& embedding) {
  const std::string begin = "embeddings {\n" + entryName(embedding);
  for (std::size_t at = config.find(begin); at != std::string::npos; at = config.find(begin)) {
    config.erase(at, behindBlock(config, at) - at);
  }
}

/// Empty where there is none.
Result<std::string> contentOf(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error) && !error) return std::string();
  std::ifstream stream(file, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.good() && !stream.eof()) {
    return makeError(ErrorCode::kIo, "'%1' cannot be read: allow reading it", file);
  }
  return content;
}

Result<void> writeConfig(const std::filesystem::path& folder, const Embedding& embedding,
                         const std::string& subfolder) {
  const std::filesystem::path file = folder / "projector_config.pbtxt";
  Result<std::string> config = contentOf(file);
  if (!config) return tl::unexpected<Error>(config.error());
  removeEntry(*config, embedding);
  if (!config->empty() && config->back() != '\n') *config += '\n';
  return replaceFile(file, *config + entryOf(embedding, subfolder));
}

}  // namespace

Result<void> writeEmbedding(const std::filesystem::path& folder, const Embedding& embedding) {
  if (auto good = check(embedding); !good) return good;
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  const std::string subfolder = stepText(embedding.step) + "/" + safeName(embedding.tag);
  const std::filesystem::path path = folder / subfolder;
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    return makeError(ErrorCode::kIo, "the folder '%1' cannot be made: %2", path, error.message());
  }
  Result<void> written = replaceFile(path / "tensors.tsv", tensorLines(embedding));
  if (written && !embedding.metadata.empty()) {
    written = replaceFile(path / "metadata.tsv", metadataLines(embedding));
  }
  if (written && embedding.sprite) {
    written = replaceFile(path / "sprite.png", embedding.sprite->bytes);
  }
  return written ? writeConfig(folder, embedding, subfolder) : written;
}

Result<void> drawSprite(const PixelArray& pictures, Embedding& embedding) {
  const auto extentOf = [&](char letter) -> std::int64_t {
    const std::size_t at = pictures.layout.find(letter);
    return at < pictures.shape.size() ? pictures.shape[at] : 1;
  };
  const std::int64_t count = extentOf('N');
  const std::int64_t side = extentOf('W');
  if (side != extentOf('H')) return bad(embedding, "the pictures of its points are not square");
  if (count != embedding.rows) {
    return bad(embedding, "there are %1 pictures for %2 points", count, embedding.rows);
  }
  const auto columns = static_cast<std::int64_t>(
      std::ceil(std::sqrt(static_cast<double>(std::max<std::int64_t>(count, 1)))));
  if (side > kMaxSpritePixels / columns) {
    return bad(embedding,
               "its sprite would be wider than the 8192 pixels that TensorBoard shows: "
               "use smaller or fewer pictures");
  }
  Result<Image> sprite = makeImageGrid(pictures, columns);
  if (!sprite) return tl::unexpected<Error>(sprite.error());
  sprite->height = sprite->width;
  sprite->pixels.resize(static_cast<std::size_t>(sprite->width) *
                        static_cast<std::size_t>(sprite->height) *
                        static_cast<std::size_t>(sprite->channels));
  Result<std::string> png = encodePng(*sprite);
  if (!png) return tl::unexpected<Error>(png.error());
  embedding.sprite = EncodedImage{sprite->width, sprite->height, std::move(*png)};
  embedding.spriteWidth = static_cast<int>(side);
  embedding.spriteHeight = static_cast<int>(side);
  return {};
}

}  // namespace eventio
