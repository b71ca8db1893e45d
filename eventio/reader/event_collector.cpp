// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/reader/event_collector.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

#include "eventio/data/own_tags.h"
#include "eventio/data/wall_time.h"
#include "eventio/decode/value_decoder.h"
#include "eventio/records/record_format.h"

namespace eventio {

namespace {

constexpr std::size_t kBatchPoints = 4096;
// Writers of a tag's values; others are numbered from 2.
constexpr int kNobody = 0;
constexpr int kSummaryWriter = 1;
constexpr int kSeveral = -1;
// Tags of what an event holds beside summaries; the first is TensorBoard's.
constexpr std::string_view kGraphTag = "__run_graph__";
constexpr std::string_view kMetaGraphTag = "__meta_graph__";

TagKind kindOfPlugin(std::string_view plugin) {
  if (plugin == "scalars") return TagKind::kScalar;
  if (plugin == "histograms") return TagKind::kHistogram;
  if (plugin == "text" || plugin == kRunNotesPlugin) return TagKind::kText;
  if (plugin == "images") return TagKind::kImage;
  if (plugin == "audio") return TagKind::kAudio;
  if (plugin == "pr_curves") return TagKind::kPrCurve;
  if (plugin == "mesh") return TagKind::kMesh;
  if (plugin == "custom_scalars") return TagKind::kLayout;
  if (plugin == "graphs" || plugin == "graph_keras_model") return TagKind::kGraph;
  if (plugin == "hparams") return TagKind::kHparams;
  return TagKind::kOther;
}

/// Why a value cannot be one of a tag whose values are of `kind`.
Message otherThan(TagKind kind, PayloadKind found) {
  switch (found) {
    case PayloadKind::kSimple:
      return {"the tag holds values of kind %1, but this one is a number", toString(kind)};
    case PayloadKind::kTensor:
      return {"the tag holds values of kind %1, but this one is a tensor", toString(kind)};
    case PayloadKind::kHistogram:
      return {"the tag holds values of kind %1, but this one is a histogram", toString(kind)};
    case PayloadKind::kImage:
      return {"the tag holds values of kind %1, but this one is an image", toString(kind)};
    case PayloadKind::kAudio:
      return {"the tag holds values of kind %1, but this one is audio", toString(kind)};
    case PayloadKind::kNone:
      break;
  }
  return {"the tag holds values of kind %1, but this one is empty", toString(kind)};
}

/// The kind that a value can only be, whatever its plugin says.
std::optional<TagKind> kindOfPayload(PayloadKind kind) {
  switch (kind) {
    case PayloadKind::kSimple:
      return TagKind::kScalar;
    case PayloadKind::kHistogram:
      return TagKind::kHistogram;
    case PayloadKind::kImage:
      return TagKind::kImage;
    case PayloadKind::kAudio:
      return TagKind::kAudio;
    default:
      return std::nullopt;
  }
}

std::uint32_t indexOf(const WireValue& value, const WireEvent& event) {
  return static_cast<std::uint32_t>(&value - event.values.data());
}

}  // namespace

struct EventCollector::Tag {
  std::string name;
  std::string plugin;
  std::optional<TagKind> kind;
  bool hasMetadata = false;
  bool shown = false;  // the run has it
  bool dirty = false;  // on the list of tags to commit
  bool complained = false;
  Writer writer = kNobody;
  Tag* next = nullptr;  // the tag that followed it last time
  std::vector<ScalarPoint> batch;
};

struct EventCollector::Place {
  const std::string& file;
  std::uint64_t offset;
  std::uint64_t bytes;

