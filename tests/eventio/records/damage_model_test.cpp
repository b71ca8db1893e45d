// SPDX-License-Identifier: GPL-3.0-or-later
// Damages event files at random places and holds what the reader makes of them against a model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "event_bytes.h"
#include "eventio/reader/event_file.h"
#include "eventio/reader/run_loader.h"
#include "eventio/records/record_reader.h"
#include "memory_file.h"
#include "tests/support/temporary_folder.h"

namespace {

using event_bytes::record;
using eventio::RecordReader;
using Random = std::mt19937;

constexpr std::size_t kHeader = 12;
constexpr std::size_t kOverhead = 16;

struct Piece {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  bool isRecord = false;

  friend bool operator==(const Piece&, const Piece&) = default;
};

/// The records of a file before anything happened to it.
class Model {
 public:
  void add(std::string bytes) {
    m_file += bytes;
    m_records[bytes.substr(0, kHeader)].push_back(std::move(bytes));
  }
  [[nodiscard]] const std::string& file() const { return m_file; }

  /// Where in `bytes` a record stands with all its bytes in order: these are undamaged, wherever
  /// they came to stand and however often.
  [[nodiscard]] std::vector<Piece> undamagedIn(std::string_view bytes) const {
    std::vector<Piece> found;
    for (std::size_t at = 0; at + kHeader <= bytes.size(); ++at) {
      // No length here has more than three bytes: most offsets are ruled out by this.
      if (std::string_view(bytes.data() + at + 3, 5) != std::string_view("\0\0\0\0\0", 5)) continue;
      const auto candidates = m_records.find(bytes.substr(at, kHeader));
      if (candidates == m_records.end()) continue;
      for (const std::string& candidate : candidates->second) {
        if (bytes.substr(at, candidate.size()) != candidate) continue;
        found.push_back({at, at + candidate.size(), true});
        break;
      }
    }
    return found;
  }

 private:
  std::string m_file;
  std::map<std::string, std::vector<std::string>, std::less<>> m_records;  // by header
};

std::size_t below(Random& random, std::size_t end) {
  return random() % std::max<std::size_t>(end, 1);
}

/// One thing that goes wrong with a file.
void damage(std::string& bytes, Random& random) {
  const std::size_t at = below(random, bytes.size());
  const std::size_t most = random() % 3 == 0 ? 400 : 12;
  const std::size_t count = std::min(1 + below(random, most), bytes.size() - at);
  const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  const auto end = place + static_cast<std::ptrdiff_t>(count);
  const auto noise = [&] { return static_cast<char>(random()); };
  switch (random() % 8) {
    case 0:
      if (!bytes.empty()) *place = static_cast<char>(*place ^ (1 << random() % 8));
      break;
    case 1:
      std::fill(place, end, '\0');
      break;
    case 2:
      std::generate(place, end, noise);
      break;
    case 3:
      bytes.insert(at, count, noise());
      break;
    case 4: {
      std::string inserted(count, '\0');
      std::generate(inserted.begin(), inserted.end(), noise);
      bytes.insert(at, inserted);
      break;
    }
    case 5:
      bytes.erase(at, count);
      break;
    case 6:
      bytes.insert(below(random, bytes.size()), bytes.substr(at, count));
      break;
    default:
      if (random() % 4 == 0) bytes.resize(at);
  }
}

/// All that a reader reported about a file.
struct Reading {
  std::vector<Piece> pieces;
  RecordReader reader{
      [this](std::uint64_t offset, std::uint64_t bytes, const eventio::Message& what) {
        EXPECT_FALSE(what.empty());
        pieces.push_back({offset, offset + bytes, false});
      }};

