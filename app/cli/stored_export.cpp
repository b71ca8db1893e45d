// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/stored_export.h"

#include <sys/stat.h>

#include <filesystem>
#include <utility>
#include <vector>

#include "app/cli/media_type.h"
#include "eventio/decode/stored_values.h"
#include "eventio/media/image_decoder.h"
#include "eventio/media/wav_decoder.h"

namespace app {

namespace {

using eventio::Stamp;
using eventio::StoredPoint;
using eventio::TagKind;

Stamp stampOf(const StoredPoint& point) {
  return {point.step, point.wallTime};
}

/// What the record says; where the picture's own header says more, that.
eventio::ImageRow rowOf(const eventio::EncodedImage& image) {
  eventio::ImageRow row;
  row.width = image.width;
  row.height = image.height;
  row.format = eventio::toString(eventio::imageFormat(image.bytes));
  row.bytes = image.bytes.size();
  if (const auto info = eventio::imageInfo(image.bytes)) {
    row.width = info->width;
    row.height = info->height;
  }
  return row;
}

eventio::AudioRow rowOf(const eventio::EncodedAudio& clip) {
  eventio::AudioRow row;
  row.sampleRate = clip.sampleRate;
  row.channels = clip.channels;
  row.frames = clip.frames;
  row.contentType = clip.contentType;
  row.label = clip.label;
  row.bytes = clip.bytes.size();
  if (const auto info = eventio::wavInfo(clip.bytes)) {
    row.sampleRate = info->sampleRate;
    row.channels = info->channels;
    row.frames = static_cast<std::int64_t>(info->frames);
    if (row.contentType.empty()) row.contentType = "audio/wav";
  }
  return row;
}

/// When the file was last written to; the configuration of embeddings holds no time.
double writtenAt(const std::string& file) {
  struct stat state = {};
  if (::stat(file.c_str(), &state) != 0) return 0;
  return static_cast<double>(state.st_mtim.tv_sec) +
         static_cast<double>(state.st_mtim.tv_nsec) * 1e-9;
}

std::string endingOf(const std::string& name, const std::string& file) {
  const std::string extension = std::filesystem::path(file).extension().string();
  return name + "." + (extension.size() > 1 ? safeName(extension.substr(1)) : "bin");
}

}  // namespace

void StoredExport::begin(const std::string& run, const std::string& tag) {
  m_media.begin(run, tag);
  m_reported = false;
}

void StoredExport::fail(std::string& out, const Stamp& stamp, const eventio::Message& why) {
  m_format.failure(out, stamp, why.english());
  m_failed = true;
  if (std::exchange(m_reported, true)) return;
  m_report({"%1 (reported once for this tag)", why});
}

eventio::Result<void> StoredExport::write(std::string& out, const eventio::Run& run,
                                          const eventio::TagInfo& tag, const StoredPoint& point) {
  const Stamp stamp = stampOf(point);
  switch (tag.kind) {
    case TagKind::kImage:
      return writeImages(out, run, tag.tag, point);
    case TagKind::kAudio:
      return writeAudio(out, run, tag.tag, point);
    case TagKind::kGraph:
      return writeGraph(out, run, tag, point);
    case TagKind::kMesh:
      writeMesh(out, run, tag.tag, point);
      return {};
    case TagKind::kPrCurve:
      if (const auto curve = eventio::readPrCurve(run, tag.tag, point)) {
        m_format.prCurve(out, stamp, *curve);
      } else {
        fail(out, stamp, curve.error().message);
      }
      return {};
    case TagKind::kLayout:
      if (const auto layout = eventio::readLayout(run, tag.tag, point)) {
        m_format.layout(out, stamp, *layout);
      } else {
        fail(out, stamp, layout.error().message);
      }
      return {};
    default:
      if (const auto bytes = eventio::readBytes(run, tag.tag, point)) {
        m_format.other(out, stamp, {tag.plugin, bytes->size()});
      } else {
        fail(out, stamp, bytes.error().message);
      }
      return {};
  }
}

eventio::Result<void> StoredExport::writeImages(std::string& out, const eventio::Run& run,
                                                const std::string& tag, const StoredPoint& point) {
  const auto images = eventio::readImages(run, tag, point);
  if (!images) {
    fail(out, stampOf(point), images.error().message);
    return {};
  }
  std::vector<eventio::ImageRow> rows;
  for (const auto& image : *images) {
    eventio::ImageRow& row = rows.emplace_back(rowOf(image));
    auto file = m_media.write(point.step, image.bytes, mediaEnding(image.bytes));
    if (!file) return tl::unexpected<eventio::Error>(file.error());
    row.file = std::move(*file);
  }
  m_format.images(out, stampOf(point), rows);
  return {};
}

eventio::Result<void> StoredExport::writeAudio(std::string& out, const eventio::Run& run,
                                               const std::string& tag, const StoredPoint& point) {
  const auto clips = eventio::readAudio(run, tag, point);
  if (!clips) {
    fail(out, stampOf(point), clips.error().message);
    return {};
  }
  std::vector<eventio::AudioRow> rows;
  for (const auto& clip : *clips) {
    eventio::AudioRow& row = rows.emplace_back(rowOf(clip));
    auto file = m_media.write(point.step, clip.bytes, mediaEnding(clip.bytes, clip.contentType));
    if (!file) return tl::unexpected<eventio::Error>(file.error());
    row.file = std::move(*file);
  }
  m_format.audio(out, stampOf(point), rows);
  return {};
}

eventio::Result<void> StoredExport::writeGraph(std::string& out, const eventio::Run& run,
                                               const eventio::TagInfo& tag,
                                               const StoredPoint& point) {
  const auto bytes = eventio::readGraphBytes(run, tag.tag, point);
  if (!bytes) {
    fail(out, stampOf(point), bytes.error().message);
    return {};
  }
  const auto graph = eventio::readGraph(run, tag.tag, point);
  if (!graph) {
    fail(out, stampOf(point), graph.error().message);
    return {};
  }
  const auto file =
      m_media.write(point.step, *bytes, tag.plugin == "graph_keras_model" ? "json" : "pb");
  if (!file) return tl::unexpected<eventio::Error>(file.error());
  m_format.graph(out, stampOf(point), *graph, bytes->size(), *file);
  return {};
}

void StoredExport::writeMesh(std::string& out, const eventio::Run& run, const std::string& tag,
                             const StoredPoint& point) {
  const auto info = eventio::decodeMeshInfo(tag, run.pluginContent(tag));
  if (!info) return fail(out, stampOf(point), info.error().message);
  const auto tensor = eventio::readMeshTensor(run, tag, point);
  if (!tensor) return fail(out, stampOf(point), tensor.error().message);
  m_format.mesh(out, stampOf(point), {info->name, info->part, tensor->batch, tensor->count});
}

eventio::Result<void> StoredExport::write(std::string& out,
                                          const eventio::EmbeddingFiles& embedding) {
  const Stamp stamp{embedding.step, writtenAt(embedding.tensors)};
  const auto size = eventio::measureEmbedding(embedding);
  if (!size) {
    fail(out, stamp, size.error().message);
    return {};
  }
  eventio::EmbeddingRow row{size->rows, size->columns, {}};
  const std::pair<const char*, const std::string*> parts[] = {{"tensors", &embedding.tensors},
                                                              {"metadata", &embedding.metadata},
                                                              {"sprite", &embedding.sprite}};
  for (const auto& [name, file] : parts) {
    if (!m_media.isWanted() || file->empty()) continue;
    auto copied = m_media.copy(embedding.step, *file, endingOf(name, *file));
    if (!copied) return tl::unexpected<eventio::Error>(copied.error());
    row.files.push_back(std::move(*copied));
  }
  m_format.embedding(out, stamp, row);
  return {};
}

}  // namespace app
