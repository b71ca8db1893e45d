// SPDX-License-Identifier: GPL-3.0-or-later
// Memory of runs with many histograms, and how fast they load and are read back:
//   histogram_memory [steps = 7500] [tags = 16]
// The histograms are those of weights that drift, in TensorBoard's default bins.
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "eventio/data/histogram_builder.h"
#include "eventio/data/written_places.h"
#include "eventio/decode/stored_values.h"
#include "eventio/sources/load_runs.h"
#include "eventio/writer/summary_writer.h"

namespace {

using RunPointer = std::shared_ptr<eventio::Run>;

double residentMegabytes() {
  std::ifstream file("/proc/self/statm");
  long pages = 0;
  file >> pages >> pages;
  return static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

double seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Reads each histogram, and reports what they would take together.
void readAll(const eventio::Run& run) {
  double bytes = 0;
  std::size_t count = 0;
  std::size_t failed = 0;
  const double time = seconds([&] {
    for (const auto& tag : run.tags()) {
      for (const auto& point : run.histograms(tag.tag)) {
        const auto read = eventio::readHistogram(run, tag.tag, point);
        ++count;
        failed += !read;
        if (read) bytes += static_cast<double>((*read)->limits.size() * 2 * sizeof(double));
      }
    }
  });
  std::printf("  %zu histograms of %.0f MB: run %.1f MB, resident %.1f MB\n", count, bytes / 1e6,
              static_cast<double>(run.memoryBytes()) / 1e6, residentMegabytes());
  std::printf("  each read once: %.1f us, %zu failed\n", time / static_cast<double>(count) * 1e6,
              failed);
}

void writeLive(const std::filesystem::path& folder, int steps, int tags) {
  const auto run = std::make_shared<eventio::Run>(folder.string(), "run");
  eventio::SummaryWriterOptions options;
  options.onWritten = [run](const std::filesystem::path& file, std::uint64_t offset,
                            std::string_view records) {
    eventio::noteWrittenHistograms(*run, file.string(), offset, records);
  };
  auto writer = eventio::SummaryWriter::create(folder / "run", options);
  if (!writer) std::exit(1);
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> values(500);
  for (float& value : values) value = normal(random) * 0.1F;
  const double time = seconds([&] {
    for (int step = 0; step < steps; ++step) {
      for (int tag = 0; tag < tags; ++tag) {
        for (std::size_t i = step % 7; i < values.size(); i += 7) values[i] *= 1.001F;
        const auto histogram =
            std::make_shared<const eventio::Histogram>(eventio::buildHistogram(values));
        const std::string name = "layer" + std::to_string(tag) + "/weight";
        run->appendHistogram(name, {step, 1.5e9 + step, histogram});
        static_cast<void>((*writer)->addHistogram(name, *histogram, step, 1.5e9 + step));
      }
    }
    static_cast<void>((*writer)->close());
  });
  std::printf("live: built, written and kept in %.2f s\n", time);
  readAll(*run);
}

}  // namespace

int main(int argc, char** argv) {
  const int steps = argc > 1 ? std::atoi(argv[1]) : 7500;
  const int tags = argc > 2 ? std::atoi(argv[2]) : 16;
  const auto folder =
      std::filesystem::temp_directory_path() / ("histogram_memory." + std::to_string(getpid()));
  writeLive(folder, steps, tags);
  eventio::Result<eventio::LoadedRuns> loaded;
  const double time = seconds([&] { loaded = eventio::loadRuns(folder); });
  if (loaded && loaded->runs.size() == 1) {
    std::printf("loaded: in %.2f s\n", time);
    readAll(*loaded->runs.front());
  }
  std::filesystem::remove_all(folder);
  return 0;
}
