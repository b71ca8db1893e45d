// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/encode/event_encoder.h"

#include <array>
#include <bit>
#include <cstring>

#include "event.pb.h"
#include "eventio/records/record_format.h"

namespace eventio {

namespace {

constexpr std::string_view kFileVersion = "brain.Event:2";

/// Length of a number as protobuf's varint.
std::size_t varintBytes(std::uint64_t number) noexcept {
  return (static_cast<std::size_t>(std::bit_width(number | 1U)) + 6) / 7;
}

char* putVarint(char* at, std::uint64_t number) noexcept {
  for (; number >= 0x80; number >>= 7) *at++ = static_cast<char>(number | 0x80);
  *at++ = static_cast<char>(number);
  return at;
}

char* putByte(char* at, unsigned byte) noexcept {
  *at++ = static_cast<char>(byte);
  return at;
}

/// Bytes of a packed field of doubles with a key below 16; none when it is empty.
std::size_t packedBytes(const std::vector<double>& numbers) noexcept {
  const std::size_t bytes = numbers.size() * sizeof(double);
  return bytes == 0 ? 0 : 1 + varintBytes(bytes) + bytes;
}

char* putPacked(char* at, unsigned field, const std::vector<double>& numbers) noexcept {
  if (numbers.empty()) return at;
  const std::size_t bytes = numbers.size() * sizeof(double);
  at = putByte(at, field << 3 | 2U);
  at = putVarint(at, bytes);
  std::memcpy(at, numbers.data(), bytes);
  return at + bytes;
}

/// What stands before the content of a record's one value. Written by hand: scalars are written by
/// the million, histograms by the gigabyte.
class ValueFrame {
 public:
  ValueFrame(double wallTime, std::int64_t step, std::string_view tag, std::size_t contentBytes)
      : m_wallTime(wallTime),
        m_step(static_cast<std::uint64_t>(step)),
        m_tag(tag),
        m_valueBytes(1 + varintBytes(tag.size()) + tag.size() + contentBytes),
        m_summaryBytes(1 + varintBytes(m_valueBytes) + m_valueBytes),
        m_eventBytes(1 + sizeof(double) + (m_step == 0 ? 0 : 1 + varintBytes(m_step)) + 1 +
                     varintBytes(m_summaryBytes) + m_summaryBytes) {}

  std::size_t recordBytes() const noexcept { return m_eventBytes + kRecordOverhead; }

  /// Writes all that comes before the content to the `recordBytes()` bytes at `record`, but for the
  /// header, and returns where the content goes.
  char* put(char* record) const noexcept {
    char* at = record + kRecordHeaderBytes;
    at = putByte(at, 1U << 3 | 1U);  // Event.wall_time
    storeNumber(at, m_wallTime);
    at += sizeof m_wallTime;
    if (m_step != 0) {
      at = putByte(at, 2U << 3 | 0U);  // Event.step
      at = putVarint(at, m_step);
    }
    at = putByte(at, 5U << 3 | 2U);  // Event.summary
    at = putVarint(at, m_summaryBytes);
    at = putByte(at, 1U << 3 | 2U);  // Summary.value
    at = putVarint(at, m_valueBytes);
    at = putByte(at, 1U << 3 | 2U);  // Value.tag
    at = putVarint(at, m_tag.size());
    std::memcpy(at, m_tag.data(), m_tag.size());
    return at + m_tag.size();
  }

  /// To be called when the content is there.
  void close(char* record) const noexcept { frameRecord(record, m_eventBytes); }

 private:
  double m_wallTime;
  std::uint64_t m_step;
  std::string_view m_tag;
  std::size_t m_valueBytes;
  std::size_t m_summaryBytes;
  std::size_t m_eventBytes;
};

void appendEvent(std::string& out, const traindeck::proto::Event& event) {
  const std::size_t start = out.size();
  const std::size_t size = event.ByteSizeLong();
  out.resize(start + size + kRecordOverhead);
  event.SerializeWithCachedSizesToArray(
      reinterpret_cast<std::uint8_t*>(out.data() + start + kRecordHeaderBytes));
  frameRecord(out.data() + start, size);
}

traindeck::proto::Event eventAt(double wallTime, std::int64_t step) {
  traindeck::proto::Event event;
  event.set_wall_time(wallTime);
  event.set_step(step);
  return event;
}

traindeck::proto::HparamValue toProto(const HparamValue& value) {
  traindeck::proto::HparamValue proto;
  if (const auto* number = std::get_if<double>(&value)) {
    proto.set_number_value(*number);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    proto.set_bool_value(*flag);
  } else {
    proto.set_string_value(std::get<std::string>(value));
  }
  return proto;
}

traindeck::proto::HParamInfo::DataType typeOf(const HparamValue& value) {
  using Info = traindeck::proto::HParamInfo;
  if (std::holds_alternative<double>(value)) return Info::DATA_TYPE_FLOAT64;
  if (std::holds_alternative<bool>(value)) return Info::DATA_TYPE_BOOL;
  return Info::DATA_TYPE_STRING;
}

void appendHparamsRecord(std::string& out, double wallTime, std::string_view tag,
                         const traindeck::proto::HParamsPluginData& content) {
  traindeck::proto::Event event = eventAt(wallTime, 0);
  auto* value = event.mutable_summary()->add_value();
  value->set_tag(tag.data(), tag.size());
  auto* plugin = value->mutable_metadata()->mutable_plugin_data();
  plugin->set_plugin_name("hparams");
  content.SerializeToString(plugin->mutable_content());
  appendEvent(out, event);
}

}  // namespace

bool isUtf8(std::string_view text) noexcept {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || i + more >= text.size()) return false;
    const auto second = static_cast<unsigned char>(text[i + 1]);
    // Overlong forms, surrogates and numbers past U+10FFFF show in the second byte.
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
        (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) {
      return false;
    }
    for (std::size_t k = 1; k <= more; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0U) != 0x80U) return false;
    }
    i += more + 1;
  }
  return true;
}

