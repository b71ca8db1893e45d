// SPDX-License-Identifier: GPL-3.0-or-later
// The input is the data of one record. It goes through every decoder; protobuf's own parser says
// what must come out of the envelope.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "check.h"
#include "event.pb.h"
#include "eventio/event_collector.h"
#include "eventio/event_wire.h"
#include "eventio/image_decoder.h"
#include "eventio/record_format.h"
#include "eventio/run_store.h"
#include "eventio/stored_decoder.h"
#include "eventio/value_decoder.h"
#include "eventio/wav_decoder.h"

namespace {

using eventio::PayloadKind;
using eventio::WireEvent;
using eventio::WireValue;

template <class Number>
bool sameBits(Number a, Number b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

void checkHistogram(const eventio::Result<std::shared_ptr<const eventio::Histogram>>& decoded) {
  if (!decoded) {
    check(!decoded.error().message.empty(), "an error has words");
    return;
  }
  check(*decoded != nullptr, "a histogram is there");
  check((*decoded)->limits.size() == (*decoded)->counts.size(), "as many limits as counts");
}

void decodePicture(std::string_view bytes) {
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

void decodeSound(std::string_view bytes) {
  const auto info = eventio::wavInfo(bytes);
  const auto sound = eventio::decodeWav(bytes);
  if (!sound) return;
  check(info.has_value(), "what can be decoded has a header");
  check(sound->clip.samples.size() == info->frames * static_cast<std::size_t>(info->channels),
        "as many samples as the header's reading says");
}

void decodeStored(const eventio::Payload& payload) {
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

/// Every decoder of a message inside a value: a new one is added here.
void decodeAll(std::string_view message) {
  for (const PayloadKind kind : {PayloadKind::kTensor, PayloadKind::kImage, PayloadKind::kAudio}) {
    decodeStored({kind, message});
  }
  decodePicture(message);
  decodeSound(message);
  static_cast<void>(eventio::decodeGraphDef(message));
  static_cast<void>(eventio::decodeMetaGraphDef(message));
  static_cast<void>(eventio::decodeKerasModel(message));
  static_cast<void>(eventio::decodeMeshInfo("mesh_VERTEX", message));
  static_cast<void>(eventio::tagOfRunMetadata(message));
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

/// What protobuf reads, ours reads too, and the same.
void checkEnvelope(std::string_view bytes, bool parsed, const WireEvent& event) {
  traindeck::proto::Event message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  check(parsed, "what protobuf can read is an event");
  check(sameBits(event.wallTime, message.wall_time()), "wall time");
  check(event.step == message.step(), "step");
  // A later field of the same "oneof" drops the summary before it; ours keeps all.
  const auto count = static_cast<std::size_t>(message.summary().value_size());
  check(event.values.size() >= count, "every value is there");
  const std::size_t first = event.values.size() - count;
  for (std::size_t i = 0; i < count; ++i) {
    const WireValue& ours = event.values[first + i];
    const auto& theirs = message.summary().value(static_cast<int>(i));
    check(ours.tag == theirs.tag(), "tag");
    check(ours.metadata.has_value() == theirs.has_metadata(), "metadata");
    if (ours.kind == PayloadKind::kSimple) {
      check(sameBits(ours.simple, theirs.simple_value()), "number");
    }
    check((ours.kind == PayloadKind::kTensor) <= theirs.has_tensor(), "tensor");
    check((ours.kind == PayloadKind::kHistogram) <= theirs.has_histo(), "histogram");
  }
}

/// The record twice, as from two files of a run.
void collect(std::string_view bytes, const WireEvent& event, bool parsed) {
  const auto run = std::make_shared<eventio::Run>("/logs", ".", nullptr);
  eventio::EventCollector collector(run);
  const std::string file = "/logs/tfevents";
  collector.consume({64, bytes}, file, false);
  collector.consume({64, bytes}, file + "2", true);
  collector.release();
  const std::size_t most = parsed ? 2 * (event.values.size() + 3) : 0;
  std::size_t count = 0;
  for (const auto& tag : run->tags()) {
    check(tag.count > 0 || event.sessionLog.has_value(), "a tag has values unless purged");
    count += tag.count;
    if (tag.kind != eventio::TagKind::kScalar) continue;
    check(run->scalars(tag.tag).size() == tag.count, "the count is that of the points");
  }
  check(count <= most, "no value appears from nothing");
  for (const auto& damage : run->damage()) {
    check(damage.offset == 64 && damage.bytes == bytes.size() + eventio::kRecordOverhead,
          "damage names the record's place");
    check(!damage.what.empty(), "damage has a reason");
  }
  check(parsed || run->damage().size() == 2, "what is no event is told");
  check(run->memoryBytes() < 65536 * (most + 1) + 256 * bytes.size(), "memory stays bounded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  WireEvent event;
  const bool parsed = eventio::parseEvent(bytes, event);
  checkEnvelope(bytes, parsed, event);
  decodeAll(bytes);
  if (parsed) {
    for (const WireValue& value : event.values) {
      decodeAll(value.payload);
      if (value.metadata) decodeAll(*value.metadata);
    }
    for (const auto& message : {event.graph, event.metaGraph, event.runMetadata}) {
      if (message) decodeAll(*message);
    }
  }
  collect(bytes, event, parsed);
  return 0;
}
