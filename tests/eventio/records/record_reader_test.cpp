// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/records/record_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "event_bytes.h"
#include "memory_file.h"

namespace {

using event_bytes::raw;
using event_bytes::record;
using eventio::Record;
using eventio::RecordReader;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Damaged {
  std::uint64_t offset;
  std::uint64_t bytes;
  std::string what;
};

/// A reader of a file in memory and all that it reported.
class Reading {
 public:
  explicit Reading(std::string bytes) : file(std::move(bytes)) {}

  /// Reads what stands in the file now; returns the new records.
  std::vector<std::string> readOn() {
    std::vector<std::string> records;
    reader.attach(&file, file.bytes().size());
    Record found;
    while (true) {
      const auto status = reader.next(found);
      if (status != RecordReader::Status::kRecord) {
        EXPECT_EQ(status, RecordReader::Status::kEnd);
        break;
      }
      records.emplace_back(found.data);
      offsets.push_back(found.offset);
    }
    reader.detach();
    return records;
  }

  MemoryFile file;
  std::vector<Damaged> damage;
  std::vector<std::uint64_t> offsets;
  RecordReader reader{
      [this](std::uint64_t offset, std::uint64_t bytes, const eventio::Message& what) {
        damage.push_back({offset, bytes, what.english()});
      }};
};

std::string withFlippedBit(std::string bytes, std::size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 4);
  return bytes;
}

TEST(RecordReader, DeliversRecordsInOrder) {
  Reading reading(record("one") + record("") + record("three"));
  EXPECT_THAT(reading.readOn(), ElementsAre("one", "", "three"));
  EXPECT_THAT(reading.offsets, ElementsAre(0, 19, 35));
  EXPECT_THAT(reading.damage, IsEmpty());
  EXPECT_THAT(reading.readOn(), IsEmpty());
}

TEST(RecordReader, ReadsRecordsLongerThanItsWindow) {
  const std::string longData(3000000, 'x');
  Reading reading(record("a") + record(longData) + record("b"));
  EXPECT_THAT(reading.readOn(), ElementsAre("a", longData, "b"));
}

TEST(RecordReader, TruncatedTailWaitsAtEveryByte) {
  const std::string bytes = record("first") + record("second") + record("third");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Reading reading(bytes.substr(0, cut));
    auto records = reading.readOn();
    reading.file.bytes() = bytes;
    for (auto& later : reading.readOn()) records.push_back(later);
    ASSERT_THAT(records, ElementsAre("first", "second", "third")) << cut;
    ASSERT_THAT(reading.damage, IsEmpty()) << cut;
  }
}

TEST(RecordReader, GrowsByteByByte) {
  const std::string bytes = record("first") + record("second");
  Reading reading("");
  std::vector<std::string> records;
  for (const char letter : bytes) {
    reading.file.bytes() += letter;
    for (auto& found : reading.readOn()) records.push_back(found);
  }
  EXPECT_THAT(records, ElementsAre("first", "second"));
  EXPECT_THAT(reading.damage, IsEmpty());
}

TEST(RecordReader, BadLengthChecksumIsPassedOver) {
  const std::string bad = withFlippedBit(record("bad one"), 0);
  Reading reading(record("a") + bad + record("b"));
  EXPECT_THAT(reading.readOn(), ElementsAre("a", "b"));
  ASSERT_EQ(reading.damage.size(), 1U);
  EXPECT_EQ(reading.damage[0].offset, record("a").size());
  EXPECT_EQ(reading.damage[0].bytes, bad.size());
  EXPECT_THAT(reading.damage[0].what, HasSubstr("length"));
}

