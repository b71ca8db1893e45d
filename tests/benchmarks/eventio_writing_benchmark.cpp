// SPDX-License-Identifier: GPL-3.0-or-later
// How fast event files are written: what a call costs, and how much reaches the file.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "eventio/data/histogram_builder.h"
#include "eventio_workload.h"

namespace {

using workload::Stopwatch;

void showStatus(benchmark::State& state, const eventio::SummaryWriter& writer) {
  const eventio::SummaryWriterStatus status = writer.status();
  state.counters["waits"] = static_cast<double>(status.waits);
  state.counters["lost"] = static_cast<double>(status.recordsLost);
}

/// Writes to new files with `add` until the benchmark ends; the time is from the first call until
/// all is in the file.
template <class Add>
void writeFiles(benchmark::State& state, int records, const char* unit, const Add& add,
                const eventio::SummaryWriterOptions& options = {}) {
  std::size_t bytes = 0;
  double seconds = 0;
  for (auto _ : state) {
    const TemporaryFolder folder;
    const auto writer = workload::openWriter(folder.path(), options);
    const Stopwatch watch;
    for (int i = 0; i < records; ++i) workload::require(add(*writer, i));
    workload::require(writer->close());
    state.SetIterationTime(watch.seconds());
    seconds += watch.seconds();
    bytes += writer->status().bytesWritten;
    showStatus(state, *writer);
  }
  state.counters[unit] =
      static_cast<double>(state.iterations()) * static_cast<double>(records) / seconds;
  state.counters["B/s"] = static_cast<double>(bytes) / seconds;
}

/// What a call costs the caller while there is room in the queue.
void addScalarCall(benchmark::State& state) {
  const TemporaryFolder folder;
  const auto writer = workload::openWriter(folder.path());
  std::int64_t step = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(writer->addScalar("train/loss", 0.5F, ++step));
  }
  showStatus(state, *writer);
}
BENCHMARK(addScalarCall)->Iterations(1000000)->UseRealTime();

void writeScalarsToTheFile(benchmark::State& state) {
  writeFiles(state, 10000000, "points/s", [](eventio::SummaryWriter& writer, int i) {
    return writer.addScalar("train/loss", 0.5F, i);
  });
}
BENCHMARK(writeScalarsToTheFile)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseManualTime();

/// Calls that find no room wait: "waits" says how many, "lost" that nothing was.
void writeScalarsThroughASmallQueue(benchmark::State& state) {
  const auto add = [](eventio::SummaryWriter& writer, int i) {
    return writer.addScalar("train/loss", 0.5F, i);
  };
  writeFiles(state, 2000000, "points/s", add, {.queueBytes = 256U << 10});
}
BENCHMARK(writeScalarsThroughASmallQueue)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseManualTime();

void writeHistogramsToTheFile(benchmark::State& state) {
  const auto values = workload::weights(static_cast<std::size_t>(state.range(0)));
  const int records = static_cast<int>(std::min<std::int64_t>(100000, 200000000 / state.range(0)));
  writeFiles(state, records, "histograms/s", [&](eventio::SummaryWriter& writer, int i) {
    return writer.addHistogram("weights", values, i);
  });
}
BENCHMARK(writeHistogramsToTheFile)
    ->Arg(1000)
    ->Arg(100000)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseManualTime();

void buildHistogram(benchmark::State& state) {
  const auto values = workload::weights(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(eventio::buildHistogram(values));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(buildHistogram)->Arg(1000)->Arg(100000);

/// The machine's limit: what the system takes in pieces as large as the writer's.
void writeBytesAlone(benchmark::State& state) {
  constexpr std::size_t kBytes = 850U << 20;
  const std::string piece(256U << 10, 'x');
  double seconds = 0;
  for (auto _ : state) {
    const TemporaryFolder folder;
    const Stopwatch watch;
    std::ofstream file(folder.path() / "bytes", std::ios::binary);
    file.rdbuf()->pubsetbuf(nullptr, 0);
    for (std::size_t done = 0; done < kBytes; done += piece.size()) {
      file.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    }
    file.close();
    state.SetIterationTime(watch.seconds());
    seconds += watch.seconds();
  }
  state.counters["B/s"] = static_cast<double>(state.iterations()) * kBytes / seconds;
}
BENCHMARK(writeBytesAlone)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseManualTime();

}  // namespace
