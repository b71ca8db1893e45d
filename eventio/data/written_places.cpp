// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/data/written_places.h"

#include <optional>

#include "eventio/records/event_wire.h"
#include "eventio/records/record_format.h"

namespace eventio {

void noteWrittenHistograms(Run& run, const std::string& file, std::uint64_t offset,
                           std::string_view records) {
  std::optional<std::uint32_t> number;
  WireEvent event;
  while (records.size() >= kRecordOverhead) {
    const auto length = loadNumber<std::uint64_t>(records.data());
    if (length > records.size() - kRecordOverhead) return;
    const auto size = static_cast<std::size_t>(length);
    if (!parseEvent(records.substr(kRecordHeaderBytes, size), event)) return;
    for (std::size_t i = 0; i < event.values.size(); ++i) {
      const WireValue& value = event.values[i];
      if (value.kind != PayloadKind::kHistogram) continue;
      if (!number) number = run.noteFile(file);
      run.noteHistogramPlace(value.tag, event.step, event.wallTime,
                             {offset, *number, static_cast<std::uint32_t>(i)});
    }
    records.remove_prefix(size + kRecordOverhead);
    offset += size + kRecordOverhead;
  }
}

}  // namespace eventio