  void readOn(MemoryFile& file) {
    reader.attach(&file, file.bytes().size());
    eventio::Record found;
    while (reader.next(found) == RecordReader::Status::kRecord) {
      const std::string_view there = std::string_view(file.bytes()).substr(found.offset + kHeader);
      EXPECT_TRUE(there.starts_with(found.data));
      pieces.push_back({found.offset, found.offset + found.data.size() + kOverhead, true});
    }
    reader.detach();
  }
  [[nodiscard]] std::vector<Piece> records() const {
    std::vector<Piece> found;
    std::copy_if(pieces.begin(), pieces.end(), std::back_inserter(found),
                 [](const Piece& piece) { return piece.isRecord; });
    return found;
  }
};

/// What is left behind the reader's place is the beginning of a record, as far as one can tell.
void expectUnfinished(std::string_view tail) {
  if (tail.size() < kHeader) return;
  const std::string length(tail.substr(0, 8));
  EXPECT_EQ(tail.substr(8, 4), event_bytes::raw(event_bytes::masked(length)));
  std::uint64_t number = 0;
  length.copy(reinterpret_cast<char*>(&number), sizeof number);
  EXPECT_GT(number + kOverhead, tail.size());
}

/// In one go: every undamaged record once and in order; between them damage, and behind them the
/// beginning of a record, such that no byte is left out or reported twice.
void checkWhole(const Model& model, const std::string& bytes) {
  MemoryFile file(bytes);
  Reading reading;
  reading.readOn(file);
  EXPECT_EQ(reading.records(), model.undamagedIn(bytes));
  std::uint64_t at = 0;
  for (const Piece& piece : reading.pieces) {
    EXPECT_EQ(piece.from, at);
    EXPECT_GT(piece.to, piece.from);
    at = piece.to;
  }
  EXPECT_EQ(at, reading.reader.offset());
  expectUnfinished(std::string_view(bytes).substr(at));
}

/// As it grows: the same records. A place that was damage at the end of the file may give up to 11
/// of its bytes, fewer than a header has, to a record that was finished later.
void checkGrowing(const Model& model, const std::string& bytes, Random& random) {
  MemoryFile file;
  Reading reading;
  const std::size_t most = 1 + bytes.size() / (1 + random() % 20);
  for (std::size_t end = 0; end < bytes.size();) {
    end = std::min(bytes.size(), end + 1 + below(random, most));
    file.bytes() = bytes.substr(0, end);
    reading.readOn(file);
  }
  EXPECT_EQ(reading.records(), model.undamagedIn(bytes));
  std::uint64_t at = 0;
  for (const Piece& piece : reading.pieces) {
    EXPECT_LE(piece.from, at);
    EXPECT_LT(at, piece.from + kHeader);
    at = std::max(at, piece.to);
  }
}

void check(const Model& model, unsigned seed, int cases) {
  for (int i = 0; i < cases; ++i) {
    SCOPED_TRACE(testing::Message() << "seed " << seed << ", case " << i);
    Random random(seed * 100003U + static_cast<unsigned>(i));
    std::string bytes = model.file();
    for (std::size_t times = 1 + random() % 5; times > 0; --times) damage(bytes, random);
    checkWhole(model, bytes);
    checkGrowing(model, bytes, random);
    if (testing::Test::HasFailure()) return;
  }
}

/// Numbers, histograms, texts and images of several sizes, and now and then an empty record.
Model madeUp(Random& random, std::size_t records) {
  using namespace event_bytes;
  Model model;
  model.add(record(versionEvent()));
  for (std::size_t i = 1; i < records; ++i) {
    const auto step = static_cast<std::int64_t>(i);
    const auto noise = [&](std::size_t size) {
      std::string bytes(size, '\0');
      for (char& letter : bytes) letter = static_cast<char>(random());
      return bytes;
    };
    switch (random() % 8) {
      case 0:
        model.add(record(event(
            1.5e9, step,
            summary({bytesField(1, "h") +
                     bytesField(5, bytesField(6, noise(240)) + bytesField(7, noise(240)))}))));
        break;
      case 1:
        model.add(
            record(event(1.5e9, step,
                         summary({tensorValue(
                             "t/text_summary",
                             tensorHead(7, {1}) + bytesField(8, std::string(random() % 90, 'x')),
                             metadata("text"))}))));
        break;
      case 2:
        model.add(record(event(
            1.5e9, step, summary({bytesField(1, "i") + bytesField(4, noise(random() % 2000))}))));
        break;
      case 3:
        model.add(record(random() % 4 == 0 ? "" : scalarEvent("b", 1, step)));
        break;
      default:
        model.add(record(scalarEvent("a", static_cast<float>(i), step)));
    }
  }
  return model;
}

TEST(DamageModel, MadeUpFilesGiveEveryUndamagedRecord) {
  for (unsigned seed = 1; seed <= 40 && !HasFailure(); ++seed) {
    Random random(seed);
    check(madeUp(random, 1 + random() % 40), seed, 100);
  }
}

TEST(DamageModel, LongRecordsGiveEveryUndamagedRecord) {
  Random random(7);
  Model model;
  for (int i = 0; i < 4; ++i) {
    std::string data(random() % 900000, '\0');
    for (char& letter : data) letter = static_cast<char>(random());
    model.add(record(data));
    model.add(record(event_bytes::scalarEvent("a", 1, i)));
  }
  check(model, 7, 12);
}

/// The file's records, or none when it is no unbroken chain of them.
Model takenApart(const std::string& bytes) {
  Model model;
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint64_t length = 0;
    if (bytes.size() - at < kOverhead) return {};
    bytes.copy(reinterpret_cast<char*>(&length), sizeof length, at);
    if (length > bytes.size() - at - kOverhead) return {};
    const std::string data = bytes.substr(at + kHeader, length);
    if (bytes.substr(at, length + kOverhead) != record(data)) return {};
    model.add(record(data));
    at += length + kOverhead;
  }
  return model;
}

