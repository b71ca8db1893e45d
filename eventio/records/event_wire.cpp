// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/records/event_wire.h"

#include "eventio/records/record_format.h"
#include "eventio/records/wire_reader.h"

namespace eventio {

namespace {

using namespace wire;

/// Of one summary. An empty value takes 2 bytes of the file but 100 in memory.
constexpr std::size_t kMaxValues = 1U << 20;

bool parsePayload(WireReader& reader, PayloadKind kind, WireValue& value) {
  value.kind = kind;
  return reader.readBytes(value.payload);
}

bool parseValue(std::string_view bytes, WireValue& value) {
  WireReader reader(bytes);
  std::uint32_t fieldKey = 0;
  std::string_view metadata;
  while (!reader.atEnd()) {
    if (!reader.readKey(fieldKey)) return false;
    bool good = true;
    switch (fieldKey) {
      case key(1, kBytes):
        good = reader.readBytes(value.tag);
        break;
      case key(2, kFixed32):
        value.kind = PayloadKind::kSimple;
        good = reader.readFixed(value.simple);
        break;
      case key(4, kBytes):
        good = parsePayload(reader, PayloadKind::kImage, value);
        break;
      case key(5, kBytes):
        good = parsePayload(reader, PayloadKind::kHistogram, value);
        break;
      case key(6, kBytes):
        good = parsePayload(reader, PayloadKind::kAudio, value);
        break;
      case key(8, kBytes):
        good = parsePayload(reader, PayloadKind::kTensor, value);
        break;
      case key(9, kBytes):
        good = reader.readBytes(metadata);
        value.metadata = metadata;
        break;
      default:
        good = reader.skip(fieldKey);
    }
    if (!good) return false;
  }
  return true;
}

bool parseSummary(std::string_view bytes, std::vector<WireValue>& values) {
  WireReader reader(bytes);
  std::uint32_t fieldKey = 0;
  while (!reader.atEnd()) {
    if (!reader.readKey(fieldKey)) return false;
    if (fieldKey != key(1, kBytes)) {
      if (!reader.skip(fieldKey)) return false;
      continue;
    }
    std::string_view value;
    if (!reader.readBytes(value) || values.size() == kMaxValues) return false;
    if (!parseValue(value, values.emplace_back())) return false;
  }
  return true;
}

/// True for a TensorShapeProto of one element, whatever its rank.
bool isOneElement(std::string_view shape) {
  WireReader reader(shape);
  std::uint32_t fieldKey = 0;
  std::string_view dimension;
  while (!reader.atEnd()) {
    if (!reader.readKey(fieldKey) || fieldKey != key(2, kBytes)) return false;
    if (!reader.readBytes(dimension)) return false;
    WireReader fields(dimension);
    std::uint64_t size = 0;
    while (!fields.atEnd()) {
      if (!fields.readKey(fieldKey)) return false;
      const bool good =
          fieldKey == key(1, kVarint) ? fields.readVarint(size) : fields.skip(fieldKey);
      if (!good) return false;
    }
    if (size != 1) return false;
  }
  return true;
}

/// The name in a SourceMetadata message; empty where there is none.
std::string_view parseWriter(std::string_view metadata) {
  WireReader reader(metadata);
  std::uint32_t fieldKey = 0;
  std::string_view name;
  while (!reader.atEnd()) {
    if (!reader.readKey(fieldKey)) break;
    const bool good = fieldKey == key(1, kBytes) ? reader.readBytes(name) : reader.skip(fieldKey);
    if (!good) break;
  }
  return name;
}

}  // namespace

bool parseEvent(std::string_view record, WireEvent& event) {
  event.wallTime = 0;
  event.step = 0;
  event.fileVersion = {};
  event.sessionLog.reset();
  event.graph.reset();
  event.metaGraph.reset();
  event.runMetadata.reset();
  event.writer = {};
  event.values.clear();
  WireReader reader(record);
  std::uint32_t fieldKey = 0;
  std::uint64_t number = 0;
  std::string_view bytes;
  while (!reader.atEnd()) {
    if (!reader.readKey(fieldKey)) return false;
    bool good = true;
    switch (fieldKey) {
      case key(1, kFixed64):
        good = reader.readFixed(event.wallTime);
        break;
      case key(2, kVarint):
        good = reader.readVarint(number);
        event.step = static_cast<std::int64_t>(number);
        break;
      case key(3, kBytes):
        good = reader.readBytes(event.fileVersion);
        break;
      case key(4, kBytes):
        good = reader.readBytes(bytes);
        event.graph = bytes;
        break;
      case key(5, kBytes):
        good = reader.readBytes(bytes) && parseSummary(bytes, event.values);
        break;
      case key(7, kBytes):
        good = reader.readBytes(bytes);
        event.sessionLog = bytes;
        break;
      case key(8, kBytes):
        good = reader.readBytes(bytes);
        event.runMetadata = bytes;
        break;
      case key(9, kBytes):
        good = reader.readBytes(bytes);
        event.metaGraph = bytes;
        break;
      case key(10, kBytes):
        good = reader.readBytes(bytes);
        event.writer = parseWriter(bytes);
        break;
      default:
        good = reader.skip(fieldKey);
    }
    if (!good) return false;
  }
  return true;
}

std::optional<double> parseScalarTensor(std::string_view tensor) {
  constexpr std::uint64_t kFloat = 1;
  constexpr std::uint64_t kDouble = 2;
  WireReader reader(tensor);
  std::uint32_t fieldKey = 0;
  std::uint64_t type = 0;
  std::string_view content;
  std::string_view packed;
  float floatValue = 0;
  double doubleValue = 0;
  int values = 0;
  while (!reader.atEnd()) {
    if (!reader.readKey(fieldKey)) return std::nullopt;
    bool good = true;
    switch (fieldKey) {
      case key(1, kVarint):
        good = reader.readVarint(type);
        break;
      case key(2, kBytes):
        good = reader.readBytes(packed) && isOneElement(packed);
        break;
      case key(4, kBytes):
        good = reader.readBytes(content);
        break;
      case key(5, kBytes):
        good = reader.readBytes(packed) && packed.size() == sizeof(float);
        if (good) floatValue = loadNumber<float>(packed.data());
        ++values;
        break;
      case key(5, kFixed32):
        good = reader.readFixed(floatValue);
        ++values;
        break;
      case key(6, kBytes):
        good = reader.readBytes(packed) && packed.size() == sizeof(double);
        if (good) doubleValue = loadNumber<double>(packed.data());
        ++values;
        break;
      case key(6, kFixed64):
        good = reader.readFixed(doubleValue);
        ++values;
        break;
      default:
        good = reader.skip(fieldKey);
    }
    if (!good) return std::nullopt;
  }
  if (values > 1 || (type != kFloat && type != kDouble)) return std::nullopt;
  if (!content.empty()) {
    if (type == kFloat && content.size() == sizeof(float)) return loadNumber<float>(content.data());
    if (type == kDouble && content.size() == sizeof(double)) {
      return loadNumber<double>(content.data());
    }
    return std::nullopt;
  }
  if (values == 0) return std::nullopt;
  return type == kFloat ? static_cast<double>(floatValue) : doubleValue;
}

}  // namespace eventio
