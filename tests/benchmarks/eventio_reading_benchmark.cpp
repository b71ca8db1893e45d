// SPDX-License-Identifier: GPL-3.0-or-later
// How fast event files are read, how near that is to what the machine can do, and what a loaded
// point costs in memory. All files come from the disk's cache.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "eventio/base/crc32c.h"
#include "eventio/base/input_file.h"
#include "eventio/reader/run_loader.h"
#include "eventio/records/record_reader.h"
#include "eventio_workload.h"

namespace {

using workload::Stopwatch;
namespace fs = std::filesystem;

constexpr int kTags = 4;
constexpr int kSteps = 500000;
constexpr std::size_t kPoints = std::size_t{kTags} * kSteps;

void countRead(benchmark::State& state, std::size_t points, std::size_t bytes) {
  const auto rate = [&](std::size_t amount) {
    return benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(amount),
                              benchmark::Counter::kIsRate);
  };
  if (points > 0) state.counters["points/s"] = rate(points);
  state.counters["B/s"] = rate(bytes);
}

std::unique_ptr<eventio::InputFile> openInput(const fs::path& path) {
  auto input = eventio::openInputFile(path.string());
  if (!input) throw std::runtime_error("cannot read " + path.string());
  return std::move(*input);
}

/// Every byte of a file through the CRC, in pieces as the reader takes them.
void passBytes(const fs::path& path) {
  const auto input = openInput(path);
  std::string piece(256U << 10, '\0');
  std::uint32_t crc = 0;
  for (std::uint64_t offset = 0;; offset += piece.size()) {
    const std::size_t got = input->readAt(offset, piece.data(), piece.size()).value_or(0);
    crc = eventio::crc32c({piece.data(), got}, crc);
    if (got < piece.size()) break;
  }
  benchmark::DoNotOptimize(crc);
}

/// Reads a file into a run, every point kept.
void readRun(const fs::path& path) {
  const std::atomic<bool> stop{false};
  eventio::RunLoader loader(std::make_shared<eventio::Run>("/", "a"), [](const auto&) {});
  loader.setFiles({{path.string(), *eventio::fileState(path.string())}});
  loader.read(std::numeric_limits<std::uint64_t>::max(), stop);
}

template <class Job>
void onTwoThreads(const Job& job) {
  std::thread second([&] { job(1); });
  job(0);
  second.join();
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

/// The machine's limit for readScalarsOneThread.
void passBytesOneThread(benchmark::State& state) {
  const TemporaryFolder folder;
  workload::writeRun(folder.path(), kTags, kSteps);
  const fs::path file = workload::filesBelow(folder.path()).front();
  for (auto _ : state) passBytes(file);
  countRead(state, kPoints, fs::file_size(file));
}
BENCHMARK(passBytesOneThread)->Unit(benchmark::kMillisecond);

/// Records taken out of the file, both CRCs of each checked, nothing done with them.
void frameRecordsOneThread(benchmark::State& state) {
  const TemporaryFolder folder;
  workload::writeRun(folder.path(), kTags, kSteps);
  const fs::path file = workload::filesBelow(folder.path()).front();
  for (auto _ : state) {
    const auto input = openInput(file);
    eventio::RecordReader reader([](auto, auto, auto) {});
    reader.attach(input.get(), fs::file_size(file));
    eventio::Record record;
    while (reader.next(record) == eventio::RecordReader::Status::kRecord) {
      benchmark::DoNotOptimize(record);
    }
  }
  countRead(state, kPoints, fs::file_size(file));
}
BENCHMARK(frameRecordsOneThread)->Unit(benchmark::kMillisecond);

void readScalarsOneThread(benchmark::State& state) {
  const TemporaryFolder folder;
  workload::writeRun(folder.path(), kTags, kSteps);
  const fs::path file = workload::filesBelow(folder.path()).front();
  for (auto _ : state) readRun(file);
  countRead(state, kPoints, fs::file_size(file));
}
BENCHMARK(readScalarsOneThread)->Unit(benchmark::kMillisecond);

/// "ratio": two files on two threads beside one on one, in turn, the best of each.
void readTwoFilesOnTwoThreads(benchmark::State& state) {
  const TemporaryFolder folder;
  workload::writeRuns(folder.path(), 2, kTags, kSteps);
  const std::vector<fs::path> files = workload::filesBelow(folder.path());
  double one = std::numeric_limits<double>::infinity();
  double two = std::numeric_limits<double>::infinity();
  for (auto _ : state) {
    const Stopwatch single;
    readRun(files.front());
    one = std::min(one, single.seconds());
    const Stopwatch both;
    onTwoThreads([&](std::size_t index) { readRun(files[index]); });
    state.SetIterationTime(both.seconds());
    two = std::min(two, both.seconds());
  }
  countRead(state, 2 * kPoints, workload::bytesBelow(folder.path()));
  state.counters["ratio"] = 2 * one / two;
}
BENCHMARK(readTwoFilesOnTwoThreads)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseManualTime()
    ->MinTime(2);

/// 1000 runs of 20 tags with 1000 points each, about 1 GB, written once for all that need it.
const fs::path& thousandRuns() {
  static const TemporaryFolder kFolder;
  static const bool kWritten = (workload::writeRuns(kFolder.path(), 1000, 20, 1000), true);
  static_cast<void>(kWritten);
  return kFolder.path();
}

/// The machine's limit for loadThousandRuns.
void passBytesOfThousandRuns(benchmark::State& state) {
  const std::vector<fs::path> files = workload::filesBelow(thousandRuns());
  for (auto _ : state) {
    std::atomic<std::size_t> next{0};
    onTwoThreads([&](std::size_t) {
      for (std::size_t i = next++; i < files.size(); i = next++) passBytes(files[i]);
    });
  }
  countRead(state, 20000000, workload::bytesBelow(thousandRuns()));
}
BENCHMARK(passBytesOfThousandRuns)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

/// "peak": what the process grew by at most, in bytes.
void loadThousandRuns(benchmark::State& state) {
  const fs::path& folder = thousandRuns();
  workload::Load load;
  for (auto _ : state) {
    load = workload::load(folder, 2);
    state.SetIterationTime(load.seconds);
  }
  const auto points = static_cast<double>(load.points);
  countRead(state, load.points, workload::bytesBelow(folder));
  state.counters["first series ms"] = load.firstSeriesSeconds * 1e3;
  state.counters["store B/point"] = static_cast<double>(load.storeBytes) / points;
  state.counters["peak B/point"] = static_cast<double>(load.peakBytes) / points;
  state.counters["peak"] = static_cast<double>(load.peakBytes);
}
BENCHMARK(loadThousandRuns)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseManualTime()
    ->Iterations(3);

void appendScalars(benchmark::State& state) {
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
BENCHMARK(appendScalars)->Arg(1000)->Arg(1000000)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
