// SPDX-License-Identifier: GPL-3.0-or-later
// One job of eventio, timed, for eventio_peers.py: prints a JSON object.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "eventio_workload.h"

namespace {

int usage() {
  std::fprintf(stderr,
               "usage: eventio_jobs write-runs FOLDER RUNS TAGS STEPS\n"
               "       eventio_jobs load FOLDER THREADS\n"
               "       eventio_jobs write-scalars FOLDER COUNT\n"
               "       eventio_jobs write-histograms FOLDER COUNT VALUES\n");
  return 2;
}

void report(double seconds, const eventio::SummaryWriterStatus& status) {
  std::printf("{\"seconds\": %.6f, \"waits\": %llu, \"lost\": %llu}\n", seconds,
              static_cast<unsigned long long>(status.waits),
              static_cast<unsigned long long>(status.recordsLost));
}

void load(const std::string& folder, int threads) {
  const workload::Load load = workload::load(folder, threads);
  std::printf(
      "{\"seconds\": %.6f, \"first_series\": %.6f, \"points\": %zu, \"store_bytes\": %zu, "
      "\"peak_bytes\": %zu}\n",
      load.seconds, load.firstSeriesSeconds, load.points, load.storeBytes, load.peakBytes);
}

void writeScalars(const std::string& folder, int count) {
  const auto writer = workload::openWriter(folder);
  const workload::Stopwatch watch;
  for (int i = 0; i < count; ++i) workload::require(writer->addScalar("train/loss", 0.5F, i));
  workload::require(writer->close());
  report(watch.seconds(), writer->status());
}

void writeHistograms(const std::string& folder, int count, std::size_t values) {
  const auto writer = workload::openWriter(folder);
  const std::vector<float> weights = workload::weights(values);
  const workload::Stopwatch watch;
  for (int i = 0; i < count; ++i) workload::require(writer->addHistogram("weights", weights, i));
  workload::require(writer->close());
  report(watch.seconds(), writer->status());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return usage();
  const std::string job = argv[1];
  const std::string folder = argv[2];
  const auto number = [&](int index) { return index < argc ? std::atoi(argv[index]) : 0; };
  try {
    if (job == "write-runs") {
      workload::writeRuns(folder, number(3), number(4), number(5));
    } else if (job == "load") {
      load(folder, number(3));
    } else if (job == "write-scalars") {
      writeScalars(folder, number(3));
    } else if (job == "write-histograms") {
      writeHistograms(folder, number(3), static_cast<std::size_t>(number(4)));
    } else {
      return usage();
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "eventio_jobs: %s\n", error.what());
    return 1;
  }
  return 0;
}