TEST(RecordReader, BadDataChecksumLosesThatRecordAlone) {
  const std::string bad = withFlippedBit(record("bad one"), 14);
  Reading reading(record("a") + bad + bad + record("b") + bad);
  EXPECT_THAT(reading.readOn(), ElementsAre("a", "b"));
  ASSERT_EQ(reading.damage.size(), 3U);
  EXPECT_EQ(reading.damage[0].offset, record("a").size());
  EXPECT_EQ(reading.damage[0].bytes, bad.size());
  EXPECT_EQ(reading.damage[1].offset, record("a").size() + bad.size());
  EXPECT_EQ(reading.damage[1].bytes, bad.size());
  EXPECT_EQ(reading.damage[2].bytes, bad.size());
  reading.file.bytes() += record("c");
  EXPECT_THAT(reading.readOn(), ElementsAre("c"));
  EXPECT_EQ(reading.damage.size(), 3U);
}

TEST(RecordReader, ZeroTailIsReportedOnceAndLaterRecordsAreFound) {
  Reading reading(record("a") + std::string(5000, '\0'));
  EXPECT_THAT(reading.readOn(), ElementsAre("a"));
  ASSERT_EQ(reading.damage.size(), 1U);
  EXPECT_EQ(reading.damage[0].offset, record("a").size());
  EXPECT_EQ(reading.damage[0].bytes, 5000U);
  EXPECT_THAT(reading.readOn(), IsEmpty());
  EXPECT_EQ(reading.damage.size(), 1U);
  const std::string more = record("b");
  for (std::size_t i = 0; i < more.size(); ++i) {
    reading.file.bytes() += more[i];
    EXPECT_THAT(reading.readOn(), testing::SizeIs(i + 1 == more.size() ? 1 : 0));
  }
}

TEST(RecordReader, HugeLengthAllocatesNothing) {
  for (const std::uint64_t length :
       {std::uint64_t{1} << 63, ~std::uint64_t{0}, std::uint64_t{1} << 40}) {
    const std::string header = raw(length) + raw(event_bytes::masked(raw(length)));
    Reading reading(record("a") + header + record("b"));
    EXPECT_THAT(reading.readOn(), ElementsAre("a", "b"));
    EXPECT_EQ(reading.damage.size(), 1U);
    EXPECT_LE(reading.file.largestRead(), 1U << 20);
  }
}

TEST(RecordReader, RecordThatGoesPastTheEndWaitsWithoutAllocating) {
  const std::uint64_t length = 1U << 30;
  const std::string header = raw(length) + raw(event_bytes::masked(raw(length)));
  Reading reading(record("a") + header + "the first bytes of its data");
  EXPECT_THAT(reading.readOn(), ElementsAre("a"));
  EXPECT_THAT(reading.damage, IsEmpty());
  EXPECT_LE(reading.file.largestRead(), 1U << 20);
}

TEST(RecordReader, MissingBytesAreNoticedByTheRecordsBehindThem) {
  const std::string torn = record(std::string(1000, 'x')).substr(0, 300);
  Reading reading(record("a") + torn + record("b"));
  EXPECT_THAT(reading.readOn(), ElementsAre("a", "b"));
  ASSERT_EQ(reading.damage.size(), 1U);
  EXPECT_EQ(reading.damage[0].offset, record("a").size());
  EXPECT_EQ(reading.damage[0].bytes, torn.size());
}