  [[nodiscard]] Damage damage(Message what) const { return {file, offset, bytes, std::move(what)}; }
};

EventCollector::EventCollector(std::shared_ptr<Run> run)
    : m_run(std::move(run)), m_lastWriter(kSummaryWriter) {}

EventCollector::~EventCollector() = default;

void EventCollector::beginFile(const std::string& path, bool restarts) {
  File& file = m_files[path];
  if (file.path.empty()) file = {path, restarts, ++m_lastWriter};
  file.restarts = restarts;
  m_file = &file;
}

void EventCollector::renameFile(const std::string& from, const std::string& to) {
  m_run->renameFile(from, to);
  auto node = m_files.extract(from);
  if (node.empty()) return;
  m_files.erase(to);
  node.key() = to;
  node.mapped().path = to;
  m_files.insert(std::move(node));
}

/// A file's first record says who writes it.
void EventCollector::noteWriter(const Record& record) {
  const bool isOurs = m_event.writer == kWriterName;
  if (isOurs) {
    m_file->writer = kSummaryWriter;
  } else if (record.offset == 0 && m_file->writer == kSummaryWriter) {
    m_file->writer = ++m_lastWriter;  // another file has this name now
  }
}

void EventCollector::consume(const Record& record) {
  const Place place{m_file->path, record.offset, record.data.size() + kRecordOverhead};
  if (!parseEvent(record.data, m_event)) {
    m_run->addDamage(place.damage({"the record's checksums hold, but it is no event message"}));
    return;
  }
  if (record.offset == 0 || !m_event.writer.empty()) noteWriter(record);
  checkWallTime(m_event, place);
  if (m_event.sessionLog) consumeSessionLog(m_event, place);
  consumeGraphs(m_event, place);
  for (const WireValue& value : m_event.values) consumeValue(value, m_event, place);
}

/// Reports once a file what Run::firstWallTime() leaves out.
void EventCollector::checkWallTime(const WireEvent& event, const Place& place) {
  const double time = event.wallTime;
  if (time >= kFirstDate && std::isfinite(time)) return;
  if (event.values.empty() || time == 0 || m_file->complainedOfTime) return;
  const bool isPlausible = time > 0 && std::isfinite(time) && m_run->firstWallTime() < kFirstDate;
  if (isPlausible) return;
  m_file->complainedOfTime = true;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", time);
  Damage damage = place.damage(
      {"the wall time %1, in seconds since 1970, cannot be that of a value: it does not count for "
       "the run's start (reported once for this file)",
       text.data()});
  damage.bytes = 0;
  damage.isNotice = true;
  m_run->addDamage(std::move(damage));
}

void EventCollector::noteWriter(Tag& tag) const {
  if (tag.writer == m_file->writer) return;
  tag.writer = tag.writer == kNobody ? m_file->writer : kSeveral;
}

void EventCollector::consumeGraphs(const WireEvent& event, const Place& place) {
  const auto add = [&](std::string_view name, TagKind kind, std::string_view plugin,
                       std::uint32_t value) {
    Tag& tag = tagOf(name);
    noteWriter(tag);
    if (!std::exchange(tag.hasMetadata, true)) m_run->setMetadata(name, plugin, {}, {});
    if (!tag.kind) tag.kind = kind;
    if (*tag.kind == kind) {
      addStored(tag, event, place, value);
    } else {
      complain(tag, place,
               {"the tag holds values of kind %1, but this one is a graph", toString(*tag.kind)});
    }
  };
  if (event.graph) add(kGraphTag, TagKind::kGraph, "graphs", StoredPoint::kGraphDef);
  if (event.metaGraph) {
    add(kMetaGraphTag, TagKind::kGraph, "meta_graph_def", StoredPoint::kMetaGraphDef);
  }
  if (event.runMetadata) {
    add(tagOfRunMetadata(*event.runMetadata), TagKind::kOther, "graph_tagged_run_metadata",
        StoredPoint::kRunMetadata);
  }
}

/// A file that SummaryWriter had to make anew repeats the STARTs of the one before.
bool EventCollector::isRepeated(const WireEvent& event) {
  if (m_file->writer != kSummaryWriter) return false;
  const auto [found, isNew] =
      m_starts.try_emplace({event.step, std::bit_cast<std::uint64_t>(event.wallTime)}, m_file);
  return !isNew && found->second != m_file;
}

void EventCollector::consumeSessionLog(const WireEvent& event, const Place& place) {
  const auto start = isSessionStart(*event.sessionLog);
  if (!start) {
    m_run->addDamage(place.damage(start.error().message));
    return;
  }
  if (!*start) return;
  const bool restarts = m_file->restarts || m_sawStart;
  m_sawStart = true;
  if (isRepeated(event) || !restarts) return;
  commit();
  const Writer writer = m_file->writer;
  m_run->purgeFrom({.file = place.file,
                    .offset = place.offset,
                    .step = event.step,
                    .wallTime = event.wallTime,
                    .isOwnTag =
                        [this, writer](std::string_view tag) {
                          const auto found = m_tags.find(tag);
                          return found != m_tags.end() && found->second->writer == writer;
                        },
                    .tagsRestart = writer == kSummaryWriter});
}

EventCollector::Tag& EventCollector::tagOf(std::string_view name) {
  Tag* const previous = m_previous;
  if (previous != nullptr && previous->next != nullptr && previous->next->name == name) {
    m_previous = previous->next;
    return *m_previous;
  }
  const auto found = m_tags.find(name);
  Tag* tag = nullptr;
  if (found != m_tags.end()) {
    tag = found->second.get();
  } else {
    auto made = std::make_unique<Tag>();
    made->name = std::string(name);
    tag = made.get();
    m_tags.emplace(tag->name, std::move(made));
  }
  if (previous != nullptr) previous->next = tag;
  m_previous = tag;
  return *tag;
}

void EventCollector::consumeValue(const WireValue& value, const WireEvent& event,
                                  const Place& place) {
  Tag& tag = tagOf(value.tag);
  noteWriter(tag);
  if (value.metadata && !tag.hasMetadata) readMetadata(tag, *value.metadata, place);
  if (!tag.kind) setKind(tag, value);
  const std::optional<TagKind> sure = kindOfPayload(value.kind);
  if (sure && *sure != *tag.kind) {
    complain(tag, place, otherThan(*tag.kind, value.kind));
    return;
  }
  switch (*tag.kind) {
    case TagKind::kScalar:
      if (value.kind == PayloadKind::kSimple) {
        addScalar(tag, {event.step, event.wallTime, static_cast<double>(value.simple)});
      } else {
        addScalarTensor(tag, value, event, place);
      }
      return;
    case TagKind::kHistogram:
      addHistogram(tag, value, event, place);
      return;
    case TagKind::kText:
      addText(tag, value, event, place);
      return;
    default:
      addStored(tag, event, place, indexOf(value, event));
      return;
  }
}

void EventCollector::readMetadata(Tag& tag, std::string_view message, const Place& place) {
  const auto metadata = decodeMetadata(message);
  if (!metadata) {
    complain(tag, place, metadata.error().message);
    return;
  }
  tag.hasMetadata = true;
  tag.plugin = metadata->plugin;
  m_run->setMetadata(tag.name, metadata->plugin, metadata->displayName, metadata->description,
                     metadata->plugin == "hparams" ? std::string_view() : metadata->content);
  if (metadata->plugin != "hparams") return;
  if (const auto read = decodeHparams(metadata->content, m_hparams); !read) {
    complain(tag, place, read.error().message);
    return;
  }
  m_run->setHparams(m_hparams);
}

void EventCollector::setKind(Tag& tag, const WireValue& value) {
  tag.kind = kindOfPayload(value.kind).value_or(kindOfPlugin(tag.plugin));
}

void EventCollector::complain(Tag& tag, const Place& place, Message what) {
  if (std::exchange(tag.complained, true)) return;
  m_run->addDamage(
      place.damage({"a value of tag '%1' was passed over: %2 (reported once for this tag)",
                    tag.name, std::move(what)}));
}

void EventCollector::addScalar(Tag& tag, const ScalarPoint& point) {
  if (!tag.shown) {  // at once, so that tags appear in their order and curves early
    tag.shown = true;
    m_run->appendScalarPoints(tag.name, {&point, 1});
    return;
  }
  if (!std::exchange(tag.dirty, true)) m_dirty.push_back(&tag);
  tag.batch.push_back(point);
  if (tag.batch.size() >= kBatchPoints) flush(tag);
}

void EventCollector::addScalarTensor(Tag& tag, const WireValue& value, const WireEvent& event,
                                     const Place& place) {
  if (value.kind != PayloadKind::kTensor) {
    complain(tag, place, {"it has no number"});
    return;
  }
  std::optional<double> number = parseScalarTensor(value.payload);
  if (!number) {
    const auto decoded = decodeScalarTensor(value.payload);
    if (!decoded) {
      complain(tag, place, decoded.error().message);
      return;
    }
    number = *decoded;
  }
  addScalar(tag, {event.step, event.wallTime, *number});
}

void EventCollector::addHistogram(Tag& tag, const WireValue& value, const WireEvent& event,
                                  const Place& place) {
  auto histogram = value.kind == PayloadKind::kHistogram ? decodeHistogram(value.payload)
                                                         : decodeHistogramTensor(value.payload);
  if (!histogram) {
    complain(tag, place, histogram.error().message);
    return;
  }
  HistogramPoint point{event.step, event.wallTime, std::move(*histogram)};
  point.place = {place.offset, m_run->noteFile(place.file), indexOf(value, event)};
  m_run->appendHistogram(tag.name, std::move(point));
}

void EventCollector::addText(Tag& tag, const WireValue& value, const WireEvent& event,
                             const Place& place) {
  auto texts = decodeTexts(value.payload);
  if (!texts) {
    complain(tag, place, texts.error().message);
    return;
  }
  m_run->appendText(tag.name, {event.step, event.wallTime, std::move(*texts)});
}

void EventCollector::addStored(Tag& tag, const WireEvent& event, const Place& place,
                               std::uint32_t value) {
  StoredPoint point{.step = event.step, .wallTime = event.wallTime, .offset = place.offset};
  point.file = m_run->noteFile(place.file);
  point.value = value;
  m_run->appendStored(tag.name, *tag.kind, point);
}

void EventCollector::flush(Tag& tag) {
  m_run->appendScalarPoints(tag.name, tag.batch);
  tag.batch.clear();
}

void EventCollector::commit() {
  for (Tag* tag : m_dirty) {
    flush(*tag);
    tag->dirty = false;
  }
  m_dirty.clear();
}

void EventCollector::release() {
  commit();
  for (const auto& [name, tag] : m_tags) tag->batch = std::vector<ScalarPoint>();
}

}  // namespace eventio
