// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/decode/stored_decoder.h"
#include "eventio/decode/value_decoder.h"
#include "eventio/import/csv_metrics/csv_columns.h"
#include "eventio/import/csv_metrics/csv_rows.h"
#include "eventio/media/image_decoder.h"
#include "eventio/media/wav_decoder.h"
#include "eventio/reader/projector_config.h"
#include "eventio/records/event_wire.h"
#include "tests/support/check.h"

namespace decoders {

template <class Number>
bool sameBits(Number a, Number b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

inline void checkHistogram(
    const eventio::Result<std::shared_ptr<const eventio::Histogram>>& decoded) {
  if (!decoded) {
    check(!decoded.error().message.english().empty(), "an error has words");
    return;
  }
  check(*decoded != nullptr, "a histogram is there");
  check((*decoded)->limits.size() == (*decoded)->counts.size(), "as many limits as counts");
}

inline void decodePicture(std::string_view bytes) {
  const auto info = eventio::imageInfo(bytes);
  const auto image = eventio::decodeImage(bytes);
  if (image) {
    check(info.has_value(), "what can be decoded has a header");
    const auto size = static_cast<std::size_t>(image->width) *
                      static_cast<std::size_t>(image->height) *
                      static_cast<std::size_t>(image->channels);
    check(image->pixels.size() == size, "as many pixels as the size says");
  }
  if (const auto frames = eventio::decodeGifFrames(bytes)) {
    check(!frames->frames.empty(), "an animation has a frame");
  }
}

inline void decodeSound(std::string_view bytes) {
  const auto info = eventio::wavInfo(bytes);
  const auto sound = eventio::decodeWav(bytes);
  if (!sound) return;
  check(info.has_value(), "what can be decoded has a header");
  check(sound->clip.samples.size() == info->frames * static_cast<std::size_t>(info->channels),
        "as many samples as the header's reading says");
}

inline void decodeCsv(std::string_view bytes) {
  const auto columns = eventio::readCsvColumns(bytes);
  if (!columns) return;
  check(columns->step < columns->tags.size(), "there is a column of steps");
  check(columns->headerBytes <= bytes.size(), "the first row is within the bytes");
  eventio::CsvRows rows(bytes.substr(columns->headerBytes), columns->separator);
  std::vector<std::string> cells;
  std::size_t before = 0;
  while (rows.next(cells, true) == eventio::CsvRows::Status::kRow) {
    check(rows.offset() > before, "each row takes bytes");
    before = rows.offset();
    double number = 0;
    for (const std::string& cell : cells) {
      if (eventio::csvStep(cell)) {
        check(eventio::readCsvCell(cell, number) == eventio::CsvCell::kNumber,
              "a step is a number");
      }
    }
  }
}

inline void decodeStored(const eventio::Payload& payload) {
  if (const auto images = eventio::decodeImages(payload)) {
    for (const auto& image : *images) decodePicture(image.bytes);
  }
  if (const auto clips = eventio::decodeAudio(payload)) {
    for (const auto& clip : *clips) decodeSound(clip.bytes);
  }
  if (const auto curve = eventio::decodePrCurve(payload)) {
    check(curve->precision.size() == curve->recall.size(), "a curve has pairs");
  }
  if (const auto mesh = eventio::decodeMeshTensor(payload)) {
    check(static_cast<std::size_t>(mesh->batch * mesh->count * 3) == mesh->numbers.size(),
          "as many numbers as the shape says");
    static_cast<void>(eventio::assembleMesh({&*mesh, &*mesh, &*mesh}, "{}"));
  }
  static_cast<void>(eventio::decodeLayout(payload));
  static_cast<void>(eventio::decodeBlobs(payload));
}

/// Hands the same bytes to every decoder of values, for the fuzz target and the tests: a new
/// decoder is added here. They may mean anything; no decoder may crash, take memory that the bytes
/// do not warrant, or give back what contradicts itself.
inline void decodeAnything(std::string_view message) {
  for (const auto kind : {eventio::PayloadKind::kNone, eventio::PayloadKind::kTensor,
                          eventio::PayloadKind::kImage, eventio::PayloadKind::kAudio}) {
    decodeStored({kind, message});
  }
  decodePicture(message);
  decodeSound(message);
  decodeCsv(message);
  static_cast<void>(eventio::decodeGraphDef(message));
  static_cast<void>(eventio::decodeMetaGraphDef(message));
  static_cast<void>(eventio::decodeKerasModel(message));
  static_cast<void>(eventio::decodeMeshInfo("mesh_VERTEX", message));
  static_cast<void>(eventio::tagOfRunMetadata(message));
  static_cast<void>(eventio::parseProjectorConfig(message));
  checkHistogram(eventio::decodeHistogram(message));
  checkHistogram(eventio::decodeHistogramTensor(message));
  const auto quick = eventio::parseScalarTensor(message);
  const auto number = eventio::decodeScalarTensor(message);
  if (quick && number) check(sameBits(*quick, *number), "both readings of a number are the same");
  static_cast<void>(eventio::decodeTexts(message));
  static_cast<void>(eventio::isSessionStart(message));
  eventio::Hparams hparams;
  static_cast<void>(eventio::decodeHparams(message, hparams));
  if (const auto metadata = eventio::decodeMetadata(message)) {
    static_cast<void>(eventio::decodeHparams(metadata->content, hparams));
  }
}

}  // namespace decoders
