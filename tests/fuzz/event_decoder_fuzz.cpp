// SPDX-License-Identifier: GPL-3.0-or-later
// The input is the data of one record. It goes through every decoder; protobuf's own parser says
// what must come out of the envelope.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "event.pb.h"
#include "eventio/data/run_store.h"
#include "eventio/reader/event_collector.h"
#include "eventio/records/event_wire.h"
#include "eventio/records/record_format.h"
#include "tests/eventio/decode_anything.h"
#include "tests/support/check.h"

namespace {

using decoders::decodeAnything;
using decoders::sameBits;
using eventio::PayloadKind;
using eventio::WireEvent;
using eventio::WireValue;

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
  const auto run = std::make_shared<eventio::Run>("/logs", ".");
  eventio::EventCollector collector(run);
  const std::string file = "/logs/tfevents";
  collector.beginFile(file, false);
  collector.consume({64, bytes});
  collector.beginFile(file + "2", true);
  collector.consume({64, bytes});
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
    const std::size_t whole = bytes.size() + eventio::kRecordOverhead;
    check(damage.offset == 64 && damage.bytes == (damage.isNotice ? 0 : whole),
          "damage names the record's place");
    check(!damage.what.empty(), "damage has a reason");
  }
  check(parsed || run->damage().size() == 2, "what is no event is reported");
  check(run->memoryBytes() < 65536 * (most + 1) + 256 * bytes.size(), "memory stays bounded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  WireEvent event;
  const bool parsed = eventio::parseEvent(bytes, event);
  checkEnvelope(bytes, parsed, event);
  decodeAnything(bytes);
  if (parsed) {
    for (const WireValue& value : event.values) {
      decodeAnything(value.payload);
      if (value.metadata) decodeAnything(*value.metadata);
    }
    for (const auto& message : {event.graph, event.metaGraph, event.runMetadata}) {
      if (message) decodeAnything(*message);
    }
  }
  collect(bytes, event, parsed);
  return 0;
}
