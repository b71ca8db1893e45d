// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "eventio/data/run_store.h"
#include "eventio/records/event_wire.h"
#include "eventio/records/record_reader.h"

namespace eventio {

/// Turns the records of one run, in the order of its files, into the Run's data.
///
/// Scalars gather in batches, so that the run's lock is taken once for many of them; commit() hands
/// over the rest. One thread at a time.
class EventCollector {
 public:
  explicit EventCollector(std::shared_ptr<Run> run);
  ~EventCollector();

  /// The next records are from this file. `restarts`: it is not the run's first file, so that a
  /// session log's START in it is a restart.
  void beginFile(const std::string& path, bool restarts);
  /// The file goes by another name now.
  void renameFile(const std::string& from, const std::string& to);
  void consume(const Record& record);
  void commit();
  /// Commits and gives back the memory of the batches.
  void release();

  [[nodiscard]] Run& run() noexcept { return *m_run; }

 private:
  struct Tag;
  struct Place;  // of the record being read
  /// Who wrote a file: one number for all files of SummaryWriter, one of its own for any other.
  using Writer = int;
  struct File {
    std::string path;
    bool restarts = false;
    Writer writer = 0;
    bool complainedOfTime = false;
  };

  Tag& tagOf(std::string_view name);
  void consumeValue(const WireValue& value, const WireEvent& event, const Place& place);
  void consumeGraphs(const WireEvent& event, const Place& place);
  void readMetadata(Tag& tag, std::string_view message, const Place& place);
  void checkWallTime(const WireEvent& event, const Place& place);
  void consumeSessionLog(const WireEvent& event, const Place& place);
  [[nodiscard]] bool isRepeated(const WireEvent& event);
  void noteWriter(const Record& record);
  void noteWriter(Tag& tag) const;
  void setKind(Tag& tag, const WireValue& value);
  void addScalar(Tag& tag, const ScalarPoint& point);
  void addScalarTensor(Tag& tag, const WireValue& value, const WireEvent& event,
                       const Place& place);
  void addHistogram(Tag& tag, const WireValue& value, const WireEvent& event, const Place& place);
  void addText(Tag& tag, const WireValue& value, const WireEvent& event, const Place& place);
  void addStored(Tag& tag, const WireEvent& event, const Place& place, std::uint32_t value);
  void flush(Tag& tag);
  /// Reports the first problem of a tag; the same again and again would say nothing new.
  void complain(Tag& tag, const Place& place, Message what);

  std::shared_ptr<Run> m_run;
  std::unordered_map<std::string_view, std::unique_ptr<Tag>> m_tags;
  Tag* m_previous = nullptr;  // writers repeat their tags in the same order
  std::vector<Tag*> m_dirty;  // with points in their batches
  WireEvent m_event;
  Hparams m_hparams;
  std::map<std::string, File> m_files;
  File* m_file = nullptr;  // of the records that come
  Writer m_lastWriter = 0;
  std::map<std::pair<std::int64_t, std::uint64_t>, const File*> m_starts;  // by step and wall time
  bool m_sawStart = false;
};

}  // namespace eventio