void encodeFileVersion(std::string& out, double wallTime) {
  traindeck::proto::Event event = eventAt(wallTime, 0);
  event.set_file_version(kFileVersion.data(), kFileVersion.size());
  event.mutable_source_metadata()->set_writer(kWriterName.data(), kWriterName.size());
  appendEvent(out, event);
}

void encodeSessionStart(std::string& out, double wallTime, std::int64_t step) {
  traindeck::proto::Event event = eventAt(wallTime, step);
  event.mutable_session_log()->set_status(traindeck::proto::SessionLog::START);
  appendEvent(out, event);
}

std::size_t encodeScalar(char* record, double wallTime, std::int64_t step, std::string_view tag,
                         float value) noexcept {
  const ValueFrame frame(wallTime, step, tag, 1 + sizeof value);
  char* at = putByte(frame.put(record), 2U << 3 | 5U);  // Value.simple_value
  storeNumber(at, value);
  frame.close(record);
  return frame.recordBytes();
}

void encodeHistogram(std::string& out, double wallTime, std::int64_t step, std::string_view tag,
                     const Histogram& histogram) {
  const std::array<double, 5> moments = {histogram.min, histogram.max, histogram.num, histogram.sum,
                                         histogram.sumSquares};
  const std::size_t histogramBytes = moments.size() * (1 + sizeof(double)) +
                                     packedBytes(histogram.limits) + packedBytes(histogram.counts);
  const ValueFrame frame(wallTime, step, tag, 1 + varintBytes(histogramBytes) + histogramBytes);
  const std::size_t start = out.size();
  out.resize(start + frame.recordBytes());
  char* at = putByte(frame.put(out.data() + start), 5U << 3 | 2U);  // Value.histo
  at = putVarint(at, histogramBytes);
  for (unsigned field = 1; field <= moments.size(); ++field) {
    at = putByte(at, field << 3 | 1U);
    storeNumber(at, moments[field - 1]);
    at += sizeof(double);
  }
  at = putPacked(at, 6, histogram.limits);  // HistogramProto.bucket_limit
  putPacked(at, 7, histogram.counts);       // HistogramProto.bucket
  frame.close(out.data() + start);
}

void encodeHparams(std::string& out, double wallTime,
                   const std::map<std::string, HparamValue>& hparams,
                   const std::vector<std::string>& metricTags) {
  traindeck::proto::HParamsPluginData experiment;
  auto* info = experiment.mutable_experiment();
  info->set_time_created_secs(wallTime);
  traindeck::proto::HParamsPluginData session;
  auto* start = session.mutable_session_start_info();
  start->set_start_time_secs(wallTime);
  for (const auto& [name, value] : hparams) {
    auto* hparam = info->add_hparam_infos();
    hparam->set_name(name);
    hparam->set_type(typeOf(value));
    auto* entry = start->add_hparams();
    entry->set_key(name);
    *entry->mutable_value() = toProto(value);
  }
  for (const std::string& tag : metricTags) {
    info->add_metric_infos()->mutable_name()->set_tag(tag);
  }
  appendHparamsRecord(out, wallTime, "_hparams_/experiment", experiment);
  appendHparamsRecord(out, wallTime, "_hparams_/session_start_info", session);
}

void encodeSessionEnd(std::string& out, double wallTime, SessionStatus status) {
  traindeck::proto::HParamsPluginData session;
  auto* end = session.mutable_session_end_info();
  end->set_status(static_cast<traindeck::proto::SessionEndInfo::Status>(status));
  end->set_end_time_secs(wallTime);
  appendHparamsRecord(out, wallTime, "_hparams_/session_end_info", session);
}

}  // namespace eventio