TEST(DamageModel, RealFilesGiveEveryUndamagedRecord) {
  const std::filesystem::path own = TRAINDECK_SOURCE_DIR "/tests/eventio/event_files";
  const auto large = std::filesystem::path(TRAINDECK_SHARED_DIR) / "event-files";
  const bool hasLarge = std::filesystem::exists(large);
  unsigned files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(hasLarge ? large : own)) {
    if (!eventio::isEventFileName(entry.path().filename().string())) continue;
    const Model model = takenApart(readFile(entry.path()));
    if (model.file().empty()) continue;
    SCOPED_TRACE(entry.path());
    check(model, ++files,
          static_cast<int>(std::min<std::size_t>(60, 2000000 / model.file().size())));
    if (HasFailure()) return;
  }
  EXPECT_GE(files, hasLarge ? 20U : 9U);
}

/// Through to the run: the points of the undamaged records, and damage that names file and place.
TEST(DamageModel, PointsOfUndamagedRecordsReachTheRun) {
  for (unsigned seed = 1; seed <= 300 && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Random random(seed);
    Model model;
    std::map<std::string, double> values;
    for (int i = 0; i < 30; ++i) {
      const std::string bytes = record(event_bytes::scalarEvent("a", static_cast<float>(i), i));
      values[bytes] = i;
      model.add(bytes);
    }
    std::string bytes = model.file();
    for (std::size_t times = 1 + random() % 4; times > 0; --times) damage(bytes, random);
    std::vector<double> expected;
    std::uint64_t intact = 0;
    for (const Piece& piece : model.undamagedIn(bytes)) {
      expected.push_back(values[bytes.substr(piece.from, piece.to - piece.from)]);
      intact += piece.to - piece.from;
    }

    const auto run = std::make_shared<eventio::Run>("/logs", ".");
    eventio::RunLoader loader(
        run, [](const eventio::Message& problem) { ADD_FAILURE() << problem.english(); },
        [&](const std::string&) { return std::make_unique<MemoryFile>(bytes); });
    loader.setFiles({{"/logs/tfevents", {1, 1, bytes.size(), 1}}});
    const std::atomic<bool> stop{false};
    const auto outcome = loader.read(~std::uint64_t{0}, stop);
    EXPECT_FALSE(outcome.more);
    const auto view = run->scalars("a");
    std::vector<double> got(view.size());
    view.copyValues(0, got);
    EXPECT_EQ(got, expected);
    std::uint64_t reported = 0;
    for (const eventio::Damage& place : run->damage()) {
      EXPECT_EQ(place.file, "/logs/tfevents");
      reported += place.bytes;
    }
    EXPECT_EQ(intact + reported, outcome.bytesRead);
  }
}

}  // namespace
