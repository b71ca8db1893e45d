// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/event_wire.h"

#include "eventio/record_format.h"

namespace eventio {

namespace {

constexpr int kVarint = 0;
constexpr int kFixed64 = 1;
constexpr int kBytes = 2;
constexpr int kGroup = 3;
constexpr int kEndGroup = 4;
constexpr int kFixed32 = 5;
/// Of one summary. An empty value takes 2 bytes of the file but 100 in memory.
constexpr std::size_t kMostValues = 1U << 20;

constexpr std::uint32_t key(std::uint32_t field, int wireType) {
  return field << 3 | static_cast<std::uint32_t>(wireType);
}

/// Reads the fields of one message. Every read returns false at malformed bytes.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes)
      : m_at(bytes.data()), m_end(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool atEnd() const noexcept { return m_at == m_end; }

  bool readVarint(std::uint64_t& number) noexcept {
    if (m_at != m_end && static_cast<signed char>(*m_at) >= 0) {
      number = static_cast<unsigned char>(*m_at++);
      return true;
    }
    number = 0;
    for (int shift = 0; shift < 70 && m_at != m_end; shift += 7) {
      const auto byte = static_cast<unsigned char>(*m_at++);
      if (shift < 64) number |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  bool readKey(std::uint32_t& fieldKey) noexcept {
    std::uint64_t number = 0;
    if (!readVarint(number) || number >> 35 != 0) return false;
    fieldKey = static_cast<std::uint32_t>(number);  // of five bytes protobuf, too, takes 32 bits
    return fieldKey >= 8;
  }

  bool readBytes(std::string_view& bytes) noexcept {
    std::uint64_t size = 0;
    if (!readVarint(size) || size > left()) return false;
    bytes = {m_at, static_cast<std::size_t>(size)};
    m_at += size;
    return true;
  }

  template <class Number>
  bool readFixed(Number& number) noexcept {
    if (left() < sizeof number) return false;
    number = loadNumber<Number>(m_at);
    m_at += sizeof number;
    return true;
  }

  /// Passes over the content of a field that nobody asked for.
  bool skip(std::uint32_t fieldKey, int depth = 0) noexcept {
    std::uint64_t number = 0;
    std::uint32_t half = 0;
    std::string_view bytes;
    switch (fieldKey & 7U) {
      case kVarint:
        return readVarint(number);
      case kFixed64:
        return readFixed(number);
      case kBytes:
        return readBytes(bytes);
      case kFixed32:
        return readFixed(half);
      case kGroup:
        return skipGroup(fieldKey, depth);
      default:
        return false;
    }
  }

 private:
  [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(m_end - m_at); }

  bool skipGroup(std::uint32_t groupKey, int depth) noexcept {
    if (depth > 50) return false;
    std::uint32_t fieldKey = 0;
    while (readKey(fieldKey)) {
      if ((fieldKey & 7U) == kEndGroup) return fieldKey >> 3 == groupKey >> 3;
      if (!skip(fieldKey, depth + 1)) return false;
    }
    return false;
  }

  const char* m_at;
  const char* m_end;
};

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
    if (!reader.readBytes(value) || values.size() == kMostValues) return false;
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

}  // namespace

bool parseEvent(std::string_view record, WireEvent& event) {
  event.wallTime = 0;
  event.step = 0;
  event.fileVersion = {};
  event.sessionLog.reset();
  event.graph.reset();
  event.metaGraph.reset();
  event.runMetadata.reset();
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
