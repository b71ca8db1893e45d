// SPDX-License-Identifier: GPL-3.0-or-later
// How fast event files are read and written, and what a loaded series costs in memory.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "eventio/crc32c.h"
#include "eventio/event_collector.h"
#include "eventio/event_encoder.h"
#include "eventio/load_runs.h"
#include "eventio/record_reader.h"
#include "eventio/summary_writer.h"

namespace {

namespace fs = std::filesystem;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "eventio-benchmark-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    m_path = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return m_path; }

 private:
  fs::path m_path;
};

class MemoryFile : public eventio::InputFile {
 public:
  explicit MemoryFile(const std::string& bytes) : m_bytes(bytes) {}
  tl::expected<std::size_t, eventio::SystemError> readAt(std::uint64_t offset, char* out,
                                                         std::size_t size) override {
    const std::size_t count = std::min<std::size_t>(size, m_bytes.size() - offset);
    std::memcpy(out, m_bytes.data() + offset, count);
    return count;
  }
  tl::expected<eventio::FileState, eventio::SystemError> state() override {
    return eventio::FileState{1, 1, m_bytes.size()};
  }

 private:
  const std::string& m_bytes;
};

/// Scalars as a training loop writes them: a few tags a step.
std::string scalarFile(int points) {
  const std::vector<std::string> tags = {"train/loss", "train/accuracy", "learning rate",
                                         "samples/s"};
  std::string bytes;
  eventio::encodeFileVersion(bytes, 1.6e9);
  for (int i = 0; i < points; ++i) {
    eventio::encodeScalar(bytes, 1.6e9 + i * 1e-3, i / 4, tags[static_cast<std::size_t>(i) % 4],
                          std::sin(static_cast<float>(i)));
  }
  return bytes;
}

void countRate(benchmark::State& state, const char* name, std::size_t amount) {
  state.counters[name] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(amount),
                         benchmark::Counter::kIsRate);
}

void countRead(benchmark::State& state, std::size_t points, std::size_t bytes) {
  countRate(state, "points/s", points);
  countRate(state, "B/s", bytes);
}

void crc(benchmark::State& state) {
  const std::string data(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(eventio::crc32c(data));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(crc)->Arg(8)->Arg(40)->Arg(1024)->Arg(1 << 20);

void crcPortable(benchmark::State& state) {
  const std::string data(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(eventio::crc32cPortable(data));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(crcPortable)->Arg(40)->Arg(1 << 20);

void frameRecords(benchmark::State& state) {
  constexpr int kPoints = 1000000;
  const std::string bytes = scalarFile(kPoints);
  for (auto _ : state) {
    MemoryFile file(bytes);
    eventio::RecordReader reader([](auto, auto, auto) {});
    reader.attach(&file, bytes.size());
    eventio::Record record;
    while (reader.next(record) == eventio::RecordReader::Status::kRecord) {
      benchmark::DoNotOptimize(record);
    }
  }
  countRead(state, kPoints, bytes.size());
}
BENCHMARK(frameRecords)->Unit(benchmark::kMillisecond);

void readScalarsOneThread(benchmark::State& state) {
  constexpr int kPoints = 2000000;
  const std::string bytes = scalarFile(kPoints);
  for (auto _ : state) {
    MemoryFile file(bytes);
    eventio::RecordReader reader([](auto, auto, auto) {});
    eventio::EventCollector collector(std::make_shared<eventio::Run>("/", "a", nullptr));
    reader.attach(&file, bytes.size());
    eventio::Record record;
    while (reader.next(record) == eventio::RecordReader::Status::kRecord) {
      collector.consume(record, "file", false);
    }
    collector.release();
  }
  countRead(state, kPoints, bytes.size());
}
BENCHMARK(readScalarsOneThread)->Unit(benchmark::kMillisecond);

/// 200 runs of 20 tags with 1000 points each, from the disk's cache, on all processors.
void loadManyRuns(benchmark::State& state) {
  constexpr int kRuns = 200;
  constexpr int kTags = 20;
  constexpr int kSteps = 1000;
  const TemporaryFolder folder;
  for (int run = 0; run < kRuns; ++run) {
    auto writer = eventio::SummaryWriter::create(folder.path() / std::to_string(run));
    for (int step = 0; step < kSteps; ++step) {
      for (int tag = 0; tag < kTags; ++tag) {
        static_cast<void>((*writer)->addScalar(std::string("group/tag").append(std::to_string(tag)),
                                               static_cast<float>(step) / 7.0F, step));
      }
    }
  }
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  std::size_t memory = 0;
  for (auto _ : state) {
    const auto loaded = eventio::loadRuns(folder.path());
    memory = 0;
    for (const auto& run : loaded->runs) memory += run->memoryBytes();
  }
  constexpr std::size_t kPoints = std::size_t{kRuns} * kTags * kSteps;
  countRead(state, kPoints, bytes);
  state.counters["B/point"] = static_cast<double>(memory) / kPoints;
}
BENCHMARK(loadManyRuns)->Unit(benchmark::kMillisecond)->UseRealTime();

void bytesPerPoint(benchmark::State& state) {
  std::size_t memory = 0;
  for (auto _ : state) {
    eventio::ScalarSeries series;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      series.append(i, 1.6e9 + static_cast<double>(i), static_cast<float>(i) / 7.0F);
    }
    memory = series.memoryBytes();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["B/point"] = static_cast<double>(memory) / static_cast<double>(state.range(0));
}
BENCHMARK(bytesPerPoint)->Arg(1000)->Arg(1000000)->Unit(benchmark::kMicrosecond);

/// What a call costs the caller while the writer keeps up.
void addScalarCall(benchmark::State& state) {
  const TemporaryFolder folder;
  auto writer = eventio::SummaryWriter::create(folder.path());
  std::int64_t step = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize((*writer)->addScalar("train/loss", 0.5F, ++step));
  }
  state.counters["waits"] = static_cast<double>((*writer)->status().waits);
}
BENCHMARK(addScalarCall)->Iterations(2000000)->UseRealTime();

/// From the first call until everything is with the kernel.
void writeScalars(benchmark::State& state) {
  constexpr int kPoints = 2000000;
  const TemporaryFolder folder;
  for (auto _ : state) {
    auto writer = eventio::SummaryWriter::create(folder.path());
    for (int i = 0; i < kPoints; ++i) {
      static_cast<void>((*writer)->addScalar("train/loss", 0.5F, i));
    }
    static_cast<void>((*writer)->close());
    state.PauseTiming();
    fs::remove_all(folder.path());
    state.ResumeTiming();
  }
  countRate(state, "points/s", kPoints);
}
BENCHMARK(writeScalars)->Unit(benchmark::kMillisecond)->UseRealTime();

void writeHistograms(benchmark::State& state) {
  const TemporaryFolder folder;
  auto writer = eventio::SummaryWriter::create(folder.path());
  std::vector<float> values(static_cast<std::size_t>(state.range(0)));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = std::sin(static_cast<float>(i * i)) * 0.1F;
  }
  std::int64_t step = 0;
  for (auto _ : state) {
    static_cast<void>((*writer)->addHistogram("weights", values, ++step));
  }
  static_cast<void>((*writer)->close());
  countRate(state, "histograms/s", 1);
}
BENCHMARK(writeHistograms)->Arg(1000)->Arg(100000)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