TEST(RecordReader, SeveralTornRecordsAreNoticed) {
  const std::string torn = record(std::string(1000, 'x')).substr(0, 300);
  Reading reading(record("a") + torn + record("b") + torn + record("c") + torn);
  EXPECT_THAT(reading.readOn(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(reading.damage.size(), 2U);
}

TEST(RecordReader, AppendedAfterATornRecordIsRead) {
  const std::string torn = record(std::string(100, 'x')).substr(0, 60);
  Reading reading(record("a") + torn);
  EXPECT_THAT(reading.readOn(), ElementsAre("a"));
  EXPECT_THAT(reading.damage, IsEmpty());
  reading.file.bytes() += record("b");
  EXPECT_THAT(reading.readOn(), ElementsAre("b"));
  reading.file.bytes() += record(std::string(200, 'y'));
  EXPECT_THAT(reading.readOn(), testing::SizeIs(1));
  EXPECT_EQ(reading.damage.size(), 1U);
}

TEST(RecordReader, DamageAcrossWindowsIsPassedOver) {
  std::mt19937 random(2);
  std::string garbage(2000000, '\0');
  for (char& letter : garbage) letter = static_cast<char>(random());
  Reading reading(record("a") + garbage + record("b") + garbage);
  EXPECT_THAT(reading.readOn(), ElementsAre("a", "b"));
  ASSERT_EQ(reading.damage.size(), 2U);
  EXPECT_EQ(reading.damage[0].bytes, garbage.size());
  EXPECT_EQ(reading.damage[1].bytes, garbage.size());
}

TEST(RecordReader, SkipsToAPlaceAndFindsTheNextRecord) {
  const std::string bytes = record("a") + record("b") + record("c");
  Reading reading(bytes);
  reading.reader.skipTo(record("a").size() + 3);
  EXPECT_THAT(reading.readOn(), ElementsAre("c"));
}

/// Breaks a file at random places in every way and checks that no untouched record is lost.
TEST(RecordReader, DeliversEveryUndamagedRecord) {
  std::mt19937 random(20);
  for (int round = 0; round < 400; ++round) {
    struct Piece {
      std::string bytes;
      std::string data;
      bool damaged = false;
    };
    std::vector<Piece> pieces;
    const std::size_t count = 1 + random() % 40;
    for (std::size_t i = 0; i < count; ++i) {
      std::string data = std::to_string(i) + ":";
      data.append(random() % (random() % 10 == 0 ? 3000 : 60), static_cast<char>(random()));
      // The header of a record of 8 bytes, cut off behind it, makes one with the next record's
      // header.
      if (data.size() == 8) data += '.';
      pieces.push_back({record(data), data});
    }
    for (std::size_t breaks = 1 + random() % 4; breaks > 0; --breaks) {
      Piece& piece = pieces[random() % pieces.size()];
      if (piece.bytes.empty()) continue;
      piece.damaged = true;
      // Where only the last bytes are cut off, the next record's first ones may by chance be the
      // same.
      if (piece.bytes.size() <= 8) continue;
      const std::size_t at = random() % (piece.bytes.size() - 8);
      switch (random() % 5) {
        case 0:
          piece.bytes = withFlippedBit(piece.bytes, at);
          break;
        case 1:
          piece.bytes.erase(at, 1 + random() % 50);
          break;
        case 2:
          piece.bytes.insert(at + (at == 0 ? 1 : 0), std::string(1 + random() % 100, 'z'));
          break;
        case 3:
          std::fill(piece.bytes.begin() + static_cast<std::ptrdiff_t>(at), piece.bytes.end(), '\0');
          break;
        default:
          piece.bytes = piece.bytes.substr(0, at);
      }
    }
    std::string bytes;
    std::vector<std::string> expected;
    for (const Piece& piece : pieces) {
      bytes += piece.bytes;
      if (!piece.damaged) expected.push_back(piece.data);
    }
    Reading reading("");
    std::vector<std::string> got;
    // In one go, or in growing portions as a follower sees it.
    const std::size_t portion = round % 2 == 0 ? bytes.size() + 1 : 1 + random() % 500;
    for (std::size_t end = 0; end < bytes.size();) {
      end = std::min(bytes.size(), end + portion);
      reading.file.bytes() = bytes.substr(0, end);
      for (auto& data : reading.readOn()) got.push_back(data);
    }
    const std::set<std::string> gotSet(got.begin(), got.end());
    for (const std::string& data : expected) {
      ASSERT_TRUE(gotSet.contains(data)) << "round " << round << ": lost " << data.substr(0, 20);
    }
    ASSERT_EQ(gotSet.size(), got.size()) << "round " << round << ": a record came twice";
  }
}

}  // namespace
