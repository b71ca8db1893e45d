// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/records/record_reader.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "eventio/records/record_format.h"

namespace eventio {

namespace {
constexpr std::uint64_t kWindow = 512U << 10;
/// Memory for a longer record is taken when its checksum is known to hold, not before.
constexpr std::uint64_t kTrusted = 4U << 20;
}  // namespace

RecordReader::RecordReader(DamageHandler damage) : m_damage(std::move(damage)) {}

void RecordReader::attach(InputFile* file, std::uint64_t size) {
  m_file = file;
  if (size < m_size) m_tailSearched = 0;  // what stood there is gone
  m_size = std::max(size, m_offset);
  m_bufferBytes = 0;
}

void RecordReader::detach() {
  m_file = nullptr;
  m_buffer.reset();
  m_capacity = 0;
  m_bufferBytes = 0;
}

void RecordReader::skipTo(std::uint64_t offset) noexcept {
  m_offset = offset;
  m_size = offset;
  m_searching = true;
  m_searchFrom = offset;
  m_tailChecked = 0;
  m_tailSearched = 0;
}

/// Brings [offset, offset + bytes) into the buffer; kShort when the file ends before.
RecordReader::Fetch RecordReader::fetch(std::uint64_t offset, std::uint64_t bytes) {
  if (offset >= m_bufferStart && offset + bytes <= m_bufferStart + m_bufferBytes) {
    return Fetch::kDone;
  }
  if (offset > m_size || bytes > m_size - offset) return Fetch::kShort;
  const std::uint64_t wanted = std::min(std::max(bytes, kWindow), m_size - offset);
  m_bufferStart = offset;
  m_bufferBytes = 0;
  if (wanted > m_capacity) {
    m_capacity = 0;
    m_buffer.reset();
    m_buffer.reset(new (std::nothrow) char[wanted]);
    if (m_buffer == nullptr) {
      m_systemError = ENOMEM;
      return Fetch::kFailed;
    }
    m_capacity = wanted;
  }
  const auto got = m_file->readAt(offset, m_buffer.get(), wanted);
  if (!got) {
    m_systemError = got.error().number;
    return Fetch::kFailed;
  }
  m_bufferBytes = *got;
  if (*got < wanted) m_size = offset + *got;  // shortened under our hands
  return *got < bytes ? Fetch::kShort : Fetch::kDone;
}

RecordReader::Status RecordReader::end(Fetch fetched) noexcept {
  return fetched == Fetch::kFailed ? Status::kFailed : Status::kEnd;
}

/// Whether the checksum of the data holds, for a record whose header does; kShort when the record
/// goes past the end of the file. The buffer holds other bytes afterwards.
RecordReader::Fetch RecordReader::check(std::uint64_t offset, std::uint64_t length, bool& holds) {
  if (length <= kTrusted) {
    const Fetch fetched = fetch(offset, length + kRecordOverhead);
    if (fetched != Fetch::kDone) return fetched;
    const char* data = at(offset) + kRecordHeaderBytes;
    holds = loadNumber<std::uint32_t>(data + length) == maskedCrc32c({data, length});
    return Fetch::kDone;
  }
  if (length + kRecordOverhead > m_size - offset) return Fetch::kShort;
  std::uint32_t crc = 0;
  std::uint64_t place = offset + kRecordHeaderBytes;
  for (std::uint64_t left = length; left > 0;) {
    const std::uint64_t piece = std::min(left, kWindow);
    if (const Fetch fetched = fetch(place, piece); fetched != Fetch::kDone) return fetched;
    crc = crc32c({at(place), piece}, crc);
    place += piece;
    left -= piece;
  }
  const Fetch fetched = fetch(place, kRecordFooterBytes);
  if (fetched == Fetch::kDone) holds = loadNumber<std::uint32_t>(at(place)) == maskCrc(crc);
  return fetched;
}

RecordReader::Status RecordReader::next(Record& record) {
  while (true) {
    if (m_searching) {
      const Fetch fetched = goOnSearching();
      if (fetched != Fetch::kDone) return end(fetched);
    }
    Fetch fetched = fetch(m_offset, kRecordHeaderBytes);
    if (fetched != Fetch::kDone) return end(fetched);
    const auto length = loadNumber<std::uint64_t>(at(m_offset));
    const bool headerHolds = isRecordHeader(at(m_offset));
    if (!headerHolds || length > kMaxRecordBytes) {
      fetched = skipDamage(
          headerHolds ? Message("a record of %1 bytes is more than any writer makes", length)
                      : Message("the checksum of the record's length does not hold"),
          std::nullopt);
      if (fetched != Fetch::kDone) return end(fetched);
      continue;
    }
    bool holds = false;
    fetched = check(m_offset, length, holds);
    if (fetched == Fetch::kFailed) return Status::kFailed;
    if (fetched == Fetch::kShort) {
      bool goesOn = false;
      fetched = checkTail(goesOn);
      if (!goesOn) return end(fetched);
      continue;
    }
    const std::uint64_t next = m_offset + length + kRecordOverhead;
    if (!holds) {
      fetched = skipDamage({"the checksum of the record's data does not hold"}, next);
      if (fetched != Fetch::kDone) return end(fetched);
      continue;
    }
    fetched = fetch(m_offset, length + kRecordOverhead);
    if (fetched != Fetch::kDone) return end(fetched);
    record.offset = m_offset;
    record.data = {at(m_offset) + kRecordHeaderBytes, static_cast<std::size_t>(length)};
    m_offset = next;
    return Status::kRecord;
  }
}

void RecordReader::reportDamage(std::uint64_t from, std::uint64_t to, Message what) {
  if (to > from) m_damage(from, to - from, std::move(what));
}

/// Passes over damage at m_offset to the next record. `next` is where that should stand when the
/// damaged record's length can be trusted.
RecordReader::Fetch RecordReader::skipDamage(Message what, std::optional<std::uint64_t> next) {
  const std::uint64_t start = m_offset;
  Found found;
  const Fetch fetched = find(start + 1, next, found);
  if (fetched == Fetch::kFailed) return fetched;
  if (!found.record) found.record = found.incomplete;
  m_searching = !found.record;
  if (m_searching) {
    m_searchFrom = std::max(start + 1, searchedTo());
    m_offset = next.value_or(m_size);
  } else {
    m_offset = *found.record;
  }
  reportDamage(start, m_offset, std::move(what));
  return Fetch::kDone;
}

/// After a search that found nothing: a record may begin in the last bytes, too few for its header.
std::uint64_t RecordReader::searchedTo() const noexcept {
  return m_size - std::min<std::uint64_t>(m_size, kRecordHeaderBytes - 1);
}

/// The file ended in damage; it may have grown by whole records since.
RecordReader::Fetch RecordReader::goOnSearching() {
  Found found;
  const Fetch fetched = find(m_searchFrom, std::nullopt, found);
  if (fetched == Fetch::kFailed) return fetched;
  if (!found.record) found.record = found.incomplete;
  if (!found.record) {
    m_searchFrom = std::max(m_searchFrom, searchedTo());
    reportDamage(m_offset, m_searchFrom, kNoRecord);
    m_offset = std::max(m_offset, m_searchFrom);
    return Fetch::kShort;
  }
  reportDamage(m_offset, *found.record, kNoRecord);
  m_offset = *found.record;
  m_searching = false;
  return Fetch::kDone;
}

/// The record at m_offset goes past the end. Usually the rest is still to come, but where whole
/// records follow, bytes of it are missing.
RecordReader::Fetch RecordReader::checkTail(bool& goesOn) {
  goesOn = false;
  if (m_tailChecked == m_size) return Fetch::kShort;
  Found found;
  const std::uint64_t from = std::max(m_offset + 1, m_tailSearched);
  const Fetch fetched = find(from, std::nullopt, found);
  if (fetched == Fetch::kFailed) return fetched;
  if (!found.record) {
    m_tailChecked = m_size;
    m_tailSearched = std::max(from, found.incomplete.value_or(searchedTo()));
    return Fetch::kShort;
  }
  reportDamage(m_offset, *found.record, {"bytes of the record are missing"});
  m_offset = *found.record;
  goesOn = true;
  return Fetch::kDone;
}

/// Looks for the first whole record at or after `from`. At `likely` a header is enough.
RecordReader::Fetch RecordReader::find(std::uint64_t from, std::optional<std::uint64_t> likely,
                                       Found& found) {
  std::uint64_t at = from;
  while (!found.record && at + kRecordHeaderBytes <= m_size) {
    const Fetch fetched = fetch(at, kRecordHeaderBytes);
    if (fetched != Fetch::kDone) return fetched;
    if (const Fetch searched = findInWindow(at, likely, found); searched == Fetch::kFailed) {
      return searched;
    }
  }
  return Fetch::kDone;
}

/// Searches the buffered bytes from `at`, which is left behind the last offset that was looked at.
RecordReader::Fetch RecordReader::findInWindow(std::uint64_t& at,
                                               std::optional<std::uint64_t> likely, Found& found) {
  const std::uint64_t last = m_bufferStart + m_bufferBytes - kRecordHeaderBytes;
  for (; at <= last; ++at) {
    const char* bytes = this->at(at);
    const auto length = loadNumber<std::uint64_t>(bytes);
    if (length > kMaxRecordBytes || !isRecordHeader(bytes)) continue;
    if (likely && at == *likely) {
      found.record = at;
      return Fetch::kDone;
    }
    bool holds = false;
    const Fetch fetched = check(at, length, holds);
    if (fetched == Fetch::kFailed) return fetched;
    if (fetched == Fetch::kDone && holds) {
      found.record = at;
      return Fetch::kDone;
    }
    if (fetched == Fetch::kShort && !found.incomplete) found.incomplete = at;
    ++at;
    return Fetch::kDone;  // the buffer may hold other bytes now
  }
  return Fetch::kDone;
}

}  // namespace eventio
