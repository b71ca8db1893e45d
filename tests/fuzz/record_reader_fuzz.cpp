// SPDX-License-Identifier: GPL-3.0-or-later
// The input is an event file. It is read in one go and as it grows, and held against a second,
// slow reading of the format.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/records/record_reader.h"
#include "memory_file.h"
#include "slow_records.h"
#include "tests/support/check.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t maxSize);

namespace {

using eventio::Record;
using eventio::RecordReader;

struct Range {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

/// All that a reader reported about a file, in the order in which it was reported.
struct Reading {
  MemoryFile file;
  std::vector<Range> records;
  std::vector<Range> damage;
  std::vector<Range> all;
  RecordReader reader{
      [this](std::uint64_t offset, std::uint64_t bytes, const eventio::Message& what) {
        check(bytes > 0 && !what.empty(), "damage has bytes and a reason");
        damage.push_back({offset, offset + bytes});
        all.push_back(damage.back());
      }};

  void readOn(std::string_view bytes) {
    file.bytes() = bytes;
    reader.attach(&file, bytes.size());
    Record record;
    auto status = RecordReader::Status::kRecord;
    while ((status = reader.next(record)) == RecordReader::Status::kRecord) {
      const std::uint64_t end = record.offset + record.data.size() + slow::kOverhead;
      check(slow::isRecordAt(bytes, record.offset), "both checksums of a record hold");
      check(record.data == bytes.substr(record.offset + slow::kHeader, record.data.size()),
            "a record has the file's bytes");
      check(reader.offset() == end, "reading goes on behind the record");
      records.push_back({record.offset, end});
      all.push_back(records.back());
    }
    check(status == RecordReader::Status::kEnd, "memory can always be read");
    check(file.largestRead() <= bytes.size(), "no read asks for more than the file holds");
    check(reader.offset() + reader.tailBytes() == bytes.size(), "the tail is what is left");
    reader.detach();
  }
};

/// Records and damage lie one behind the other from the first byte on, without gap or overlap.
void checkTiles(const Reading& reading) {
  std::uint64_t at = 0;
  for (const Range& range : reading.all) {
    check(range.from == at, "every byte is read or reported as damage, once");
    at = range.to;
  }
  check(at == reading.reader.offset(), "all before the reader's place has been dealt with");
}

/// What is left behind the reader's place may still become a record.
void checkTail(const Reading& reading, std::string_view bytes) {
  const std::uint64_t at = reading.reader.offset();
  if (bytes.size() - at < slow::kHeader) return;
  const auto length = slow::lengthAt(bytes, at);
  check(length && *length + slow::kOverhead > bytes.size() - at, "no damage is left unreported");
}

/// As above, but damage may reach up to 11 bytes into what is found there later: too few for the
/// header of a record when the end of the file was searched.
void checkCovers(const Reading& reading) {
  std::uint64_t at = 0;
  for (const Range& range : reading.all) {
    check(range.from <= at && range.from + slow::kHeader > at, "no byte is forgotten");
    check(range.to > range.from, "no empty piece");
    at = std::max(at, range.to);
  }
  for (std::size_t i = 1; i < reading.records.size(); ++i) {
    check(reading.records[i].from >= reading.records[i - 1].to, "no record comes twice");
  }
}

std::vector<std::uint64_t> startsOf(const std::vector<Range>& ranges) {
  std::vector<std::uint64_t> starts;
  starts.reserve(ranges.size());
  for (const Range& range : ranges) starts.push_back(range.from);
  return starts;
}

/// Sets right the checksums of a chain of records, so that mutations reach what lies behind them.
void repair(std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (std::uint64_t at = 0; at + slow::kOverhead <= size;) {
    const std::uint64_t left = size - at - slow::kOverhead;
    auto length = slow::load<std::uint64_t>(bytes, at);
    if (length > left) {
      length = length % (left + 1);
      std::memcpy(data + at, &length, sizeof length);
    }
    const std::uint32_t headerCrc = slow::maskedCrc(bytes.substr(at, 8));
    std::memcpy(data + at + 8, &headerCrc, sizeof headerCrc);
    const std::uint32_t dataCrc = slow::maskedCrc(bytes.substr(at + slow::kHeader, length));
    std::memcpy(data + at + slow::kHeader + length, &dataCrc, sizeof dataCrc);
    at += length + slow::kOverhead;
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t maxSize, unsigned seed) {
  if (seed % 2 == 0) {
    size = LLVMFuzzerMutate(data, size, maxSize);
    if (seed % 3 != 0) repair(data, size);
    return size;
  }
  repair(data, size);
  return LLVMFuzzerMutate(data, size, maxSize);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Reading whole;
  whole.readOn(bytes);
  checkTiles(whole);
  checkTail(whole, bytes);

  const auto headers = slow::headers(bytes);
  const bool unambiguous = slow::isUnambiguous(bytes, headers);
  std::vector<std::uint64_t> intact;
  for (const std::uint64_t at : headers) {
    if (slow::isRecordAt(bytes, at)) intact.push_back(at);
  }
  if (unambiguous) check(startsOf(whole.records) == intact, "every intact record is delivered");

  Reading growing;
  std::uint32_t random = slow::maskedCrc(bytes);
  for (std::size_t end = 0; end < size;) {
    random = random * 1664525U + 1013904223U;
    end = std::min(size, end + 1 + (random >> 8) % (random % 4 == 0 ? 600 : 24));
    growing.readOn(bytes.substr(0, end));
  }
  checkCovers(growing);
  checkTail(growing, bytes);
  if (unambiguous) {
    check(startsOf(growing.records) == intact, "a growing file delivers the same records");
  }
  return 0;
}
